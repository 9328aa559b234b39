"""A newer edition of the network's standards: what it brings, and the draft made of it."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.core.errors import Conflict
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast
from csiapp.standards.content import StandardsContent
from csiapp.standards.merge import Side
from csiapp.standards.merge_wording import merge_items
from csiapp.standards.services.merging import apply_merge, newer_master, preview_merge
from csiapp.standards.set_address import asked_set

blueprint = Blueprint("standards_merge", __name__)
PREFIX = "choice-"


@blueprint.app_template_global("newer_edition")
def has_newer_edition() -> bool:
    """Whether the network has a newer master than the set of the page goes back to."""
    return newer_master(asked_set().id) is not None


@blueprint.route("/merge")
@require(Permission.STANDARDS_EDIT)
def preview() -> ResponseReturnValue:
    return _preview({})


@blueprint.post("/merge")
@require(Permission.STANDARDS_EDIT)
def apply() -> ResponseReturnValue:
    """The choices, `choice-KEY` = mine or theirs. Only with `apply` is anything written."""
    choices = _choices()
    if "apply" not in request.form:
        return _preview(choices)
    try:
        apply_merge(asked_set().id, request.form.get("seen", ""), choices)
    except Conflict as conflict:
        return _preview(choices, conflict)
    toast(_("The draft now goes back to the network's newest edition. Check it, then publish it."))
    return redirect_to(url_for("standards_publish.review"))


def _choices() -> dict[str, Side]:
    return {
        name.removeprefix(PREFIX): cast(Side, value)
        for name, value in request.form.items()
        if name.startswith(PREFIX) and value in {"mine", "theirs"}
    }


def _preview(choices: dict[str, Side], conflict: Conflict | None = None) -> ResponseReturnValue:
    shown = preview_merge(asked_set().id, choices)
    items = merge_items(
        shown.merged,
        choices,
        cast(StandardsContent, shown.newer.content),
        cast(StandardsContent, shown.base.content),
    )
    return render_page(
        "standards/merge.html",
        "standards/_merge_items.html",
        status=conflict.status if conflict else 200,
        shown=shown,
        conflict=conflict.message if conflict else "",
        changed=[item for item in items if item.by_network],
        yours=[item for item in items if not item.by_network],
        open_choices=sum(len(found.choices) for found in shown.merged.differences),
    )
