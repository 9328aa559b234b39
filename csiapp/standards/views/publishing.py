"""Review of a draft: what changed, what is in the way, and the publication."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.core.errors import Conflict, DomainError, Invalid, NotFound
from csiapp.core.permissions import Permission, require
from csiapp.core.web import redirect_to, render_page, toast
from csiapp.standards import queries, services
from csiapp.standards.comparison import compared
from csiapp.standards.forms import PublishForm
from csiapp.standards.problems import listed
from csiapp.standards.set_address import asked_set

blueprint = Blueprint("standards_publish", __name__)


@blueprint.route("/draft/publish")
@require(Permission.STANDARDS_PUBLISH)
def review() -> ResponseReturnValue:
    return _review(PublishForm(formdata=None))


@blueprint.post("/draft/publish")
@require(Permission.STANDARDS_PUBLISH)
def publish() -> ResponseReturnValue:
    form = PublishForm()
    if not form.validate():
        return _review(form, status=422)
    try:
        version = services.publish(asked_set().id, form.reason.data, form.edit.data)
    except (Invalid, Conflict) as refusal:
        return _review(form, status=refusal.status, refusal=refusal)
    toast(_("Version %(number)s is published.", number=version.number))
    return redirect_to(url_for("standards.index"))


def _review(
    form: PublishForm, status: int = 200, refusal: DomainError | None = None
) -> ResponseReturnValue:
    draft = queries.draft_version(asked_set().id)
    if draft is None:
        raise NotFound(_("There is no draft. It was published or discarded; start a new one."))
    content = queries.version_content(draft)
    published = queries.published_version(draft.set_id)
    form.edit.data = draft.edit
    problems = listed(content)
    changes = compared(queries.version_content(published), content) if published else []
    return render_page(
        "standards/publish.html",
        status=status,
        draft=draft,
        published=published,
        form=form,
        refusal=refusal.message if refusal else "",
        changes=changes,
        blocking=[problem for problem in problems if problem.blocking],
        warnings=[problem for problem in problems if not problem.blocking],
        ready=not any(problem.blocking for problem in problems) and (changes or not published),
    )
