"""The pages of one set, as tabs. Pages that the reader may not open are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _l

from csiapp.accounts.access import permitted
from csiapp.core.permissions import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """One tab. Pages of the endpoint's blueprint belong to it, and those of `parts`."""

    endpoint: str
    label: Any
    permission: Permission = Permission.STANDARDS_EDIT
    parts: tuple[str, ...] = ()


ENTRIES = (
    Entry("standards.index", _l("Overview"), Permission.STANDARDS_READ),
    Entry(
        "standards_draft.editor",
        _l("Draft"),
        parts=("standards_items", "standards_publish", "standards_merge"),
    ),
    Entry("standards_reading.index", _l("My standards"), Permission.STANDARDS_READ),
    Entry("standards_reading.who", _l("Who has confirmed"), Permission.TRAINING_READ),
    Entry("standards_history.index", _l("History"), Permission.STANDARDS_READ),
    Entry("replay.show", _l("Replay")),
    Entry("coverage.index", _l("Coverage")),
    Entry("quadrant.index", _l("Quadrant")),
    Entry("cycle.index", _l("Cycle")),
    Entry("standards_exchange.index", _l("Import and export")),
    Entry("handbook.index", _l("Handbook"), Permission.STANDARDS_READ),
)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["set_tabs"] = set_tabs


def set_tabs() -> list[tuple[str, str, bool, None]]:
    """(label, address, is this page, no count) of each page of the set, for `ui.tabs`."""
    entries = [
        entry
        for entry in ENTRIES
        if entry.endpoint in current_app.view_functions and permitted(entry.permission)
    ]
    exact = any(entry.endpoint == request.endpoint for entry in entries)
    return [
        (
            str(entry.label),
            url_for(entry.endpoint),
            entry.endpoint == request.endpoint if exact else _holds(entry, request.blueprint),
            None,
        )
        for entry in entries
    ]


def _holds(entry: Entry, blueprint: str | None) -> bool:
    return blueprint in (entry.endpoint.partition(".")[0], *entry.parts)
