"""Fakes of the services' ports, which work like the real things but are scripted by a test.

`FakeGateway` admits, asks for the secret and answers in the order in which the real adapter does,
so that what a service relies on (the guard's turn, the moment of signing) happens here as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from kraken_desk.domain.balances import Balance, Holdings
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import AuthRejectedError
from kraken_desk.domain.fees import FeeFacts
from kraken_desk.domain.keys import ApiKeyInfo, KeyId, Venue
from kraken_desk.domain.money import Asset, AssetInfo
from kraken_desk.domain.prices import MarketPrice
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.standing import Standing
from kraken_desk.domain.subaccounts import LinkedSubaccount
from kraken_desk.domain.transfers import LedgerEntry, TransferOrder, TransferReceipt
from kraken_desk.domain.venue_facts import DomainFacts, ServerStatus
from kraken_desk.keychain.memory import MemoryVault
from kraken_desk.services.ports import CallGuard, Confirm
from tests.helpers.builders import ASSETS, NOW


class FakeClock:
    """Stands still until moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def move(self, **span: float) -> None:
        """Move by the parts of a timedelta: `minutes=15`."""
        self.time += timedelta(**span)


def refused(text: str = "EAPI:Invalid key") -> AuthRejectedError:
    return AuthRejectedError("Kraken refused the key", "The key or its secret is wrong.", kraken=(text,))


@dataclass(frozen=True)
class Call:
    """One call that reached a FakeGateway's Kraken."""

    operation: str
    api_key: str = ""
    asked: bool = False
    order: TransferOrder | None = None
    mark: str = ""
    counted: bool = False
    otp: str = ""


Look = Callable[[Call], Awaitable[None]]


class FakeGateway:
    """A venue that answers from a script and remembers what was asked.

    `answer(operation, value, api_key=...)` sets an answer for one key, or for all of them; a value
    that is an exception is raised. `hold(operation)` makes calls wait until `release()`. `on_call`
    looks at a call at the moment at which the bytes would leave.
    """

    def __init__(self, venue: Venue = Venue.SPOT, guard: CallGuard | None = None) -> None:
        self._venue = venue
        self._guard = guard
        self._answers: dict[tuple[str, str], object] = {}
        self._held: set[str] = set()
        self._open = asyncio.Event()
        self.calls: list[Call] = []
        self.waiting = 0
        self.on_call: Look | None = None
        self.answer("assets", ASSETS if venue is Venue.SPOT else ())
        self.answer("balances", ())
        self.answer("linked_balances", {})
        self.answer("prices", ())
        self.answer("domain_facts", DomainFacts())
        self.answer("ledger_mark", "mark")
        self.answer("ledger_since", ())
        self.answer("transfer", TransferReceipt("T1", "complete"))
        self.answer("server_status", ServerStatus("online", NOW, 0.0))

    @property
    def venue(self) -> Venue:
        return self._venue

    def answer(self, operation: str, value: object, *, api_key: str = "") -> None:
        self._answers[operation, api_key] = value

    def hold(self, *operations: str) -> None:
        self._held |= set(operations)
        self._open.clear()

    def release(self) -> None:
        self._held.clear()
        self._open.set()

    def made(self, operation: str) -> list[Call]:
        return [call for call in self.calls if call.operation == operation]

    async def check_key(self, signer: Signer, *, asked: bool = False) -> ApiKeyInfo:
        call = Call("check_key", signer.api_key, asked, counted=signer.count_from is not None, otp=signer.otp)
        info: ApiKeyInfo = await self._signed(call, signer)
        return info

    async def ask_once(self, signer: Signer) -> ApiKeyInfo:
        call = Call("ask_once", signer.api_key, asked=True, otp=signer.otp)
        info: ApiKeyInfo = await self._signed(call, signer)
        return info

    async def domain_facts(self, signer: Signer) -> DomainFacts:
        facts: DomainFacts = await self._signed(Call("domain_facts", signer.api_key), signer)
        return facts

    async def balances(self, signer: Signer) -> tuple[Balance, ...]:
        rows: tuple[Balance, ...] = await self._signed(Call("balances", signer.api_key), signer)
        return rows

    async def holdings(self, signer: Signer) -> Holdings:
        """Answer what is set for `balances`: rows alone, or Holdings."""
        found: tuple[Balance, ...] | Holdings = await self._signed(Call("balances", signer.api_key), signer)
        return found if isinstance(found, Holdings) else Holdings(found)

    async def linked_holdings(self, signer: Signer) -> dict[str, Holdings]:
        shown: dict[str, tuple[Balance, ...] | Holdings] = await self._signed(
            Call("linked_balances", signer.api_key), signer
        )
        return {u: found if isinstance(found, Holdings) else Holdings(found) for u, found in shown.items()}

    async def prices(self, assets: frozenset[Asset], against: frozenset[Asset]) -> tuple[MarketPrice, ...]:
        """Answer those of the prices set that were asked for."""
        known: tuple[MarketPrice, ...] = await self._reply(Call("prices"))
        every = assets | against
        return tuple(price for price in known if price.base in every and price.quote in every)

    async def fees(self, signer: Signer, pair: str) -> FeeFacts:
        facts: FeeFacts = await self._signed(Call("fees", signer.api_key, mark=pair), signer)
        return facts

    async def assets(self) -> tuple[AssetInfo, ...]:
        assets: tuple[AssetInfo, ...] = await self._reply(Call("assets"))
        return assets

    async def transfer(self, signer: Signer, order: TransferOrder) -> TransferReceipt:
        call = Call("transfer", signer.api_key, order=order)
        receipt: TransferReceipt = await self._signed(call, signer)
        return receipt

    async def ledger_mark(self, signer: Signer) -> str:
        mark: str = await self._signed(Call("ledger_mark", signer.api_key), signer)
        return mark

    async def ledger_since(self, signer: Signer, mark: str) -> tuple[LedgerEntry, ...]:
        call = Call("ledger_since", signer.api_key, mark=mark)
        rows: tuple[LedgerEntry, ...] = await self._signed(call, signer)
        return rows

    async def server_status(self) -> ServerStatus:
        status: ServerStatus = await self._reply(Call("server_status"))
        return status

    async def _signed(self, call: Call, signer: Signer) -> Any:
        async with self._admitted(call, signer):
            await signer.secret()
            return await self._reply(call)

    def _admitted(self, call: Call, signer: Signer) -> AbstractAsyncContextManager[Confirm]:
        if self._guard is None:
            return nullcontext(lambda: None)
        return self._guard.admit(signer, asked=call.asked)

    async def _reply(self, call: Call) -> Any:
        self.calls.append(call)
        if self.on_call is not None:
            await self.on_call(call)
        if call.operation in self._held:
            await self._wait()
        found = self._answers.get((call.operation, call.api_key), self._answers.get((call.operation, "")))
        if found is None:
            raise LookupError(f"no answer is set for {call.operation}")
        if isinstance(found, BaseException):
            raise found
        return found

    async def _wait(self) -> None:
        self.waiting += 1
        try:
            await self._open.wait()
        finally:
            self.waiting -= 1


class FakeSubaccountCalls:
    """Kraken's subaccount calls: trading switches by uid, requests to create, and errors by name of the call.

    The errors of a call are raised in order, one each time, before it is done; `after` ones when it was done.
    No call is answered while `gate` is not set.
    """

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.trading: dict[str, bool] = {}
        self.listed: tuple[LinkedSubaccount, ...] = ()
        self.created: list[tuple[str, str]] = []
        self.calls: list[str] = []
        self.errors: dict[str, list[Exception]] = {}
        self.after: dict[str, list[Exception]] = {}

    async def create_subaccount(self, signer: Signer, username: str, email: str) -> None:
        await self._begin("create_subaccount", signer)
        self.created.append((username, email))
        self._end("create_subaccount")

    async def linked_subaccounts(self, signer: Signer) -> tuple[LinkedSubaccount, ...]:
        await self._begin("linked_subaccounts", signer)
        return self.listed

    async def trading_enabled(self, signer: Signer, uid: str) -> bool:
        await self._begin("trading_enabled", signer)
        return self.trading.get(uid, True)

    async def set_trading(self, signer: Signer, uid: str, *, enabled: bool) -> bool:
        await self._begin("set_trading", signer)
        self.trading[uid] = enabled
        self._end("set_trading")
        return enabled

    async def _begin(self, name: str, signer: Signer) -> None:
        self.calls.append(name)
        await self.gate.wait()
        await signer.secret()
        if self.errors.get(name):
            raise self.errors[name].pop(0)

    def _end(self, name: str) -> None:
        if self.after.get(name):
            raise self.after[name].pop(0)


class FakeVault(MemoryVault):
    """A MemoryVault whose methods fail as told: `failures["get"] = KeychainLockedError(...)`.

    `before_get` stands for what happens while the keychain asks its owner.
    """

    def __init__(self) -> None:
        super().__init__()
        self.failures: dict[str, BaseException] = {}
        self.held: set[KeyId] = set()
        self.before_get: Callable[[], Awaitable[None]] | None = None

    async def put(self, key_id: KeyId, secret: ApiSecret) -> None:
        self._fail("put")
        await super().put(key_id, secret)
        self.held.add(key_id)

    async def get(self, key_id: KeyId) -> ApiSecret:
        self._fail("get")
        if self.before_get is not None:
            await self.before_get()
        return await super().get(key_id)

    async def remove(self, key_id: KeyId) -> None:
        self._fail("remove")
        await super().remove(key_id)
        self.held.discard(key_id)

    def _fail(self, method: str) -> None:
        if method in self.failures:
            raise self.failures[method]


class Faulty:
    """Passes everything on to a real port, except the methods named in `failures`.

    A failure listed under `after` is raised when the real work is done: the write happened, its
    caller does not hear of it. What stands in `before` is awaited first. A method may be named with
    an enum argument, `"move:sent"`, and then only those calls are meant.
    """

    def __init__(self, real: object) -> None:
        self._real = real
        self.failures: dict[str, BaseException] = {}
        self.after: dict[str, BaseException] = {}
        self.before: dict[str, Callable[[], Awaitable[None]]] = {}

    def __getattr__(self, name: str) -> Any:  # whatever the real port has
        method = getattr(self._real, name)

        async def call(*arguments: object, **named: object) -> object:
            names = [name, *(f"{name}:{a.value}" for a in arguments if isinstance(a, Enum))]
            for known in names:
                if known in self.before:
                    await self.before[known]()
                if known in self.failures:
                    raise self.failures[known]
            result = await method(*arguments, **named)
            for known in names:
                if known in self.after:
                    raise self.after[known]
            return result

        return call


class FakeGuardStore:
    """The GuardStore port in memory, for tests that need thousands of them.

    Like the real store it lets other tasks work before and after each job.
    """

    def __init__(self) -> None:
        self.failures: list[tuple[EnvironmentName, datetime]] = []
        self._attempts: dict[str, tuple[EnvironmentName, datetime]] = {}
        self._failing: dict[str, datetime] = {}
        self._until: dict[EnvironmentName, datetime] = {}

    async def record_failure(
        self, environment: EnvironmentName, fingerprint: str, at: datetime, kind: str
    ) -> None:
        async with _as_a_job():
            self.failures.append((environment, at))
            self._failing.setdefault(fingerprint, at)

    async def record_success(self, environment: EnvironmentName, fingerprint: str, at: datetime) -> None:
        async with _as_a_job():
            self._failing.pop(fingerprint, None)

    async def begin_attempt(self, environment: EnvironmentName, attempt: str, at: datetime) -> None:
        async with _as_a_job():
            self._attempts[attempt] = (environment, at)

    async def end_attempt(self, environment: EnvironmentName, attempt: str) -> None:
        async with _as_a_job():
            del self._attempts[attempt]

    async def standing(
        self,
        environment: EnvironmentName,
        fingerprint: str,
        since: datetime,
        now: datetime,
        *,
        besides: str = "-",
    ) -> Standing:
        async with _as_a_job():
            feared = [of for attempt, of in self._attempts.items() if not attempt.startswith(besides)]
            counted = [at for where, at in (*self.failures, *feared) if where == environment]
            return Standing(
                sum(1 for at in counted if since < at <= now),
                self._failing.get(fingerprint),
                self._until.get(environment),
            )

    async def lock_out(self, environment: EnvironmentName, until: datetime) -> None:
        async with _as_a_job():
            self._until[environment] = max(until, self._until.get(environment, until))

    async def locked_out_until(self, environment: EnvironmentName) -> datetime | None:
        async with _as_a_job():
            return self._until.get(environment)


@asynccontextmanager
async def _as_a_job() -> AsyncIterator[None]:
    await asyncio.sleep(0)
    yield
    await asyncio.sleep(0)
