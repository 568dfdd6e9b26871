"""Long redraws in pieces: one to a turn of Qt's loop, in order, and none after it was dropped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest_asyncio
from PySide6.QtCore import QObject, QTimer
from pytestqt.exceptions import capture_exceptions
from shiboken6 import delete

from kraken_desk.ui.pieces import PIECE_S, Job, pieces
from kraken_desk.ui.steps import Steps
from kraken_desk.ui.throttle import Later
from tests.helpers.wait import wait_until


class Work:
    """Steps that use the processor and note how often Qt had its turn before each."""

    def __init__(self, steps: int, step_s: float = PIECE_S) -> None:
        self.steps, self.step_s = steps, step_s
        self.seen: list[int] = []
        self.redraws = 0
        self.turns = 0
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_turn)
        self._timer.start(0)

    def __call__(self) -> Steps[None]:
        self.redraws += 1
        for _ in range(self.steps):
            until = time.thread_time() + self.step_s
            while time.thread_time() < until:
                pass
            self.seen.append(self.turns)
            yield

    def stop(self) -> None:
        self._timer.stop()

    def _on_turn(self) -> None:
        self.turns += 1


@pytest_asyncio.fixture
async def work() -> AsyncIterator[Work]:
    made = Work(6)
    yield made
    made.stop()


async def test_qt_has_its_turn_between_pieces(work: Work) -> None:
    """Steps that fill a piece each run in a turn each, and the end is told with what they took."""
    taken: list[float] = []

    pieces().add(Job(work(), taken.append))
    await wait_until(lambda: taken)

    assert len(set(work.seen)) == 6
    assert taken[0] >= 6 * PIECE_S


async def test_short_steps_share_a_turn(work: Work) -> None:
    """A turn is not given away for each of many small steps."""
    work.steps, work.step_s = 20, 0.0
    done: list[float] = []

    pieces().add(Job(work(), done.append))
    await wait_until(lambda: done)

    assert len(set(work.seen)) < 10


async def test_a_job_ends_with_its_owner(work: Work) -> None:
    """What was drawn ahead for a window that has gone is not drawn any more, and nobody is told."""
    owner = QObject()
    told: list[float] = []
    work.steps = 20

    pieces().add(Job(work(), told.append, owner))
    await wait_until(lambda: work.seen)
    delete(owner)
    done: list[float] = []
    pieces().add(Job(Work(0)(), done.append))
    await wait_until(lambda: done)

    assert len(work.seen) < 20
    assert told == []


async def test_jobs_do_not_mix(work: Work) -> None:
    """One job ends before the next one begins."""
    order: list[str] = []

    def named(name: str) -> Steps[None]:
        for _ in range(3):
            order.append(name)
            time.sleep(0)
            yield

    pieces().add(Job(named("first"), lambda _: order.append("first ended")))
    pieces().add(Job(named("second"), lambda _: order.append("second ended")))
    await wait_until(lambda: "second ended" in order)

    assert order == [*["first"] * 3, "first ended", *["second"] * 3, "second ended"]


async def test_a_dropped_job_takes_no_further_step(work: Work) -> None:
    """Neither does it tell of its end."""
    ended: list[float] = []
    job = Job(work(), ended.append)
    pieces().add(job)
    await wait_until(lambda: work.seen)

    pieces().drop(job)
    before = len(work.seen)
    await asyncio.sleep(0.05)

    assert len(work.seen) == before < 6
    assert ended == []


async def test_a_job_may_be_dropped_by_its_own_step() -> None:
    """Showing something may ask for showing it anew."""
    seen: list[str] = []

    def steps() -> Steps[None]:
        seen.append("first")
        pieces().drop(job)
        yield
        seen.append("second")

    job = Job(steps(), lambda _: seen.append("ended"))
    pieces().add(job)
    await wait_until(lambda: seen)
    await asyncio.sleep(0.02)

    assert seen == ["first"]


async def test_what_is_asked_for_during_a_redraw_is_drawn_after_it(work: Work) -> None:
    """Any number of requests meanwhile cost one more redraw."""
    later = Later(work)
    later.ask()
    await wait_until(lambda: work.seen)

    for _ in range(5):
        later.ask()
    await wait_until(lambda: not later.waits)

    assert work.redraws == 2
    assert len(work.seen) == 12
    later.stop()


async def test_a_redraw_at_once_replaces_the_one_on_its_way(work: Work) -> None:
    """What a selection shows is whole before anything else happens."""
    later = Later(work)
    later.ask()
    await wait_until(lambda: work.seen)
    begun = len(work.seen)

    later.now()

    assert len(work.seen) == begun + 6
    assert not later.waits


def test_without_an_event_loop_a_redraw_is_whole_at_once() -> None:
    """Nothing would take the pieces."""
    drawn: list[int] = []

    def steps() -> Steps[None]:
        drawn.append(1)
        yield
        drawn.append(2)

    Later(steps).ask()

    assert drawn == [1, 2]


async def test_a_failing_step_ends_its_job_only() -> None:
    """The defect is told as any other of the window's, and the next job runs."""
    done: list[str] = []

    def failing() -> Steps[None]:
        yield
        raise LookupError("a defect")

    def fine() -> Steps[None]:
        done.append("fine")
        yield

    with capture_exceptions() as told:
        pieces().add(Job(failing(), lambda _: done.append("first ended")))
        pieces().add(Job(fine(), lambda _: done.append("second ended")))
        await wait_until(lambda: "second ended" in done)

    assert done == ["first ended", "fine", "second ended"]
    assert [kind for kind, _, _ in told] == [LookupError]
