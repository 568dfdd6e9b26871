"""A sweep in a process of its own that kills itself, for the test that resumes it.

Run as a module with the database's path, the file that counts what reached Kraken, and the moment
of death: before-plan, planned, sent, arrived or answered, and the number of the leg.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from kraken_desk.domain.legs import Place
from kraken_desk.domain.plans import PlanPurpose
from kraken_desk.domain.transfers import TransferReceipt
from kraken_desk.store import Store
from tests.helpers.builders import READS, TREASURY, a_balance, a_master, a_public_key, an_account
from tests.helpers.fakes import Call, FakeClock
from tests.unit.services.bench import Bench

HOME = Place(a_master(1).account_id, "spot")
SUBACCOUNTS = (2, 3, 4)


async def furnished(path: Path, arrivals: Path, clock: FakeClock) -> tuple[Store, Bench]:
    """Open the profile with a master and three subaccounts of 100 USD; note what reaches Kraken."""
    store = await Store.open(path)
    bench = Bench(store, clock)

    async def arrive(call: Call) -> None:
        if call.operation == "transfer" and call.order is not None:
            with arrivals.open("a") as file:
                file.write(f"{call.order.source_id}\n")

    bench.spot.on_call = arrive
    await bench.move_in(a_master(1), *(an_account(n) for n in SUBACCOUNTS))
    await bench.key(1, *TREASURY, name="treasury")
    for number in SUBACCOUNTS:
        await bench.key(number, *READS, account_id=an_account(number).account_id)
        bench.spot.answer("balances", (a_balance("100"),), api_key=a_public_key(number))
    bench.spot.answer("balances", (a_balance("5"),), api_key=a_public_key(1))
    bench.spot.answer("transfer", TransferReceipt("T1", "complete"))
    return store, bench


class Trap:
    """Kills the process at one moment of one leg; moments are counted as they pass."""

    def __init__(self, moment: str, leg: int) -> None:
        self._moment = moment
        self._leg = leg
        self._seen: Counter[str] = Counter()

    def passes(self, moment: str) -> None:
        self._seen[moment] += 1
        if moment == self._moment and self._seen[moment] == self._leg:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, moment: str) -> Callable[[], Awaitable[None]]:
        async def hook() -> None:
            self.passes(moment)

        return hook


def arm(bench: Bench, trap: Trap) -> None:
    """Lay the trap before each of the journal's steps, and before and after what reaches Kraken."""
    note = bench.spot.on_call
    assert note is not None

    async def at_kraken(call: Call) -> None:
        if call.operation == "transfer":
            trap.passes("sent")
            await note(call)
            trap.passes("arrived")

    bench.journal.before["plan"] = trap.before("before-plan")
    bench.journal.before["move:sent"] = trap.before("planned")
    bench.journal.before["move:confirmed"] = trap.before("answered")
    bench.spot.on_call = at_kraken


async def main(path: Path, arrivals: Path, moment: str, leg: int) -> None:
    store, bench = await furnished(path, arrivals, FakeClock())
    difference = await bench.sweeps.sweep(HOME)
    plan = await bench.sweeps.save(PlanPurpose.SWEEP, "home", difference)
    arm(bench, Trap(moment, leg))
    await bench.plans.run(plan.plan_id)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
