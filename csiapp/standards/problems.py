"""What a draft lacks, in words, with the step in which each item is mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from csiapp.standards.content import StandardsContent, Text
from csiapp.standards.services import problems_of
from csiapp.standards.wording import problem_words


@dataclass(frozen=True, slots=True)
class ListedProblem:
    """``code`` is the item's anchor on the editor's page of the step ``step``."""

    code: str
    step: str
    title: Text
    text: str
    blocking: bool
    is_standard: bool


def listed(content: StandardsContent) -> list[ListedProblem]:
    """In the order of the checks; each leads to its item."""
    items = {code: (step, title, is_standard) for code, step, title, is_standard in _items(content)}
    return [
        ListedProblem(
            code=problem.code,
            step=items[problem.code][0],
            title=items[problem.code][1],
            text=problem_words(problem),
            blocking=problem.blocking,
            is_standard=items[problem.code][2],
        )
        for problem in problems_of(content)
    ]


def _items(content: StandardsContent) -> Iterator[tuple[str, str, Text, bool]]:
    """(code, step, title, is a standard) of every item that a check may name."""
    for step in content["steps"]:
        for sub_step in step["sub_steps"]:
            yield sub_step["code"], step["code"], sub_step["name"], False
            for factor in sub_step["key_factors"]:
                yield factor["code"], step["code"], factor["name"], False
                for standard in factor["standards"]:
                    yield standard["code"], step["code"], standard["statement"], True
