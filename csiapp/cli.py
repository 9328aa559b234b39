"""Commands: worker, relay, demo data, accounts."""

from __future__ import annotations

import os

import click
from flask import Flask, current_app


def _app() -> Flask:
    """The application itself, for what goes on after the command's context."""
    found: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    return found


def register(app: Flask) -> None:
    """Add our commands to `flask --app wsgi ...`."""
    app.cli.add_command(worker)
    app.cli.add_command(relay)
    app.cli.add_command(demo)


@click.command("worker")
@click.option("--burst", is_flag=True, help="Stop when the queues are empty.")
def worker(*, burst: bool) -> None:
    """Run one worker: renders reports, reads photos."""
    from csiapp.core.worker import work
    from csiapp.reports.services import prepare_renderer
    from csiapp.serving.leash import bind_forks

    bind_forks()
    prepare_renderer()
    from csiapp.reports import engine  # loads WeasyPrint, after its fonts are set

    engine.warm_up()
    work(_app(), burst=burst)


@click.command("relay")
def relay() -> None:
    """Send promised jobs and mail, and do what is due, until stopped."""
    from csiapp.core.periodic import run_forever

    run_forever(_app())


@click.group("demo")
def demo() -> None:
    """Demo data: one invented network."""


@demo.command("load")
def load() -> None:
    """Make the demo's data, where there is none yet. DEMO_PASSWORD is the accounts' password."""
    from csiapp.demo.load import Interrupted, load_demo

    password = os.environ.get("DEMO_PASSWORD", "")
    if not password:
        raise click.ClickException("Set DEMO_PASSWORD to the password of the demo accounts.")
    try:
        made = load_demo(password)
    except Interrupted:
        raise click.ClickException(
            "An earlier load was interrupted. Begin anew with: make demo-reset"
        ) from None
    click.echo("demo data made" if made else "demo data kept")
