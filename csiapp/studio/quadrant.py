"""Importance against what was found: which key factors to mend first.

The crosshair stands at the mean importance and the mean value of the items; an item on a line
counts as high.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from csiapp.audits.rollup import mean
from csiapp.standards.content import KeyFactor, StandardsContent, Step, SubStep, Text
from csiapp.studio.audited import Answered, AuditedVisit, Share, all_answers, mean_score


class Axis(StrEnum):
    """What importance is held against: the share of points that audits gave, or the ratings from
    0 to 10 that visitors gave, as a share of 10."""

    COMPLIANCE = "compliance"
    SATISFACTION = "satisfaction"


class Field(StrEnum):
    """The four quadrants in the order of their numbers."""

    FIX_FIRST = "fix_first"
    STRENGTH = "strength"
    LOW_PRIORITY = "low_priority"
    EXCESS = "excess"


FIELDS = {
    (True, False): Field.FIX_FIRST,
    (True, True): Field.STRENGTH,
    (False, False): Field.LOW_PRIORITY,
    (False, True): Field.EXCESS,
}
"""(important, found good) -> quadrant."""


@dataclass(frozen=True, slots=True)
class Item:
    """A key factor; `share` is None where nothing was found. `field` and `number` are of the
    quadrant: an item without data has neither."""

    code: str
    name: Text
    step: str
    importance: int
    is_key: bool
    standards: tuple[str, ...]
    share: Share | None
    field: Field | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Quadrant:
    """`items` in the order of their numbers: the worst first. Both crosshair values are None
    where no item has data."""

    items: Sequence[Item]
    without: Sequence[Item]
    importance: Fraction | None
    value: Fraction | None

    def within(self, field: Field) -> list[Item]:
        return [item for item in self.items if item.field is field]


def quadrant(content: StandardsContent, visits: Iterable[AuditedVisit], axis: Axis) -> Quadrant:
    """Every key factor of the content by what the visits say of its standards today: a standard
    that was moved counts where it stands now."""
    answers: dict[str, list[Answered]] = defaultdict(list)
    for _visit, answer in all_answers(visits):
        if axis is Axis.COMPLIANCE or answer.rating:
            answers[answer.standard].append(answer)
    everything = [
        _item(step, factor, answers) for step, _sub_step, factor in key_factors_in(content)
    ]
    known = [(item, item.share.value) for item in everything if item.share is not None]
    importance = mean(Fraction(item.importance) for item, _value in known)
    value = mean(share for _item, share in known)
    if importance is None or value is None:
        return Quadrant([], everything, None, None)
    placed = [
        (FIELDS[item.importance >= importance, share >= value], -item.importance, share, item)
        for item, share in known
    ]
    order = list(Field)
    placed.sort(key=lambda entry: (order.index(entry[0]), entry[1], entry[2], entry[3].code))
    return Quadrant(
        items=[
            replace(item, field=field, number=number)
            for number, (field, _important, _share, item) in enumerate(placed, 1)
        ],
        without=[item for item in everything if item.share is None],
        importance=importance,
        value=value,
    )


def key_factors_in(content: StandardsContent) -> Iterator[tuple[Step, SubStep, KeyFactor]]:
    """Every key factor in the order of the tree, with the items above it."""
    for step in content["steps"]:
        for sub_step in step["sub_steps"]:
            for factor in sub_step["key_factors"]:
                yield step, sub_step, factor


def _item(step: Step, factor: KeyFactor, answers: dict[str, list[Answered]]) -> Item:
    codes = tuple(standard["code"] for standard in factor["standards"])
    return Item(
        code=factor["code"],
        name=factor["name"],
        step=step["code"],
        importance=factor["importance"],
        is_key=factor["is_key"],
        standards=codes,
        share=mean_score(answer for code in codes for answer in answers.get(code, ())),
    )
