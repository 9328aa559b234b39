"""The whole URL table: which blueprint answers below which prefix."""

from __future__ import annotations

from flask import Blueprint, Flask


def register(app: Flask) -> None:
    """Register every blueprint of every slice."""
    blueprints: list[tuple[Blueprint, str]] = []
    for blueprint, prefix in blueprints:
        app.register_blueprint(blueprint, url_prefix=prefix)
