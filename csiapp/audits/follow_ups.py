"""Follow-ups: what is asked only where an earlier answer calls for it. Pure.

A condition (:class:`~csiapp.audits.form_shape.ShownIf`) names the field of an earlier question
and the answers that show the follow-up. What is not asked is no gap and is not scored; what was
answered before the condition fell away stays in the journal and counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from csiapp.audits.exact import exact
from csiapp.audits.form_shape import ShownIf

BEFORE_VISIT = "before_visit"


class FollowUpError(ValueError):
    """A condition that can never be met, or that names what is not asked before it."""


def asked(shown_if: ShownIf | None, given: Any) -> bool:
    """Whether ``given`` lets a question with this condition be asked.

    ``given`` is what the condition's field holds: an answer such as ``{"value": 3}``, the plain
    value of an unscored question, or ``None`` where it is blank or was itself not asked. Without
    a condition a question is always asked.
    """
    if shown_if is None:
        return True
    if given is None or given == "":
        return False
    answer = given if isinstance(given, Mapping) else {"value": given}
    word = answer["value"] if "value" in answer else next(iter(answer))
    return str(word) in shown_if.get("any_of", ()) or _in_range(shown_if, answer.get("value"))


def in_order(sections: Iterable[Mapping[str, Any]], unscored: Sequence[Any]) -> list[Any]:
    """Every question of a form or template as it is asked: before the visit, during, after."""
    before = [question for question in unscored if question["when"] == BEFORE_VISIT]
    after = [question for question in unscored if question["when"] != BEFORE_VISIT]
    return [*before, *(q for section in sections for q in section["questions"]), *after]


def check_conditions(questions: Iterable[Mapping[str, Any]]) -> None:
    """``questions`` of a template :func:`in_order`. Raises :class:`FollowUpError`."""
    earlier: set[str] = set()
    for question in questions:
        code, shown_if = question["code"], question.get("shown_if")
        if shown_if is not None:
            if question.get("when") == BEFORE_VISIT:
                raise FollowUpError(f"question {code}: before the visit everything is asked")
            if shown_if["field"] not in earlier:
                raise FollowUpError(f"question {code}: {shown_if['field']} is not asked before it")
            if not shown_if.keys() & {"any_of", "at_least", "at_most"}:
                raise FollowUpError(f"question {code}: no answer would show it")
        earlier.add(code)


def orphans(questions: Iterable[Mapping[str, Any]]) -> set[str]:
    """Codes of follow-ups whose question is not in the form, because its standard is gone."""
    present: set[str] = set()
    lost: set[str] = set()
    for question in questions:
        shown_if = question.get("shown_if")
        kept = shown_if is None or shown_if["field"] in present
        (present if kept else lost).add(question["code"])
    return lost


def _in_range(shown_if: ShownIf, value: Any) -> bool:
    if not shown_if.keys() & {"at_least", "at_most"}:
        return False
    try:
        number = exact(value)
    except ValueError:
        return False
    lowest, highest = shown_if.get("at_least"), shown_if.get("at_most")
    return (lowest is None or number >= exact(lowest)) and (
        highest is None or number <= exact(highest)
    )
