"""What the transfer dialog may ask of the services: values and callables, nothing of their insides."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.badges import Badge, badges
from kraken_desk.domain.balances import Balance
from kraken_desk.domain.keys import KeyId, Venue
from kraken_desk.domain.money import Asset, AssetInfo
from kraken_desk.domain.transfers import Route, TransferEnd, TransferPlan, TransferRecord
from kraken_desk.services.desk import Desk


@dataclass(frozen=True, slots=True)
class TransferSteps:
    """The services' doors for one transfer.

    `held` names the assets an account holds on a venue as last read; `badges` the rights of a key.
    """

    ends: Callable[[Venue], tuple[TransferEnd, ...]]
    assets: Callable[[Venue], Coroutine[Any, Any, tuple[AssetInfo, ...]]]
    places: Callable[[Venue, Asset], int | None]
    available: Callable[[Route, Asset], Balance | None]
    held: Callable[[AccountId, Venue], tuple[Asset, ...]]
    plan: Callable[[Route, Asset, Decimal], Coroutine[Any, Any, TransferPlan]]
    send: Callable[[TransferPlan], Coroutine[Any, Any, TransferRecord]]
    badges: Callable[[KeyId], tuple[Badge, ...]] = lambda _key_id: ()


@dataclass(frozen=True, slots=True)
class TransferStart:
    """What the form opens with."""

    venue: Venue = Venue.SPOT
    source: AccountId | None = None
    destination: AccountId | None = None
    asset: Asset | None = None


def steps_of(desk: Desk) -> TransferSteps:
    """Open the doors of a desk's services."""

    def held(account_id: AccountId, venue: Venue) -> tuple[Asset, ...]:
        sheet = desk.balances.snapshot.value.sheet(account_id, venue)
        rows = sheet.rows if sheet is not None else ()
        return tuple(sorted({row.asset for row in rows if row.available and not row.part}))

    def rights(key_id: KeyId) -> tuple[Badge, ...]:
        node = desk.fleet.snapshot.value.key(key_id)
        info = node.check.info if node is not None and node.check is not None else None
        return badges(info.permissions) if info is not None else ()

    transfers = desk.transfers
    return TransferSteps(
        ends=transfers.ends,
        assets=transfers.assets,
        places=transfers.places,
        available=transfers.available,
        held=held,
        plan=transfers.plan,
        send=transfers.send,
        badges=rights,
    )
