"""The keychain thread: one job at a time, limits, and what happens to a thread that hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from kraken_desk.domain.errors import KeychainUnavailableError
from kraken_desk.keychain.worker import MOST_STUCK, KeychainThread, Patience


async def wait_until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  # another thread's state has no event of this loop
            await asyncio.sleep(0.005)


async def hang(worker: KeychainThread, gate: threading.Event) -> None:
    """Let a job hang until the gate opens, beyond its limit."""
    with pytest.raises(KeychainUnavailableError, match="does not answer"):
        await worker.call(lambda _: gate.wait(30))


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


async def test_job_runs_on_a_thread_of_its_own() -> None:
    """The job runs on a daemon thread called keychain, and its result comes back."""
    worker = KeychainThread()

    name, daemon = await worker.call(
        lambda _: (threading.current_thread().name, threading.current_thread().daemon)
    )
    worker.close()

    assert (name, daemon) == ("keychain", True)


async def test_exception_reaches_the_caller() -> None:
    """What a job raises is raised where it was asked for, and the thread goes on."""
    worker = KeychainThread()

    def fail(_: Patience) -> None:
        raise LookupError("x")

    with pytest.raises(LookupError):
        await worker.call(fail)
    assert await worker.call(lambda _: 7) == 7
    worker.close()


async def test_limit_ends_the_waiting(gate: threading.Event) -> None:
    """A job that hangs is given up after the limit; the next call fails at once, without a second wait."""
    worker = KeychainThread(limit_s=0.05)
    await hang(worker, gate)
    ran = threading.Event()

    with pytest.raises(KeychainUnavailableError):
        await worker.call(lambda _: ran.set())

    assert not ran.is_set()
    gate.set()
    worker.close()


async def test_thread_that_comes_back_serves_again(gate: threading.Event) -> None:
    """When the hanging call returns after all, no retry is needed."""
    worker = KeychainThread(limit_s=0.05)
    await hang(worker, gate)

    gate.set()
    await wait_until(lambda: worker._lane is not None and not worker._lane.late)

    assert await worker.call(lambda _: 7) == 7
    worker.close()


async def test_retry_takes_a_fresh_thread(gate: threading.Event) -> None:
    """After renew the next call is served although the first thread still hangs."""
    worker = KeychainThread(limit_s=0.05)
    await hang(worker, gate)

    worker.renew()

    assert await worker.call(lambda _: 7) == 7
    gate.set()
    worker.close()


async def test_renew_keeps_a_thread_in_order() -> None:
    """Renewing without need changes nothing."""
    worker = KeychainThread()
    first = await worker.call(lambda _: threading.get_ident())

    worker.renew()

    assert await worker.call(lambda _: threading.get_ident()) == first
    worker.close()


async def test_hanging_threads_are_limited(gate: threading.Event) -> None:
    """A dead keychain cannot be made to collect threads by retrying again and again."""
    worker = KeychainThread(limit_s=0.02)
    before = threading.active_count()

    await hang(worker, gate)
    for _ in range(MOST_STUCK):
        worker.renew()
        await hang(worker, gate)
    worker.renew()
    with pytest.raises(KeychainUnavailableError):
        await worker.call(lambda _: None)

    assert threading.active_count() - before == MOST_STUCK + 1
    gate.set()
    worker.close()
    await wait_until(lambda: threading.active_count() <= before)


async def test_job_may_ask_for_more_patience() -> None:
    """A job that expects a prompt extends its own limit and is waited for."""
    worker = KeychainThread(limit_s=0.05)

    def prompt(patience: Patience) -> str:
        patience.extend(30)
        threading.Event().wait(0.15)
        return "typed"

    assert await worker.call(prompt) == "typed"
    worker.close()


def test_patience_never_shrinks() -> None:
    """Extending by less than there is changes nothing."""
    patience = Patience(20)

    patience.extend(5)

    assert patience.limit_s == 20


async def test_waiting_in_line_does_not_count(gate: threading.Event) -> None:
    """A call behind a slow one has its whole limit from the moment it begins."""
    worker = KeychainThread(limit_s=0.1)

    def slow(patience: Patience) -> str:
        patience.extend(30)
        gate.wait(30)
        return "slow"

    first = asyncio.create_task(worker.call(slow))
    second = asyncio.create_task(worker.call(lambda _: "second"))
    done, _ = await asyncio.wait({second}, timeout=0.3)
    assert done == set()
    assert worker.busy
    gate.set()

    assert await first == "slow"
    assert await second == "second"
    worker.close()


async def test_cancelled_call_lets_the_next_one_through(gate: threading.Event) -> None:
    """Cancellation passes through at once; the next job waits for the thread within its own limit."""
    worker = KeychainThread(limit_s=10)
    first = asyncio.create_task(worker.call(lambda _: gate.wait(30)))
    await wait_until(lambda: worker._lane is not None and worker._lane._running is not None)

    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    gate.set()
    await wait_until(lambda: worker._lane is not None and not worker._lane.late)

    assert await worker.call(lambda _: 7) == 7
    worker.close()


async def test_given_up_job_never_starts(gate: threading.Event) -> None:
    """A job that was given up while the thread hung is not carried out later behind the operator's back."""
    worker = KeychainThread(limit_s=10)
    ran: list[str] = []
    first = asyncio.create_task(worker.call(lambda _: gate.wait(30)))
    await wait_until(lambda: worker._lane is not None and worker._lane._running is not None)
    lane = worker._lane
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert lane is not None
    lane._running = None  # as if the cancelled job were in time, so that the next one is queued behind it
    second = asyncio.create_task(worker.call(lambda _: ran.append("second")))
    await asyncio.sleep(0)

    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    gate.set()
    worker.close()
    lane._thread.join(10)

    assert ran == []


def test_ended_loop_is_no_error(gate: threading.Event) -> None:
    """A job that comes back after its loop has ended makes no noise, and the next loop is served."""
    worker = KeychainThread(limit_s=10)

    async def leave() -> None:
        task = asyncio.create_task(worker.call(lambda _: gate.wait(30)))
        await wait_until(lambda: worker._lane is not None and worker._lane._running is not None)
        task.cancel()

    asyncio.run(leave())
    gate.set()

    async def come_back() -> int:
        await wait_until(lambda: worker._lane is not None and not worker._lane.late)
        return await worker.call(lambda _: 7)

    assert asyncio.run(come_back()) == 7
    worker.close()


def test_works_on_the_loop_of_the_window(monkeypatch: pytest.MonkeyPatch, gate: threading.Event) -> None:
    """Under qasync results, limits and recovery are the same."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("QT_API", "pyside6")
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    import qasync

    async def use() -> list[int]:
        worker = KeychainThread(limit_s=0.05)
        results = [await worker.call(lambda _: 1)]
        await hang(worker, gate)
        worker.renew()
        results.append(await worker.call(lambda _: 2))
        gate.set()
        worker.close()
        return results

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner:
        assert runner.run(use()) == [1, 2]
