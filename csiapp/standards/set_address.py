"""Which set a page is about: the `<set_code>` of its address.

Like the dealership's name, the code is taken out of every view's arguments and given to every
link again: views ask for the set itself, and pages below a set link to each other without it.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g

from csiapp.core.errors import NotFound
from csiapp.standards import queries
from csiapp.standards.models import StandardSet

PART = "set_code"


def init_app(app: Flask) -> None:
    app.url_value_preprocessor(_take_code)
    app.url_defaults(_add_code)
    app.jinja_env.globals["asked_set"] = asked_set


def asked_set() -> StandardSet:
    """The set that the address names. Raises NotFound."""
    if "standard_set" not in g:
        code: str | None = g.get(PART)
        if code is None:
            raise NotFound
        g.standard_set = queries.standard_set(code)
    found: StandardSet = g.standard_set
    return found


def _take_code(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.set_code = values.pop(PART, None) if values else None


def _add_code(endpoint: str, values: dict[str, Any]) -> None:
    code: str | None = g.get(PART)
    if code is not None and current_app.url_map.is_endpoint_expecting(endpoint, PART):
        values.setdefault(PART, code)
