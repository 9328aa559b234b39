"""Forms that are built here: the list, a new one, preview, publication, versions.

The same pages stand below a dealership, for its managers; below a network's dealership, for head
office; and below the network, for forms of all its dealerships. Links within them are relative, so
that each keeps to its side.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from csiapp.accounts.access import permitted, require_place
from csiapp.accounts.queries import list_dealerships, names_of
from csiapp.audits.builder.checks import completeness, problems_of
from csiapp.audits.builder.growing import Start, frozen
from csiapp.audits.builder.xlsform import xlsform
from csiapp.audits.design_forms import NewForm
from csiapp.audits.design_wording import KIND_NAMES, edit_words, problem_lines
from csiapp.audits.form_content import FormError, build_form_content
from csiapp.audits.forms import STATE_NAMES
from csiapp.audits.queries import designs as queries
from csiapp.audits.queries.forms import built_here, form_of, templates_by_kind
from csiapp.audits.queries.grounds import ground_of, in_network, offered_sets
from csiapp.audits.queries.scores import latest_score
from csiapp.audits.queries.visits import get_visit, identity_words
from csiapp.audits.services import designs as services
from csiapp.audits.services.designs import Overtaken
from csiapp.audits.tablet_form import unscored_questions
from csiapp.audits.views.visit_page import factor_readings, read_sheet, step_readings
from csiapp.audits.visit_sheet import hiding
from csiapp.core.errors import Invalid, NotFound
from csiapp.core.i18n import tr
from csiapp.core.permissions import Permission, require
from csiapp.core.spreadsheet import XLSX, workbook_bytes
from csiapp.core.web import redirect_to, render_page, toast, whole_number
from csiapp.standards.wording import unit_name

if TYPE_CHECKING:
    from csiapp.audits.models import FormDesign

blueprint = Blueprint("own_forms", __name__)

SHORT_FORM = {"zh": "关键项短表", "en": "Short form: critical items"}


@blueprint.route("")
@require(Permission.FORMS_BUILD)
def index() -> ResponseReturnValue:
    return render_page(
        "audits/builder/index.html",
        lines=queries.list_designs(),
        templates=[t for t in templates_by_kind() if not (in_network() and built_here(t))],
        kinds=KIND_NAMES,
        ready=bool(offered_sets()),
        place=require_place(),
        in_network=in_network(),
    )


@blueprint.route("/new")
@require(Permission.FORMS_BUILD)
def new() -> ResponseReturnValue:
    return _new(_new_form(formdata=None))


@blueprint.post("/new")
@require(Permission.FORMS_BUILD)
def create() -> ResponseReturnValue:
    form = _new_form()
    if not form.validate():
        return _new(form, status=422)
    return _begun(form.set.data, form.kind.data, Start(form.start.data), form.name())


@blueprint.post("/short")
@require(Permission.FORMS_BUILD)
def short() -> ResponseReturnValue:
    """The short form of the critical items, ready made."""
    main = next(iter(offered_sets()), None)
    if main is None:
        raise Invalid(_("Publish the standards first: a form grows from them."))
    return _begun(main, "visit", Start.CRITICAL, SHORT_FORM)


@blueprint.route("/<code>/preview")
@require(Permission.FORMS_BUILD)
def preview(code: str) -> ResponseReturnValue:
    """The draft as the shopper's tablet shows it, without a visit; nothing can be answered."""
    design = queries.find_design(code)
    ground = ground_of(design.set_code)
    if ground is None:
        raise NotFound
    try:
        content = build_form_content(
            frozen(design.content), ground.content, ground.model, ground.observed
        )
    except FormError as error:
        raise Invalid(
            _("This draft cannot be shown yet: mend what “Check and publish” names first.")
        ) from error
    return render_template(
        "audits/builder/preview.html",
        design=design,
        content=content,
        sections=content["sections"],
        before=unscored_questions(content, "before_visit"),
        after=unscored_questions(content, "after_visit"),
        unit_name=unit_name,
        trial={},
    )


@blueprint.route("/<code>/publish")
@require(Permission.FORMS_BUILD)
def review(code: str) -> ResponseReturnValue:
    return _review(queries.find_design(code))


@blueprint.post("/<code>/publish")
@require(Permission.FORMS_BUILD)
def publish(code: str) -> ResponseReturnValue:
    try:
        published = services.publish_design(code, seen_edit())
    except (Invalid, Overtaken) as refusal:
        return _review(queries.find_design(code), refusal.status, refusal.message)
    if published.made:
        toast(_("Version %(number)s is published.", number=published.number))
    else:
        toast(_("Nothing differs from version %(number)s.", number=published.number), "info")
    return redirect_to(url_for(".versions", code=code))


@blueprint.route("/<code>/versions")
@require(Permission.FORMS_BUILD)
def versions(code: str) -> ResponseReturnValue:
    design = queries.find_design(code)
    return render_page(
        "audits/builder/versions.html", design=design, versions=queries.versions_of(code)
    )


@blueprint.route("/<code>/versions/<int:number>/xlsform")
@require(Permission.FORMS_BUILD)
def export(code: str, number: int) -> ResponseReturnValue:
    """A frozen version as an XLSForm workbook. Without its points, which that format lacks."""
    version = next((v for v in queries.versions_of(code) if v.number == number), None)
    if version is None:
        raise NotFound
    ground = ground_of(queries.find_design(code).set_code)
    content = queries.whole_content(version, ground)
    data = workbook_bytes(xlsform(content, code, number), tr(version.name))
    name = f"{code}-v{number}.xlsx"
    return send_file(io.BytesIO(data), XLSX, as_attachment=True, download_name=name)


@blueprint.route("/<code>/pilots")
@require(Permission.FORMS_BUILD)
def pilots(code: str) -> ResponseReturnValue:
    """The visits that try the form out. Here alone their results are seen."""
    return render_page(
        "audits/builder/pilots.html",
        design=queries.find_design(code),
        lines=queries.pilots_of(code),
        states=STATE_NAMES,
        dealerships={d.id: d.name for d in list_dealerships()} if in_network() else {},
        assign_url=_assign_url(code) if permitted(Permission.VISIT_ASSIGN) else None,
    )


def _assign_url(code: str) -> str:
    """Where a pilot visit is assigned; for a network's form the dealership is chosen first."""
    page = "planning.choose" if in_network() else "planning.new"
    return url_for(page, form=code, pilot="1")


@blueprint.route("/<code>/pilots/<uuid:visit_id>")
@require(Permission.FORMS_BUILD)
def pilot(code: str, visit_id: uuid.UUID) -> ResponseReturnValue:
    """What a pilot visit brought: the answers, and the score that counts nowhere. Who made it
    is not said."""
    visit = get_visit(visit_id)
    form, score = form_of(visit), latest_score(visit_id)
    if not visit.pilot or form.code != code or score is None:
        raise NotFound
    sheet = read_sheet(visit, form, score, hide=hiding(identity_words(visit.shopper_id)))
    return render_page(
        "audits/builder/pilot.html",
        design=queries.find_design(code),
        form_version=form,
        score=score,
        sheet=sheet,
        factor_readings=factor_readings(sheet),
        step_readings=step_readings(sheet),
        photos=no_photos,
    )


def no_photos(_photos: Sequence[str]) -> list[dict[str, str]]:
    """Photos of a pilot stay with head office, which sees the visit itself."""
    return []


@blueprint.post("/<code>/withdraw")
@require(Permission.FORMS_BUILD)
def withdraw(code: str) -> ResponseReturnValue:
    """`withdrawn` is 1 or 0: what it shall be."""
    withdrawn = request.form.get("withdrawn") == "1"
    services.withdraw_design(code, withdrawn=withdrawn)
    toast(_("The form is withdrawn.") if withdrawn else _("The form is offered again."))
    return redirect_to(url_for(".versions", code=code))


@blueprint.post("/<code>/discard")
@require(Permission.FORMS_BUILD)
def discard(code: str) -> ResponseReturnValue:
    services.discard_design(code)
    toast(_("The draft is discarded."))
    return redirect_to(url_for(".index"))


def seen_edit() -> int:
    """The edit of the draft that the person's page showed."""
    seen = whole_number(request.form.get("seen", ""))
    return -1 if seen is None else seen


def draft_context(design: FormDesign) -> dict[str, Any]:
    """What every page of a draft shows: how it stands, and what was done last."""
    ground, last = ground_of(design.set_code), queries.last_edit(design)
    problems = (
        problem_lines(problems_of(design.content, ground.placed, ground.factors)) if ground else []
    )
    return {
        "design": design,
        "draft": design.content,
        "kinds": KIND_NAMES,
        "ground": ground,
        "share": completeness(design.content),
        "blocking": [line for line in problems if line.problem.blocking],
        "warnings": [line for line in problems if not line.problem.blocking],
        "last": last,
        "last_words": edit_words(last.verb, last.subject) if last else "",
        "people": names_of([last.made_by] if last else []),
    }


def _new_form(**kwargs: Any) -> NewForm:
    sets = [(code, tr(name)) for code, name in offered_sets().items()]
    return NewForm(sets, {kind: KIND_NAMES[kind] for kind in queries.bases()}, **kwargs)


def _new(form: NewForm, status: int = 200) -> Response:
    return render_page("audits/builder/new.html", status=status, form=form)


def _begun(set_code: str, kind: str, start: Start, name: dict[str, str]) -> ResponseReturnValue:
    design = services.begin_design(set_code, kind, start, name)
    toast(_("The form is begun. It is a draft until you publish it."))
    return redirect_to(url_for(".editor", code=design.code))


def _review(design: FormDesign, status: int = 200, refusal: str = "") -> ResponseReturnValue:
    newest = next(iter(queries.versions_of(design.code)), None)
    return render_page(
        "audits/builder/publish.html",
        status=status,
        refusal=refusal,
        newest=newest,
        **draft_context(design),
    )
