"""Which standard set each audit form asks: head office chooses, managers see it at their sets."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.queries import list_dealerships
from csiapp.audits.queries.forms import built_here, named_set, templates_by_kind, templates_by_set
from csiapp.audits.services.forms import choose_set
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast
from csiapp.standards import queries as standards

blueprint = Blueprint("form_sets", __name__)


@blueprint.route("/n/<network>/forms/sets")
@require(Permission.VISIT_ASSIGN)
def index() -> ResponseReturnValue:
    offers = standards.set_offers()
    templates = [found for found in templates_by_kind() if not built_here(found)]
    known = {offer.code for offer in offers}
    named = {template.code: named_set(template) for template in templates}
    return render_page(
        "audits/forms/sets.html",
        templates=templates,
        named=named,
        offers=offers,
        dealerships=len(list_dealerships()),
        gone=sorted({code for code in named.values() if code} - known),
    )


@blueprint.post("/n/<network>/forms/<code>/set")
@require(Permission.VISIT_ASSIGN)
def choose(code: str) -> ResponseReturnValue:
    """`set` is a set's code; empty is each dealership's main set."""
    template = choose_set(code, request.form.get("set") or None)
    toast(_("%(form)s: the next visits are planned with this set.", form=tr(template.name)))
    return redirect_to(url_for(".index"))


@blueprint.app_template_global("forms_by_set")
def forms_by_set() -> Mapping[uuid.UUID, Sequence[Mapping[str, str]]]:
    """Set of the dealership -> the names of the forms that ask it."""
    return {
        set_id: [template.name for template in templates]
        for set_id, templates in templates_by_set().items()
    }
