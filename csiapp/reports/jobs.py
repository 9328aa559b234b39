"""Jobs of reports: freeze what is to be shown, then draw it."""

from __future__ import annotations

import uuid

from csiapp.core.jobs import task
from csiapp.reports import handbooks, services


def _give_up(report_id: str) -> None:
    services.give_up(uuid.UUID(report_id))


@task("reports.prepare")
def prepare(visit_id: str, score_id: str) -> None:
    services.prepare_reports(uuid.UUID(visit_id), uuid.UUID(score_id))


@task("reports.render", timeout=120, on_failure=_give_up)
def render(report_id: str) -> None:
    services.render_report(uuid.UUID(report_id))


def _give_up_handbook(handbook_id: str) -> None:
    handbooks.give_up(uuid.UUID(handbook_id))


@task("reports.handbook", timeout=180, on_failure=_give_up_handbook)
def handbook(handbook_id: str) -> None:
    handbooks.render_handbook(uuid.UUID(handbook_id))
