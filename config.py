"""Settings: typed, read from the environment once, checked once.

Every setting has a default that is safe on a laptop. Production has no unsafe default: it
refuses to start and says what to set.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ENVIRONMENTS = ("development", "demo", "test", "production")
DEVELOPMENT_KEY = "not-secret-development-only"


class SettingsError(RuntimeError):
    """The settings cannot be used. The message says what to set."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the process needs to know. See docs/operations.md for every variable."""

    environment: str
    secret_key: str = field(repr=False)
    database_url: str
    data_dir: Path
    valkey_url: str
    migration_database_url: str = ""
    secret_key_fallbacks: tuple[str, ...] = ()
    s3_bucket: str = ""
    s3_endpoint: str = ""
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = 0
    web_hosts: int = 1
    public_url: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "csiapp@localhost"
    verify_sql: bool = True

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    def flask(self) -> dict[str, Any]:
        """The configuration keys of Flask and its extensions."""
        return {
            "SECRET_KEY": self.secret_key,
            "SECRET_KEY_FALLBACKS": list(self.secret_key_fallbacks),
            "TESTING": self.environment == "test",
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": self._engine_options(),
            "SESSION_COOKIE_NAME": "__Host-s" if self.production else "s",
            "SESSION_COOKIE_SECURE": self.production,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_PATH": "/",
            "TRUSTED_HOSTS": list(self.trusted_hosts) or None,
            "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
            "MAX_FORM_PARTS": 2000,
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": self.production,
            "RATELIMIT_STORAGE_URI": self._limits_url(),
            "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
            "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
            "RATELIMIT_HEADERS_ENABLED": False,
            "RATELIMIT_KEY_PREFIX": "csiapp",
            "BABEL_DEFAULT_LOCALE": "en",
            "BABEL_TRANSLATION_DIRECTORIES": "translations",
        }

    def _limits_url(self) -> str:
        """The limiter's spelling of the queue's address."""
        if self.valkey_url.startswith("unix://"):
            return f"redis+{self.valkey_url}"
        return self.valkey_url or "memory://"

    def _engine_options(self) -> dict[str, Any]:
        if self.sqlite:
            return {"connect_args": {"timeout": 5, "check_same_thread": False}}
        # A transaction-mode pooler in between breaks server-side prepared statements.
        return {"pool_pre_ping": True, "connect_args": {"prepare_threshold": None}}


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises SettingsError."""
    env = os.environ if environ is None else environ
    environment = env.get("CSIAPP_ENV", "development")
    if environment not in ENVIRONMENTS:
        raise SettingsError(f"CSIAPP_ENV must be one of {', '.join(ENVIRONMENTS)}")
    data_dir = Path(env.get("CSIAPP_DATA_DIR") or "var").absolute()
    settings = Settings(
        environment=environment,
        secret_key=env.get("SECRET_KEY") or _own_secret_key(environment, data_dir),
        secret_key_fallbacks=_words(env.get("SECRET_KEY_FALLBACKS", "")),
        database_url=_psycopg(env.get("DATABASE_URL", "")) or f"sqlite:///{data_dir}/csiapp.db",
        migration_database_url=_psycopg(env.get("MIGRATION_DATABASE_URL", "")),
        data_dir=data_dir,
        valkey_url=env.get("VALKEY_URL", f"unix://{data_dir}/valkey/valkey.sock"),
        s3_bucket=env.get("S3_BUCKET", ""),
        s3_endpoint=env.get("S3_ENDPOINT_URL", ""),
        trusted_hosts=_words(env.get("TRUSTED_HOSTS", "")),
        proxies=_number(env, "PROXIES", 0),
        web_hosts=_number(env, "WEB_HOSTS", 1),
        public_url=env.get("PUBLIC_URL", "").rstrip("/"),
        smtp_url=env.get("SMTP_URL", ""),
        mail_from=env.get("MAIL_FROM", "csiapp@localhost"),
        verify_sql=_flag(env, "VERIFY_SQL", environment != "production"),
    )
    problems = _production_problems(settings) if settings.production else []
    if problems:
        raise SettingsError("Production refuses these settings:\n- " + "\n- ".join(problems))
    return settings


def _production_problems(settings: Settings) -> list[str]:
    checks = [
        (
            len(settings.secret_key) < 32,
            "SECRET_KEY: set it to at least 32 random characters, the same on every host",
        ),
        (
            settings.sqlite and settings.web_hosts > 1,
            "DATABASE_URL: SQLite serves one web host; set a PostgreSQL address or WEB_HOSTS=1",
        ),
        (
            settings.web_hosts > 1 and not settings.s3_bucket,
            "S3_BUCKET: with several web hosts files must lie in a shared store",
        ),
        (not settings.trusted_hosts, "TRUSTED_HOSTS: name the host names that users type"),
        (
            not settings.public_url.startswith("https://"),
            "PUBLIC_URL: set the https address that links in e-mails begin with",
        ),
        (not settings.smtp_url, "SMTP_URL: invitations and password resets are sent by e-mail"),
    ]
    return [message for wrong, message in checks if wrong]


def _own_secret_key(environment: str, data_dir: Path) -> str:
    """A laptop's key: kept in the data folder, so that a restart does not sign people out."""
    if environment == "production":
        return ""
    if environment == "test":
        return DEVELOPMENT_KEY
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(os.urandom(32).hex())
    return path.read_text().strip()


def _psycopg(url: str) -> str:
    """Common spellings of a PostgreSQL address, for the driver that is installed."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(env.get(name, "") or default)
    except ValueError as error:
        raise SettingsError(f"{name} must be a whole number") from error


def _flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    value = env.get(name, "").lower()
    return default if not value else value in {"1", "true", "yes", "on"}
