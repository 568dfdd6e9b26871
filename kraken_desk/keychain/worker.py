"""The one thread that makes every keychain call, and the time limits around it.

A call into a keychain cannot be interrupted. When one outlives its limit the caller is told, the
thread is left to its fate (it is a daemon, so the exit of the process does not wait), and further
calls fail at once until the call comes back or the operator's retry brings a fresh thread.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from kraken_desk.keychain.dumps import refuse_dumps
from kraken_desk.keychain.errors import silent

T = TypeVar("T")

LIMIT_S = 20.0
PROMPT_LIMIT_S = 120.0
"""With a prompt on screen a person is typing a password."""

MOST_STUCK = 4
"""So many threads may hang in a dead keychain before no fresh one is tried."""


class Patience:
    """How long the caller of a job waits; the job may ask for more when a prompt is coming."""

    def __init__(self, limit_s: float) -> None:
        self._started = time.monotonic()
        self.limit_s = limit_s

    def extend(self, limit_s: float) -> None:
        self.limit_s = max(self.limit_s, limit_s)

    def left_s(self) -> float:
        return self._started + self.limit_s - time.monotonic()


class _Job:
    """A call with the caller's future; given up means that nobody waits for it any more."""

    def __init__(self, work: Callable[[], Any], answer: asyncio.Future[Any]) -> None:
        self._work = work
        self._answer = answer
        self._loop = answer.get_loop()
        self.given_up = False

    def run(self) -> None:
        deliver: Callable[[Any], None]
        try:
            result = self._work()
            deliver = self._answer.set_result
        except BaseException as error:  # noqa: BLE001  # thread boundary: the caller gets it, whatever it is
            result = error
            deliver = self._answer.set_exception

        def settle() -> None:
            if not self._answer.done():
                deliver(result)

        try:
            self._loop.call_soon_threadsafe(settle)
        except RuntimeError:
            return  # the loop has ended meanwhile: nobody waits for the answer


class _Lane:
    """A thread with its queue; late while it hangs in a job that was given up."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._running: _Job | None = None
        self._thread = threading.Thread(target=self._serve, name="keychain", daemon=True)
        self._thread.start()

    @property
    def late(self) -> bool:
        running = self._running
        return running is not None and running.given_up

    def put(self, job: _Job) -> None:
        self._jobs.put(job)

    def give_up(self, job: _Job) -> None:
        """Stop waiting for `job` and for whatever kept it waiting."""
        job.given_up = True
        running = self._running
        if running is not None:
            running.given_up = True

    def end(self) -> None:
        """Let the thread end; one that hangs ends when its job comes back."""
        self._jobs.put(None)
        if self._running is None:
            self._thread.join(timeout=1.0)

    def _serve(self) -> None:
        refuse_dumps()  # before the first secret is in memory, and off the window's thread
        while (job := self._jobs.get()) is not None:
            self._running = job
            if not job.given_up:
                job.run()
            self._running = None


class KeychainThread:
    """Runs one job at a time; its callers wait in line without their limits running."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._lane: _Lane | None = None
        self._stuck: list[_Lane] = []
        self._turn = asyncio.Lock()

    @property
    def busy(self) -> bool:
        return self._turn.locked()

    async def call(self, work: Callable[[Patience], T]) -> T:
        """Run `work` on the thread; raises KeychainUnavailableError when its limit is over."""
        async with self._turn:
            if self._lane is None:
                self._lane = _Lane()
            if self._lane.late:
                raise silent(self._limit_s)
            patience = Patience(self._limit_s)
            answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            job = _Job(lambda: work(patience), answer)
            self._lane.put(job)
            return await _wait(self._lane, job, answer, patience)

    def renew(self) -> None:
        """Take a fresh thread if the present one hangs and not too many hang already."""
        self._stuck = [lane for lane in self._stuck if lane.late]
        if self._lane is not None and self._lane.late and len(self._stuck) < MOST_STUCK:
            self._lane.end()
            self._stuck.append(self._lane)
            self._lane = None

    def close(self) -> None:
        """End the thread; calls after this start another."""
        if self._lane is not None:
            self._lane.end()
            self._lane = None


async def _wait(lane: _Lane, job: _Job, answer: asyncio.Future[T], patience: Patience) -> T:
    try:
        while (left_s := patience.left_s()) > 0:
            done, _ = await asyncio.wait({answer}, timeout=left_s)
            if done:
                return answer.result()
    except asyncio.CancelledError:
        job.given_up = True
        answer.cancel()
        raise
    lane.give_up(job)
    answer.cancel()
    raise silent(patience.limit_s)
