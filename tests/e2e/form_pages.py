"""The pages of the form builder: a draft with a follow-up that the tests bring into the demo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from csiapp.audits.builder import changes
from csiapp.audits.builder.growing import Draft, Start, questions_in
from csiapp.audits.services.designs import begin_design, change_design, publish_design
from csiapp.founding import MASTER_CODE

NAME = {"zh": "演示：短表", "en": "Demo: short form"}
TEXT = {"zh": "还有什么值得一提？", "en": "What else is worth telling?"}
PAGES = (
    "editor",
    "preview",
    "review",
    "versions",
    "pilots",
    "settings",
    "new_section",
    "new_scenario",
    "new_unscored",
)


def demo_form() -> dict[str, str]:
    """A published form of the dealership or network in force; the codes of its parts."""
    design = begin_design(MASTER_CODE, "visit", Start.CRITICAL, NAME)
    (_, first), (home, second) = list(questions_in(design.content))[:2]

    def follow_up(draft: Draft) -> None:
        changes.change_question(
            draft,
            second["code"],
            text=second["text"],
            section=home["code"],
            na_allowed=None,
            evidence=None,
            shown_if={"field": first["code"], "at_most": 60},
        )

    def remark(draft: Draft) -> None:
        changes.set_unscored(
            draft, "", text=TEXT, when="after_visit", answer_type="text", shown_if=None
        )

    change_design(design.code, "question_changed", second["code"], 0, follow_up)
    change_design(design.code, "unscored_set", "", 1, remark)
    publish_design(design.code, 2)
    return {
        "code": design.code,
        "question": second["code"],
        "unscored": "U01",
        "section": home["code"],
        "scenario": design.content["scenarios"][0]["code"],
    }


def form_pages(
    own: dict[str, str], network: dict[str, str]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A manager's own form, by head office too, and a form of the whole network."""
    at, here = {"network": "demo"}, {"dealership": "demo-01"}
    yield from _pages_of("manager", "own_forms", here, own)
    yield from _pages_of("headoffice", "network_forms", {**at, **here}, own)
    yield from _pages_of("headoffice", "master_forms", at, network)


def _pages_of(
    person: str, side: str, place: dict[str, str], ids: dict[str, str]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    code = {"code": ids["code"]}
    for endpoint in ("index", "new"):
        yield person, f"{side}.{endpoint}", place
    for endpoint in PAGES:
        yield person, f"{side}.{endpoint}", {**place, **code}
    for endpoint, argument, part in (
        ("section", "section", "section"),
        ("add_questions", "section", "section"),
        ("question", "question", "question"),
        ("unscored", "question", "unscored"),
        ("scenario", "scenario", "scenario"),
        ("pilot", "visit_id", "visit_id"),
    ):
        yield person, f"{side}.{endpoint}", {**place, **code, argument: ids[part]}
