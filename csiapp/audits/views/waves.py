"""Waves of the network: periods of visits."""

from __future__ import annotations

import uuid
from typing import cast

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import permitted
from csiapp.audits.forms import WaveForm
from csiapp.audits.lifecycle import wave_lifecycle
from csiapp.audits.queries.waves import list_wave_lines
from csiapp.audits.services.waves import Action, CodeTaken, create_wave, move_wave
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast

blueprint = Blueprint("waves", __name__)


@blueprint.route("/n/<network>/waves")
@require(Permission.VISITS_READ)
def index() -> ResponseReturnValue:
    lines = list_wave_lines()
    steps = wave_lifecycle()
    may_move = permitted(Permission.VISIT_ASSIGN)
    allowed = {
        line.wave.id: [t.action for t in steps.allowed(line.wave.state, "head_office")]
        for line in lines
        if may_move and line.wave.state in steps.states
    }
    return render_page("audits/waves/index.html", lines=lines, allowed=allowed, may_create=may_move)


@blueprint.route("/n/<network>/waves/new")
@require(Permission.VISIT_ASSIGN)
def new() -> ResponseReturnValue:
    return _new_page(WaveForm())


@blueprint.post("/n/<network>/waves/new")
@require(Permission.VISIT_ASSIGN)
def create() -> ResponseReturnValue:
    form = WaveForm()
    if not form.validate():
        return _new_page(form, status=422)
    try:
        create_wave(
            code=form.code.data,
            name={"zh": form.name_zh.data.strip(), "en": form.name_en.data.strip()},
            starts_on=form.starts_on.data,
            ends_on=form.ends_on.data,
        )
    except CodeTaken as taken:
        form.code.errors = [taken.message]
        return _new_page(form, status=422)
    toast(_("The wave is planned. Open it when the field work begins."))
    return redirect_to(url_for(".index"))


@blueprint.post("/n/<network>/waves/<uuid:wave_id>/<any(open, close, reopen):action>")
@require(Permission.VISIT_ASSIGN)
def move(wave_id: uuid.UUID, action: str) -> ResponseReturnValue:
    move_wave(wave_id, cast(Action, action))
    done = {
        "open": _("The wave is open."),
        "close": _("The wave is closed."),
        "reopen": _("The wave is open again."),
    }
    toast(done[action])
    return redirect_to(url_for(".index"))


def _new_page(form: WaveForm, status: int = 200) -> Response:
    return render_page("audits/waves/new.html", status=status, form=form)
