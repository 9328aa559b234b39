"""Commands: worker, relay, demo data, accounts."""

from __future__ import annotations

import click
from flask import Flask


def register(app: Flask) -> None:
    """Add our commands to `flask --app wsgi ...`."""
    app.cli.add_command(worker)
    app.cli.add_command(relay)


@click.command("worker")
@click.option("--burst", is_flag=True, help="Stop when the queues are empty.")
def worker(*, burst: bool) -> None:
    """Run one worker: renders reports, reads photos."""
    from flask import current_app

    from csiapp.core.worker import work
    from csiapp.reports.services import prepare_renderer
    from csiapp.serving.leash import bind_forks

    bind_forks()
    prepare_renderer()
    from csiapp.reports import engine  # loads WeasyPrint, after its fonts are set

    engine.warm_up()
    work(current_app._get_current_object(), burst=burst)  # type: ignore[attr-defined]


@click.command("relay")
def relay() -> None:
    """Send promised jobs and mail, and do what is due, until stopped."""
    from flask import current_app

    from csiapp.core.periodic import run_forever

    run_forever(current_app._get_current_object())  # type: ignore[attr-defined]
