"""The local exchange with a burst in it: changes Spot balances at random, so many a second.

Prints its ready line, waits for a line `SECONDS RATE SEED` on standard input, does it, and prints the
balances that it ends with: account, asset, total and what is on hold.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from decimal import Decimal

from kraken_desk.simulator import Simulator

STEP_S = 0.02


async def main(population: str) -> None:
    simulator = await Simulator.start(population=population, seed=7)
    print(json.dumps(simulator.description, default=str), flush=True)
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            seconds, rate, seed = line.split()
            made = await _burst(simulator, float(seconds), float(rate), int(seed))
            print(json.dumps({"made": made, "balances": _balances(simulator)}), flush=True)
    finally:
        await simulator.stop()


async def _burst(simulator: Simulator, seconds: float, rate: float, seed: int) -> int:
    """Post changes in small steps of time, evenly; returns how many were made."""
    chance = random.Random(seed)  # noqa: S311  # a seeded burst must not be random
    world, loop = simulator.world, asyncio.get_running_loop()
    accounts = [account for account in world.accounts if account.spot.holdings]
    started, made = loop.time(), 0
    while (passed := loop.time() - started) < seconds:
        while made < passed * rate:
            account = chance.choice(accounts)
            asset_id = chance.choice([name for name in account.spot.holdings if "." not in name])
            change = Decimal(chance.randint(1, 10_000)).scaleb(-4)
            world.post_spot(
                account,
                refid=world.ids.trade_refid(),
                type_="deposit",
                subtype="",
                asset_id=asset_id,
                amount=change,
            )
            made += 1
        await asyncio.sleep(STEP_S)
    return made


def _balances(simulator: Simulator) -> list[list[str]]:
    return [
        [account.iiban, asset_id, str(holding.balance), str(holding.hold_trade)]
        for account in simulator.world.accounts
        for asset_id, holding in account.spot.holdings.items()
    ]


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
