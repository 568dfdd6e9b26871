"""Ten thousand signed calls over fifty keys with random faults, through everything the program has.

Store, locks across processes, lockout guard, key channel, gateways and HTTP are the program's own;
the exchange is another process with its rate limits on. Both clocks are moved instead of waiting.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.local_exchange import LocalExchange, local_exchange
from bench.our_stack import durable_guard, put_together
from bench.report import Claim
from bench.soak_account import claims
from bench.soak_record import RecordingTransport
from bench.soak_time import SharedClock
from bench.soak_traffic import Traffic
from kraken_desk.app.demo_world import environment_of
from kraken_desk.exchange.access import USER_AGENT
from kraken_desk.exchange.rate_budget import RateBudgets
from kraken_desk.exchange.transport import HttpTransport
from kraken_desk.store import Store

CALLS = 10_000
WARM = 2_000
SUBACCOUNTS = 16
KEYS = 50
SEED = 11
MOST_GROWTH_MB = 32.0
OFTEN, SELDOM = 0.006, 0.003
_SELDOM = ("invalid_nonce", "invalid_key", "lockout")
_QUICK = {"silence": 0.05, "late_reply": 0.03}
_ALSO_EXECUTED = ("html_502", "html_520", "connection_reset")


def measure(runs: int) -> list[Claim]:  # noqa: ARG001  # one soak is one run
    with (
        local_exchange(f"large:{SUBACCOUNTS}", SEED) as exchange,
        tempfile.TemporaryDirectory(prefix="kraken-desk-bench-") as home,
    ):
        return asyncio.run(_soak(exchange, Path(home)))


async def _soak(exchange: LocalExchange, home: Path) -> list[Claim]:
    clock = SharedClock(exchange)
    environment = environment_of(exchange.description)
    transport = HttpTransport(environment, clock=clock, user_agent=USER_AGENT)
    record = RecordingTransport(transport, clock)
    store = await Store.open(home / "soak.sqlite3")
    try:
        stack = put_together(
            environment,
            record,
            nonces=store.nonces,
            guard=durable_guard(store, clock),
            clock=clock,
            budgets=RateBudgets(clock, spot_tier="pro", sleep=clock.sleep),
            sleep=clock.sleep,
        )
        traffic = Traffic(stack, clock, exchange.description["accounts"], SEED)
        return await _run(exchange, record, traffic)
    finally:
        await transport.close()
        await store.close()


async def _run(exchange: LocalExchange, record: RecordingTransport, traffic: Traffic) -> list[Claim]:
    keys = _keys(exchange)
    before = exchange.control("GET", "/totals")
    _set_faults(exchange)
    await traffic.run(keys, lambda: record.signed_count >= WARM)
    warm_mb = _resident_mb()
    await traffic.run(keys, lambda: record.signed_count >= CALLS)
    grown_mb = _resident_mb() - warm_mb
    exchange.control("DELETE", "/faults", {})
    used = {entry.api_key for entry in record.sent if entry.api_key}
    ends = ", ".join(f"{name} {count}" for name, count in traffic.ends.most_common())
    print(f"    acts ended: {ends}", file=sys.stderr)
    return [
        Claim(
            "signed calls made", record.signed_count >= CALLS, f"{record.signed_count} on {len(used)} keys"
        ),
        Claim("every key was used", len(used) == KEYS == len(keys), f"{len(used)} of {KEYS}"),
        *claims(record.sent, exchange.requests(), traffic.transfers),
        Claim("no money was lost or made", exchange.control("GET", "/totals") == before, "totals per asset"),
        Claim(
            f"memory after {WARM} calls grows little",
            grown_mb < MOST_GROWTH_MB,
            f"{grown_mb:+.1f} MB, the soak's own record included",
        ),
    ]


def _keys(exchange: LocalExchange) -> list[dict[str, Any]]:
    """Return fifty keys of all roles; the master's second key only watches."""
    found = [key for account in exchange.description["accounts"] for key in account["keys"]]
    return found[:KEYS]


def _set_faults(exchange: LocalExchange) -> None:
    """Let every fault of the simulator strike at random, each with its own seed; its names are its own."""
    names = [n for n in exchange.control("GET", "/faults")["names"] if not n.startswith("ws_")]
    rules = [(name, False) for name in names] + [(name, True) for name in _ALSO_EXECUTED]
    for seed, (name, executed) in enumerate(rules):
        rule = {
            "name": name,
            "count": None,
            "probability": SELDOM if name in _SELDOM else OFTEN,
            "seed": SEED + seed,
            "executed": executed,
        }
        if name in _QUICK:
            rule["delay_s"] = _QUICK[name]
        exchange.control("POST", "/faults", rule)


def _resident_mb() -> float:
    """Return the memory of this process; only Linux tells it cheaply."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0.0
    return pages * 4096 / 1e6
