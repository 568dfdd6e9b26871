"""What a fault campaign moves: between Spot accounts, or every leg that Kraken offers.

A course tells its transfers apart, in requests and in the journal alike, and lets others make equal ones.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from decimal import Decimal
from typing import ClassVar
from urllib.parse import parse_qs

from kraken_desk.domain.legs import LegKind
from kraken_desk.domain.transfers import TransferRecord
from kraken_desk.simulator import World
from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.assets import ASSETS
from kraken_desk.simulator.building import Builder
from kraken_desk.simulator.credentials import Access, FuturesKey
from kraken_desk.simulator.futures_book import LogRow
from kraken_desk.simulator.ids import Ids
from kraken_desk.simulator.messages import Request
from kraken_desk.simulator.spot_book import LedgerEntry
from kraken_desk.simulator.transfers import (
    InsufficientFundsError,
    between_futures_wallets,
    between_spot_accounts,
    futures_to_spot,
    spot_to_futures,
)

Way = tuple[str, ...]
Booking = tuple[Account, LedgerEntry | LogRow]

_SPOT, _FUTURES = "/0/private/", "/derivatives/api/v3/"
USD = ASSETS["ZUSD"]


class Course(ABC):
    """The transfers of a campaign; `work` is what the program is told to do, `paths` the calls it makes."""

    work: ClassVar[str]
    paths: ClassVar[tuple[str, ...]]

    def prepare(self, world: World) -> None:
        """Give the world what the course needs, before anything is counted."""
        del world

    def of_request(self, request: Request) -> Way | None:
        """Return the way of a request that moves money; None for any other."""
        if request.path not in self.paths:
            return None
        given = {**parse_qs(request.query), **parse_qs(request.body.decode())}
        return self.way(request.path, {name: values[0] for name, values in given.items()})

    @abstractmethod
    def way(self, path: str, given: dict[str, str]) -> Way: ...

    @abstractmethod
    def of_record(self, world: World, record: TransferRecord) -> Way: ...

    def repeat(self, world: World, booked: list[Booking]) -> bool:
        """Let somebody else do again what was booked; False where the funds do not suffice."""
        for account, entry in booked:
            if isinstance(entry, LedgerEntry):
                enough = account.spot.available(entry.asset_id) + entry.amount >= 0
            else:
                wallet = account.futures.wallet(entry.wallet)
                moved = entry.new_balance - entry.old_balance
                enough = wallet is not None and wallet.available(entry.asset) + moved >= 0
            if not enough:
                return False
        reference = world.ids.trade_refid()
        for account, entry in booked:
            _post_again(world, account, entry, reference)
        return True


class SpotAccounts(Course):
    """AccountTransfer between Spot accounts: each pair of accounts gets an amount once."""

    work = "transfer"
    paths = (_SPOT + LegKind.ACCOUNT_TRANSFER,)

    def way(self, path: str, given: dict[str, str]) -> Way:  # noqa: ARG002  # there is only one
        return _plain(given["from"]), _plain(given["to"]), _amount(Decimal(given["amount"]))

    def of_record(self, world: World, record: TransferRecord) -> Way:
        source, destination = _ends(world, record)
        return _plain(source.iiban), _plain(destination.iiban), _amount(record.request.quantity)


class EveryLeg(Course):
    """All five calls that move money, on both venues: every amount is used once, so it tells the transfer."""

    work = "legs"
    paths = (
        _SPOT + LegKind.ACCOUNT_TRANSFER,
        _SPOT + LegKind.WALLET_TRANSFER,
        _FUTURES + LegKind.FUTURES_WALLETS,
        _FUTURES + LegKind.FUTURES_ACCOUNTS,
        _FUTURES + LegKind.WITHDRAWAL,
    )

    def prepare(self, world: World) -> None:
        """Give every account a Futures key of the desk, the master's with withdrawal, and money in flex."""
        build = Builder(world, Ids(f"{world.seed}:legs"))
        for account in world.accounts:
            if account.master:
                build.futures_key(account, f"{account.label} desk", Access.FULL, role="monitor", desk=True)
            build.futures_balances(account, "flex", {"usd": "250"})
        for key in world.keys:
            if isinstance(key, FuturesKey) and not key.account.master:
                key.transfer = Access.FULL

    def way(self, path: str, given: dict[str, str]) -> Way:
        return path.removeprefix(_SPOT).removeprefix(_FUTURES), _amount(Decimal(given["amount"]))

    def of_record(self, world: World, record: TransferRecord) -> Way:  # noqa: ARG002  # told by the record alone
        return str(record.request.route.kind), _amount(record.request.quantity)


def move(world: World, record: TransferRecord) -> bool:
    """Let somebody else make the transfer of a record; False where the funds do not suffice."""
    route, amount = record.request.route, record.request.quantity
    source, destination = _ends(world, record)
    out, into = (
        source.futures.wallet(route.source_wallet),
        destination.futures.wallet(route.destination_wallet),
    )
    try:
        if route.kind is LegKind.ACCOUNT_TRANSFER:
            between_spot_accounts(world, source, destination, USD, amount)
        elif route.kind is LegKind.WALLET_TRANSFER:
            spot_to_futures(world, source, USD, amount)
        elif route.kind is LegKind.WITHDRAWAL and out is not None:
            futures_to_spot(world, source, out, USD, amount)
        elif out is not None and into is not None:
            between_futures_wallets(world, (source, out), (destination, into), USD.futures, amount)
    except InsufficientFundsError:
        return False
    return True


def _post_again(world: World, account: Account, entry: LedgerEntry | LogRow, reference: str) -> None:
    if isinstance(entry, LedgerEntry):
        world.post_spot(
            account,
            refid=reference,
            type_=entry.type,
            subtype=entry.subtype,
            asset_id=entry.asset_id,
            amount=entry.amount,
        )
    else:
        world.post_futures(
            account,
            wallet=entry.wallet,
            code=entry.asset,
            amount=entry.new_balance - entry.old_balance,
            info=entry.info,
            execution=reference if entry.execution else None,
        )


def _ends(world: World, record: TransferRecord) -> tuple[Account, Account]:
    by_label = {account.label: account for account in world.accounts}
    return by_label[record.source_label], by_label[record.destination_label]


def _plain(iiban: str) -> str:
    return iiban.replace(" ", "")


def _amount(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
