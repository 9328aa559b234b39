"""The table of dealerships in one wave: its rows, their order, and means over them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from csiapp.audits import rollup
from csiapp.audits.exact import half_up
from csiapp.headoffice.overview import (
    Change,
    NetworkWave,
    Shares,
    Standing,
    change,
    comparability_of,
)


class Located(Protocol):
    """What a row needs of a dealership."""

    @property
    def id(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def region_code(self) -> str: ...


Place = TypeVar("Place", bound=Located)


@dataclass(frozen=True, slots=True)
class Row(Generic[Place]):
    """One dealership in the table of a wave. `planned` counts its visits, also those to come."""

    dealership: Place
    rank: int | None
    standing: Standing | None
    change: Change
    factors: Mapping[str, Fraction]
    planned: int

    @property
    def score(self) -> rollup.WaveIndex | None:
        return self.standing.score if self.standing else None

    @property
    def index(self) -> int | None:
        return self.standing.index if self.standing else None

    def percent(self, factor: str) -> int | None:
        """The factor's score as shown, 0 to 100."""
        return _percent(self.factors.get(factor))


def _percent(score: Fraction | None) -> int | None:
    return None if score is None else half_up(score * 100)


def rows(
    dealerships: Iterable[Place],
    now: NetworkWave,
    before: NetworkWave | None,
    factors: Mapping[int, Mapping[str, Fraction]],
    planned: Mapping[int, int],
    *,
    shares: Shares = MappingProxyType({}),
) -> list[Row[Place]]:
    """The dealerships that take part in the wave, by place; those without an index last."""
    ranks = rollup.rank(now.indices)
    taking_part = [d for d in dealerships if d.id in now.standings or planned.get(d.id)]
    found = [
        Row(
            dealership=dealership,
            rank=ranks.get(dealership.id),
            standing=now.standings.get(dealership.id),
            change=_change_of(dealership.id, now, before, shares),
            factors=factors.get(dealership.id, {}),
            planned=planned.get(dealership.id, 0),
        )
        for dealership in taking_part
    ]
    return in_order(found, Order("rank"))


def _change_of(
    dealership: int, now: NetworkWave, before: NetworkWave | None, shares: Shares
) -> Change:
    standing = now.standings.get(dealership)
    if standing is None:
        return Change()
    earlier = before.standings.get(dealership) if before else None
    return change(standing, earlier, comparability_of(standing, earlier, shares))


FACTOR = "factor:"
"""The columns of factors are named by it and the code of the factor."""

RISING = ("rank", "dealership", "region")
FALLING = ("index", "change", "critical", "visits")
"""How a column is put in order when it is first chosen: what is read first comes first."""


@dataclass(frozen=True, slots=True)
class Order:
    """A column, and whether its greatest value comes first."""

    column: str
    falling: bool = False

    @classmethod
    def read(cls, text: str, factors: Iterable[str]) -> Order:
        """From an address: a column, with "-" in front for falling. Anything odd is by rank."""
        column, falling = text.removeprefix("-"), text.startswith("-")
        known = {*RISING, *FALLING, *(FACTOR + code for code in factors)}
        return cls(column, falling) if column in known else cls("rank")

    @property
    def text(self) -> str:
        return ("-" if self.falling else "") + self.column

    def chosen(self, column: str) -> Order:
        """The order after the column's heading was pressed: turned round, or as it begins."""
        if column == self.column:
            return Order(column, not self.falling)
        return Order(column, column not in RISING)


def in_order(given: Iterable[Row[Place]], order: Order) -> list[Row[Place]]:
    """Sorted; equals by place and code, and what has no value in the column always last."""
    by_code = sorted(given, key=lambda row: row.dealership.code)
    by_rank = sorted(by_code, key=lambda row: (row.rank is None, row.rank or 0))
    known = [row for row in by_rank if _value(row, order.column) is not None]
    unknown = [row for row in by_rank if _value(row, order.column) is None]
    known.sort(key=lambda row: _value(row, order.column), reverse=order.falling)  # type: ignore[arg-type, return-value] # one column holds one type
    return [*known, *unknown]


def _value(row: Row[Place], column: str) -> Fraction | int | str | None:
    """What a row is sorted by in this column."""
    match column:
        case "rank":
            return row.rank
        case "dealership":
            return row.dealership.code
        case "region":
            return row.dealership.region_code or None
        case "index":
            return row.index
        case "change":
            return row.change.points
        case "critical":
            return row.standing.critical_failures if row.standing else None
        case "visits":
            return row.standing.visits if row.standing else 0
        case _:
            return row.factors.get(column.removeprefix(FACTOR))


def leaders(
    by_rank: Sequence[Row[Place]], at_most: int
) -> tuple[list[Row[Place]], list[Row[Place]]]:
    """The best, best first, and the rest's worst, worst first; nobody stands in both."""
    ranked = [row for row in by_rank if row.rank is not None]
    each = min(at_most, len(ranked) // 2)
    return ranked[:each], ranked[::-1][:each]


@dataclass(frozen=True, slots=True)
class Mean:
    """Exact means over dealerships, each once: of the index (0 to 1000) and of the factors
    (0 to 1)."""

    exact: Fraction | None
    factors: Mapping[str, Fraction]

    @property
    def index(self) -> int | None:
        return None if self.exact is None else half_up(self.exact)

    def percent(self, factor: str) -> int | None:
        """The factor's mean as shown, 0 to 100."""
        return _percent(self.factors.get(factor))


def mean_of(given: Iterable[Row[Place]]) -> Mean:
    """The means of a region or of the network; dealerships without a value do not count."""
    taken = list(given)
    codes = {code for row in taken for code in row.factors}
    means = {
        code: rollup.mean(row.factors[code] for row in taken if code in row.factors)
        for code in codes
    }
    return Mean(
        exact=rollup.mean(row.score.exact for row in taken if row.score),
        factors={code: mean for code, mean in means.items() if mean is not None},
    )
