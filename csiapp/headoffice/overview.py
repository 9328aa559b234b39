"""From published visits to the network in one wave: standings, places, changes. Pure.

Indices, means and places are those of ``audits/rollup``. A factor score of a dealership is rolled
up like its index: the mean of its visits on each form, weighted over the forms.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from csiapp.audits import rollup
from csiapp.audits.exact import half_up
from csiapp.standards.comparability import comparable

Weights = Mapping[str, int | Fraction]
"""Form kind -> its weight in the index of a wave."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The codes of the form and of the factor model that an index was made with."""

    form: str
    model: str


@dataclass(frozen=True, slots=True)
class Result:
    """One published visit, by the newest published revision of its score."""

    wave: uuid.UUID
    dealership: int
    kind: str
    basis: Basis
    index: int
    critical_failures: int
    version: uuid.UUID | None = None
    """The version of the standards that its form was built from."""


@dataclass(frozen=True, slots=True)
class FactorScores:
    """The factor scores of one visit, 0 to 1; a factor without a question has none."""

    dealership: int
    kind: str
    scores: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Standing:
    """One dealership in one wave. `score` is None where only forms without weight were run."""

    score: rollup.WaveIndex | None
    basis: frozenset[Basis]
    visits: int
    critical_failures: int
    versions: frozenset[tuple[str, uuid.UUID]] = frozenset()
    """The forms that count, each with the versions of the standards it was built from."""

    @property
    def index(self) -> int | None:
        return None if self.score is None else self.score.index


@dataclass(frozen=True, slots=True)
class NetworkWave:
    """One wave of the whole network; standings by dealership."""

    standings: Mapping[int, Standing] = field(default_factory=dict)
    visits: int = 0
    clean: int = 0
    """Visits in which no critical item failed."""

    @property
    def index(self) -> int | None:
        """The mean of the exact indices of the dealerships, each once; rounded once."""
        scores = (standing.score for standing in self.standings.values())
        exact = rollup.mean(score.exact for score in scores if score is not None)
        return None if exact is None else half_up(exact)

    @property
    def indices(self) -> dict[int, int]:
        """Dealership -> rounded index, of those that have one."""
        return {d: s.index for d, s in self.standings.items() if s.index is not None}

    @property
    def basis(self) -> frozenset[Basis]:
        return frozenset().union(*(s.basis for s in self.standings.values()))


def roll_up(results: Iterable[Result], weights: Weights) -> NetworkWave:
    """The published visits of one wave, rolled up."""
    visits: dict[int, list[Result]] = defaultdict(list)
    for result in results:
        visits[result.dealership].append(result)
    everything = [result for own in visits.values() for result in own]
    return NetworkWave(
        standings={dealership: _standing(own, weights) for dealership, own in visits.items()},
        visits=len(everything),
        clean=sum(not result.critical_failures for result in everything),
    )


def _standing(visits: Sequence[Result], weights: Weights) -> Standing:
    indices: dict[str, list[int]] = defaultdict(list)
    for visit in visits:
        indices[visit.kind].append(visit.index)
    return Standing(
        score=rollup.wave_index(indices, weights),
        basis=frozenset(visit.basis for visit in visits if weights.get(visit.kind)),
        visits=len(visits),
        critical_failures=sum(visit.critical_failures for visit in visits),
        versions=frozenset(
            (visit.basis.form, visit.version)
            for visit in visits
            if visit.version is not None and weights.get(visit.kind)
        ),
    )


class Why(StrEnum):
    """Why there is no change to state since the previous wave."""

    FIRST = "first"
    FORMS = "forms"
    MODEL = "model"
    STANDARDS = "standards"


@dataclass(frozen=True, slots=True)
class Change:
    """Index points since the previous wave, or why that cannot be said."""

    points: int | None = None
    why: Why | None = None


class Indexed(Protocol):
    """What can be compared between waves: a dealership's standing, or the network."""

    @property
    def index(self) -> int | None: ...
    @property
    def basis(self) -> frozenset[Basis]: ...


Shares = Mapping[tuple[uuid.UUID, uuid.UUID], Fraction]
"""Two versions of standards -> their comparability share."""


def version_pairs(now: NetworkWave, before: NetworkWave) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """The versions that stand against each other, dealership by dealership and form by form."""
    return {
        pair
        for dealership, standing in now.standings.items()
        if dealership in before.standings
        for pair in _pairs(standing, before.standings[dealership])
    }


def comparability_of(now: Standing | None, before: Standing | None, shares: Shares) -> Fraction:
    """The least share between the versions that a dealership was measured by in two waves."""
    if now is None or before is None:
        return Fraction(1)
    return min((shares[pair] for pair in _pairs(now, before)), default=Fraction(1))


def network_comparability(now: NetworkWave, before: NetworkWave, shares: Shares) -> Fraction:
    """The mean share of the dealerships that took part in both waves, each once."""
    both = now.standings.keys() & before.standings.keys()
    found = (comparability_of(now.standings[d], before.standings[d], shares) for d in both)
    share = rollup.mean(found)
    return Fraction(1) if share is None else share


def _pairs(now: Standing, before: Standing) -> set[tuple[uuid.UUID, uuid.UUID]]:
    return {
        (earlier, later)
        for form, later in now.versions
        for other, earlier in before.versions
        if form == other
    }


def change(now: Indexed, before: Indexed | None, share: Fraction = Fraction(1)) -> Change:
    """The change since the previous wave. Two waves compare when they were made with the same
    forms, the same factor models, and standards of which enough stayed the same: `share`."""
    if now.index is None:
        return Change()
    if before is None or before.index is None:
        return Change(why=Why.FIRST)
    if {basis.form for basis in now.basis} != {basis.form for basis in before.basis}:
        return Change(why=Why.FORMS)
    if now.basis != before.basis:
        return Change(why=Why.MODEL)
    if not comparable(share):
        return Change(why=Why.STANDARDS)
    return Change(points=rollup.delta(now.index, before.index, comparable=True))


def factor_means(
    visits: Iterable[FactorScores], weights: Weights
) -> dict[int, dict[str, Fraction]]:
    """Dealership -> factor -> exact score, 0 to 1. A factor that none of its visits asked about
    is left out."""
    given: dict[int, dict[str, dict[str, list[Fraction]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for visit in visits:
        for factor, score in visit.scores.items():
            given[visit.dealership][factor][visit.kind].append(score)
    return {
        dealership: {
            factor: mean
            for factor, by_form in factors.items()
            if (mean := _factor_mean(by_form, weights)) is not None
        }
        for dealership, factors in given.items()
    }


def _factor_mean(by_form: Mapping[str, Sequence[Fraction]], weights: Weights) -> Fraction | None:
    means = {kind: sum(scores, Fraction(0)) / len(scores) for kind, scores in by_form.items()}
    return rollup.weighted_mean(means, weights)


def spread(indices: Iterable[int], grades: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Grade -> number of indices, in the order of the grades."""
    counts = dict.fromkeys((code for code, _least in grades), 0)
    for index in indices:
        counts[grade_of(index, grades)] += 1
    return counts


def grade_of(index: int, grades: Sequence[tuple[str, int]]) -> str:
    """The grade of an index. `grades` are (code, least index), the best first, the last from 0."""
    return next(code for code, least in grades if index >= least)
