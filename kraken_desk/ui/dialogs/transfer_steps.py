"""What the transfer dialog may ask of the services: values and callables, nothing of their insides."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.badges import Badge
from kraken_desk.domain.balances import Balance
from kraken_desk.domain.keys import KeyId, Venue
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Asset, AssetInfo
from kraken_desk.domain.transfers import Route, TransferEnd, TransferPlan, TransferRecord


@dataclass(frozen=True, slots=True)
class TransferSteps:
    """The services' doors for one transfer.

    `held` names the assets an account holds on a venue as last read; `badges` the rights of a key;
    `ability` says what it can do in a sentence,
    `two_factor` whether it wants a one-time password, which `send` takes last.
    """

    ends: Callable[[Venue], tuple[TransferEnd, ...]]
    assets: Callable[[Venue], Coroutine[Any, Any, tuple[AssetInfo, ...]]]
    places: Callable[[Venue, Asset], int | None]
    available: Callable[[Route, Asset], Balance | None]
    held: Callable[[AccountId, Venue], tuple[Asset, ...]]
    plan: Callable[[Route, Asset, Decimal], Coroutine[Any, Any, TransferPlan]]
    send: Callable[[TransferPlan, Consent, str], Coroutine[Any, Any, TransferRecord]]
    badges: Callable[[KeyId], tuple[Badge, ...]] = lambda _key_id: ()
    two_factor: Callable[[KeyId], bool] = lambda _key_id: False
    ability: Callable[[KeyId], str] = lambda _key_id: ""


@dataclass(frozen=True, slots=True)
class TransferStart:
    """What the form opens with."""

    venue: Venue = Venue.SPOT
    source: AccountId | None = None
    destination: AccountId | None = None
    asset: Asset | None = None
