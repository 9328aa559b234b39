"""Rows that tests bring into the demo, and the address of every page with them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import url_for

from csiapp.accounts import tokens
from csiapp.audits.form_shape import FormContent
from csiapp.audits.queries.evidence import find_photo
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.visits import get_visit
from csiapp.audits.services.answers import fill_in
from csiapp.audits.services.evidence import read_received, store_photo_bytes
from csiapp.audits.services.planning import assign_visit
from csiapp.audits.services.submission import (
    Submitted,
    accept_visit,
    pass_test,
    start_visit,
    submit_visit,
)
from csiapp.audits.tablet_form import unscored_questions
from csiapp.core.clock import today, utcnow
from csiapp.core.db import new_id, writing
from csiapp.core.extensions import db
from csiapp.core.permissions import Role
from csiapp.core.tenancy import Scope
from csiapp.demo.answers import demo_answers, failed_without_evidence
from csiapp.demo.pictures import picture
from csiapp.demo.places import NETWORK_ID, ZONE
from csiapp.demo.work import at_work, in_dealership, in_network
from csiapp.founding import MASTER_CODE
from csiapp.standards.queries import draft_version, main_set
from csiapp.standards.services import start_draft
from tests.e2e.form_pages import demo_form, form_pages
from tests.support.product import Product

SCENARIO = "SC2"


def person_id(product: Product, name: str) -> uuid.UUID:
    query = "SELECT id FROM user_account WHERE email = ?"
    return uuid.UUID(product.rows(query, f"{name}@demo.example")[0][0])


@contextmanager
def at_dealership(product: Product, dealership: int, person: str) -> Iterator[Scope]:
    """A committed unit of work of this person, from outside a request."""
    scope = in_dealership(NETWORK_ID, dealership, person_id(product, person))
    with product.app.test_request_context(), at_work(scope, utcnow()):
        yield scope


@contextmanager
def at_network(product: Product, person: str) -> Iterator[Scope]:
    """The same for the whole network."""
    scope = in_network(NETWORK_ID, person_id(product, person))
    with product.app.test_request_context(), at_work(scope, utcnow()):
        yield scope


def assigned(product: Product, dealership: int, **plan: Any) -> uuid.UUID:
    """A visit for shopper@, from today on. Each dealership takes one in a quarter."""
    day = today(ZONE)
    arguments = {
        "form_code": "MS-VISIT",
        "scenario": SCENARIO,
        "shopper_id": person_id(product, "shopper"),
        "opens_on": day,
        "due_on": day + dt.timedelta(days=14),
    }
    with at_dealership(product, dealership, "headoffice"):
        return assign_visit(**{**arguments, **plan}).id


def begun(product: Product, dealership: int, **plan: Any) -> uuid.UUID:
    """A visit for shopper@ that is under way, with nothing answered but what comes before."""
    visit_id = assigned(product, dealership, **plan)
    with at_dealership(product, dealership, "shopper"):
        accept_visit(visit_id)
        pass_test(visit_id)
        start_visit(visit_id, {"U01": 7})
    return visit_id


def filled(
    product: Product, dealership: int, without: tuple[str, ...] = (), **plan: Any
) -> uuid.UUID:
    """A visit for shopper@ with every answer, but for those fields, and not submitted."""
    visit_id = begun(product, dealership, **plan)
    with at_dealership(product, dealership, "shopper"):
        form = content_of(form_of(get_visit(visit_id)))
        answers = _answers(form, visit_id)
        fill_in(visit_id, {field: v for field, v in answers.items() if field not in without})
    return visit_id


def piloted(product: Product, dealership: int, form_code: str) -> str:
    """A pilot visit of this form by shopper@ that was handed in."""
    visit_id = filled(product, dealership, form_code=form_code, pilot=True)
    with at_dealership(product, dealership, "shopper"):
        assert isinstance(submit_visit(visit_id, new_id()), Submitted)
    return str(visit_id)


def _answers(form: FormContent, visit_id: uuid.UUID) -> dict[str, Any]:
    day = today(ZONE)
    answers = demo_answers(form, SCENARIO, 0.8, day, str(visit_id))
    for question in unscored_questions(form, "before_visit"):
        answers.pop(question["code"], None)
    for code in failed_without_evidence(form, SCENARIO, answers):
        sha256 = store_photo_bytes(visit_id, picture(f"{visit_id} {code}"))
        evidence = find_photo(visit_id, sha256)
        if evidence is not None:
            read_received(evidence.id)
        answers[f"{code}.photos"] = [sha256]
    return answers


@dataclass(frozen=True)
class Address:
    """A page, and as whom it is looked at; nobody is "-"."""

    person: str
    endpoint: str
    path: str

    def __str__(self) -> str:
        return f"{self.person} {self.path}"


NOT_PAGES = {
    "static": "files",
    "healthz": "JSON for load balancers",
    "readyz": "JSON for load balancers",
    "tablet.photo_progress": "JSON for the tablet",
    "tablet.current_answers": "JSON for the tablet",
    "offline.worker": "a script",
    "offline.manifest": "JSON for the Home Screen",
    "evidence.photo": "an image",
    "evidence.own_photo": "an image",
    "evidence.shopper_photo": "an image",
    "reports.download": "a PDF",
    "own_reports.download": "a PDF",
    "coverage.export": "a spreadsheet",
    "standards_exchange.export": "a workbook or YAML",
    "handbook.download": "a PDF",
    "handbook.status": "a part of the handbook's page",
    "reports.status": "a part of the panel, shown on the pages of visits",
    "own_reports.status": "a part of the panel, shown on the pages of results",
    "home.index": "leads to the home of one's place",
    "home.shopper": "leads to the list of visits",
    "paradata.download": "a CSV file",
    "own_forms.export": "a workbook",
    "network_forms.export": "a workbook",
    "master_forms.export": "a workbook",
    "standards_sets.index": "leads to the only set, or to the list of all",
}
"""Endpoints that answer GET and are no page of their own, and why."""


def all_addresses(product: Product) -> list[Address]:
    """Every page of every role, after bringing in the rows that some of them need."""
    ids = _stage(product)
    with product.app.test_request_context():
        return [
            Address(person, endpoint, url_for(endpoint, **values))
            for person, endpoint, values in _pages(ids)
        ]


def _stage(product: Product) -> dict[str, Any]:
    """Ids by name."""
    with at_dealership(product, 1, "manager"):
        owner = main_set()
        assert owner is not None
        if draft_version(owner.id) is None:
            start_draft(owner.id)
        own = demo_form()
    with at_network(product, "headoffice"):
        network = demo_form()
    for form in (own, network):
        form["visit_id"] = piloted(product, 1, form["code"])
    ids: dict[str, Any] = {
        "own_form": own,
        "network_form": network,
        "assigned": assigned(product, 11),
        "begun": filled(product, 12, without=("V017", "B.narrative", "V030")),
        **_links(product),
    }
    for name, query in _IDS.items():
        ids[name] = uuid.UUID(product.rows(query)[0][0])
    return ids


_IDS = {
    "accepted": "SELECT id FROM visit WHERE state IN ('accepted', 'assigned') AND tenant_id = 5",
    "submitted": "SELECT id FROM visit WHERE state = 'submitted' AND tenant_id = 2",
    "approved": "SELECT id FROM visit WHERE state = 'approved' AND tenant_id = 3",
    "published": "SELECT v.id FROM visit v JOIN evidence e ON e.visit_id = v.id"
    " WHERE v.state = 'published' AND v.tenant_id = 1 ORDER BY v.published_at LIMIT 1",
    "sent": "SELECT v.id FROM visit v JOIN user_account u ON u.id = v.shopper_id"
    " WHERE v.state = 'published' AND u.email = 'shopper@demo.example' LIMIT 1",
    "staff": "SELECT id FROM staff_member WHERE tenant_id = 1 ORDER BY number LIMIT 1",
    "member": "SELECT m.id FROM membership m JOIN user_account u ON u.id = m.user_id"
    " WHERE u.email = 'manager02@demo.example'",
}


def _links(product: Product) -> dict[str, str]:
    """Links of mails, in the state in which they can be used."""
    with product.app.app_context():
        allowed = writing.set(True)
        try:
            _row, invitation = tokens.issue(
                tokens.Purpose.INVITATION,
                "new.reviewer@demo.example",
                network_id=NETWORK_ID,
                role=Role.REVIEWER,
            )
            _row, reset = tokens.issue(
                tokens.Purpose.RESET,
                "manager03@demo.example",
                user_id=person_id(product, "manager03"),
            )
            db.session.commit()
        finally:
            db.session.close()
            writing.reset(allowed)
    return {"invitation": invitation, "reset": reset}


def _pages(ids: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield from _pages_of_nobody(ids)
    yield from _pages_of_dealership(ids)
    yield from _pages_of_network(ids)
    yield from _pages_of_shopper(ids)
    yield from form_pages(ids["own_form"], ids["network_form"])


def _pages_of_nobody(ids: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield "-", "accounts.sign_in", {}
    yield "-", "links.request_reset", {}
    yield "-", "links.reset_password", {"secret": ids["reset"]}
    yield "-", "links.invitation", {"secret": ids["invitation"]}


def _pages_of_dealership(ids: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    here = {"dealership": "demo-01"}
    in_set = {**here, "set_code": MASTER_CODE}
    staff = {**here, "staff_id": ids["staff"]}
    result = {**here, "visit_id": ids["published"]}
    for endpoint, values in (
        ("home.dealership", here),
        ("standards_sets.show", here),
        ("standards_sets.new", here),
        ("standards.index", in_set),
        ("standards.index", {**in_set, "version": "1"}),
        ("standards.step", {**in_set, "code": "S05"}),
        ("standards_history.index", in_set),
        ("standards_exchange.index", in_set),
        ("standards_reading.index", in_set),
        ("standards_reading.who", in_set),
        ("handbook.index", in_set),
        ("standards_history.compare", in_set),
        ("standards_draft.editor", in_set),
        ("standards_draft.step", {**in_set, "code": "S04"}),
        ("standards_items.item", {**in_set, "level": "standard", "code": "ST040303"}),
        ("standards_items.item", {**in_set, "level": "key_factor", "code": "KF0403"}),
        ("standards_items.item", {**in_set, "level": "sub_step", "code": "S04.1"}),
        ("standards_items.item", {**in_set, "level": "step", "code": "S04"}),
        ("standards_items.new", {**in_set, "level": "standard", "in": "KF0403"}),
        ("standards_items.actions", {**in_set, "level": "standard", "code": "ST040303"}),
        ("standards_merge.preview", in_set),
        ("standards_publish.review", in_set),
        ("replay.show", in_set),
        ("coverage.index", in_set),
        ("coverage.index", {**in_set, "question": "trained", "gaps": "1"}),
        ("quadrant.index", in_set),
        ("quadrant.index", {**in_set, "axis": "satisfaction"}),
        ("quadrant.item", {**in_set, "code": "KF0402"}),
        ("cycle.index", in_set),
        ("training.matrix", here),
        ("training.person", staff),
        ("training.course", {**staff, "code": "TC01"}),
        ("training_record.group", {**here, "course": "TC01"}),
        ("training_staff.index", here),
        ("training_staff.new", here),
        ("training_staff.edit", staff),
        ("results.index", here),
        ("results.show", result),
        ("own_reports.panel", result),
        ("activity.dealership", here),
    ):
        yield "manager", endpoint, values
    yield "manager", "training.mine", here
    for endpoint, values in (
        ("home.dealership", here),
        ("standards.index", in_set),
        ("standards.step", {**in_set, "code": "S05"}),
        ("standards_history.index", in_set),
        ("standards_history.compare", in_set),
        ("standards_sets.show", here),
        ("standards_reading.index", in_set),
        ("handbook.index", in_set),
        ("training.mine", here),
    ):
        yield "staff", endpoint, values


def _pages_of_network(ids: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    net = {"network": "demo"}
    at = {name: {**net, "visit_id": ids[name]} for name in ("submitted", "approved", "published")}
    done = {**at["published"], "dealership": "demo-01"}
    for endpoint, values in (
        ("home.network", net),
        ("headoffice.overview", net),
        ("network_replay.show", net),
        ("visits.index", net),
        ("visits.index", {**net, "state": "rejected"}),
        ("visits.show", done),
        ("fieldwork.journal", done),
        ("fieldwork.choose_file", done),
        ("visits.show", {**at["submitted"], "dealership": "demo-02"}),
        ("reports.panel", done),
        ("reports.index", net),
        ("planning.choose", net),
        ("ties.index", net),
        ("ties.dealership", {**net, "dealership": "demo-09"}),
        ("planning.new", {**net, "dealership": "demo-09"}),
        ("moving.show", {**net, "dealership": "demo-11", "visit_id": ids["assigned"]}),
        ("planning.edit", {**net, "dealership": "demo-11", "visit_id": ids["assigned"]}),
        ("waves.index", net),
        ("waves.new", net),
        ("form_sets.index", net),
        ("activity.network", net),
    ):
        yield "headoffice", endpoint, values
    for endpoint, values in (
        ("home.network", net),
        ("reviews.index", net),
        ("reviews.show", {**at["submitted"], "dealership": "demo-02"}),
        ("paradata.show", {**at["submitted"], "dealership": "demo-02"}),
        ("reviews.show", {**at["approved"], "dealership": "demo-03"}),
        ("visits.index", net),
        ("visits.show", {**at["approved"], "dealership": "demo-03"}),
        ("fieldwork.journal", done),
        ("reports.panel", done),
        ("reports.index", net),
        ("waves.index", net),
    ):
        yield "reviewer", endpoint, values
    for endpoint, values in (
        ("home.network", net),
        ("people.index", net),
        ("people.show", {**net, "membership_id": ids["member"]}),
        ("people.new_invitation", net),
        ("people.mail", net),
        ("activity.network", net),
        ("account.show", {}),
        ("account.confirm", {}),
    ):
        yield "admin", endpoint, values


def _pages_of_shopper(ids: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield "shopper", "shopper.visits", {"network": "demo"}
    yield "shopper", "shopper.brief", {"visit_id": ids["accepted"]}
    yield "shopper", "shopper.brief", {"visit_id": ids["assigned"]}
    yield "shopper", "shopper.receipt", {"visit_id": ids["sent"]}
    for place in ("s-A", "s-C", "s-E", "finish"):
        yield "shopper", "fill.form", {"visit_id": ids["begun"], "_anchor": place}
