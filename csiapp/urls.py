"""The whole URL table: which blueprint answers below which prefix."""

from __future__ import annotations

from flask import Blueprint, Flask

from csiapp.accounts.views import account, home, one_time, sign_in
from csiapp.audits.views import api, evidence, fill


def register(app: Flask) -> None:
    """Register every blueprint of every slice."""
    blueprints: list[tuple[Blueprint, str]] = [
        (sign_in.blueprint, ""),
        (one_time.blueprint, ""),
        (account.blueprint, ""),
        (home.blueprint, ""),
        (api.blueprint, ""),
        (evidence.blueprint, ""),
        (fill.blueprint, ""),
    ]
    for blueprint, prefix in blueprints:
        app.register_blueprint(blueprint, url_prefix=prefix)
