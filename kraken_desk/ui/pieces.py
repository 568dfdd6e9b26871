"""Pieces: long work of the window in pieces, one to a turn of Qt's loop, so that none waits for long.

What a piece changes is painted in the turn after it; that turn is full then, and the next piece waits
for the one behind.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, QTimerEvent
from shiboken6 import isValid

from kraken_desk.ui.steps import Steps
from kraken_desk.ui.turn import present_turn

PIECE_S = 0.0025
"""A piece ends with the step that reaches this much processor time."""

MOST_TRIES = 8
"""A turn that others have used is left alone, but not for ever."""


class Job:
    """Steps on their way; `done` is told the processor seconds that all of them took.

    A job ends with its owner: the window that it works for may go at any moment.
    """

    def __init__(
        self, steps: Steps[None], done: Callable[[float], object], owner: QObject | None = None
    ) -> None:
        self._steps = steps
        self._done = done
        self._owner = owner
        self._taken = 0.0
        self._running = self._given_up = False

    def go_on(self, piece_s: float) -> bool:
        """Take steps for a while; True when there are more."""
        if self._owner is not None and not isValid(self._owner):
            self.give_up()
            return False
        started = time.thread_time()
        ended, self._running = True, True
        try:
            ended = self._take_until(started + piece_s)
        finally:
            self._running = False
            self._taken += time.thread_time() - started
            if ended and not self._given_up:
                self._done(self._taken)
        return not ended

    def give_up(self) -> None:
        """Take no further step and tell nobody; a step may ask for this itself."""
        self._given_up = True
        if not self._running:
            self._steps.close()

    def _take_until(self, end: float) -> bool:
        """Take steps until a point of the thread's time; True when none is left."""
        while not self._given_up and next(self._steps, self) is not self:
            if time.thread_time() >= end:
                return self._given_up
        return True


class Pieces(QObject):
    """Runs jobs one after another, first come, first served."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: deque[Job] = deque()
        self._turn, self._tries = present_turn(), 0
        self._pulse = 0

    def add(self, job: Job) -> None:
        self._jobs.append(job)
        if not self._pulse:
            self._pulse = self.startTimer(0)

    def drop(self, job: Job) -> None:
        """Forget a job, wherever it is."""
        if job in self._jobs:
            self._jobs.remove(job)
        job.give_up()

    def timerEvent(self, _event: QTimerEvent) -> None:  # Qt's name
        self._tries += 1
        if self._jobs and self._turn.is_full() and self._tries < MOST_TRIES:
            return
        self._tries = 0
        if self._jobs:
            self._run_piece(self._jobs.popleft())
        if not self._jobs and self._pulse:
            self.killTimer(self._pulse)
            self._pulse = 0

    def _run_piece(self, job: Job) -> None:
        """Run a piece with the job out of the queue: a step may drop it, or start a loop of its own."""
        if job.go_on(PIECE_S):
            self._jobs.appendleft(job)


_pieces: Pieces | None = None


def pieces() -> Pieces:
    """Return the queue of the window's thread."""
    global _pieces  # noqa: PLW0603  # one queue, or two redraws would meet in one turn
    if _pieces is None or not isValid(_pieces):
        _pieces = Pieces(QCoreApplication.instance())
    return _pieces
