"""Files by key: a folder, or any S3-compatible store. Keys begin with the tenant.

Writes are whole or not at all: a reader never sees half a file, also after a crash or on a
full disk.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any, Protocol

from flask import current_app

_KEY = re.compile(r"t/\d+/[a-z]+/[A-Za-z0-9._/-]+")


class StorageError(RuntimeError):
    """The store does not answer or is full. Nothing was stored."""


class Missing(StorageError):
    """No file under this key."""


class Storage(Protocol):
    def put(self, key: str, data: bytes) -> None: ...
    def get(self, key: str) -> bytes: ...
    def exists(self, key: str) -> bool: ...
    def delete(self, key: str) -> None: ...
    def check(self) -> None: ...


def checked_key(key: str) -> str:
    if not _KEY.fullmatch(key) or ".." in key:
        raise ValueError(f"not a storage key: {key!r}")
    return key


class FolderStorage:
    """Files below one folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, key: str) -> Path:
        return self.root / checked_key(key)

    def put(self, key: str, data: bytes) -> None:
        path = self._path(key)
        temporary = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as handle:
                temporary = handle.name
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
            Path(temporary).replace(path)
        except OSError as error:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            raise StorageError(str(error)) from error

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise Missing(key) from error
        except OSError as error:
            raise StorageError(str(error)) from error

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def check(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        if not os.access(self.root, os.W_OK):
            raise StorageError(f"{self.root} is not writable")


class S3Storage:
    """An S3-compatible bucket, addressed by path so that self-hosted stores work."""

    def __init__(self, bucket: str, endpoint: str | None) -> None:
        import boto3  # only where S3 is configured: the library is heavy
        from botocore.config import Config

        options = Config(
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=20,
            retries={"max_attempts": 3},
        )
        self.bucket = bucket
        self.client: Any = boto3.client("s3", endpoint_url=endpoint, config=options)

    def _call(self, verb: str, key: str, **kwargs: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self.client, verb)(Bucket=self.bucket, Key=checked_key(key), **kwargs)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
                raise Missing(key) from error
            raise StorageError(str(error)) from error
        except BotoCoreError as error:
            raise StorageError(str(error)) from error

    def put(self, key: str, data: bytes) -> None:
        self._call("put_object", key, Body=data)

    def get(self, key: str) -> bytes:
        from botocore.exceptions import BotoCoreError

        stream = self._call("get_object", key)["Body"]
        try:
            body: bytes = stream.read()
        except BotoCoreError as error:  # the connection broke in the middle of the file
            raise StorageError(str(error)) from error
        return body

    def exists(self, key: str) -> bool:
        try:
            self._call("head_object", key)
        except Missing:
            return False
        return True

    def delete(self, key: str) -> None:
        self._call("delete_object", key)

    def check(self) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client.head_bucket(Bucket=self.bucket)
        except (BotoCoreError, ClientError) as error:
            raise StorageError(str(error)) from error


def storage() -> Storage:
    """The store that the settings name."""
    found: Storage = current_app.extensions["csiapp.storage"]
    return found
