"""A row of everything, so that every endpoint can be reached: one example for each.

Whoever adds an endpoint with ids in its address adds an example here (and a line to
tests/architecture/access_table.toml with `pytest --write-access-table`). Call inside an app
context, without a scope.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from csiapp.accounts import tokens
from csiapp.accounts.models import Membership, User, UserSession
from csiapp.audits.models import Visit
from csiapp.audits.queries.forms import current_form
from csiapp.audits.services.review import take_visit
from csiapp.audits.services.ties import declare_tie
from csiapp.audits.services.tokens import mint_token
from csiapp.audits.services.waves import create_wave
from csiapp.core.clock import utcnow
from csiapp.core.db import new_id, writing
from csiapp.core.extensions import db
from csiapp.core.permissions import Role
from csiapp.core.storage import storage
from csiapp.reference import loader
from csiapp.reports.handbooks import request_handbook
from csiapp.reports.services import request_report
from csiapp.reports.snapshot import Audience
from csiapp.standards import queries as standards
from csiapp.standards.queries import published_version
from csiapp.standards.services import start_draft
from csiapp.studio.cycle import Phase
from csiapp.studio.services import note
from tests.factories import audits, tablet, training
from tests.factories.draft_items import draft_items
from tests.factories.form_items import form_items
from tests.factories.standards import at_work
from tests.factories.world import World, today
from tests.support.access import Example

SECRET = "SECRET-OF-NEXT"
"""Stands in texts of dealership "next", and must be in no answer to anybody else's people."""

PDF = b"%PDF-1.7"
NO_CODE = {"code": "NO-SUCH-CODE"}


@dataclass
class Stage:
    """The world with rows in all states; ids by name."""

    world: World
    ids: dict[str, Any] = field(default_factory=dict)
    shoppers: int = 0

    def another_shopper(self) -> str:
        """The rotation rule lets a shopper visit a dealership once in a while only."""
        self.shoppers += 1
        name = f"shopper{self.shoppers}"
        user = User(email=f"{name}@test.example", name=f"Test {name}", locale="en")
        db.session.add(user)
        db.session.flush()
        db.session.add(Membership(user_id=user.id, network_id=1, role=Role.SHOPPER.value))
        db.session.commit()
        self.world.people[name] = user.id
        db.session.close()
        return name


def examples(world: World) -> dict[str, Example]:
    """Write the rows; the example of each endpoint that needs one, by endpoint."""
    token = writing.set(True)
    try:
        stage = Stage(world)
        _write_audits(stage)
        _write_reports(stage)
        _write_training(stage)
        _write_accounts(stage)
        _write_studio(stage)
        with at_work(world.tenant()):
            start_draft(audits.standards.the_set())
        own_forms = form_items(world)
    finally:
        db.session.close()
        writing.reset(token)
    return {
        **_of_accounts(stage),
        **_of_standards(),
        **_of_studio(stage),
        **_of_training(stage),
        **_of_audits(stage),
        **_of_shoppers(stage),
        **_of_reports(stage),
        **own_forms,
    }


# ---------------------------------------------------------------------------------- accounts


def _write_accounts(stage: Stage) -> None:
    """Links in the state in which they can be used."""
    people = stage.world.people
    for name, network_id, secret_of in (("own", 1, "staff"), ("foreign", 2, "far_manager")):
        row, stage.ids[f"{name}_invitation_link"] = tokens.issue(
            tokens.Purpose.INVITATION,
            f"{name}@new.example",
            network_id=network_id,
            role=Role.REVIEWER,
        )
        stage.ids[f"{name}_invitation"] = row.id
        _row, stage.ids[f"{name}_reset_link"] = tokens.issue(
            tokens.Purpose.RESET, f"{secret_of}@test.example", user_id=people[secret_of]
        )
        membership = sa.select(Membership.id).where(Membership.user_id == people[secret_of])
        stage.ids[f"{name}_membership"] = db.session.scalar(membership)
        session = UserSession(user_id=people[secret_of], token_hash=name)
        db.session.add(session)
        db.session.flush()
        stage.ids[f"{name}_session"] = session.id
    db.session.commit()
    db.session.close()


def _of_accounts(stage: Stage) -> dict[str, Example]:
    ids = stage.ids
    password = {"new_password": "a long enough sentence"}
    member = {"own": {"membership_id": ids["own_membership"]}}
    member |= {"foreign": {"membership_id": ids["foreign_membership"]}}
    reset = {"own": {"secret": ids["own_reset_link"]}}
    invitation = {"own": {"secret": ids["own_invitation_link"]}}
    sign_in = {"email": "staff@test.example", "password": "wrong"}
    return {
        "accounts.check_sign_in": Example(form=sign_in),
        "accounts.preferences": Example(form={"language": "zh"}),
        "account.end_session": Example(
            own={"session_id": ids["own_session"]}, foreign={"session_id": ids["foreign_session"]}
        ),
        "links.reset_password": Example(**reset),
        "links.set_new_password": Example(**reset, form=password),
        "links.invitation": Example(**invitation),
        "links.join": Example(**invitation, form={"name": "New", **password}),
        "links.send_reset": Example(form={"email": "staff@test.example"}),
        "people.invite": Example(form={"email": "a@b.example", "role": "reviewer"}),
        "people.withdraw": Example(
            own={"invitation_id": ids["own_invitation"]},
            foreign={"invitation_id": ids["foreign_invitation"]},
        ),
        "people.show": Example(**member),
        "people.change_role": Example(**member, form={"role": "reviewer"}),
        "people.deactivate": Example(**member),
        "people.reactivate": Example(**member),
        "people.sign_out": Example(**member),
    }


# --------------------------------------------------------------------------------- standards


def _of_standards() -> dict[str, Example]:
    step = audits.standards.reference_content()["steps"][0]
    factor = step["sub_steps"][0]["key_factors"][0]
    at_step, at_factor = (
        {"own": {"code": code}, "foreign": NO_CODE} for code in (step["code"], factor["code"])
    )
    copied = {
        "source": audits.standards.CODE,
        "code": "QUICK",
        "name_zh": "快修",
        "name_en": "Quick",
    }
    return {
        "standards_sets.create": Example(form=copied),
        "standards.step": Example(**at_step),
        "standards_draft.step": Example(**at_step),
        "standards_draft.key_factor": Example(**at_factor, form={"is_key": "1"}),
        **draft_items(factor["code"], step["code"]),
        "standards_exchange.export": Example(
            {"source": "published", "form": "yaml"}, {"source": "999", "form": "yaml"}
        ),
        "standards_publish.publish": Example(form={"edit": "0", "reason": "Tried out"}),
        "standards_check.standard": Example(**at_factor),
    }


# ------------------------------------------------------------------------------------ studio


def _write_studio(stage: Stage) -> None:
    """A note in the cycle of each of two dealerships."""
    world, day = stage.world, today()
    for name, dealership, person in (
        ("own", "near", "manager"),
        ("foreign", "next", "next_manager"),
    ):
        with at_work(world.tenant(dealership, person)):
            owner = standards.standard_set(audits.standards.CODE)
            entry = note(owner, Phase.REWARD, day, SECRET if name == "foreign" else "", day)
            stage.ids[f"{name}_note"] = entry.id


def _of_studio(stage: Stage) -> dict[str, Example]:
    step = audits.standards.reference_content()["steps"][0]
    factor = step["sub_steps"][0]["key_factors"][0]["code"]
    day = today()
    key_factor = {"own": {"code": factor}, "foreign": NO_CODE}
    noted = {"phase": "announce", "on": day.isoformat(), "note": "Told everybody"}
    return {
        "quadrant.item": Example(**key_factor),
        "quadrant.mark": Example(**key_factor),
        "cycle.note": Example(form=noted),
        "cycle.remove": Example(
            own={"entry_id": stage.ids["own_note"]}, foreign={"entry_id": stage.ids["foreign_note"]}
        ),
        "cycle.review": Example(form={"review_on": (day + dt.timedelta(days=30)).isoformat()}),
    }


# ---------------------------------------------------------------------------------- training


def _write_training(stage: Stage) -> None:
    world, ids = stage.world, stage.ids
    training.install(world)
    ids["own_staff"] = training.hire(world, "N1")
    ids["foreign_staff"] = training.hire(world, "X1", name=SECRET, dealership="next")
    course = loader.training_catalogue()["courses"][0]["code"]
    ids["course"] = course
    ids["own_entry"] = training.note_down(world, ids["own_staff"], course)
    ids["foreign_entry"] = training.note_down(
        world, ids["foreign_staff"], course, dealership="next"
    )


def _of_training(stage: Stage) -> dict[str, Example]:
    ids = stage.ids
    own, foreign = {"staff_id": ids["own_staff"]}, {"staff_id": ids["foreign_staff"]}
    course = {"code": ids["course"]}
    entry = {"kind": "passed", "on": "2026-01-05", "mark": "100"}
    person = {"name": "Somebody", "number": "N77", "roles": "SA", "joined_on": "2020-01-06"}
    return {
        "training.person": Example(own, foreign),
        "training.course": Example(own | course, foreign | course),
        "training_record.entry": Example(own | course, foreign | course, form=entry),
        "training_record.take_back": Example(
            {"entry_id": ids["own_entry"]},
            {"entry_id": ids["foreign_entry"]},
            form={"reason": "A slip"},
        ),
        "training_record.record_group": Example(
            query=course | {"course": ids["course"]}, form=entry | {"who": str(ids["own_staff"])}
        ),
        "training_staff.add": Example(form=person),
        "standards_reading.confirm": Example(form={"version": str(ids["own_version"])}),
        "training_staff.edit": Example(own, foreign),
        "training_staff.save": Example(own, foreign, form=person),
        "training_staff.leave": Example(own, foreign, form={"left_on": "2026-01-05"}),
        "training_staff.come_back": Example(own, foreign),
    }


# ------------------------------------------------------------------------------------ audits


def _write_audits(stage: Stage) -> None:
    """One visit in each state at "near" and a published one at "next", through the services;
    those of the person "shopper" directly, because the rotation rule allows only one."""
    world, ids = stage.world, stage.ids
    audits.install(world, "near", "next")
    for name, network, person in (
        ("own", "near", "headoffice"),
        ("foreign", "far", "far_headoffice"),
    ):
        with at_work(world.network(network, person)):
            day, wave = today(), {"zh": f"波次 {network}", "en": f"Wave {network}"}
            ids[f"{name}_wave"] = create_wave(code="W1", name=wave, starts_on=day, ends_on=day).id
    for name, dealership in (("tie", "near"), ("foreign_tie", "next")):
        with at_work(audits.acting(world, "headoffice", dealership)):
            ids[name] = declare_tie(world.people["other_shopper"], "other", SECRET).id
    ids["assigned"] = audits.assign(world, shopper=stage.another_shopper())
    for state in ("submitted", "in_review", "approved", "published"):
        shopper = stage.another_shopper()
        ids[state] = audits.assign(world, shopper=shopper)
        audits.submit(world, ids[state], shopper=shopper)
    with at_work(audits.acting(world, "reviewer")):
        take_visit(ids["in_review"])
    for state in ("approved", "published"):
        audits.approve(world, ids[state])
    audits.publish(world, ids["published"])
    ids["foreign"] = audits.published_visit(
        world,
        {"V017.comment": SECRET},
        dealership="next",
        shopper=stage.another_shopper(),
        note=SECRET,
    )
    for state in ("assigned", "accepted", "briefed", "in_progress", "submitted"):
        ids[f"shoppers_{state}"] = _visit_of(stage, "shopper", state)
    ids["other_shoppers"] = _visit_of(stage, "other_shopper", "in_progress")
    for name, dealership, visit in (
        ("published", "near", ids["published"]),
        ("foreign", "next", ids["foreign"]),
        ("shoppers", "near", ids["shoppers_in_progress"]),
        ("other_shoppers", "near", ids["other_shoppers"]),
    ):
        ids[f"photo_of_{name}"] = audits.ready_photo(world, dealership, visit, name)
    for name, shopper, visit in (
        ("own", "shopper", ids["shoppers_in_progress"]),
        ("foreign", "other_shopper", ids["other_shoppers"]),
    ):
        with at_work(tablet.visit_scope(world, visit, shopper)):
            ids[f"{name}_token"] = mint_token(visit)


def _visit_of(stage: Stage, shopper: str, state: str) -> uuid.UUID:
    day = today()
    with at_work(stage.world.tenant()):
        form = current_form(audits.FORM)
        assert form is not None
        visit = Visit(
            form_version_id=form.id,
            shopper_id=stage.world.people[shopper],
            scenario=audits.SCENARIO,
            state="accepted" if state == "briefed" else state,
            briefed_at=None if state in ("assigned", "accepted") else utcnow(),
            opens_on=day - dt.timedelta(days=1),
            due_on=day + dt.timedelta(days=5),
            submitted_at=utcnow() if state == "submitted" else None,
        )
        db.session.add(visit)
        db.session.flush()
        return visit.id


def _of_audits(stage: Stage) -> dict[str, Example]:
    ids = stage.ids
    foreign = {"visit_id": ids["foreign"]}

    def visit(state: str, **form: Any) -> Example:
        return Example({"visit_id": ids[state]}, foreign, form=form)

    day = today()
    plan = {"opens_on": str(day), "due_on": str(day + dt.timedelta(days=3))}
    newcomer = stage.another_shopper()
    plan |= {"shopper_id": str(stage.world.people[newcomer])}
    return {
        "visits.show": visit("assigned"),
        "fieldwork.journal": visit("submitted"),
        "paradata.show": visit("submitted"),
        "paradata.download": visit("submitted"),
        "fieldwork.choose_file": visit("submitted"),
        "fieldwork.import_events": Example({"visit_id": ids["submitted"]}, foreign, json={}),
        "fieldwork.import_photo": Example(
            {"visit_id": ids["submitted"], "sha256": "a" * 64}, foreign | {"sha256": "a" * 64}
        ),
        "ties.declare": Example(form={"shopper_id": plan["shopper_id"], "kind": "friend"}),
        "ties.end": Example({"tie_id": ids["tie"]}, {"tie_id": ids["foreign_tie"]}),
        "planning.assign": Example(form=plan | {"scenario": audits.SCENARIO}),
        "planning.edit": visit("assigned"),
        "moving.show": visit("assigned"),
        "moving.newest": visit("assigned"),
        "moving.move": visit("assigned", version=""),
        "planning.change": visit("assigned", **plan),
        "planning.cancel": visit("assigned", reason="Not needed"),
        "reviews.show": visit("submitted"),
        "reviews.take": visit("submitted"),
        "reviews.return_visit": visit("in_review", reason="A photo is missing"),
        "reviews.approve": visit("in_review", checked=["QA4", "QA5", "QA6"]),
        "reviews.publish": visit("approved"),
        "results.show": visit("published"),
        "form_sets.choose": Example({"code": audits.FORM}, NO_CODE, form={"set": ""}),
        "waves.create": Example(
            form={
                "code": "W9",
                "name_zh": "波次",
                "name_en": "Wave",
            }
            | dict.fromkeys(("starts_on", "ends_on"), str(day))
        ),
        "waves.move": Example(
            {"wave_id": ids["own_wave"], "action": "open"},
            {"wave_id": ids["foreign_wave"], "action": "open"},
        ),
        "evidence.photo": _photo_example(ids, "published", "foreign"),
        "evidence.own_photo": _photo_example(ids, "published", "foreign"),
    }


def _photo_example(ids: dict[str, Any], own: str, foreign: str, visit: str = "") -> Example:
    return Example(
        {"visit_id": ids[visit or own], "sha256": ids[f"photo_of_{own}"]},
        {"visit_id": ids[foreign], "sha256": ids[f"photo_of_{foreign}"]},
    )


def _of_shoppers(stage: Stage) -> dict[str, Example]:
    ids = stage.ids
    foreign = {"visit_id": ids["other_shoppers"]}

    def visit(state: str, **more: Any) -> Example:
        return Example({"visit_id": ids[f"shoppers_{state}"]}, foreign, **more)

    at_tablet = {"token": ids["own_token"], "foreign_token": ids["foreign_token"]}
    photo = {"sha256": ids["photo_of_shoppers"]}
    return {
        "shopper.brief": visit("assigned"),
        "shopper.accept": visit("assigned"),
        "shopper.decline": visit("assigned"),
        "shopper.test": visit("accepted", form={"BT1": "a"}),
        "shopper.start": visit("briefed", form={"U01": "8"}),
        "shopper.receipt": visit("submitted"),
        "fill.form": visit("in_progress"),
        "fill.token": visit("in_progress", headers={"X-Requested-With": "csiapp"}),
        "evidence.shopper_photo": _photo_example(
            ids, "shoppers", "other_shoppers", "shoppers_in_progress"
        ),
        "tablet.events": visit("in_progress", json={"events": []}, **at_tablet),
        "tablet.current_answers": visit("in_progress", **at_tablet),
        "tablet.submit": visit(
            "in_progress",
            json={"submit_id": str(new_id()), "events": [], "photos": []},
            **at_tablet,
        ),
        "tablet.photo_progress": Example(
            {"visit_id": ids["shoppers_in_progress"], **photo},
            {**foreign, "sha256": ids["photo_of_other_shoppers"]},
            **at_tablet,
        ),
        "tablet.photo_chunk": Example(
            {"visit_id": ids["shoppers_in_progress"], **photo},
            {**foreign, "sha256": ids["photo_of_other_shoppers"]},
            **at_tablet,
        ),
    }


# ----------------------------------------------------------------------------------- reports


def _write_reports(stage: Stage) -> None:
    """A finished report for head office and for the dealership, at "near" and at "next"."""
    for name, dealership, visit in (
        ("own", "near", stage.ids["published"]),
        ("foreign", "next", stage.ids["foreign"]),
    ):
        person = "manager" if dealership == "near" else f"{dealership}_manager"
        for audience in Audience:
            with at_work(stage.world.tenant(dealership, person)):
                report = request_report(visit, "en", audience)
                report.storage_key = f"t/{report.tenant_id}/reports/{visit}/{report.id}.pdf"
                report.pdf_sha256 = hashlib.sha256(PDF).hexdigest()
                report.state, report.finished_at = "ready", utcnow()
                storage().put(report.storage_key, PDF)
                stage.ids[f"{name}_{audience.value}_report"] = report.id
        with at_work(stage.world.tenant(dealership, person)):
            version = published_version(audits.standards.the_set())
            assert version is not None
            handbook = request_handbook(version.id, "en")
            handbook.storage_key = f"t/{handbook.tenant_id}/handbooks/{handbook.id}.pdf"
            handbook.pdf_sha256 = hashlib.sha256(PDF).hexdigest()
            handbook.state = "ready"
            storage().put(handbook.storage_key, PDF)
            stage.ids[f"{name}_handbook"] = handbook.id
            stage.ids[f"{name}_version"] = version.id


def _of_reports(stage: Stage) -> dict[str, Example]:
    ids = stage.ids
    visit = {"own": {"visit_id": ids["published"]}, "foreign": {"visit_id": ids["foreign"]}}

    def report(audience: str) -> Example:
        return Example(
            {"report_id": ids[f"own_{audience}_report"]},
            {"report_id": ids[f"foreign_{audience}_report"]},
        )

    handbook = {
        "own": {"handbook_id": ids["own_handbook"]},
        "foreign": {"handbook_id": ids["foreign_handbook"]},
    }
    return {
        "handbook.ask": Example(form={"locale": "zh"}),
        "handbook.status": Example(**handbook),
        "handbook.download": Example(**handbook),
        "reports.panel": Example(**visit),
        "reports.ask": Example(**visit, form={"locale": "zh"}),
        "reports.status": report("headoffice"),
        "reports.download": report("headoffice"),
        "own_reports.panel": Example(**visit),
        "own_reports.ask": Example(**visit, form={"locale": "zh"}),
        "own_reports.status": report("dealership"),
        "own_reports.download": report("dealership"),
    }
