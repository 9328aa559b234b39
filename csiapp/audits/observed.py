"""Teach before score: questions that are asked and shown, but do not count yet. Pure.

A standard that was added or changed is on trial until the day it is enforced from, at the
dealership's midnight, and until a course teaches it. Standards that never changed have no such
day in the form and always count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from csiapp.audits.form_content import all_questions
from csiapp.audits.form_shape import FormContent, FormQuestion
from csiapp.audits.scoring import Mark


def changed_questions(content: FormContent) -> Iterator[FormQuestion]:
    """The questions whose standard has a first day that counts, past ones too."""
    return (q for _, q in all_questions(content) if "enforce_from" in q)


def observed_questions(
    content: FormContent, day: date, untaught: Collection[str]
) -> dict[str, Mark]:
    """Question -> why it does not count in a visit of this ``day`` at the dealership.

    ``untaught`` are the questions whose standard no course teaches.
    """
    found: dict[str, Mark] = {}
    for question in changed_questions(content):
        if question["code"] in untaught:
            found[question["code"]] = Mark.UNTAUGHT
        elif day < date.fromisoformat(question["enforce_from"]):
            found[question["code"]] = Mark.TRIAL
    return found


def marks_in(receipt: dict[str, Any]) -> dict[str, Mark]:
    """Question -> what stood in place of its value when this receipt was made."""
    return {
        question["code"]: Mark(question["answer"]["mark"])
        for question in receipt["questions"]
        if "mark" in question["answer"]
    }
