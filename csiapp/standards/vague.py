"""Vague words in the wording of a standard: "friendly", "prompt", 及时, 热情.

Which words, and why, is reference data (``vague_words``). They are not forbidden: a number in the
wording, or a measure that is counted, timed, chosen or rated, tells when the word is true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from csiapp.reference import loader
from csiapp.standards.content import LANGUAGES, Measure, Text

_CHINESE_NUMBER = (
    "(?:[一二两三四五六七八九十百半]+个?(?:分钟|秒|小时|天|日|周|月|声|米|步|倍|成)"
    "|[二两三四五六七八九十百]+(?:次|项|人|名|种|遍|件|张|份|处)|每[天日周月次])"
)
_ENGLISH_NUMBER = (
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty"
    r"|hundred|once an?|once every|twice|daily|weekly|monthly|(?:one|an?|each|every) "
    r"(?:second|minute|hour|day|week|month|year|visit))\b"
)
_NUMBER = re.compile(rf"\d|{_CHINESE_NUMBER}|{_ENGLISH_NUMBER}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VagueWord:
    """``found`` as it stands in the text of ``language``; ``reason`` in every language."""

    language: str
    found: str
    group: str
    reason: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """One pattern: exceptions first, so that they are passed over; then every word."""

    pattern: re.Pattern[str]
    groups: Mapping[str, tuple[str, Mapping[str, str]]]


def vague_words(statement: Text, measure: Measure) -> list[VagueWord]:
    """The vague words of a wording that has no measure, each once for a language, in order.

    A wording has a measure when the standard is answered by more than yes or no, or when either
    language names a number: both languages say the same thing.
    """
    texts = {language: statement.get(language, "") for language in LANGUAGES}
    if measure["type"] != "yes_no" or any(_NUMBER.search(text) for text in texts.values()):
        return []
    return [found for language, text in texts.items() for found in _found(text, language)]


def _found(text: str, language: str) -> Iterator[VagueWord]:
    known = _vocabulary(language)
    seen: set[str] = set()
    for match in known.pattern.finditer(text):
        word = match.group().casefold()
        if word in known.groups and word not in seen:
            seen.add(word)
            group, reason = known.groups[word]
            yield VagueWord(language, match.group(), group, reason)


@cache
def _vocabulary(language: str) -> _Vocabulary:
    document, name = loader.vague_words(), f"{language}_words"
    groups = {
        word.casefold(): (group["code"], group["reason"])
        for group in document["groups"]
        for word in group[name]
    }
    longest_first = sorted(groups, key=len, reverse=True)
    alternatives = "|".join(re.escape(w) for w in [*document["exceptions"][name], *longest_first])
    edges = r"\b(?:{})\b" if language == "en" else "(?:{})"
    return _Vocabulary(re.compile(edges.format(alternatives), re.IGNORECASE), groups)
