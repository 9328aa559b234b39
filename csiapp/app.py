"""The application: settings, extensions, database walls, web layer, slices."""

from __future__ import annotations

import importlib

from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings, SettingsError
from csiapp import cli, urls
from csiapp.accounts import access, chores, navigation
from csiapp.accounts.queries import DEMO_DOMAIN, has_demo_accounts
from csiapp.audits import chores as audits_chores
from csiapp.audits.services import tokens as visit_tokens
from csiapp.core import assets, error_pages, health, i18n, security, ui
from csiapp.core.db import install_sqlite_transactions
from csiapp.core.extensions import babel, csrf, db, htmx, limiter, migrate
from csiapp.core.storage import FolderStorage, S3Storage
from csiapp.core.tenancy import install_engine_guard
from csiapp.core.web import App
from csiapp.demo import wording as _demo_sentences  # noqa: F401 - registers them
from csiapp.standards import chores as standards_chores
from csiapp.standards import set_address
from csiapp.standards.views import set_nav
from csiapp.studio import chores as studio_chores
from csiapp.training import gap as training_gap

TASK_MODULES = ("csiapp.audits.jobs", "csiapp.audits.photo_jobs", "csiapp.reports.jobs")
"""The modules whose import registers the jobs of their slice."""


def create_app(settings: Settings) -> App:
    """A ready application for these settings."""
    app = App("csiapp", static_folder="../static", template_folder="../templates")
    _configure(app, settings)
    _init_database(app, settings)
    _init_web(app, settings)
    _init_slices(app)
    urls.register(app)
    cli.register(app)
    if settings.production:
        _refuse_demo_accounts(app)
    return app


def _refuse_demo_accounts(app: Flask) -> None:
    """Everybody knows the names of the demo accounts: a real database holds none."""
    with app.app_context():
        try:
            found = has_demo_accounts()
        except OperationalError:  # the database is down: /readyz says so
            app.logger.warning("could not look for demo accounts: no database")
            return
        finally:
            db.session.close()
            db.engine.dispose()  # web workers forked from here must not share a connection
    if found:
        raise SettingsError(
            f"The database holds demo accounts (...{DEMO_DOMAIN}). Production refuses it: set "
            "DATABASE_URL to a database that was never used for a demo."
        )


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(settings.flask())
    app.config["VALKEY_URL"] = settings.valkey_url
    app.config["DATA_DIR"] = settings.data_dir
    app.extensions["csiapp.settings"] = settings
    app.extensions["csiapp.storage"] = (
        S3Storage(settings.s3_bucket, settings.s3_endpoint or None)
        if settings.s3_bucket
        else FolderStorage(settings.data_dir / "files")
    )


def _init_database(app: Flask, settings: Settings) -> None:
    if settings.sqlite:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        if settings.sqlite:
            install_sqlite_transactions(db.engine)
        install_engine_guard(db.engine, verify=settings.sqlite or settings.verify_sql)


def _init_web(app: Flask, settings: Settings) -> None:
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies
        )
    app.jinja_env.add_extension("jinja2.ext.do")
    htmx.init_app(app)
    babel.init_app(app, locale_selector=i18n.choose_locale, timezone_selector=i18n.choose_timezone)
    assets.init_app(app)
    ui.init_app(app)
    i18n.init_app(app)
    security.init_app(app, https=settings.production)
    error_pages.init_app(app)
    health.init_app(app)
    csrf.init_app(app)
    access.init_app(app)
    navigation.init_app(app)
    chores.init_app()
    audits_chores.init_app()
    studio_chores.init_app()
    limiter.init_app(app)


def _init_slices(app: Flask) -> None:
    set_address.init_app(app)
    set_nav.init_app(app)
    standards_chores.init_app()
    visit_tokens.init_app(app)
    training_gap.init_app(app)
    for module in TASK_MODULES:
        importlib.import_module(module)
