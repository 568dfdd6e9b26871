"""The ports that subaccounts stand on."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import Problem
from kraken_desk.domain.linking import Linking
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.subaccounts import Creation, CreationId, CreationState, LinkedSubaccount


class SubaccountCalls(Protocol):
    """Kraken's calls about subaccounts; errors as those of an ExchangeGateway."""

    async def create_subaccount(self, signer: Signer, username: str, email: str) -> None:
        """Send CreateSubaccount once; OutcomeUnknownError when it may or may not have been executed."""
        ...

    async def linked_subaccounts(self, signer: Signer) -> tuple[LinkedSubaccount, ...]:
        """Return the Futures subaccounts of the key's master."""
        ...

    async def trading_enabled(self, signer: Signer, uid: str) -> bool: ...

    async def set_trading(self, signer: Signer, uid: str, *, enabled: bool) -> bool:
        """Switch trading once, and return what Kraken says is true now."""
        ...


class SubaccountStore(Protocol):
    """Requests to create subaccounts, and linkings; durable when a method returns."""

    async def plan(self, creation: Creation) -> None:
        """Write a planned request; raises InputError while its name or address is in use by another."""
        ...

    async def move(
        self,
        creation_id: CreationId,
        state: CreationState,
        at: datetime,
        *,
        problem: Problem | None = None,
        note: str = "",
    ) -> Creation:
        """Move a request along MOVES; raises ValueError for any other move."""
        ...

    async def creations(self, environment: EnvironmentName) -> tuple[Creation, ...]:
        """Return the requests, newest first."""
        ...

    async def save_linking(self, linking: Linking) -> None:
        """Insert or update; raises InputError when another open one has the address."""
        ...

    async def linkings(self, environment: EnvironmentName) -> tuple[Linking, ...]:
        """Return the linkings, newest first."""
        ...
