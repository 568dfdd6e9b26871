"""What the add-key dialog may ask of the services."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kraken_desk.domain.keys import KeySlot, Venue
from kraken_desk.domain.roles import Role
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.services.keys import SlotDetails, TriedPair


class TryPair(Protocol):
    """One signed check of a pair; stores nothing."""

    def __call__(
        self, venue: Venue, api_key: str, secret: ApiSecret, *, client: str = "", otp: str = ""
    ) -> Coroutine[Any, Any, TriedPair]: ...


class AddKey(Protocol):
    """Stores a tried pair: secret first, then the slot."""

    def __call__(
        self, tried: TriedPair, secret: ApiSecret, details: SlotDetails
    ) -> Coroutine[Any, Any, KeySlot]: ...


@dataclass(frozen=True, slots=True)
class KeySteps:
    """The services' doors for adding a key."""

    try_pair: TryPair
    add: AddKey
    now: Callable[[], datetime]
    roles: Callable[[], tuple[Role, ...]]
