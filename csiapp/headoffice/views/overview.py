"""The network at a glance: one wave, its dealerships, what moved and what costs most."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from csiapp.accounts.home import Card, home_card
from csiapp.audits.queries.waves import WaveLine, list_wave_lines
from csiapp.core.charts import Reading, line_break
from csiapp.core.i18n import signed, tr
from csiapp.core.permissions import Permission, require
from csiapp.core.tenancy import ScopeKind
from csiapp.core.web import render_page
from csiapp.headoffice import queries
from csiapp.headoffice.costs import chains, costliest
from csiapp.headoffice.forms import OverviewForm
from csiapp.headoffice.overview import (
    Change,
    NetworkWave,
    Result,
    Shares,
    Why,
    change,
    factor_means,
    grade_of,
    network_comparability,
    roll_up,
    spread,
    version_pairs,
)
from csiapp.headoffice.programme import programme
from csiapp.headoffice.table import FACTOR, Order, Row, in_order, leaders, mean_of, rows
from csiapp.standards.queries.comparing import comparable_shares
from csiapp.training.queries import course_titles
from csiapp.training.wording import roles_named

blueprint = Blueprint("headoffice", __name__)

TREND_WAVES = 12
LEADERS = 5
COSTS = 10
COSTS_SHOWN = 5
"""The others stand behind a summary."""

WHY_WORDS: dict[Why, Any] = {
    Why.FIRST: _l("no index in the wave before"),
    Why.FORMS: _l("not comparable: other forms"),
    Why.MODEL: _l("not comparable: another factor model"),
    Why.STANDARDS: _l("not comparable: other standards"),
}

_BREAK_WORDS: dict[Why | None, Any] = {
    Why.FORMS: _l("Other forms"),
    Why.MODEL: _l("Another factor model"),
    Why.STANDARDS: _l("Other standards"),
}
"""What stands in the chart where the line breaks."""


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One wave in the trend, with its change since the wave before."""

    line: WaveLine
    network: NetworkWave
    change: Change
    shares: Shares


@blueprint.route("/n/<network>/overview")
@require(Permission.NETWORK_READ)
def overview() -> ResponseReturnValue:
    lines, places = list_wave_lines(), queries.list_places()
    form = OverviewForm(
        request.args,
        waves=[(str(line.wave.id), tr(line.wave.name)) for line in lines],
        regions=[(str(region), tr(place.region)) for region, place in _regions(places).items()],
    )
    line = _shown(lines, form.chosen("wave"))
    if line is None or not line.published:
        return _page(form=form, line=line)
    trend = _trend(lines[lines.index(line) :])
    now, before = trend[0].network, trend[1].network if len(trend) > 1 else None
    table = rows(
        places,
        now,
        before,
        factor_means(queries.factor_scores_in(line.wave.id), programme().weights),
        queries.planned_by_dealership(line.wave.id),
        shares=trend[0].shares,
    )
    best, worst = leaders(table, LEADERS)
    return _page(
        form=form,
        line=line,
        now=now,
        change=trend[0].change,
        previous=trend[1].line if len(trend) > 1 else None,
        grades=spread(now.indices.values(), programme().grades),
        best=best,
        worst=worst,
        trend=trend,
        readings=_readings(trend),
        costs=_costs(line.wave.id),
        **_table(form, table, now),
    )


def _page(*, form: OverviewForm, line: WaveLine | None, **found: Any) -> Response:
    form.wave.data = str(line.wave.id) if line else ""
    return render_page(
        "headoffice/overview.html",
        "headoffice/_overview.html",
        form=form,
        line=line,
        grade=lambda index: grade_of(index, programme().grades),
        signed=signed,
        why=WHY_WORDS,
        **found,
    )


def _regions(places: Iterable[queries.Place]) -> dict[uuid.UUID, queries.Place]:
    """The regions in the order of their codes, each with one of its dealerships."""
    by_code = sorted(places, key=lambda place: place.region_code)
    return {place.region_id: place for place in by_code if place.region_id}


def _shown(lines: Sequence[WaveLine], wanted: uuid.UUID | None) -> WaveLine | None:
    """The wave asked for, else the newest with published results, else the newest."""
    asked = (line for line in lines if line.wave.id == wanted)
    published = (line for line in lines if line.published)
    return next(asked, None) or next(published, None) or next(iter(lines), None)


def _trend(lines: Iterable[WaveLine], at_most: int = TREND_WAVES) -> list[TrendPoint]:
    """The newest waves with published results, the newest first. One query, and two more where
    dealerships have changed their standards."""
    taken = [line for line in lines if line.published][: at_most + 1]
    results: dict[uuid.UUID, list[Result]] = defaultdict(list)
    for result in queries.results_in([line.wave.id for line in taken]):
        results[result.wave].append(result)
    waves = [roll_up(results[line.wave.id], programme().weights) for line in taken]
    steps = list(zip(waves, [*waves[1:], NetworkWave()], strict=True))
    pairs = {pair for now, before in steps for pair in version_pairs(now, before)}
    shares = comparable_shares(pairs)
    points = [
        TrendPoint(
            line, now, change(now, before, network_comparability(now, before, shares)), shares
        )
        for line, (now, before) in zip(taken, steps, strict=True)
    ]
    return points[:at_most]  # the one before them was only compared to


def _readings(trend: Sequence[TrendPoint]) -> list[Reading]:
    """For the chart, the oldest first; the line breaks where two waves cannot be compared."""
    found: list[Reading] = []
    for point in reversed(trend):
        if found and point.change.points is None:
            why = _BREAK_WORDS.get(point.change.why)
            found.append(line_break(why) if why else Reading("", None))
        found.append(Reading(tr(point.line.wave.name), point.network.index))
    return found


def _table(
    form: OverviewForm, table: Sequence[Row[queries.Place]], now: NetworkWave
) -> dict[str, Any]:
    """The rows of the region that was chosen, in the order that was chosen, and their means."""
    factors = queries.factors_of({basis.model for basis in now.basis})
    order = Order.read(form.sort.data or "", [factor["code"] for factor in factors])
    region = form.chosen("region")
    kept = {"wave": form.wave.data, "region": str(region) if region else None}
    in_region = [row for row in table if region in (None, row.dealership.region_id)]
    means = [
        (tr(place.region), mean_of(r for r in table if r.dealership.region_id == place.region_id))
        for place in _regions(row.dealership for row in in_region).values()
    ]
    form.sort.data = order.text
    return {
        "rows": in_order(in_region, order),
        "factors": [(FACTOR + factor["code"], factor) for factor in factors],
        "means": [*means, (_("Network"), mean_of(table))],
        "order": order,
        "sort_url": lambda column: url_for(".overview", **kept, sort=order.chosen(column).text),
    }


def _costs(wave_id: uuid.UUID) -> dict[str, Any]:
    """What cost most points in the wave, with the words around it."""
    costs = costliest(queries.losses_in(wave_id), COSTS)
    traced = queries.traces_in(wave_id, [cost.standard for cost in costs])
    titles: Mapping[str, Any] = course_titles()
    return {
        "chains": chains(costs, traced),
        "shown": COSTS_SHOWN,
        "wording": queries.master_wording(),
        "course": lambda code: tr(titles.get(code)),
        "role": lambda code: roles_named([code]),
    }


@home_card(ScopeKind.NETWORK, Permission.NETWORK_READ)
def index_card() -> Card | None:
    """The network's index in the newest wave that has one."""
    lines = list_wave_lines()
    line = _shown(lines, None)
    if line is None or not line.published:
        return None
    newest = _trend(lines[lines.index(line) :], at_most=1)[0]
    if newest.network.index is None:
        return None
    text = tr(line.wave.name)
    if newest.change.points is not None:
        text = _("%(wave)s · %(change)s", wave=text, change=signed(newest.change.points))
    return Card(
        title=_("Network index"),
        number=newest.network.index,
        text=text,
        url=url_for("headoffice.overview"),
        tone="info",
        icon="layout-dashboard",
    )
