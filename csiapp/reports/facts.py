"""Collects what a report says beyond form, answers and score: the only reads of a snapshot."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from csiapp.accounts.models import Region, User
from csiapp.accounts.queries import current_dealership, current_network
from csiapp.audits.models import AnswerEvent, Finding, FormVersion, Visit, VisitScore, Wave
from csiapp.audits.queries.evidence import photo_bytes, photo_key
from csiapp.audits.queries.findings import findings_of
from csiapp.audits.queries.forms import content_of, form_of
from csiapp.audits.queries.scores import sheet_of
from csiapp.audits.queries.visits import answers_of, evidence_of, visited_on
from csiapp.core.db import Text2
from csiapp.core.extensions import db
from csiapp.core.i18n import tr
from csiapp.reports.compose import Facts, compose
from csiapp.reports.render import translator
from csiapp.reports.snapshot import HeadOfficeCopy, Language, Photo, Shopper, Status
from csiapp.standards.models import FactorModel
from csiapp.standards.queries import version_summary
from csiapp.training.models import Course
from csiapp.training.wording import role_names

SCORING_RULES = "2026-1"
"""Names the edition of domain rules (b) by which scores are made (docs/scoring.md)."""


def snapshot_of(visit: Visit, score: VisitScore, locale: str) -> HeadOfficeCopy:
    """Everything a PDF of this score may show, frozen, in one language."""
    form = form_of(visit)
    facts = _facts(visit, score, form, Language(locale))
    answers = answers_of(visit.id)
    return compose(content_of(form), answers, sheet_of(score), facts, translator(locale))


def _facts(visit: Visit, score: VisitScore, form: FormVersion, language: Language) -> Facts:
    network, dealership = current_network(), current_dealership()
    region = db.session.get(Region, dealership.region_id) if dealership.region_id else None
    wave = db.session.get(Wave, visit.wave_id) if visit.wave_id else None
    model = db.session.get_one(FactorModel, form.factor_model_id)
    standards = version_summary([form.standard_version_id])[form.standard_version_id]
    shopper = db.session.get_one(User, visit.shopper_id)

    def text(two: Text2 | None) -> str:
        return (two or {}).get(language) or next(iter((two or {}).values()), "")

    return Facts(
        language=language,
        status=Status(score.kind),
        revision=score.revision,
        created_at=score.created_at,
        timezone=dealership.timezone,
        network=text(network.name),
        dealership=text(dealership.name),
        region=text(region.name) if region else "",
        wave=text(wave.name) if wave else "",
        visit_date=visited_on(visit, content_of(form), answers_of(visit.id), dealership.timezone),
        provisional_until=visit.stage_two_until,
        scenario=visit.scenario,
        form_version=str(form.number),
        standards_version=str(standards.number),
        standards_sha256=standards.sha256 or "",
        factor_model=text(model.name),
        receipt_sha256=score.sha256,
        scoring_rules=SCORING_RULES,
        shopper=Shopper(name=shopper.name, code=str(shopper.id)[-8:], device=_devices(visit.id)),
        photos=_photos(visit.id),
        courses={c.code: c.title for c in db.session.scalars(sa.select(Course))},
        gaps={f.question: _gap_words(f, language) for f in findings_of(score.id)},
    )


def _devices(visit_id: uuid.UUID) -> str:
    """The tablets that sent answers: two of them are worth a question."""
    devices = db.session.scalars(
        sa.select(AnswerEvent.device)
        .where(AnswerEvent.visit_id == visit_id)
        .distinct()
        .order_by(AnswerEvent.device)
    )
    return ", ".join(device[:12] for device in devices)


def _photos(visit_id: uuid.UUID) -> dict[str, Photo]:
    """What was sent -> its print size, with the hash of the bytes that lie there."""
    return {
        sent: Photo(
            key=photo_key(evidence, "small"),
            sha256=hashlib.sha256(photo_bytes(evidence, "small")).hexdigest(),
        )
        for sent, evidence in evidence_of(visit_id).items()
        if evidence.state == "ready"
    }


def _gap_words(finding: Finding, language: Language) -> str:
    """ "2 of 4 (Service advisor) lacked TC08 on the day", for each course and role."""
    _ = translator(language).gettext
    lacked = [gap for gap in finding.gap if gap["lacked"]]
    if not finding.gap:
        return ""
    if not lacked:
        return str(_("Everybody who does this held the courses on the day."))
    sentence = _("%(lacked)d of %(staff)d (%(role)s) lacked %(course)s on the day")
    return "; ".join(str(sentence) % _gap_values(gap, language) for gap in lacked)


def _gap_values(gap: Mapping[str, Any], language: Language) -> dict[str, Any]:
    role = tr(role_names().get(gap["role"]), language) or gap["role"]
    return {**gap, "role": role}
