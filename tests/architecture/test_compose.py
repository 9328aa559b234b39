"""compose.yaml: every container of the product gets the same settings, and none is in the open."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from config import load_settings

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
PRODUCT = ("web", "worker", "relay", "migrate", "bucket")
FILLED_IN = {
    "SECRET_KEY": "k" * 64,
    "PUBLIC_URL": "https://csi.example",
    "TRUSTED_HOSTS": "csi.example",
    "SMTP_URL": "smtp://mail.example",
    "MAIL_FROM": "csiapp@csi.example",
    "POSTGRES_PASSWORD": "owner",
    "APP_PASSWORD": "app",
    "S3_ACCESS_KEY": "access",
    "S3_SECRET_KEY": "secret",
    "PORT": "8000",
}


@pytest.fixture(scope="module")
def services() -> dict:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


def filled_in(value: str) -> str:
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda match: FILLED_IN[match[1]], value)


@pytest.mark.parametrize("name", PRODUCT)
def test_production_accepts_the_settings_of_every_container(services, name, tmp_path) -> None:
    environ = {key: filled_in(value) for key, value in services[name]["environment"].items()}
    settings = load_settings(environ | {"CSIAPP_DATA_DIR": str(tmp_path)})
    assert settings.production
    assert settings.s3_bucket == "csiapp"
    assert "csiapp_app" in settings.database_url


def test_only_the_migrations_sign_in_as_the_owner_of_the_tables(services) -> None:
    owners = [
        name
        for name in PRODUCT
        if any("csiapp_owner" in value for value in services[name]["environment"].values())
    ]
    assert owners == ["migrate"]


def test_nothing_listens_beyond_this_machine(services) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_example_settings_name_everything_that_must_be_filled_in(services) -> None:
    wanted = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    example = (ROOT / "deploy" / "env.example").read_text()
    assert set(re.findall(r"^(\w+)=", example, re.MULTILINE)) == wanted == set(FILLED_IN)


def test_the_queue_keeps_every_write_and_throws_none_away(services) -> None:
    command = " ".join(services["valkey"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
