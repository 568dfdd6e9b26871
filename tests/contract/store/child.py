"""What a second process does to a profile, for the tests that kill it or race it.

Run as a module with the database's path and a task. It says “ready” when the file is open, starts
at a line on its standard input, and prints one line for each thing the store has promised.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.errors import RouteBlockedError
from kraken_desk.domain.transfers import JournalId, TransferState
from kraken_desk.store.store import Store
from tests.contract.store.samples import a_route, a_transfer, at


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # the parent reads it


async def transfers(store: Store, name: str) -> None:
    """Carry transfer after transfer to its end, until killed."""
    number = 0
    while True:
        number += 1
        journal_id = JournalId(f"{name}-{number}")
        await store.journal.plan(a_transfer(number % 50, journal_id=journal_id))
        say(f"{journal_id} planned")
        await store.journal.move(journal_id, TransferState.SENT, at(51))
        say(f"{journal_id} sent")
        await store.journal.move(journal_id, TransferState.CONFIRMED, at(52), transfer_id="T")
        say(f"{journal_id} confirmed")


async def nonces(store: Store, name: str) -> None:  # every task has the same shape
    """Take a hundred nonces with a clock that stands still."""
    for _ in range(100):
        say(str(await store.nonces.next_nonce("shared", 1000)))


async def nonces_ahead(store: Store, name: str) -> None:
    """Take two hundred nonces of a desk key with a clock that stands still."""
    for _ in range(200):
        say(str(await store.nonces.next_nonce("shared", 1000, ahead=30)))


async def nonces_for_ever(store: Store, name: str) -> None:
    """Take nonces of a desk key, with a mark that is soon reached, until killed."""
    while True:
        say(str(await store.nonces.next_nonce("f", 1000, ahead=10)))


async def plans(store: Store, name: str) -> None:
    """Try to plan on twenty routes."""
    for number in range(20):
        route = a_route(destination=AccountId(f"acc-{number}"))
        try:
            await store.journal.plan(
                a_transfer(1, route=route, journal_id=JournalId(f"{name}-{number}"), key_name=name)
            )
        except RouteBlockedError:
            say(f"{number} blocked")
        else:
            say(f"{number} won")


TASKS = {
    "transfers": transfers,
    "nonces": nonces,
    "nonces_ahead": nonces_ahead,
    "nonces_for_ever": nonces_for_ever,
    "plans": plans,
}


async def main(path: Path, task: str, name: str) -> None:
    store = await Store.open(path)
    say("ready")
    sys.stdin.readline()
    await TASKS[task](store, name)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
