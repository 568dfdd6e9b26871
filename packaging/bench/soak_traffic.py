"""What the soak does: calls of every kind on fifty keys, at random, and what a person does when they fail."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from bench.our_stack import Stack
from bench.soak_time import SharedClock
from kraken_desk.domain.errors import (
    ExchangeError,
    KeyRestingError,
    LockoutGuardError,
    RateLimitedError,
    RuleError,
)
from kraken_desk.domain.money import Asset
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.transfers import TransferOrder
from kraken_desk.services.guard import LOCKOUT

Act = Callable[[], Awaitable[object]]
WORKERS = 20
_SHORT_WAIT_S = 60.0


class Traffic:
    """Acts on keys until enough signed calls were made; `ends` counts how the acts ended."""

    def __init__(self, stack: Stack, clock: SharedClock, accounts: list[dict[str, Any]], seed: int) -> None:
        self._stack = stack
        self._clock = clock
        self._accounts = accounts
        self._random = random.Random(seed)  # noqa: S311  # a seeded run must not be random
        self.ends: Counter[str] = Counter()
        self.transfers = 0

    async def run(self, keys: list[dict[str, Any]], enough: Callable[[], bool]) -> None:
        """Work with more hands than calls may be under way; two may meet at one key."""

        async def work() -> None:
            while not enough():
                await self._act_on(self._random.choice(keys))

        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(work())

    async def _act_on(self, key: dict[str, Any]) -> None:
        signer = self._stack.signer(key)
        act = self._random.choice(self._acts(key, signer))
        try:
            await self._ended(act)
        except KeyRestingError:
            await self._asked_for(key, signer)

    async def _asked_for(self, key: dict[str, Any], signer: Signer) -> None:
        """Check a key that the program leaves alone, as a person would."""
        gateway = self._stack.futures if key["venue"] == "futures" else self._stack.spot
        await self._ended(lambda: gateway.check_key(signer, asked=True))

    async def _ended(self, act: Act) -> None:
        """Count how an act ended; a refusal by our own rules is waited out."""
        before = self._clock.now()
        try:
            await act()
        except KeyRestingError:
            self.ends["left alone"] += 1
            raise
        except LockoutGuardError:
            self.ends["waited for the lockout guard"] += 1
            self._wait_once(before, LOCKOUT.total_seconds() + 1)
        except RateLimitedError as error:
            self.ends[error.category] += 1
            self._wait_once(before, error.retry_after_s or _SHORT_WAIT_S)
        except (ExchangeError, RuleError) as error:
            self.ends[error.category] += 1
        else:
            self.ends["accepted"] += 1

    def _wait_once(self, before: Any, seconds: float) -> None:
        """Wait, unless the clock was moved as far by another hand since the act began."""
        if (self._clock.now() - before).total_seconds() < seconds:
            self._clock.advance(seconds)

    def _acts(self, key: dict[str, Any], signer: Signer) -> list[Act]:
        gateway = self._stack.futures if key["venue"] == "futures" else self._stack.spot
        if key["role"] == "treasury":
            return [lambda: self._transfer(key, signer)]
        acts: list[Act] = [
            lambda: gateway.check_key(signer),
            lambda: gateway.balances(signer),
            lambda: gateway.domain_facts(signer),
        ]
        if key["venue"] == "futures" or "query-ledger" in key["permissions"]:
            acts.append(lambda: self._ledger(gateway, signer))
        return acts

    async def _ledger(self, gateway: Any, signer: Signer) -> object:
        return await gateway.ledger_since(signer, await gateway.ledger_mark(signer))

    async def _transfer(self, key: dict[str, Any], signer: Signer) -> object:
        futures = key["venue"] == "futures"
        name, wallet = ("futures_uid", "cash") if futures else ("iiban", "spot")
        master, *others = self._accounts
        destination = self._random.choice(others)
        order = TransferOrder(master[name], destination[name], wallet, wallet, Asset("USD"), Decimal("0.25"))
        self.transfers += 1
        return await (self._stack.futures if futures else self._stack.spot).transfer(signer, order)
