"""Marks of processes: a number together with the moment of its start, which no later process repeats.

Linux tells both in /proc. Elsewhere the start is left unknown: a lease does not depend on it, since
its lock is what decides.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from kraken_desk.domain.leases import ProcessMark, Signalled

_PROC = Path("/proc")
_START_FIELD = 22 - 3
"""`starttime` is field 22 of /proc/PID/stat; the first two end at the name's closing parenthesis."""


def mark_of(pid: int) -> ProcessMark:
    """Return the mark of a running process; its start is "" where that is not told."""
    return ProcessMark(pid, _started(pid))


def own_mark() -> ProcessMark:
    return mark_of(os.getpid())


def is_running(mark: ProcessMark) -> bool:
    """Say whether this very process is alive; a later one with its number is another."""
    if mark.started:
        return _started(mark.pid) == mark.started
    if sys.platform == "win32":
        return False  # os.kill would end it there; without its start nothing is known
    try:
        os.kill(mark.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class RunningProcesses:
    """Processes of this machine; the stop's port."""

    def is_running(self, mark: ProcessMark) -> bool:
        return is_running(mark)

    def end(self, mark: ProcessMark, *, force: bool) -> Signalled:
        """Ask this very process to end (SIGTERM), or make it (SIGKILL).

        Where the system can, the process is held while its start is compared and the signal sent, so
        that the signal cannot reach a later process of the same number. Our own is never touched.
        """
        if not mark.started or mark.pid == os.getpid():
            return Signalled.UNCERTAIN
        number = signal.SIGKILL if force else signal.SIGTERM
        try:
            held = os.pidfd_open(mark.pid)
        except ProcessLookupError:
            return Signalled.GONE
        except (OSError, AttributeError):
            held = None  # an older kernel; the moment between look and signal is left open
        try:
            if _started(mark.pid) != mark.started:
                return Signalled.GONE
            if held is None:
                os.kill(mark.pid, number)
            else:
                signal.pidfd_send_signal(held, number)
        except ProcessLookupError:
            return Signalled.GONE
        except PermissionError:
            return Signalled.FORBIDDEN
        finally:
            if held is not None:
                os.close(held)
        return Signalled.SENT


def _started(pid: int) -> str:
    """Return the boot's id and the start in ticks since then; "" for a process that has ended."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    if len(fields) <= _START_FIELD or fields[0] in "ZX":
        return ""
    return f"{boot} {fields[_START_FIELD]}"
