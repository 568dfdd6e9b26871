"""SIGTERM and SIGHUP end a command as Ctrl-C does: what is on its way is written down before it ends."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Ending:
    """The signal that asked for the end, if one did."""

    number: int | None = None

    @property
    def code(self) -> int:
        """Return what shells expect of a process that a signal ended."""
        return 128 + (self.number or signal.SIGINT)


@contextmanager
def asked_to_end(ending: Ending, *, outlives_terminal: bool) -> Iterator[None]:
    """Cancel the running task when the system asks the process to end.

    Work that outlives its terminal goes on without one. A signal that our starter has us ignore (nohup)
    stays ignored.
    """
    if os.name != "posix":
        yield
        return
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None

    def end(number: int) -> None:
        ending.number = number
        by_default(number)  # whoever asks once more is not kept waiting
        task.cancel()

    def by_default(number: int) -> None:
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)

    before = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)}
    heard = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    try:
        for number in heard:
            if outlives_terminal and number == signal.SIGHUP:
                signal.signal(number, signal.SIG_IGN)
            else:
                loop.add_signal_handler(number, end, number)
        yield
    finally:
        for number in heard:
            by_default(number)
            signal.signal(number, before[number])
