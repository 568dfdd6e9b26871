"""A program that moves money until it is done or killed, with the real store, services and HTTP.

Run as a module with one JSON job on its standard input. It prints the number of each transfer that
it begins, so that whoever killed it knows where to go on.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from bench.our_stack import ManyTimesFaster, durable_guard, put_together
from kraken_desk.app.demo_world import environment_of
from kraken_desk.domain.accounts import Account, AccountId, AccountKind, KindSource, normal_iiban
from kraken_desk.domain.clients import DESK_CLIENT
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError, RouteBlockedError
from kraken_desk.domain.keys import DESK_PROCESS, KeyId, KeySlot, SlotId, Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.transfers import JournalId, Route, TransferOrder, TransferReceipt
from kraken_desk.exchange.access import USER_AGENT
from kraken_desk.exchange.rate_budget import RateBudgets
from kraken_desk.exchange.transport import HttpTransport
from kraken_desk.keychain.memory import MemoryVault
from kraken_desk.services.balances import BalancesService
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.keys import KeysService
from kraken_desk.services.ports import ExchangeGateway, TransferJournal
from kraken_desk.services.settling import SettlingService
from kraken_desk.services.transfers import TransfersService
from kraken_desk.services.use_watch import UseWatch
from kraken_desk.store import Store

USD = Asset("USD")


class ShiftedClock:
    """The system's time plus what the campaign has moved it by."""

    def __init__(self, offset_s: float) -> None:
        self._offset = timedelta(seconds=offset_s)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset


class Executioner:
    """Kills this process with SIGKILL at the journal step or on the wire, when its turn has come."""

    def __init__(self, plan: dict[str, Any] | None) -> None:
        self._step = str(plan["step"]) if plan else ""
        self._left = int(plan["after"]) if plan else -1

    def at(self, step: str) -> None:
        if step != self._step:
            return
        self._left -= 1
        if self._left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalJournal:
    """The real journal, before and after each of whose writes the process may be killed."""

    def __init__(self, real: TransferJournal, executioner: Executioner) -> None:
        self._real = real
        self._executioner = executioner

    def __getattr__(self, name: str) -> Any:  # whatever the real one has
        method = getattr(self._real, name)

        async def call(*arguments: object, **named: object) -> object:
            states = [a.value for a in arguments if isinstance(a, Enum)]
            step = ":".join([name, *states])
            self._executioner.at(f"before {step}")
            result = await method(*arguments, **named)
            self._executioner.at(f"after {step}")
            return result

        return call


class MortalGateway:
    """The real gateway, during whose transfer the process may be killed."""

    def __init__(self, real: ExchangeGateway, executioner: Executioner, seed: int) -> None:
        self._real = real
        self._executioner = executioner
        self._random = random.Random(seed)  # noqa: S311  # a repeatable course, no secret

    def __getattr__(self, name: str) -> Any:  # whatever the real one has
        return getattr(self._real, name)

    async def transfer(self, signer: Signer, order: TransferOrder) -> TransferReceipt:
        asyncio.get_running_loop().call_later(
            self._random.uniform(0, 0.01), self._executioner.at, "on the wire"
        )
        return await self._real.transfer(signer, order)


@dataclass
class Desk:
    """What the child works with."""

    environment: Environment
    fleet: FleetService
    keys: KeysService
    transfers: TransfersService
    settling: SettlingService


async def main(job: dict[str, Any]) -> None:
    clock = ShiftedClock(job["offset_s"])
    environment = environment_of(job["description"])
    store = await Store.open(Path(job["home"]) / "desk.sqlite3")
    transport = HttpTransport(environment, clock=clock, user_agent=USER_AGENT)
    executioner = Executioner(job.get("kill"))
    stack = put_together(
        environment,
        transport,
        nonces=store.nonces,
        guard=durable_guard(store, clock),
        clock=clock,
        budgets=RateBudgets(ManyTimesFaster(clock)),
        sleep=_no_pause,
    )
    spot: Any = MortalGateway(stack.spot, executioner, job["seed"])
    futures: Any = MortalGateway(stack.futures, executioner, job["seed"])
    gateways: dict[Venue, ExchangeGateway] = {Venue.SPOT: spot, Venue.FUTURES: futures}
    vault = MemoryVault()
    fleet = FleetService(environment, store.metadata, clock)
    use = UseWatch(store.nonces, store.use, store.leases.of_slot, fleet.note_use)
    keys = KeysService(environment, gateways, vault, fleet, clock, use)
    balances = BalancesService(environment, fleet, keys, tuple(gateways), clock)
    journal: Any = MortalJournal(store.journal, executioner)
    transfers = TransfersService(environment, journal, fleet, keys, balances, clock)
    settling = SettlingService(transfers, journal, clock)
    desk = Desk(environment, fleet, keys, transfers, settling)
    try:
        await _move_in(desk, store, vault, job["description"])
        await transfers.load()
        await WORKS[job["work"]](desk, job)
    finally:
        await transport.close()
        await store.close()


async def _move_in(desk: Desk, store: Store, vault: MemoryVault, description: dict[str, Any]) -> None:
    """Put the desk's own keys into the store, once, and their secrets into the vault, each time."""
    for number, entry in enumerate(description["accounts"]):
        account_id = AccountId(f"account-{number}")
        await store.metadata.save_account(
            Account(
                account_id,
                desk.environment.name,
                entry["label"],
                AccountKind(entry["kind"]),
                normal_iiban(entry["iiban"]),
                entry["futures_uid"],
                KindSource.KRAKEN,
            )
        )
        for key in entry["keys"]:
            if key.get("desk"):
                key_id = KeyId(f"key-{key['api_key'][:12]}")
                await vault.put(key_id, ApiSecret(key["api_secret"]))
                await store.metadata.save_slot(_slot(desk.environment, account_id, key_id, key))
    await desk.fleet.load()
    nodes = desk.fleet.snapshot.value.keys()
    unchecked = [n.slot.slot_id for n in nodes if n.check is None]
    if unchecked:
        await desk.keys.check(tuple(unchecked))


def _slot(environment: Environment, account_id: AccountId, key_id: KeyId, key: dict[str, Any]) -> KeySlot:
    return KeySlot(
        slot_id=SlotId(f"slot-{key['api_key'][:12]}"),
        environment=environment.name,
        account_id=account_id,
        venue=Venue(key["venue"]),
        name=key["name"],
        key_id=key_id,
        api_key=key["api_key"],
        added_at=datetime(2026, 11, 20, tzinfo=UTC),
        process=DESK_PROCESS,
        client=DESK_CLIENT,
    )


async def _transfer(desk: Desk, job: dict[str, Any]) -> None:
    """Make transfers first to last; each amount serves three, so that equal ones meet on a side."""
    for number in range(job["first"], job["last"]):
        print(number, flush=True)  # the campaign reads it
        amount = Decimal(100 + number // 3) / 10_000
        for attempt in range(40):
            route = _route(desk, number, attempt)
            try:
                await desk.transfers.send(await desk.transfers.plan(route, USD, amount))
            except RouteBlockedError:
                continue
            except KrakenDeskError:
                pass  # refused before anything was sent; the journal tells the rest
            break


def _route(desk: Desk, number: int, attempt: int) -> Route:
    """Draw a route: the third of each three often shares its source with the first."""
    accounts = [a.account_id for a in desk.fleet.accounts()]
    own = random.Random(f"{number // 3}:{attempt}")  # noqa: S311  # a repeatable course, no secret
    source = own.choice(accounts)
    others = [a for a in accounts if a != source]
    own.shuffle(others)
    destination = others[number % 3]
    if number % 5 == 0:
        source, destination = destination, source
    return Route(desk.environment.name, Venue.SPOT, source, destination, "spot", "spot")


async def _legs(desk: Desk, job: dict[str, Any]) -> None:
    """Make legs of every kind, each of an amount of its own."""
    for number in range(job["first"], job["last"]):
        print(number, flush=True)  # the campaign reads it
        amount = Decimal(100 + number) / 10_000
        for attempt in range(40):
            try:
                await desk.transfers.send(await desk.transfers.plan(_leg(desk, number, attempt), USD, amount))
            except RouteBlockedError:
                continue
            except KrakenDeskError:
                pass  # refused before anything was sent; the journal tells the rest
            break


def _leg(desk: Desk, number: int, attempt: int) -> Route:
    own = random.Random(f"{number}:{attempt}")  # noqa: S311  # a repeatable course, no secret
    accounts = [a.account_id for a in desk.fleet.accounts()]
    master = next(a.account_id for a in desk.fleet.accounts() if a.is_master)
    one, other = own.sample(accounts, 2)
    pair = own.choice((("cash", "cash"), ("cash", "flex"), ("flex", "cash")))
    return own.choice(
        (
            Route(desk.environment.name, Venue.SPOT, one, other, "spot", "spot"),
            Route(desk.environment.name, Venue.SPOT, one, one, "spot", "cash"),
            Route(
                desk.environment.name,
                Venue.FUTURES,
                one,
                one,
                *own.choice((("cash", "flex"), ("flex", "cash"))),
            ),
            Route(desk.environment.name, Venue.FUTURES, one, other, *pair),
            Route(desk.environment.name, Venue.FUTURES, master, master, own.choice(("cash", "flex")), "spot"),
        )
    )


async def _settle(desk: Desk, job: dict[str, Any]) -> None:
    del job
    await desk.settling.settle_all()


async def _decide(desk: Desk, job: dict[str, Any]) -> None:
    """Do what a person does with those that the traces leave open: look at Kraken itself."""
    for journal_id, executed in job["decisions"].items():
        await desk.transfers.settle(JournalId(journal_id), executed=executed, note="seen at Kraken")


async def _no_pause(seconds: float) -> None:
    del seconds


WORKS = {"transfer": _transfer, "legs": _legs, "settle": _settle, "decide": _decide}

if __name__ == "__main__":
    asyncio.run(main(json.load(sys.stdin)))
