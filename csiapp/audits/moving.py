"""A visit that is not finished moves to a newer version of its form: what becomes of its
questions. Pure.

A question of the same code is kept, wherever it stands now, if it is put in the same words on the
same standard and answered in the same way: a fact stays a fact when its target moves. If one of
these changed, or its answer is not possible any more, it is asked again; what the newer form does
not ask is dropped. Every value ever sent stays in the journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from csiapp.audits.answer_fields import HOLDER_FIELD, JOT_PREFIX, FieldError, validate_value
from csiapp.audits.form_content import all_questions
from csiapp.audits.form_shape import FormContent, FormQuestion

_SECTION_PARTS = ("narrative", "impression")


@dataclass(frozen=True, slots=True)
class Moving:
    """What is answered: codes of questions (scored or not) and of time stamps, and sections' own
    fields (``A.narrative``). ``kept``, ``asked_again`` and ``dropped`` together are the older
    form, ``kept``, ``asked_again`` and ``new`` the newer one."""

    kept: tuple[str, ...]
    asked_again: tuple[str, ...]
    dropped: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def outdated(self) -> frozenset[str]:
        """Whose answers of the older form do not count in the newer one."""
        return frozenset(self.asked_again) | frozenset(self.dropped)


def moving(
    old: FormContent, new: FormContent, answers: Mapping[str, Any] = MappingProxyType({})
) -> Moving:
    """What the questions of ``old``, answered so far by ``answers`` (field -> value), become."""
    before, after = dict(_asked(old)), dict(_asked(new))
    impossible = {
        owner_of(name) for name, value in answers.items() if _impossible(new, name, value)
    }
    both = [code for code in before if code in after]
    same = {code for code in both if before[code] == after[code] and code not in impossible}
    return Moving(
        kept=tuple(code for code in both if code in same),
        asked_again=tuple(code for code in both if code not in same),
        dropped=tuple(code for code in before if code not in after),
        new=tuple(code for code in after if code not in before),
    )


def owner_of(field: str) -> str:
    """The question or stamp that a field such as ``V001.photos`` belongs to."""
    code, _dot, part = field.partition(".")
    return field if part in _SECTION_PARTS else code


def _impossible(new: FormContent, field: str, value: Any) -> bool:
    if field == HOLDER_FIELD or field.startswith(JOT_PREFIX) or value is None:
        return False
    try:
        validate_value(new, field, value)
    except FieldError:
        return True
    return False


def _asked(content: FormContent) -> Iterator[tuple[str, Any]]:
    """What is answered in a form -> what an answer to it means."""
    for _, question in all_questions(content):
        yield question["code"], _meaning(question)
    for unscored in content["unscored"]:
        yield unscored["code"], (unscored["answer_type"], unscored["text"], unscored["when"])
    for timing in content["timings"]:
        yield timing["code"], timing["name"]
    for section in content["sections"]:
        if section["narrative"]:
            yield f"{section['code']}.narrative", section["narrative"]["prompt"]
        if section["impression_max"]:
            yield f"{section['code']}.impression", section["title"]


def _meaning(question: FormQuestion) -> tuple[Any, ...]:
    return (
        question["standard"],
        question["text"],
        question["answer_type"],
        question["unit"],
        [(option["code"], option["label"]) for option in question["options"]],
        question["derive"],
    )
