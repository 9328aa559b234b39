"""What is published in a set, for everybody at the dealership: overview, and step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from csiapp.accounts.access import permitted
from csiapp.accounts.queries import names_of
from csiapp.core.errors import NotFound
from csiapp.core.permissions import Permission, require
from csiapp.core.web import render_page, whole_number
from csiapp.standards import queries
from csiapp.standards.levels import is_local
from csiapp.standards.rows import measure_of
from csiapp.standards.set_address import asked_set
from csiapp.standards.vocabulary import course_titles, named, vocabulary
from csiapp.standards.wording import measure_words

if TYPE_CHECKING:
    from csiapp.standards.models import StandardVersion

blueprint = Blueprint("standards", __name__)


@blueprint.record_once
def _give_words(state: BlueprintSetupState) -> None:
    """What templates of standards call."""
    state.app.jinja_env.globals.update(
        is_local=is_local,
        measure_of=measure_of,
        measure_words=measure_words,
        named=named,
        vocabulary=vocabulary,
    )


def asked_version() -> StandardVersion | None:
    """The version that `?version=` names, else the published one. Raises NotFound."""
    asked = request.args.get("version")
    if asked is None:
        return queries.published_version(asked_set().id)
    number = whole_number(asked)
    if number is None:
        raise NotFound
    return queries.version_by_number(asked_set().id, number)


@blueprint.route("")
@require(Permission.STANDARDS_READ)
def index() -> ResponseReturnValue:
    version, may_edit = asked_version(), permitted(Permission.STANDARDS_EDIT)
    draft = queries.draft_version(asked_set().id) if may_edit else None
    shown = version or draft
    return render_page(
        "standards/index.html",
        version=version,
        draft=draft,
        steps=queries.outline(shown.id) if shown else [],
        factors=queries.factor_totals(shown) if shown else [],
        people=names_of([version.published_by] if version else []),
        asked=request.args.get("version"),
        may_edit=may_edit,
    )


@blueprint.route("/steps/<code>")
@require(Permission.STANDARDS_READ)
def step(code: str) -> ResponseReturnValue:
    version = asked_version()
    if version is None:
        raise NotFound
    outline = queries.outline(version.id)
    codes = [step.code for step in outline]
    (tree,) = queries.load_steps(version.id, code)
    place = codes.index(code)
    return render_page(
        "standards/step.html",
        version=version,
        step=tree,
        number=place + 1,
        total=len(codes),
        previous=outline[place - 1] if place else None,
        following=outline[place + 1] if place + 1 < len(codes) else None,
        asked=request.args.get("version"),
        courses=course_titles(),
    )
