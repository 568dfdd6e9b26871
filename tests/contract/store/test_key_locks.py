"""The lock that keeps two processes from having requests of one key on their way at once."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from kraken_desk.domain.errors import StoreBusyError
from kraken_desk.store.key_locks import KeyLocks

HOLDER = """
import asyncio, sys
from pathlib import Path
from kraken_desk.store.key_locks import KeyLocks

async def main():
    async with KeyLocks(Path(sys.argv[1])).hold("key"):
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def close(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        assert stream is not None
        stream.close()


async def test_a_key_held_by_another_process_is_refused_after_a_while(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    """A second process waits for the key and says so when it is not freed."""
    with pytest.raises(StoreBusyError):
        async with KeyLocks(tmp_path, give_up_s=0.1).hold("key"):
            pass

    close(holder)


async def test_another_key_is_free(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    """The lock is per key."""
    async with KeyLocks(tmp_path, give_up_s=0.1).hold("other"):
        entered = True

    assert entered
    close(holder)


async def test_a_killed_holder_frees_the_key(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    """The operating system releases the lock of a process that died."""
    close(holder)

    async with KeyLocks(tmp_path, give_up_s=1).hold("key"):
        entered = True

    assert entered


async def test_a_process_with_call_after_call_lets_the_other_one_in(tmp_path: Path) -> None:
    """Who waits for a key gets it next, however soon its holder wants it again."""
    busy, waiting = KeyLocks(tmp_path), KeyLocks(tmp_path)
    turns: list[str] = []

    async def use(name: str, locks: KeyLocks) -> None:
        for _ in range(20):
            async with locks.hold("key"):
                turns.append(name)
                await asyncio.sleep(0.002)

    await asyncio.gather(use("a", busy), use("b", waiting))

    longest = max(len(list(run)) for _, run in itertools.groupby(turns[:-1]))
    assert longest <= 2


async def test_two_tasks_take_turns(tmp_path: Path) -> None:
    """Also within one process a key is held once at a time."""
    locks, inside, most = KeyLocks(tmp_path), 0, 0

    async def use() -> None:
        nonlocal inside, most
        async with locks.hold("key"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(use() for _ in range(20)))

    assert most == 1
