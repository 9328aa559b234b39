"""Every change that can be made to a draft of a form. Pure: each takes the draft and changes it.

Raises :class:`ChangeError` where what is to be changed is not there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableSequence, Sequence
from typing import Any, Literal

from csiapp.audits.builder.growing import (
    Draft,
    codes_in,
    new_question,
    new_section,
    questions_in,
)
from csiapp.audits.follow_ups import BEFORE_VISIT
from csiapp.standards.content import Placed, Text

Direction = Literal["up", "down"]
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class ChangeError(ValueError):
    """The section, question or scenario is not in the draft (any more)."""


# --------------------------------------------------------------------------- the form, sections


def describe(draft: Draft, name: Text, reasons: Sequence[Mapping[str, Any]]) -> None:
    """The form's name, and the reasons that a shopper may give for "not applicable"."""
    draft["name"] = dict(name)
    draft["na_reasons"] = [dict(reason) for reason in reasons]


def add_section(draft: Draft, title: Text) -> str:
    """A further section at the end; its code. Codes of removed sections may come again: a
    published version keeps its own."""
    code = _free_letter({section["code"] for section in draft["sections"]})
    draft["sections"].append(new_section(code, title))
    return code


def change_section(
    draft: Draft, code: str, title: Text, narrative: Mapping[str, Any] | None
) -> None:
    """Its name, and the description that it asks for at its end, if any."""
    section = _found(draft["sections"], code)
    section["title"] = dict(title)
    section["narrative"] = dict(narrative) if narrative else None


def remove_section(draft: Draft, code: str) -> None:
    """With its questions."""
    draft["sections"].remove(_found(draft["sections"], code))


def order_sections(draft: Draft, order: Sequence[str]) -> None:
    draft["sections"] = _ordered(draft["sections"], order)


def move_section(draft: Draft, code: str, direction: Direction) -> None:
    _move(draft["sections"], code, direction)


# --------------------------------------------------------------------------- questions


def add_questions(
    draft: Draft, section: str, standards: Iterable[str], placed: Mapping[str, Placed]
) -> list[str]:
    """A question for each of these standards at the end of the section; their codes. What is
    asked already is left as it is."""
    home = _found(draft["sections"], section)
    asked = {question["standard"] for _, question in questions_in(draft)}
    added = []
    for code in standards:
        if code in asked:
            continue
        if code not in placed:
            raise ChangeError(code)
        question = new_question(placed[code], codes_in(draft), home["stage"])
        home["questions"].append(question)
        added.append(question["code"])
    return added


def remove_question(draft: Draft, code: str) -> None:
    section, question = find_question(draft, code)
    section["questions"].remove(question)


def order_questions(draft: Draft, section: str, order: Sequence[str]) -> None:
    home = _found(draft["sections"], section)
    home["questions"] = _ordered(home["questions"], order)


def move_question(draft: Draft, code: str, direction: Direction) -> None:
    """One place up or down; at the end of a section into the next one."""
    section, question = find_question(draft, code)
    place = section["questions"].index(question)
    step = -1 if direction == "up" else 1
    if 0 <= place + step < len(section["questions"]):
        _move(section["questions"], code, direction)
        return
    neighbour = draft["sections"].index(section) + step
    if not 0 <= neighbour < len(draft["sections"]):
        return
    section["questions"].remove(question)
    target = draft["sections"][neighbour]["questions"]
    target.insert(len(target) if direction == "up" else 0, question)


def change_question(
    draft: Draft,
    code: str,
    *,
    text: Text,
    section: str,
    na_allowed: bool | None,
    evidence: str | None,
    shown_if: Mapping[str, Any] | None,
) -> None:
    """``na_allowed`` and ``evidence``: None as the standard says."""
    home, question = find_question(draft, code)
    question["text"] = dict(text)
    _set_or_drop(question, na_allowed=na_allowed, evidence=evidence, shown_if=shown_if)
    target = _found(draft["sections"], section)
    if target is not home:
        home["questions"].remove(question)
        target["questions"].append(question)


def find_question(draft: Draft, code: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The question with its section."""
    for section, question in questions_in(draft):
        if question["code"] == code:
            return section, question
    raise ChangeError(code)


# --------------------------------------------------------------------------- without points


def set_unscored(
    draft: Draft,
    code: str,
    *,
    text: Text,
    when: str,
    answer_type: str,
    shown_if: Mapping[str, Any] | None,
) -> str:
    """Change a question without points, or add one where ``code`` is empty; its code."""
    unscored = draft["unscored"]
    if code:
        question = _found(unscored, code)
    else:
        taken = codes_in(draft)
        free = (f"U{n:02}" for n in range(1, len(taken) + 2))
        question = {"code": next(name for name in free if name not in taken), "use": "remark"}
        unscored.append(question)
    question |= {"when": when, "text": dict(text), "answer_type": answer_type}
    _set_or_drop(question, shown_if=shown_if)
    _by_time(draft)
    return str(question["code"])


def remove_unscored(draft: Draft, code: str) -> None:
    draft["unscored"].remove(_found(draft["unscored"], code))


def order_unscored(draft: Draft, order: Sequence[str]) -> None:
    draft["unscored"] = _ordered(draft["unscored"], order)
    _by_time(draft)


def move_unscored(draft: Draft, code: str, direction: Direction) -> None:
    _move(draft["unscored"], code, direction)
    _by_time(draft)


def _by_time(draft: Draft) -> None:
    """What is asked before the visit stands first, as it does on the tablet."""
    draft["unscored"].sort(key=lambda question: question["when"] != BEFORE_VISIT)


# --------------------------------------------------------------------------- scenarios


def set_scenario(draft: Draft, code: str, name: Text, excluded: Collection[str]) -> str:
    """Change a scenario, or add one where ``code`` is empty; its code."""
    sections = [section["code"] for section in draft["sections"]]
    values = {"name": dict(name), "sections_excluded": [c for c in sections if c in excluded]}
    if code:
        _found(draft["scenarios"], code).update(values)
        return code
    taken = {scenario["code"] for scenario in draft["scenarios"]}
    code = next(f"SC{n}" for n in range(1, len(taken) + 2) if f"SC{n}" not in taken)
    draft["scenarios"].append({"code": code, **values, "na_expected": []})
    return code


def remove_scenario(draft: Draft, code: str) -> None:
    draft["scenarios"].remove(_found(draft["scenarios"], code))


# --------------------------------------------------------------------------- common


def _set_or_drop(question: dict[str, Any], **values: Any) -> None:
    """A key without a value does not stand in the form at all."""
    for name, value in values.items():
        question.pop(name, None)
        if value is not None:
            question[name] = dict(value) if isinstance(value, Mapping) else value


def _found(items: Iterable[dict[str, Any]], code: str) -> dict[str, Any]:
    for item in items:
        if item["code"] == code:
            return item
    raise ChangeError(code)


def _ordered(items: Sequence[dict[str, Any]], order: Sequence[str]) -> list[dict[str, Any]]:
    by_code = {item["code"]: item for item in items}
    if sorted(order) != sorted(by_code):
        raise ChangeError(", ".join(sorted(set(order) ^ set(by_code))))
    return [by_code[code] for code in order]


def _move(items: MutableSequence[dict[str, Any]], code: str, direction: Direction) -> None:
    item = _found(items, code)
    place = items.index(item)
    target = place - 1 if direction == "up" else place + 1
    if 0 <= target < len(items):
        items[place], items[target] = items[target], item


def _free_letter(taken: Collection[str]) -> str:
    names = [*_LETTERS, *(a + b for a in _LETTERS for b in _LETTERS)]
    free: str = next(name for name in names if name not in taken)
    return free
