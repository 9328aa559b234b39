"""The network replayed: each dealership's index and place before and after. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from csiapp.audits import rollup
from csiapp.audits.exact import half_up
from csiapp.audits.replay import Replayed, Summary, summarised


@dataclass(frozen=True, slots=True)
class Standing:
    """One dealership. The places are among the dealerships that have an index, and None for one
    that has none: both indices are of the same visits, so a place is there twice or not at all."""

    dealership: int
    summary: Summary
    place_before: int | None
    place_after: int | None

    @property
    def places_up(self) -> int | None:
        """How many places it would gain; below 0 it would lose some."""
        if self.place_before is None or self.place_after is None:
            return None
        return self.place_before - self.place_after


@dataclass(frozen=True, slots=True)
class NetworkReplay:
    """All dealerships by their place before. `everything` counts the visits of all of them; its
    own indices weigh visits alike, so the network's are `before` and `after`: the mean of the
    dealerships, each once."""

    standings: tuple[Standing, ...]
    everything: Summary

    @property
    def before(self) -> int | None:
        return _mean(standing.summary.was for standing in self.standings)

    @property
    def after(self) -> int | None:
        return _mean(standing.summary.would_be for standing in self.standings)

    @property
    def change(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def movers(self) -> int:
        """How many dealerships would stand in another place."""
        return sum(1 for standing in self.standings if standing.places_up)


def network_replay(
    replayed: Iterable[tuple[int, Replayed]], weights: Mapping[str, int | Fraction]
) -> NetworkReplay:
    """`replayed` are visits with their dealership."""
    visits: dict[int, list[Replayed]] = defaultdict(list)
    for dealership, visit in replayed:
        visits[dealership].append(visit)
    summaries = {dealership: summarised(own, weights) for dealership, own in visits.items()}
    before = rollup.rank({d: s.before for d, s in summaries.items() if s.before is not None})
    after = rollup.rank({d: s.after for d, s in summaries.items() if s.after is not None})
    standings = [
        Standing(dealership, summary, before.get(dealership), after.get(dealership))
        for dealership, summary in summaries.items()
    ]
    standings.sort(key=lambda s: (s.place_before is None, s.place_before or 0, s.dealership))
    everything = [visit for own in visits.values() for visit in own]
    return NetworkReplay(tuple(standings), summarised(everything, weights))


def _mean(indices: Iterable[rollup.WaveIndex | None]) -> int | None:
    exact = rollup.mean(index.exact for index in indices if index is not None)
    return None if exact is None else half_up(exact)
