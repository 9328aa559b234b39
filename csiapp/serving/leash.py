"""Start a program that the kernel ends when its parent dies.

Run as a script, so that nothing happens between fork and exec in a process with threads:

    python leash.py SIGNAL PARENT_PID PROGRAM [ARGUMENT...]

asks the kernel to send SIGNAL to this process when its parent ends (Linux), then becomes
PROGRAM, which keeps that wish and the process id. Elsewhere it only becomes PROGRAM.
"""

from __future__ import annotations

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent(death_signal: int, parent_pid: int) -> None:
    """Ask for `death_signal` at the parent's end; leave at once if it has ended already."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent_pid:
        sys.exit(1)


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
