"""Many keys, many calls, random faults: no nonce goes wrong and no call is unaccounted for."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict

from kraken_desk.domain.errors import ExchangeError
from kraken_desk.exchange.spot.gateway import SpotGateway
from kraken_desk.simulator import Simulator
from tests.contract.exchange.conftest import Stage

CALLS = 600
WORKERS = 20
FAULTS = (
    "reply_lost_before_execution",
    "reply_lost_after_execution",
    "connection_reset",
    "html_502",
    "html_520",
    "truncated_json",
    "empty_body",
    "internal_error",
    "unavailable",
    "error_with_503",
    "warning",
)


async def test_random_faults_never_spoil_a_nonce() -> None:
    """600 calls over 80 keys with one fault in five: every nonce rises, every call stands in the log."""
    simulator = await Simulator.start(population="large:40", seed=11)
    stage = Stage(simulator)
    stage.world.switches.set("rate_limits", False)
    for number, fault in enumerate(FAULTS):
        stage.world.faults.add(fault, count=None, probability=0.02, seed=number)
    names = [
        key["name"] for account in stage.told["accounts"] for key in account["keys"] if key["venue"] == "spot"
    ]
    gateway: SpotGateway = stage.spot
    chosen = random.Random(5)
    ended: dict[str, int] = defaultdict(int)

    async def work() -> None:
        for _ in range(CALLS // WORKERS):
            signer = stage.signer(chosen.choice(names))
            try:
                await gateway.check_key(signer)
            except ExchangeError as error:
                ended[type(error).__name__] += 1
            else:
                ended["fine"] += 1

    await asyncio.gather(*(work() for _ in range(WORKERS)))
    await stage.transport.close()
    log = [entry for entry in stage.world.requests.since(0) if entry.path.startswith("/0/private")]
    await simulator.stop()

    by_key: dict[str, list[int]] = defaultdict(list)
    for entry in log:
        if entry.nonce:
            by_key[entry.api_key].append(int(entry.nonce))
    assert sum(ended.values()) == CALLS
    assert set(ended) <= {"fine", "UnavailableError", "UnreadableReplyError"}
    assert ended["fine"] > CALLS // 2
    assert [entry.verdict for entry in log if "nonce" in entry.verdict or "lockout" in entry.verdict] == []
    assert all(nonces == sorted(set(nonces)) for nonces in by_key.values())
    assert len(log) == len(stage.nonces.given)
