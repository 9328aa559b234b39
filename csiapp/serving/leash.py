"""Start a program that the kernel ends when its parent dies.

Run as a script, so that nothing happens between fork and exec in a process with threads:

    python leash.py SIGNAL PARENT_PID PROGRAM [ARGUMENT...]

asks the kernel to send SIGNAL to this process when its parent ends (Linux), then becomes
PROGRAM, which keeps that wish and the process id. Elsewhere it only becomes PROGRAM.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent(death_signal: int, parent_pid: int) -> None:
    """Ask for `death_signal` at the parent's end; leave at once if it has ended already."""
    _ask_kernel(death_signal)
    if os.getppid() != parent_pid:
        sys.exit(1)


def bind_forks() -> None:
    """From now on let every fork of this process be killed when this process ends.

    For the worker: a job's process that outlived it would go on beside the second attempt.
    """
    os.register_at_fork(after_in_child=lambda: _ask_kernel(signal.SIGKILL))


def _ask_kernel(death_signal: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)


def main(arguments: list[str]) -> None:
    """Bind this process to its parent and become the named program."""
    death_signal, parent_pid, *command = arguments
    end_with_parent(int(death_signal), int(parent_pid))
    try:
        os.execvp(command[0], command)  # noqa: S606 - the whole point is to have no shell between
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
