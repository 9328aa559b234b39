"""The whole URL table: which blueprint answers below which prefix."""

from __future__ import annotations

from flask import Blueprint, Flask

from csiapp.accounts.views import account, activity, home, one_time, people, sign_in
from csiapp.audits.views import (
    api,
    evidence,
    fieldwork,
    fill,
    form_editor,
    form_sets,
    moving,
    offline,
    paradata,
    planning,
    replay,
    results,
    review,
    shopper,
    ties,
    visits,
    waves,
)
from csiapp.headoffice.views import network_replay, overview
from csiapp.reports.views import handbook, own, reports
from csiapp.standards.views import (
    draft,
    effectiveness,
    exchange,
    history,
    items,
    merging,
    publishing,
    read,
    sets,
)
from csiapp.studio.views import coverage, cycle, quadrant
from csiapp.training.views import record, staff, standards_reading, training


def register(app: Flask) -> None:
    """Register every blueprint of every slice."""
    blueprints: list[tuple[Blueprint, str]] = [
        (sign_in.blueprint, ""),
        (one_time.blueprint, ""),
        (account.blueprint, ""),
        (home.blueprint, ""),
        (people.blueprint, "/n/<network>/people"),
        (activity.blueprint, ""),
        (sets.blueprint, "/t/<dealership>/standards"),
        (read.blueprint, "/t/<dealership>/standards/<set_code>"),
        (draft.blueprint, "/t/<dealership>/standards/<set_code>"),
        (items.blueprint, "/t/<dealership>/standards/<set_code>"),
        (publishing.blueprint, "/t/<dealership>/standards/<set_code>"),
        (history.blueprint, "/t/<dealership>/standards/<set_code>"),
        (exchange.blueprint, "/t/<dealership>/standards/<set_code>"),
        (effectiveness.blueprint, "/t/<dealership>/standards/<set_code>"),
        (merging.blueprint, "/t/<dealership>/standards/<set_code>"),
        (replay.blueprint, "/t/<dealership>/standards/<set_code>"),
        (coverage.blueprint, "/t/<dealership>/standards/<set_code>"),
        (quadrant.blueprint, "/t/<dealership>/standards/<set_code>"),
        (cycle.blueprint, "/t/<dealership>/standards/<set_code>"),
        (api.blueprint, ""),
        (evidence.blueprint, ""),
        (fill.blueprint, ""),
        (fieldwork.blueprint, ""),
        (paradata.blueprint, ""),
        (offline.blueprint, ""),
        (shopper.blueprint, ""),
        (visits.blueprint, ""),
        (planning.blueprint, ""),
        (moving.blueprint, ""),
        (ties.blueprint, ""),
        (review.blueprint, ""),
        (waves.blueprint, ""),
        (form_sets.blueprint, ""),
        (form_editor.blueprint, "/t/<dealership>/forms"),
        (results.blueprint, ""),
        (reports.blueprint, ""),
        (own.blueprint, ""),
        (handbook.blueprint, "/t/<dealership>/standards/<set_code>"),
        (overview.blueprint, ""),
        (network_replay.blueprint, "/n/<network>/replay"),
        (training.blueprint, "/t/<dealership>/training"),
        (record.blueprint, "/t/<dealership>/training"),
        (staff.blueprint, "/t/<dealership>/training/staff"),
        (standards_reading.blueprint, "/t/<dealership>/standards/<set_code>"),
    ]
    for blueprint, prefix in blueprints:
        app.register_blueprint(blueprint, url_prefix=prefix)
    for prefix, name in (  # the same pages for head office
        ("/n/<network>/d/<dealership>/forms", "network_forms"),
        ("/n/<network>/forms", "master_forms"),
    ):
        app.register_blueprint(form_editor.blueprint, url_prefix=prefix, name=name)
