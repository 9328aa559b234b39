"""Settings: safe on a laptop, refused in production with a message that says what to set."""

from __future__ import annotations

import stat

import pytest

from config import SettingsError, load_settings

pytestmark = pytest.mark.unit


@pytest.fixture
def production(tmp_path) -> dict[str, str]:
    """What production asks for."""
    return {
        "CSIAPP_ENV": "production",
        "CSIAPP_DATA_DIR": str(tmp_path),
        "SECRET_KEY": "k" * 32,
        "DATABASE_URL": "postgresql://csi@db/csi",
        "TRUSTED_HOSTS": "csi.example, www.csi.example",
        "PUBLIC_URL": "https://csi.example/",
        "SMTP_URL": "smtp://mail.example",
        "S3_BUCKET": "csi",
        "WEB_HOSTS": "2",
    }


def test_production_with_everything_set(production):
    settings = load_settings(production)
    flask = settings.flask()
    assert flask["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://csi@db/csi"
    assert flask["TRUSTED_HOSTS"] == ["csi.example", "www.csi.example"]
    assert flask["SESSION_COOKIE_NAME"] == "__Host-s"
    assert flask["SESSION_COOKIE_SECURE"] is True
    assert flask["TESTING"] is False
    assert settings.public_url == "https://csi.example"


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY: set it to at least 32 random characters"),
        ({"SECRET_KEY": "k" * 31}, "SECRET_KEY"),
        ({"DATABASE_URL": ""}, "DATABASE_URL: SQLite serves one web host"),
        ({"S3_BUCKET": ""}, "S3_BUCKET: with several web hosts"),
        ({"TRUSTED_HOSTS": " , "}, "TRUSTED_HOSTS: name the host names"),
        ({"PUBLIC_URL": "http://csi.example"}, "PUBLIC_URL: set the https address"),
        ({"SMTP_URL": ""}, "SMTP_URL: invitations and password resets"),
    ],
)
def test_production_refuses_what_is_unsafe(production, changes, names):
    with pytest.raises(SettingsError, match=names):
        load_settings(production | changes)


def test_every_problem_is_named_at_once(tmp_path):
    with pytest.raises(SettingsError) as refused:
        load_settings({"CSIAPP_ENV": "production", "CSIAPP_DATA_DIR": str(tmp_path)})
    for name in ("SECRET_KEY", "TRUSTED_HOSTS", "PUBLIC_URL", "SMTP_URL"):
        assert f"- {name}: " in str(refused.value)


def test_one_web_host_may_keep_sqlite_and_its_files(production):
    alone = production | {"DATABASE_URL": "", "S3_BUCKET": "", "WEB_HOSTS": "1"}
    assert load_settings(alone).sqlite


def test_production_never_makes_a_secret_of_its_own(production, tmp_path):
    with pytest.raises(SettingsError):
        load_settings(production | {"SECRET_KEY": ""})
    assert not (tmp_path / "secret_key").exists()


def test_a_laptop_keeps_its_secret_where_only_its_owner_reads(tmp_path):
    environ = {"CSIAPP_DATA_DIR": str(tmp_path / "new")}
    first = load_settings(environ)
    file = tmp_path / "new" / "secret_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first.secret_key) == 64
    assert load_settings(environ).secret_key == first.secret_key
    assert first.secret_key not in repr(first)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"CSIAPP_ENV": "staging"}, "CSIAPP_ENV must be one of"),
        ({"PROXIES": "one"}, "PROXIES must be a whole number"),
        ({"WEB_HOSTS": "many"}, "WEB_HOSTS must be a whole number"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(tmp_path, environ, message):
    with pytest.raises(SettingsError, match=message):
        load_settings({"CSIAPP_DATA_DIR": str(tmp_path), **environ})


@pytest.mark.parametrize(
    ("valkey", "limits"),
    [
        ("unix:///run/v.sock?db=0", "redis+unix:///run/v.sock?db=0"),
        ("redis://queue:6379/0", "redis://queue:6379/0"),
        ("rediss://queue:6379/0", "rediss://queue:6379/0"),
        ("", "memory://"),
    ],
)
def test_rate_limits_are_counted_where_the_queue_is(tmp_path, valkey, limits):
    settings = load_settings({"CSIAPP_DATA_DIR": str(tmp_path), "VALKEY_URL": valkey})
    assert settings.flask()["RATELIMIT_STORAGE_URI"] == limits
