"""The store's thread: in order, never lost, and quiet when its loop has ended."""

from __future__ import annotations

import asyncio
import threading

import pytest

from kraken_desk.store.worker import StoreThread


async def test_jobs_run_in_the_order_of_asking() -> None:
    """Jobs asked for at once run one after the other on one thread that is not the caller's."""
    worker = StoreThread()
    seen: list[tuple[int, int]] = []

    def job(number: int) -> int:
        seen.append((number, threading.get_ident()))
        return number

    results = await asyncio.gather(*(worker.run(lambda n=n: job(n)) for n in range(20)))  # type: ignore[misc]  # n
    await worker.close(lambda: None)

    assert results == list(range(20))
    assert [number for number, _ in seen] == list(range(20))
    assert len({thread for _, thread in seen}) == 1
    assert threading.get_ident() not in {thread for _, thread in seen}


async def test_exception_reaches_the_caller() -> None:
    """A job's exception is raised where it was asked for, and the thread goes on."""
    worker = StoreThread()

    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await worker.run(fail)
    assert await worker.run(lambda: 7) == 7
    await worker.close(lambda: None)


async def test_loop_goes_on_during_a_job() -> None:
    """The event loop is free while a job blocks its thread."""
    worker = StoreThread()
    gate = threading.Event()

    waiting = asyncio.create_task(worker.run(lambda: gate.wait(10)))
    ticks = 0
    while ticks < 5:
        await asyncio.sleep(0)
        ticks += 1
    gate.set()

    assert await waiting
    await worker.close(lambda: None)


def test_ended_loop_is_no_error() -> None:
    """A job whose loop has ended meanwhile is finished without noise, and the next loop is served."""
    worker = StoreThread()
    gate, done = threading.Event(), threading.Event()

    def job() -> None:
        gate.wait(10)
        done.set()

    async def leave() -> None:
        task = asyncio.create_task(worker.run(job))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leave())
    gate.set()

    assert done.wait(10)
    assert asyncio.run(worker.run(lambda: 7)) == 7
    asyncio.run(worker.close(lambda: None))


async def test_thread_does_not_hold_the_process() -> None:
    """The thread is a daemon: an exit never waits for the disk."""
    worker = StoreThread()

    daemon = await worker.run(lambda: threading.current_thread().daemon)
    await worker.close(lambda: None)

    assert daemon
