"""What one answer is worth, and when it meets the standard: rules 1 and 9 of docs/scoring.md.

Each rule has ``score(answer)``, in [0, 1], which raises ``ValueError`` for an answer that it
cannot read, and ``met(answer, score)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from csiapp.audits.exact import exact

Operator = Literal["<=", ">="]
ONE, ZERO = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Linear:
    """Count, duration or percentage: 1 up to ``full_at``, 0 from ``zero_at``, a line between.

    With ``>=`` the line runs the other way. Where both are equal the score is 1 or 0.
    """

    op: Operator
    full_at: Fraction
    zero_at: Fraction

    def __post_init__(self) -> None:
        if self.op not in {"<=", ">="}:
            raise ValueError(f"unknown operator {self.op!r}")
        if (self.zero_at - self.full_at) * self._direction < 0:
            raise ValueError(f"zero_at {self.zero_at} is on the good side of {self.full_at}")

    @property
    def _direction(self) -> int:
        return 1 if self.op == "<=" else -1

    def score(self, answer: object) -> Fraction:
        value = exact(answer)
        if (value - self.full_at) * self._direction <= 0:
            return ONE
        if (value - self.zero_at) * self._direction >= 0:
            return ZERO
        return (self.zero_at - value) / (self.zero_at - self.full_at)

    def met(self, _answer: object, score: Fraction) -> bool:
        return score == ONE


@dataclass(frozen=True, slots=True)
class Boolean:
    """Yes or no: 1 when the answer is the good one. True and false stand for yes and no."""

    good_answer: str

    def __post_init__(self) -> None:
        if self.good_answer not in {"yes", "no"}:
            raise ValueError(f"the good answer is {self.good_answer!r}, not yes or no")

    def score(self, answer: object) -> Fraction:
        word = {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else answer
        if word not in {"yes", "no"}:
            raise ValueError(f"{answer!r} is neither yes nor no")
        return ONE if word == self.good_answer else ZERO

    def met(self, _answer: object, score: Fraction) -> bool:
        return score == ONE


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating from 0 to ``scale_max``: score is its share; met from ``met_at`` on."""

    met_at: Fraction
    scale_max: Fraction = Fraction(10)

    def __post_init__(self) -> None:
        if self.scale_max <= 0:
            raise ValueError("the scale needs a highest rating above 0")

    def score(self, answer: object) -> Fraction:
        value = exact(answer)
        if not 0 <= value <= self.scale_max:
            raise ValueError(f"rating {value} is outside 0 to {self.scale_max}")
        return value / self.scale_max

    def met(self, answer: object, _score: Fraction) -> bool:
        return exact(answer) >= self.met_at


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several options, each with its score in [0, 1]."""

    options: Mapping[str, Fraction]

    def __post_init__(self) -> None:
        if not self.options:
            raise ValueError("there is no option to choose")
        if not all(0 <= value <= 1 for value in self.options.values()):
            raise ValueError("the score of an option is outside 0 to 1")

    def score(self, answer: object) -> Fraction:
        if not isinstance(answer, str) or answer not in self.options:
            raise ValueError(f"{answer!r} is none of the options {', '.join(self.options)}")
        return self.options[answer]

    def met(self, _answer: object, score: Fraction) -> bool:
        return score == ONE


AnswerRule = Linear | Boolean | Rating | Choice
