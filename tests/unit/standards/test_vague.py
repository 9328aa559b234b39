"""Words that name no measure."""

from __future__ import annotations

import pytest

from csiapp.reference import loader
from csiapp.standards.checks import effectiveness_problems
from csiapp.standards.content import Measure, make_measure, standards_in
from csiapp.standards.vague import vague_words
from tests.unit.standards.trees import reference, small, standard_of

pytestmark = pytest.mark.unit

YES = make_measure("yes_no", target=True)


def found(zh: str, en: str, measure: Measure = YES) -> list[str]:
    return [word.found for word in vague_words({"zh": zh, "en": en}, measure)]


@pytest.mark.parametrize(
    ("zh", "en", "words"),
    [
        ("服务顾问热情接待客户", "The advisor is friendly", ["热情", "friendly"]),
        ("及时告知客户进度", "The customer is told promptly", ["及时", "promptly"]),
        ("尽快联系客户", "Call back as soon as possible", ["尽快", "as soon as possible"]),
        ("给予适当的补偿", "Appropriate compensation is given", ["适当", "Appropriate"]),
        ("定期清洁休息区", "The lounge is cleaned regularly", ["定期", "regularly"]),
        ("尽量一次修好", "The team tries to fix it at once", ["尽量", "tries to"]),
    ],
)
def test_a_vague_word_is_found_in_both_languages(zh: str, en: str, words: list[str]) -> None:
    assert found(zh, en) == words


def test_every_word_of_the_list_is_found_and_says_why() -> None:
    for group in loader.vague_words()["groups"]:
        for language in ("zh", "en"):
            for word in group[f"{language}_words"]:
                text = {language: f"服务顾问{word}说明" if language == "zh" else f"It is {word}."}
                (hit,) = vague_words(text, YES)
                assert (hit.found, hit.group) == (word, group["code"])
                assert hit.reason.keys() == {"zh", "en"}


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("3分钟内及时接待", "Greeted promptly"),
        ("及时接待", "Greeted promptly, within 3 minutes"),
        ("三分钟内及时接待", ""),
        ("", "Cleaned thoroughly twice a shift"),
    ],
)
def test_a_number_in_either_language_gives_the_word_its_meaning(zh: str, en: str) -> None:
    assert found(zh, en) == []


@pytest.mark.parametrize(
    "measure",
    [
        make_measure("rating", target=8),
        make_measure("duration", target=3, unit="minute", op="<=", tolerance=2),
        make_measure("choice", options=[]),
    ],
)
def test_a_measure_gives_the_word_its_meaning(measure: Measure) -> None:
    assert found("语气友好", "The tone is friendly", measure) == []


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("专业术语有解释", "After a polite refusal nobody asks again"),
        ("", "Breakfast is offered as well"),
        ("", "The advisor smiles and says good morning"),
        ("", "The goodwill letter is handed over"),
    ],
)
def test_what_only_looks_like_a_vague_word_is_none(zh: str, en: str) -> None:
    assert found(zh, en) == []


def test_a_word_said_twice_is_named_once() -> None:
    assert found("及时，及时", "Prompt and prompt") == ["及时", "Prompt"]


def test_the_reference_standards_have_none() -> None:
    for placed in standards_in(reference()):
        standard = placed.standard
        assert vague_words(standard["statement"], standard["measure"]) == [], standard["code"]


def test_a_vague_standard_is_not_effective() -> None:
    content = small()
    standard = standard_of(content, "ST020101")
    standard["measure"] = YES
    standard["statement"] = {"zh": "及时接听电话", "en": "The call is answered promptly"}
    problems = [p for p in effectiveness_problems(content) if p.code == "ST020101"]
    assert [(p.rule, p.reason, p.blocking, p.vague and p.vague.found) for p in problems] == [
        ("measurable", "vague_word", True, "及时"),
        ("measurable", "vague_word", True, "promptly"),
    ]
