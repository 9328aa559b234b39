"""Commands: worker, relay, demo data, the first network and its dealerships."""

from __future__ import annotations

import os
from typing import BinaryIO

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
    app.cli.add_command(network)
    app.cli.add_command(dealership)
    app.cli.add_command(standards)


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
    """Bring the database up to date and make the demo's data, where there is none yet.
    DEMO_PASSWORD is the accounts' password."""
    from flask_migrate import upgrade

    from csiapp.demo.load import Interrupted, load_demo

    password = os.environ.get("DEMO_PASSWORD", "")
    if not password:
        raise click.ClickException("Set DEMO_PASSWORD to the password of the demo accounts.")
    upgrade()
    try:
        made = load_demo(password)
    except Interrupted:
        raise click.ClickException(
            "An earlier load was interrupted. Begin anew with: make demo-reset"
        ) from None
    click.echo("demo data made" if made else "demo data kept")


@click.group("network")
def network() -> None:
    """Networks: one car brand's dealers in one market."""


@network.command("create")
@click.option("--code", required=True, help="Part of its addresses: /n/CODE/")
@click.option("--name-zh", required=True)
@click.option("--name-en", required=True)
@click.option("--admin-email", required=True, help="The first administrator, who is invited.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--timezone", default="Asia/Shanghai", show_default=True)
def create_network(
    *, code: str, name_zh: str, name_en: str, admin_email: str, language: str, timezone: str
) -> None:
    """Make a network with the reference standards, courses and forms, and invite its first
    administrator. Asked again, it installs what is missing and sends another invitation."""
    from csiapp.accounts.mail import settings
    from csiapp.founding import NewNetwork, Refused, found_network

    new = NewNetwork(code, {"zh": name_zh, "en": name_en}, language, timezone)
    here = settings().public_url or f"http://{os.environ.get('WEB_BIND', '127.0.0.1:8000')}"
    with _app().test_request_context(base_url=here):
        try:
            link = found_network(new, admin_email)
        except Refused as refused:
            raise click.ClickException(str(refused)) from None
    click.echo(f"network {code}: ready")
    if link is None:
        click.echo(f"{admin_email} is its administrator already")
    else:
        click.echo(f"{admin_email} is invited; the mail's link works once, for 7 days:\n{link}")


@click.group("dealership")
def dealership() -> None:
    """Dealerships of a network."""


@dealership.command("create")
@click.option("--network", "network_code", required=True, help="The network's code.")
@click.option("--code", required=True, help="As its network calls it, such as N01.")
@click.option("--address", help="Part of its addresses: /t/ADDRESS/  [default: network-code]")
@click.option("--name-zh", required=True)
@click.option("--name-en", required=True)
@click.option("--city-zh", required=True)
@click.option("--city-en", required=True)
@click.option("--region", nargs=3, metavar="CODE ZH EN", help="Its region, made when new.")
@click.option("--timezone", default="", help="[default: the network's]")
def create_dealership(
    *,
    network_code: str,
    code: str,
    address: str | None,
    name_zh: str,
    name_en: str,
    city_zh: str,
    city_en: str,
    region: tuple[str, str, str] | None,
    timezone: str,
) -> None:
    """Make a dealership with a draft of the reference standards. Its administrator then
    invites its manager."""
    from csiapp.founding import NewDealership, Refused, found_dealership

    new = NewDealership(
        code=code,
        slug=address or f"{network_code}-{code}".lower(),
        name={"zh": name_zh, "en": name_en},
        city={"zh": city_zh, "en": city_en},
        region=(region[0], {"zh": region[1], "en": region[2]}) if region else None,
        timezone=timezone,
    )
    try:
        made = found_dealership(network_code, new)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"dealership {new.slug}: {'made' if made else 'there already'}")


@click.group("standards")
def standards() -> None:
    """The master standards of a network."""


@standards.command("export-master")
@click.option("--network", "network_code", required=True, help="The network's code.")
@click.option("--code", default="REF-AFTERSALES", show_default=True, help="The set's code.")
def export_master(*, network_code: str, code: str) -> None:
    """Write the newest edition as YAML, to change it and install it again."""
    from csiapp.founding import Refused, master_file

    try:
        click.echo(master_file(network_code, code), nl=False)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None


@standards.command("install-master")
@click.argument("file", type=click.File("rb"))
@click.option("--network", "network_code", required=True, help="The network's code.")
def install_master(*, file: BinaryIO, network_code: str) -> None:
    """Publish the master standards in FILE (YAML) to a network, as its next edition. Every
    dealership is then offered to bring it into its own."""
    from csiapp.founding import Refused, install_edition

    try:
        code, number, new = install_edition(network_code, file.read())
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{code}: edition {number} {'installed' if new else 'is there already'}")
