"""The pages of the form builder: a draft with a follow-up that the tests bring into the demo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from csiapp.audits.builder import changes
from csiapp.audits.builder.growing import Draft, Start, questions_in
from csiapp.audits.services.designs import begin_design, change_design, publish_design
from csiapp.standards.queries import main_set

NAME = {"zh": "演示：短表", "en": "Demo: short form"}
PAGES = ("editor", "preview", "review", "versions", "pilots", "settings", "new_section")


def demo_form() -> dict[str, str]:
    """A published form of the dealership in force; the codes of its parts."""
    owner = main_set()
    assert owner is not None
    design = begin_design(owner.id, "visit", Start.CRITICAL, NAME)
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

    change_design(design.code, "question_changed", second["code"], 0, follow_up)
    publish_design(design.code, 1)
    return {
        "code": design.code,
        "question": second["code"],
        "section": home["code"],
        "scenario": design.content["scenarios"][0]["code"],
    }


def form_pages(ids: dict[str, str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """For the manager all of them, for head office those that say whose they are."""
    here, code = {"dealership": "demo-01"}, {"code": ids["code"]}
    office = {**here, "network": "demo"}
    for endpoint in ("index", "new"):
        yield "manager", f"own_forms.{endpoint}", here
        yield "headoffice", f"network_forms.{endpoint}", office
    for endpoint in PAGES:
        yield "manager", f"own_forms.{endpoint}", {**here, **code}
        yield "headoffice", f"network_forms.{endpoint}", {**office, **code}
    for endpoint, part in (
        ("section", "section"),
        ("add_questions", "section"),
        ("question", "question"),
        ("scenario", "scenario"),
    ):
        values = {**code, part: ids[part]}
        yield "manager", f"own_forms.{endpoint}", {**here, **values}
        yield "headoffice", f"network_forms.{endpoint}", {**office, **values}
    yield "manager", "own_forms.new_scenario", {**here, **code}
    yield "headoffice", "network_forms.new_scenario", {**office, **code}
