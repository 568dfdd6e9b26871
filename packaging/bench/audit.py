"""The audit of 1,000 keys on stored facts in CPU time, against ten times that of 100 keys."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.report import Claim, Figure, figure
from kraken_desk.app.clock import SystemClock
from kraken_desk.app.wiring import OpenDesk
from kraken_desk.domain.accounts import Account, AccountId, AccountKind, Iiban, KindSource
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.keys import (
    ApiKeyInfo,
    CheckOutcome,
    KeyCheck,
    KeyId,
    KeySlot,
    SlotId,
    SpotPermissions,
    Venue,
)
from kraken_desk.keychain.memory import MemoryVault
from kraken_desk.services.desk import Desk
from kraken_desk.store import Store

SMALL, LARGE = 100, 1_000
LIMIT_S = 1.0
LAB = Environment(EnvironmentName("bench"), EnvironmentKind.PRODUCTION, "https://bench.example")
ROLES = ("trading", "market making", "dashboard", "accounting", "treasury", "research", "")
RIGHTS = (
    "query-funds",
    "query-open-trades",
    "query-ledger",
    "modify-trades",
    "close-trades",
    "withdraw-funds",
)


def measure(runs: int) -> list[Figure | Claim]:
    large = asyncio.run(_audits(LARGE, runs))
    small = [10 * spent for spent in asyncio.run(_audits(SMALL, runs))]
    compared = figure(
        f"audit of {LARGE} keys on stored facts, CPU time",
        large,
        f"ten times that of {SMALL} keys",
        small,
        "facts are read from the store and judged by every rule",
    )
    slowest = max(large)
    held = Claim(
        f"{LARGE} keys are judged in less than {LIMIT_S:.0f} s of CPU time",
        slowest < LIMIT_S,
        f"{slowest:.2f} s",
    )
    return [compared, held]


async def _audits(count: int, runs: int) -> list[float]:
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kraken-desk-bench-")))
        store = await Store.open(home / "bench.sqlite3")
        stack.push_async_callback(store.close)
        opened = OpenDesk(LAB, store, MemoryVault(), SystemClock())
        stack.push_async_callback(opened.close)
        await fill(store, count)
        await opened.desk.audit.refresh()
        return [await _spent(opened.desk) for _ in range(runs)]


async def _spent(desk: Desk) -> float:
    """Read the stored facts and judge them; return the CPU time of all threads."""
    gc.collect()
    started = time.process_time()
    await desk.fleet.load()
    await desk.audit.refresh()
    return time.process_time() - started


async def fill(store: Store, count: int) -> None:
    """Store a fleet of so many keys, ten on each account, with their last checks."""
    await store.metadata.save_environment(LAB)
    for number in range(max(1, count // 10)):
        await store.metadata.save_account(_account(number))
    for number in range(count):
        slot = _slot(number)
        await store.metadata.save_slot(slot)
        await store.metadata.save_check(_check(slot, number))


def _account(number: int) -> Account:
    kind = AccountKind.SUBACCOUNT if number else AccountKind.MASTER
    return Account(
        AccountId(f"a{number}"),
        LAB.name,
        f"Account {number}",
        kind,
        Iiban(f"AA{number:02d} BENC HMAR K{number:03d}"),
        f"uid-{number}",
        KindSource.KRAKEN,
    )


def _slot(number: int) -> KeySlot:
    return KeySlot(
        slot_id=SlotId(f"s{number}"),
        environment=LAB.name,
        account_id=AccountId(f"a{number // 10}"),
        venue=Venue.SPOT,
        name=f"key {number}",
        key_id=KeyId(f"k{number}"),
        api_key=f"public-{number}",
        added_at=datetime.now(UTC),
        process=f"bot {number // 2}",
        role=ROLES[number % len(ROLES)],
        client="ccxt",
    )


def _check(slot: KeySlot, number: int) -> KeyCheck:
    now = datetime.now(UTC)
    listed = IpAllowlist((f"203.0.{number % 200}.7", f"198.51.{number % 250}.0/{20 + number % 9}"))
    info = ApiKeyInfo(
        venue=Venue.SPOT,
        api_key=slot.api_key,
        read_at=now,
        permissions=SpotPermissions.from_strings(RIGHTS[: 1 + number % len(RIGHTS)]),
        ip_allowlist=listed if number % 5 else IpAllowlist(),
        api_key_name=slot.name,
        iiban=None,
        account_uid=None,
        nonce=int(now.timestamp() * 1000),
        nonce_window=5000 * (number % 4),
        valid_until=now + timedelta(days=number % 120) if number % 3 else None,
        query_from=None,
        query_to=None,
        created_time=now - timedelta(days=number % 400),
        modified_time=now - timedelta(days=number % 50),
        last_used=now - timedelta(days=number % 130),
    )
    return KeyCheck(slot.key_id, now, CheckOutcome.ACCEPTED, info)
