"""What is published, for everybody at the dealership: overview, step by step, home cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from csiapp.accounts.access import permitted
from csiapp.accounts.home import Card, home_card
from csiapp.accounts.queries import names_of
from csiapp.core.errors import NotFound
from csiapp.core.i18n import day
from csiapp.core.permissions import Permission, require
from csiapp.core.tenancy import ScopeKind
from csiapp.core.web import render_page
from csiapp.standards import queries
from csiapp.standards.rows import measure_of
from csiapp.standards.vocabulary import course_titles, named, vocabulary
from csiapp.standards.wording import measure_words

if TYPE_CHECKING:
    from csiapp.standards.models import StandardVersion

blueprint = Blueprint("standards", __name__)


@blueprint.record_once
def _give_words(state: BlueprintSetupState) -> None:
    """What templates of standards call."""
    state.app.jinja_env.globals.update(
        measure_of=measure_of, measure_words=measure_words, named=named, vocabulary=vocabulary
    )


def asked_version() -> StandardVersion | None:
    """The version that `?version=` names, else the published one. Raises NotFound."""
    number = request.args.get("version")
    if number is None:
        return queries.published_version()
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        raise NotFound
    return queries.version_by_number(int(number))


@blueprint.route("")
@require(Permission.STANDARDS_READ)
def index() -> ResponseReturnValue:
    version, may_edit = asked_version(), permitted(Permission.STANDARDS_EDIT)
    draft = queries.draft_version() if may_edit else None
    shown = version or draft
    return render_page(
        "standards/index.html",
        set=queries.standard_set(),
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


@home_card(ScopeKind.TENANT, Permission.STANDARDS_EDIT)
def waiting_draft() -> Card | None:
    """A draft that is not published yet."""
    draft = queries.draft_version()
    if draft is None:
        return None
    return Card(
        title=_("Draft of the standards"),
        number=draft.edit,
        text=ngettext("change not published yet", "changes not published yet", draft.edit),
        url=url_for("standards_draft.editor"),
        tone="warn",
        icon="pencil",
    )


@home_card(ScopeKind.TENANT, Permission.STANDARDS_READ)
def version_in_force() -> Card | None:
    """The version that everybody works by."""
    version = queries.published_version()
    if version is None:
        return None
    return Card(
        title=_("Service standards"),
        number=_("Version %(number)s", number=version.number),
        text=_("in force since %(date)s", date=day(version.published_at)),
        url=url_for("standards.index"),
        tone="ok",
        icon="list-check",
    )
