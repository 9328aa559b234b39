"""Review of a draft: what changed, what is in the way, and the publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.core.errors import Conflict, DomainError, Invalid, NotFound
from csiapp.core.i18n import day
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast
from csiapp.standards import queries, services
from csiapp.standards.comparison import compared
from csiapp.standards.problems import listed
from csiapp.standards.publish_form import DecisionInput, PublishForm, decision_inputs
from csiapp.standards.services.publishing import Misdated, local_today, unschedule
from csiapp.standards.set_address import asked_set
from csiapp.standards.versioning import diff
from csiapp.standards.wording import share_words

if TYPE_CHECKING:
    from csiapp.standards.models import StandardVersion

blueprint = Blueprint("standards_publish", __name__)


@blueprint.route("/draft/publish")
@require(Permission.STANDARDS_PUBLISH)
def review() -> ResponseReturnValue:
    return _review(None)


@blueprint.post("/draft/publish")
@require(Permission.STANDARDS_PUBLISH)
def publish() -> ResponseReturnValue:
    form = PublishForm()
    terms = form.terms(request.form)
    if not form.validate():
        return _review(form, terms.decisions, status=422)
    try:
        version = services.publish(asked_set().id, form.reason.data, form.edit.data, terms)
    except Misdated as refusal:
        form[refusal.field].errors = [refusal.message]
        return _review(form, terms.decisions, status=422)
    except (Invalid, Conflict) as refusal:
        return _review(form, terms.decisions, status=refusal.status, refusal=refusal)
    if version.state == "draft":
        date = day(version.publish_on)
        toast(
            _("Version %(number)s will be published on %(date)s.", number=version.number, date=date)
        )
        return redirect_to(url_for("standards_publish.review"))
    toast(_("Version %(number)s is published.", number=version.number))
    return redirect_to(url_for("standards.index"))


@blueprint.post("/draft/publish/cancel")
@require(Permission.STANDARDS_PUBLISH)
def cancel() -> ResponseReturnValue:
    """A waiting draft can be changed again."""
    unschedule(asked_set().id)
    toast(_("The day of publication is taken back. The draft can be changed again."))
    return redirect_to(url_for("standards_publish.review"))


def _review(
    form: PublishForm | None,
    chosen: Mapping[str, Mapping[str, str]] | None = None,
    *,
    status: int = 200,
    refusal: DomainError | None = None,
) -> ResponseReturnValue:
    draft = queries.draft_version(asked_set().id)
    if draft is None:
        raise NotFound(_("There is no draft. It was published or discarded; start a new one."))
    content = queries.version_content(draft)
    published = queries.published_version(draft.set_id)
    before = queries.version_content(published) if published else None
    inputs = decision_inputs(
        diff(before, content) if before else (), draft.decisions if chosen is None else chosen
    )
    problems = listed(content)
    blocking = [problem for problem in problems if problem.blocking]
    changes = compared(before, content) if before else []
    return render_page(
        "standards/publish.html",
        status=status,
        draft=draft,
        published=published,
        form=_form(form, draft, inputs, local_today()),
        refusal=refusal.message if refusal else "",
        changes=changes,
        choices=inputs,
        share=share_words(before, content, _redefined(inputs)) if before else None,
        blocking=blocking,
        warnings=[problem for problem in problems if not problem.blocking],
        ready=not blocking and bool(changes or not published),
    )


def _redefined(inputs: Mapping[str, DecisionInput]) -> set[str]:
    return {code for code, found in inputs.items() if found.decision.kind == "measure"}


def _form(
    form: PublishForm | None,
    draft: StandardVersion,
    inputs: Mapping[str, DecisionInput],
    today: dt.date,
) -> PublishForm:
    if form is None:
        form = PublishForm(formdata=None)
        form.propose(draft, inputs, today)
    form.edit.data = draft.edit
    return form
