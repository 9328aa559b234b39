"""The published standards for everybody who works by them: by role, on a phone, to be confirmed."""

from __future__ import annotations

import uuid

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import permitted, signed_in, today_here
from csiapp.core.errors import Invalid, NotFound
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast, whole_number
from csiapp.standards import queries as standards
from csiapp.standards.set_address import asked_set
from csiapp.standards.vocabulary import course_titles, vocabulary
from csiapp.training import confirmations, queries
from csiapp.training.reading import Wanted, changes_for, picked

blueprint = Blueprint("standards_reading", __name__)

EVERYBODY = "all"
LONGEST_SEARCH = 100


@blueprint.route("/reading")
@require(Permission.STANDARDS_READ)
def index() -> ResponseReturnValue:
    """`role` is a role's code or "all"; without it, the roles of the person signed in."""
    version = standards.published_version(asked_set().id)
    person = queries.staff_of_user(signed_in().id)
    if version is None:
        return render_page("training/reading.html", version=None, member=person)
    asked = request.args.get("role", "")
    if asked not in ("", EVERYBODY) and asked not in vocabulary().roles:
        raise NotFound
    own = person.roles if person else []
    roles = own if not asked else [] if asked == EVERYBODY else [asked]
    search = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    step = request.args.get("step", "")
    steps = standards.load_steps(version.id)
    shown = picked(steps, Wanted(roles, search, step))
    return render_page(
        "training/reading.html",
        "training/_reading.html",
        version=version,
        member=person,
        confirmation=confirmations.confirmation_of(person.id, version.id) if person else None,
        changes=_changes(own),
        own=own,
        asked=asked or ("" if own else EVERYBODY),
        search=search,
        step=step,
        all_steps=[each.row for each in steps],
        steps=shown,
        opened=bool(search or step) or len(shown) == 1,
        standards=sum(len(f.standards) for s in shown for p in s.sub_steps for f in p.key_factors),
        roles=vocabulary().roles,
        courses=course_titles(),
        may_see_who=permitted(Permission.TRAINING_READ),
    )


def _changes(roles: list[str]) -> list[object] | None:
    """What the version in force changed for these roles; None where it is the first."""
    versions = standards.published_versions(asked_set().id)
    if len(versions) < 2:
        return None
    new, old = (standards.version_content(version) for version in versions[:2])
    return list(changes_for(old, new, roles))


@blueprint.post("/reading/confirm")
@require(Permission.STANDARDS_READ)
def confirm() -> ResponseReturnValue:
    """`version` is the id of the version that was read, so that nobody confirms a newer one."""
    set_id = asked_set().id
    try:
        version_id = uuid.UUID(request.form.get("version", ""))
    except ValueError as error:
        raise Invalid(_("Say which version you have read.")) from error
    if standards.set_of(version_id).id != set_id:
        raise NotFound
    confirmations.confirm(version_id)
    toast(_("Thank you. It is noted that you have read this version."))
    return redirect_to(url_for(".index"))


@blueprint.route("/confirmations")
@require(Permission.TRAINING_READ)
def who() -> ResponseReturnValue:
    """Who has read which version: `?version=N`, else the one in force."""
    set_id, asked = asked_set().id, request.args.get("version", "")
    version = standards.published_version(set_id)
    if asked:
        number = whole_number(asked)
        if number is None:
            raise NotFound
        version = standards.version_by_number(set_id, number)
    day = today_here()
    return render_page(
        "training/confirmations.html",
        version=version,
        versions=standards.published_versions(set_id),
        found=confirmations.confirmations_of(version.id, day) if version else None,
        roles=vocabulary().roles,
    )
