"""What both stores do alike, and what each does when it is full or gone."""

from __future__ import annotations

import hashlib
import resource
import socket
import threading

import pytest

from csiapp.core.storage import FolderStorage, Missing, S3Storage, StorageError
from tests.integration.storage.conftest import BUCKET

KEY = "t/12/reports/0199-a/0199-b.pdf"
LARGE = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(250)) * 400  # 3.2 MB


@pytest.mark.parametrize("data", [b"", b"\x00%PDF\r\n\xff", LARGE])
def test_what_was_put_is_what_comes_back(store, data):
    store.put(KEY, data)
    assert store.get(KEY) == data
    assert store.exists(KEY)


def test_putting_again_replaces_the_whole(store):
    store.put(KEY, LARGE)
    store.put(KEY, b"short")
    assert store.get(KEY) == b"short"


def test_what_is_not_there_is_missing(store):
    assert not store.exists(KEY)
    with pytest.raises(Missing):
        store.get(KEY)


def test_what_was_deleted_is_gone_and_deleting_again_does_nothing(store):
    store.put(KEY, b"x")
    store.put("t/12/reports/0199-a/other.pdf", b"y")
    store.delete(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)
    assert store.get("t/12/reports/0199-a/other.pdf") == b"y"


def test_one_tenants_key_is_not_anothers(store):
    store.put(KEY, b"of 12")
    assert not store.exists(KEY.replace("t/12/", "t/1/"))
    assert not store.exists(KEY.replace("t/12/", "t/120/"))


@pytest.mark.parametrize(
    "key", ["", "x", "/t/1/reports/x", "t/1/../2/reports/x", "t/a/reports/x", "t/1/reports/é"]
)
@pytest.mark.parametrize("verb", ["get", "exists", "delete"])
def test_a_key_that_is_none_is_refused_before_the_store_is_asked(store, verb, key):
    with pytest.raises(ValueError, match="not a storage key"):
        getattr(store, verb)(key)
    with pytest.raises(ValueError, match="not a storage key"):
        store.put(key, b"x")


def test_a_store_that_works_passes_its_check(store):
    store.check()


def test_threads_do_not_disturb_each_other(store):
    """A key is whole whoever writes it, and each writer's own keys are its own."""
    versions = [bytes([n]) * 100_000 for n in range(6)]

    def write(number: int) -> None:
        store.put(KEY, versions[number])
        store.put(f"t/12/reports/own/{number}", versions[number])

    threads = [threading.Thread(target=write, args=[n]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(KEY) in versions
    assert [store.get(f"t/12/reports/own/{n}") for n in range(6)] == versions


# --- A folder on a full disk -------------------------------------------------------------


@pytest.fixture
def full_disk():
    """The kernel lets no file of this process grow beyond 4 KB: a real failure of write(2)
    in the middle of a file, as ENOSPC is, and no rights are needed for it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_keeps_what_was_there_and_leaves_no_half_file(tmp_path, full_disk):
    store = FolderStorage(tmp_path)
    store.put(KEY, b"before")
    with pytest.raises(StorageError, match="Errno"):
        store.put(KEY, LARGE)
    assert store.get(KEY) == b"before"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["0199-b.pdf"]


# --- A bucket whose server is gone -------------------------------------------------------


def test_a_bucket_that_does_not_exist_is_said(s3_server):
    elsewhere = S3Storage("not-there", s3_server.url)
    with pytest.raises(StorageError, match="404"):
        elsewhere.check()
    with pytest.raises(StorageError):
        elsewhere.put(KEY, b"x")
    with pytest.raises(StorageError):
        elsewhere.get(KEY)


def test_a_server_that_is_gone_is_a_storage_error_and_never_a_missing_file(s3, s3_server):
    s3_server.stop()
    for act in (
        lambda: s3.put(KEY, b"x"),
        lambda: s3.get(KEY),
        lambda: s3.exists(KEY),
        lambda: s3.delete(KEY),
        s3.check,
    ):
        with pytest.raises(StorageError) as failure:
            act()
        assert not isinstance(failure.value, Missing)


@pytest.fixture
def torn_server():
    """Promises 1000 bytes, sends 10, and hangs up, every time."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 10)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def test_a_file_that_breaks_off_is_a_storage_error_and_not_half_a_file(s3_server, torn_server):
    with pytest.raises(StorageError):
        S3Storage(BUCKET, torn_server).get(KEY)
