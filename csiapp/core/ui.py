"""The Jinja global `ui`: every macro of templates/components, without import lines.

A fragment rendered alone then has the same macros as the page that includes it. Macros see
globals only (no page context): whatever they show is an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, g, request
from jinja2 import Environment
from markupsafe import Markup

from csiapp.core import charts

COMPONENTS = "components/"
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"


class Components:
    """Looks a macro up by name over all component files; names are unique across them."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._homes: dict[str, str] = {}

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        if name.startswith("_"):
            raise AttributeError(name)
        if not self._homes:
            self._homes = self._find_macros()
        if name not in self._homes:
            raise AttributeError(f"no component file has a macro named {name!r}")
        module: Any = self._environment.get_template(self._homes[name]).module
        macro: Callable[..., Markup] = getattr(module, name)
        if not self._environment.auto_reload:  # in debug mode an edit shows at once
            setattr(self, name, macro)
        return macro

    def _find_macros(self) -> dict[str, str]:
        homes: dict[str, str] = {}
        files = self._environment.list_templates(filter_func=lambda n: n.startswith(COMPONENTS))
        for file in files:
            for name in vars(self._environment.get_template(file).module):
                if name.startswith("_"):
                    continue
                if name in homes:
                    raise ValueError(f"macro {name!r} is in {homes[name]} and in {file}")
                homes[name] = file
        return homes


def choose_theme() -> str:
    """The signed-in person's choice, else the cookie's, else "auto" (the system decides)."""
    chosen = g.get("theme") or request.cookies.get(THEME_COOKIE)
    return chosen if chosen in THEMES else "auto"


def init_app(app: Flask) -> None:
    """Register `ui` (component macros), `charts` (SVG functions) and `theme()`."""
    app.jinja_env.globals.update(ui=Components(app.jinja_env), charts=charts, theme=choose_theme)
