"""Everything a PDF report of one visit may show, frozen, with no database row in reach.

Texts stand in the snapshot already in the snapshot's language; only the labels of the layout are
translated at render. Numbers are exact fractions and are rounded once, when they are shown.

There are two copies, as two types. :class:`DealershipCopy` has no field that could hold the
shopper's identity or device; it is made from the head office's copy by
:meth:`HeadOfficeCopy.for_dealership`, which also removes the shopper's name and code from the
texts the shopper typed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

from csiapp.reports import canonical
from csiapp.reports.canonical import Malformed, later

SCHEMA = 1
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HIDDEN = "•••"


class Audience(StrEnum):
    HEADOFFICE = "headoffice"
    DEALERSHIP = "dealership"


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


class Status(StrEnum):
    PROVISIONAL = "provisional"
    PUBLISHED = "published"


class Outcome(StrEnum):
    """What an answer came to: rule 9 of docs/scoring.md."""

    MET = "met"
    PART = "part"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    PENDING = "pending"
    OBSERVED = "observed"

    @classmethod
    def of(
        cls, score: Fraction | None, *, met: bool, pending: bool = False, observed: bool = False
    ) -> Outcome:
        """``score`` is in [0, 1]; ``None`` where the question did not apply, is ``pending``, or
        was ``observed``: answered, but it does not count yet."""
        if observed:
            return cls.OBSERVED
        if score is None:
            return cls.PENDING if pending else cls.NOT_APPLICABLE
        if met:
            return cls.MET
        return cls.PART if score > 0 else cls.NOT_MET


def _require_sha256(value: str) -> None:
    if not _SHA256.fullmatch(value):
        raise ValueError("a SHA-256 is 64 lower-case hexadecimal digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """``sha256`` is that of the bytes stored under ``key``; other bytes are not shown.

    ``key`` is empty where the photo never arrived.
    """

    key: str
    sha256: str
    caption: str = ""

    def __post_init__(self) -> None:
        _require_sha256(self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One scored question. ``answer`` and ``target`` are words; ``score`` is in [0, 1].

    ``points_lost`` is in index points (of 1,000). ``reason`` says why it did not apply,
    or why it does not count yet. ``local``: the standard is the dealership's own.
    """

    code: str
    text: str
    answer: str
    target: str
    outcome: Outcome
    score: Fraction | None
    points_lost: Fraction
    critical: bool
    reason: str
    comment: str
    standard_code: str
    standard: str
    key_factor: str
    step: str
    factor: str
    photos: tuple[Photo, ...] = ()
    local: bool = later(default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A lettered part of the form. ``excluded``: the scenario leaves the whole section out."""

    code: str
    title: str
    score: Fraction | None
    applicable: int
    met: int
    excluded: bool
    impression: str
    narrative: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Impression:
    """An answer that is not scored: expectation, overall performance, remarks."""

    code: str
    text: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRow:
    """``weight`` is the share that counts here (they sum to 1), ``contribution`` index points."""

    code: str
    name: str
    weight: Fraction
    score: Fraction | None
    contribution: Fraction
    points_lost: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """The score of a service step or of a kind of standard; neither enters the index."""

    code: str
    name: str
    score: Fraction | None
    applicable: int
    met: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapRule:
    """``failures`` or more failed critical items hold the index at ``max_index``."""

    failures: int
    max_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeBand:
    code: str
    min_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalFailure:
    question_code: str
    question: str
    answer: str
    standard_code: str
    standard: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    code: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """One of the standards that cost most. ``gap`` is known once published, else empty."""

    question_code: str
    standard_code: str
    standard: str
    step: str
    points_lost: Fraction
    critical: bool
    courses: tuple[Course, ...]
    gap: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Names the derivation anybody can recompute; the counts are of questions."""

    sha256: str
    rules: str
    scored: int
    not_applicable: int
    pending: int
    observed: int = later(default=0)

    def __post_init__(self) -> None:
        _require_sha256(self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopper:
    """Who made the visit and on which device: for the head office's eyes only."""

    name: str
    code: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitReport:
    """What both copies show. Use :class:`HeadOfficeCopy` or :class:`DealershipCopy`.

    ``local_index`` is that of the dealership's own standards, beside the index, where there are.
    ``provisional_until`` is the last day of stage two, while questions of it wait.
    """

    audience: ClassVar[Audience]

    language: Language
    status: Status
    revision: int
    created_at: datetime
    timezone: str
    network: str
    dealership: str
    region: str
    wave: str
    visit_date: date
    provisional_until: date | None = None
    scenario: str
    form_name: str
    form_version: str
    standards_version: str
    standards_sha256: str
    factor_model: str
    raw_score: Fraction
    raw_index: int
    final_index: int
    grade: str
    grades: tuple[GradeBand, ...]
    caps: tuple[CapRule, ...]
    critical_failures: tuple[CriticalFailure, ...]
    applicable: int  # 0: nothing that was asked counts, so there is no index and no grade
    met: int
    factors: tuple[FactorRow, ...]
    steps: tuple[GroupRow, ...]
    kinds: tuple[GroupRow, ...]
    improvements: tuple[Improvement, ...]
    sections: tuple[Section, ...]
    impressions: tuple[Impression, ...]
    receipt: Receipt
    local_index: int | None = later(default=None)

    def __post_init__(self) -> None:
        if not hasattr(type(self), "audience"):
            raise TypeError("a report is made for one audience: use one of the two copies")
        if self.created_at.utcoffset() is None:
            raise ValueError("created_at needs a time zone")
        if self.revision < 0:
            raise ValueError("revisions count from 0")
        _require_sha256(self.standards_sha256)

    @property
    def capped(self) -> bool:
        return self.final_index < self.raw_index

    @property
    def cap(self) -> int | None:
        """The highest index that the failed critical items allow."""
        failed = len(self.critical_failures)
        return min((cap.max_index for cap in self.caps if cap.failures <= failed), default=None)

    @property
    def compliance(self) -> Fraction | None:
        """Met over applicable."""
        return Fraction(self.met, self.applicable) if self.applicable else None

    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions

    def photos(self) -> Iterator[Photo]:
        for question in self.questions():
            yield from question.photos

    def to_json(self) -> str:
        """Canonical JSON: equal snapshots give equal text."""
        body = canonical.dumps(self)
        return f'{{"audience":"{self.audience}","report":{body},"schema":{SCHEMA}}}'

    def sha256(self) -> str:
        return hashlib.sha256(self.to_json().encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class DealershipCopy(VisitReport):
    """The dealership's copy: the shopper has no field here."""

    audience: ClassVar[Audience] = Audience.DEALERSHIP


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadOfficeCopy(VisitReport):
    """The head office's copy, with the shopper."""

    audience: ClassVar[Audience] = Audience.HEADOFFICE

    shopper: Shopper

    def for_dealership(self) -> DealershipCopy:
        """The same report without the shopper, also where the shopper typed it."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(DealershipCopy)}
        hide = _Redaction(self.shopper)
        fields["sections"] = tuple(hide.section(section) for section in self.sections)
        fields["impressions"] = tuple(
            dataclasses.replace(item, answer=hide.text(item.answer)) for item in self.impressions
        )
        fields["critical_failures"] = tuple(
            dataclasses.replace(item, answer=hide.text(item.answer))
            for item in self.critical_failures
        )
        return DealershipCopy(**fields)


AnyCopy = HeadOfficeCopy | DealershipCopy


def from_json(text: str) -> AnyCopy:
    """Read what ``to_json`` wrote. Raises :class:`Malformed`."""
    try:
        envelope = json.loads(text)
        audience, schema, body = envelope["audience"], envelope["schema"], envelope["report"]
    except (ValueError, TypeError, KeyError) as error:
        raise Malformed("not a report snapshot") from error
    if schema != SCHEMA:
        raise Malformed(f"snapshot schema {schema!r} is not {SCHEMA}")
    if audience == Audience.HEADOFFICE:
        return canonical.typed(HeadOfficeCopy, body)
    if audience == Audience.DEALERSHIP:
        return canonical.typed(DealershipCopy, body)
    raise Malformed(f"unknown audience {audience!r}")


class _Redaction:
    """Hides one shopper's name, code and device in the texts that a shopper types."""

    def __init__(self, shopper: Shopper) -> None:
        # A single character would blot out ordinary words.
        marks = [m for m in (shopper.name, shopper.code, shopper.device) if len(m.strip()) > 1]
        longest_first = sorted((re.escape(m.strip()) for m in marks), key=len, reverse=True)
        self._pattern = re.compile("|".join(longest_first), re.IGNORECASE) if marks else None

    def text(self, value: str) -> str:
        return self._pattern.sub(_HIDDEN, value) if self._pattern else value

    def section(self, section: Section) -> Section:
        return dataclasses.replace(
            section,
            narrative=self.text(section.narrative),
            impression=self.text(section.impression),
            questions=tuple(self._question(question) for question in section.questions),
        )

    def _question(self, question: Question) -> Question:
        return dataclasses.replace(
            question,
            answer=self.text(question.answer),
            reason=self.text(question.reason),
            comment=self.text(question.comment),
            photos=tuple(
                dataclasses.replace(photo, caption=self.text(photo.caption))
                for photo in question.photos
            ),
        )
