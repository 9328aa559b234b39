"""Child processes that never outlive the process that started them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

_LEASH = str(Path(__file__).with_name("leash.py"))
# sockaddr_un holds 108 bytes on Linux and 104 on macOS, with the closing zero.
_LONGEST_SOCKET_PATH = 100


def leashed(command: Sequence[str], death_signal: signal.Signals) -> list[str]:
    """`command`, to be started as a direct child that dies with this process."""
    return [sys.executable, "-I", "-S", _LEASH, str(int(death_signal)), str(os.getpid()), *command]


def start_child(
    command: Sequence[str],
    *,
    output: int | IO[bytes],
    env: Mapping[str, str] | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` on the leash, in a process group of its own, without standard input.

    Call it from the main thread: the kernel counts the end of the starting thread as the
    parent's death.
    """
    return subprocess.Popen(
        leashed(command, death_signal),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=dict(env) if env is not None else None,
        pass_fds=tuple(pass_fds),
        start_new_session=True,
    )


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to the child and everything in its process group, if any is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def stop_child(
    process: subprocess.Popen[bytes],
    *,
    stop_signal: signal.Signals = signal.SIGTERM,
    grace: float = 10.0,
) -> int:
    """Ask the child to stop; after `grace` seconds end its whole group. Returns the exit code."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    signal_group(process, signal.SIGKILL)
    return process.wait()


def socket_folder(data_dir: Path) -> Path:
    """A folder, readable by its owner alone, whose unix sockets have a short enough path.

    It is `data_dir` itself where that is short enough, else a folder named after it in the
    system's folder for temporary files.
    """
    data_dir = data_dir.resolve()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if len(os.fsencode(data_dir / ".s.PGSQL.5432.lock")) <= _LONGEST_SOCKET_PATH:
        return data_dir
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"csiapp-{os.getuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or not folder.is_dir() or folder.is_symlink():
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder
