"""The dealership's sets: which there are, a further one as a copy, cards for the home page."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from csiapp.accounts.access import permitted
from csiapp.accounts.home import Card, home_card
from csiapp.core.errors import Conflict
from csiapp.core.i18n import day
from csiapp.core.permissions import Permission, require
from csiapp.core.tenancy import ScopeKind
from csiapp.core.web import redirect_to, render_page, toast
from csiapp.standards import queries, services
from csiapp.standards.set_form import SetForm

blueprint = Blueprint("standards_sets", __name__)


@blueprint.route("")
@require(Permission.STANDARDS_READ)
def index() -> ResponseReturnValue:
    """Where "Standards" leads: to the only set, else to the list of all."""
    found = queries.sets()
    if len(found) == 1:
        return redirect_to(url_for("standards.index", set_code=found[0].code))
    return show()


@blueprint.route("/sets")
@require(Permission.STANDARDS_READ)
def show() -> ResponseReturnValue:
    return render_page(
        "standards/sets.html",
        sets=queries.sets_at_work(),
        may_edit=permitted(Permission.STANDARDS_EDIT),
    )


@blueprint.route("/new")
@require(Permission.STANDARDS_EDIT)
def new() -> ResponseReturnValue:
    return _new(SetForm(_sources(), formdata=None))


@blueprint.post("/new")
@require(Permission.STANDARDS_EDIT)
def create() -> ResponseReturnValue:
    form = SetForm(_sources())
    if not form.validate():
        return _new(form, status=422)
    source = queries.standard_set(form.source.data)
    try:
        made = services.copy_set(source.id, form.code.data, form.name())
    except Conflict as conflict:
        form.code.errors = [conflict.message]
        return _new(form, status=409)
    toast(_("The set is made. It is a draft until you publish it."))
    return redirect_to(url_for("standards_draft.editor", set_code=made.code))


def _new(form: SetForm, status: int = 200) -> ResponseReturnValue:
    return render_page("standards/new_set.html", status=status, form=form)


def _sources() -> list[tuple[str, dict[str, str]]]:
    """Sets that may be copied: those with a version in force."""
    return [(at.set.code, at.set.name) for at in queries.sets_at_work() if at.published]


# --------------------------------------------------------------------------------- home cards


@home_card(ScopeKind.TENANT, Permission.STANDARDS_EDIT)
def waiting_draft() -> Card | None:
    """Drafts that are not published yet: the only one, or how many."""
    drafts = [at for at in queries.sets_at_work() if at.draft is not None]
    if not drafts:
        return None
    changes = sum(at.draft.edit for at in drafts if at.draft)
    if len(drafts) == 1:
        url = url_for("standards_draft.editor", set_code=drafts[0].set.code)
    else:
        url = url_for("standards_sets.show")
    return Card(
        title=_("Draft of the standards") if len(drafts) == 1 else _("Drafts of the standards"),
        number=changes,
        text=ngettext("change not published yet", "changes not published yet", changes),
        url=url,
        tone="warn",
        icon="pencil",
    )


@home_card(ScopeKind.TENANT, Permission.STANDARDS_READ)
def version_in_force() -> Card | None:
    """The version that everybody works by; with several sets, how many are in force."""
    in_force = [at for at in queries.sets_at_work() if at.published is not None]
    if not in_force:
        return None
    first = in_force[0].published
    if len(in_force) > 1 or first is None:
        return Card(
            title=_("Service standards"),
            number=len(in_force),
            text=_("sets in force"),
            url=url_for("standards_sets.show"),
            tone="ok",
            icon="list-check",
        )
    return Card(
        title=_("Service standards"),
        number="",
        text=_(
            "Version %(number)s, in force since %(date)s",
            number=first.number,
            date=day(first.published_at),
        ),
        url=url_for("standards.index", set_code=in_force[0].set.code),
        tone="ok",
        icon="list-check",
    )
