"""Asyncio's callbacks on Qt's loop: in order, on time, in short turns."""

import asyncio
import time

from PySide6.QtCore import QEventLoop, QTimer

from kraken_desk.app.fair_timer import TURN_S
from tests.helpers.wait import wait_until


def _work(seconds: float) -> None:
    """Use the processor for a time."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def test_a_crowd_of_callbacks_lets_qt_have_its_turn() -> None:
    """Many callbacks that are due at once do not run in one go: Qt's own events come in between."""
    loop, looks = asyncio.get_running_loop(), [0]
    ran: list[tuple[int, int]] = []
    timer = QTimer()
    timer.timeout.connect(lambda: looks.append(looks[-1] + 1))
    timer.start(0)

    def work(number: int) -> None:
        _work(TURN_S)
        ran.append((number, looks[-1]))

    for number in range(20):
        loop.call_soon(work, number)
    await wait_until(lambda: len(ran) == 20)

    assert [number for number, _ in ran] == list(range(20))
    assert len({seen for _, seen in ran}) >= 15


async def test_callbacks_run_in_the_order_in_which_they_are_due() -> None:
    """Later ones wait for their time whatever the order of asking, and never run early."""
    loop = asyncio.get_running_loop()
    ran: list[tuple[str, float]] = []
    begun = time.monotonic()

    def note(name: str) -> None:
        ran.append((name, time.monotonic() - begun))

    for name, delay in (("third", 0.04), ("first", 0.0), ("second", 0.02)):
        loop.call_later(delay, note, name)

    await wait_until(lambda: len(ran) == 3)

    assert [name for name, _ in ran] == ["first", "second", "third"]
    assert ran[1][1] >= 0.02
    assert ran[2][1] >= 0.04


async def test_a_cancelled_callback_does_not_run() -> None:
    """Neither one that waits nor one that is ready, cancelled by the one before it."""
    loop = asyncio.get_running_loop()
    ran: list[str] = []
    later = loop.call_later(0.005, ran.append, "later")
    later.cancel()
    ready: list[asyncio.Handle] = []
    loop.call_soon(lambda: ready.pop().cancel())
    ready.append(loop.call_soon(ran.append, "ready"))

    await asyncio.sleep(0.02)

    assert ran == []


async def test_others_go_on_in_a_loop_that_a_callback_starts() -> None:
    """A modal loop inside a callback does not stop the program's other work."""
    loop, modal = asyncio.get_running_loop(), QEventLoop()
    ran: list[str] = []

    def start_modal() -> None:
        loop.call_later(0.01, modal.quit)
        modal.exec()
        ran.append("modal ended")

    loop.call_soon(start_modal)
    loop.call_soon(ran.append, "another")
    await wait_until(lambda: len(ran) == 2)

    assert ran == ["another", "modal ended"]


async def test_a_thread_reaches_the_loop() -> None:
    """Work handed over by another thread runs on the window's."""
    answer = await asyncio.to_thread(lambda: "from the thread")

    assert answer == "from the thread"
