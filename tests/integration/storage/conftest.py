"""Both stores: a folder, and a bucket of a real S3 server (moto's) on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from csiapp.core.storage import FolderStorage, S3Storage, Storage
from csiapp.serving.processes import start_child, stop_child
from tests.support.product import free_port

BUCKET = "csiapp"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "of-the-tests",
    "AWS_SECRET_ACCESS_KEY": "of-the-tests",
    "AWS_DEFAULT_REGION": "us-east-1",
    "NO_PROXY": "127.0.0.1",
}


@dataclass
class S3Server:
    """A process that keeps its buckets in memory until it is stopped."""

    log: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        with self.log.open("ab") as log:
            self.process = start_child(command, output=log, env={**os.environ, **CREDENTIALS})
        for _attempt in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/moto-api/", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(self.log.read_text()[-2000:])

    def stop(self) -> None:
        if self.process is not None:
            stop_child(self.process)
            self.process = None


@pytest.fixture(scope="session")
def one_s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    server = S3Server(tmp_path_factory.mktemp("s3") / "server.log", free_port())
    yield server
    server.stop()


@pytest.fixture
def s3_server(one_s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """Running, and with an empty bucket."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    if one_s3_server.process is None:
        one_s3_server.start()
    reset = urllib.request.Request(f"{one_s3_server.url}/moto-api/reset", method="POST")
    with urllib.request.urlopen(reset, timeout=10):
        pass
    boto3.client("s3", endpoint_url=one_s3_server.url).create_bucket(Bucket=BUCKET)
    return one_s3_server


@pytest.fixture
def s3(s3_server: S3Server) -> S3Storage:
    return S3Storage(BUCKET, s3_server.url)


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "s3":
        return request.getfixturevalue("s3")
    return FolderStorage(tmp_path / "files")
