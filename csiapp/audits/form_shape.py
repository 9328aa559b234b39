"""The JSON shape of a form's frozen content, for typed reading; built in ``form_content``."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from csiapp.standards.content import CapRule, Number, Text
from csiapp.standards.factors import Factor


class Derive(TypedDict):
    """How a duration follows from time stamps; ``unit`` is second, minute, hour or day."""

    formula: str
    unit: str


class NoContact(TypedDict):
    """The answer by rule when nobody called by that day: a ``value``, or N/A with a reason."""

    after_days: int
    value: NotRequired[int]
    na: NotRequired[str]


class FormOption(TypedDict):
    code: str
    label: Text
    score: Number


class Scoring(TypedDict):
    """``method`` linear (``op``, ``full_at``, ``zero_at``), boolean (``good_answer``),
    rating (``scale_max``, ``met_at``) or choice (scores stand in the options)."""

    method: str
    op: NotRequired[str]
    full_at: NotRequired[Number]
    zero_at: NotRequired[Number]
    good_answer: NotRequired[str]
    scale_max: NotRequired[Number]
    met_at: NotRequired[Number]


class ShownIf(TypedDict):
    """When a follow-up is asked: the answer of the earlier question ``field`` is one of
    ``any_of`` (``yes``, ``no``, an option's code, ``na``, ``never``), or a number in the range,
    whose ends belong to it. See :mod:`csiapp.audits.follow_ups`."""

    field: str
    any_of: NotRequired[list[str]]
    at_least: NotRequired[Number]
    at_most: NotRequired[Number]


class FormQuestion(TypedDict):
    """A scored question. ``comment_chars`` is the least length of the comment that a score below
    1 needs. ``evidence`` is none, photo, timestamp or document.

    Three keys stand only where they say something. ``enforce_from``: the first day (ISO) that
    counts, of a standard that changed; before it the question is asked and not scored.
    ``local``: the standard is the dealership's own, scored beside the network's index.
    ``shown_if``: a follow-up.
    """

    code: str
    standard: str
    text: Text
    statement: Text
    answer_type: str
    unit: str
    options: list[FormOption]
    scoring: Scoring
    derive: Derive | None
    no_contact: NoContact | None
    never_allowed: bool
    na_allowed: bool
    points: int
    importance: int
    factor: str
    indicator: str
    step: str
    sub_step: str
    key_factor: str
    key_factor_name: Text
    kind: str
    critical: bool
    evidence: str
    comment_chars: int
    stage: str
    courses: list[str]
    enforce_from: NotRequired[str]
    local: NotRequired[bool]
    shown_if: NotRequired[ShownIf]


class Narrative(TypedDict):
    prompt: Text
    min_chars: int


class Section(TypedDict):
    """A lettered part; ``impression_max`` is 0 where no impression is asked."""

    code: str
    title: Text
    stage: str
    questions: list[FormQuestion]
    narrative: Narrative | None
    impression_max: int


class UnscoredQuestion(TypedDict):
    """``answer_type`` is rating_0_10 or text; ``when`` before_visit or after_visit. Only those
    of after the visit may be follow-ups."""

    code: str
    when: str
    text: Text
    answer_type: str
    use: str
    shown_if: NotRequired[ShownIf]


class TimingField(TypedDict):
    code: str
    section: str
    name: Text


class CommentedOrder(TypedDict):
    """An order of stamps that may be broken where this question has a comment."""

    chain: list[str]
    question: str


class TimingRule(TypedDict):
    """Stamps of a chain follow each other; ``strict``: none may equal the next."""

    code: str
    text: str
    chains: list[list[str]]
    strict: bool
    unless_comment: CommentedOrder | None


class Scenario(TypedDict):
    code: str
    name: Text
    sections_excluded: list[str]
    na_expected: list[str]


class Named(TypedDict):
    code: str
    name: Text


class Instruction(TypedDict):
    """``when`` is before, during, after, or empty for forms without a visit."""

    when: str
    text: Text


class BriefOption(TypedDict):
    code: str
    text: Text


class BriefQuestion(TypedDict):
    """A question on the brief; ``right`` is the code of its one right option."""

    code: str
    text: Text
    options: list[BriefOption]
    right: str


class QaCheck(TypedDict):
    code: str
    name: Text
    auto: bool


class GradeRule(TypedDict):
    code: str
    min_index: int


class BandRule(TypedDict):
    code: str
    min_index: int
    name: Text


class ScoringRules(TypedDict):
    critical_fail_below: Number
    caps: list[CapRule]
    grades: list[GradeRule]
    bands: list[BandRule]


class Pinned(TypedDict):
    """Which standards, or which template, this form was built from."""

    code: str
    sha256: str


class FormContent(TypedDict):
    """``steps`` are the service steps in the dealership's order; ``factors`` carry the weights.
    ``conduct`` (what is allowed) and ``brief_test`` stand only in forms that have them."""

    format: int
    code: str
    kind: str
    name: Text
    template: Pinned
    standards: Pinned
    model: str
    factors: list[Factor]
    rules: ScoringRules
    steps: list[Named]
    sections: list[Section]
    unscored: list[UnscoredQuestion]
    timings: list[TimingField]
    timing_rules: list[TimingRule]
    scenarios: list[Scenario]
    na_reasons: list[Named]
    instructions: list[Instruction]
    scenario_rules: list[Text]
    reporting_rules: list[Text]
    rejection_reasons: list[Text]
    qa_checks: list[QaCheck]
    conduct: NotRequired[list[Text]]
    brief_test: NotRequired[list[BriefQuestion]]
