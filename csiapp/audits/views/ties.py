"""Head office keeps what ties its shoppers to dealerships."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from csiapp.accounts.access import require_place
from csiapp.accounts.queries import list_dealerships, list_people
from csiapp.audits.forms import TieForm
from csiapp.audits.queries.ties import TIE_NAMES, list_ties
from csiapp.audits.services.ties import declare_tie, end_tie, planned_visits
from csiapp.core.permissions import Permission, Role, require
from csiapp.core.web import page_number, redirect_to, render_page, toast

blueprint = Blueprint("ties", __name__)

AT = "/n/<network>/d/<dealership>/ties"


@blueprint.route("/n/<network>/ties")
@require(Permission.VISIT_ASSIGN)
def index() -> ResponseReturnValue:
    """All ties of the network that hold."""
    return render_page(
        "audits/ties/index.html",
        page=list_ties(page_number()),
        kinds=TIE_NAMES,
        dealerships=list_dealerships(),
        page_url=lambda number: url_for(".index", page=number),
    )


@blueprint.route(AT)
@require(Permission.VISIT_ASSIGN)
def dealership() -> ResponseReturnValue:
    return _page(_form())


@blueprint.post(AT)
@require(Permission.VISIT_ASSIGN)
def declare() -> ResponseReturnValue:
    form = _form()
    if not form.validate():
        return _page(form, status=422)
    shopper_id = uuid.UUID(form.shopper_id.data)
    declare_tie(shopper_id, form.kind.data, form.note.data or "")
    planned = planned_visits(shopper_id)
    toast(_("The tie is declared."))
    if planned:
        warning = ngettext(
            "%(num)d planned visit of this shopper here should go to somebody else.",
            "%(num)d planned visits of this shopper here should go to somebody else.",
            planned,
        )
        toast(warning, "warning")
    return redirect_to(url_for(".dealership"))


@blueprint.post(f"{AT}/<uuid:tie_id>/end")
@require(Permission.VISIT_ASSIGN)
def end(tie_id: uuid.UUID) -> ResponseReturnValue:
    end_tie(tie_id)
    toast(_("The tie is ended."))
    return redirect_to(url_for(".dealership"))


def _form() -> TieForm:
    return TieForm(shoppers=[(str(person.id), person.name) for person in list_people(Role.SHOPPER)])


def _page(form: TieForm, status: int = 200) -> Response:
    return render_page(
        "audits/ties/dealership.html",
        status=status,
        form=form,
        place=require_place(),
        page=list_ties(page_number()),
        kinds=TIE_NAMES,
        page_url=lambda number: url_for(".dealership", page=number),
    )
