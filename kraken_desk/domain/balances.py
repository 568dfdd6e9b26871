"""Balances: what an account holds, when that was read, and what is no longer fresh."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import KeyId, Problem, Venue
from kraken_desk.domain.money import Asset, exact_sum
from kraken_desk.domain.values import dataclass, field

SPOT_WALLET = "spot"
CASH_WALLET = "cash"


@dataclass(frozen=True, slots=True)
class Balance:
    """One row of one wallet.

    `part` is Kraken's suffix of a Spot row (F auto-earning, M opt-in rewards, S staked, B bonded,
    T tokenised), "" for the plain row. `available` is what can be moved; None where Kraken
    reports no such figure. Quantities are in units of the asset. `told_at` is set when a live feed
    has told `total` after the sheet was read; what a feed does not tell is then None.
    """

    asset: Asset
    wallet: str
    total: Decimal
    available: Decimal | None
    hold: Decimal | None = None
    part: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Margin:
    """The margin figures of one Futures wallet, in `unit`; None where Kraken tells none.

    A multi-collateral wallet reckons in USD, a single-collateral one in its collateral (Kraken
    docs: Get Wallets). `with_orders` is the initial margin of positions and open orders together,
    `equity` the collateral with unrealised results.
    """

    wallet: str
    unit: Asset
    initial: Decimal | None = None
    with_orders: Decimal | None = None
    maintenance: Decimal | None = None
    available: Decimal | None = None
    equity: Decimal | None = None
    profit: Decimal | None = None
    funding: Decimal | None = None
    collateral: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """One reading of an account on one venue: balances and, on Futures, margin figures."""

    rows: tuple[Balance, ...] = ()
    margins: tuple[Margin, ...] = ()


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """The balances of one account on one venue, as last read.

    `as_of` is None when nothing has ever been read; `problem` says why the last reading failed,
    and then the rows are those of `as_of`, stale. `source` is the key that read them, `feed` the key
    whose live feed keeps the totals true at the moment.
    """

    account_id: AccountId
    venue: Venue
    rows: tuple[Balance, ...] = ()
    as_of: datetime | None = None
    source: KeyId | None = None
    problem: Problem | None = None
    refreshing: bool = False
    margins: tuple[Margin, ...] = ()
    feed: KeyId | None = None

    @property
    def stale(self) -> bool:
        return self.problem is not None

    def find(self, asset: Asset, wallet: str) -> Balance | None:
        """Return the movable (unsuffixed) row of an asset in a wallet."""
        return next((r for r in self.rows if r.asset == asset and r.wallet == wallet and not r.part), None)


@dataclass(frozen=True, slots=True)
class BalancesSnapshot:
    """All sheets of an environment."""

    environment: EnvironmentName
    sheets: tuple[BalanceSheet, ...] = ()
    refreshing: bool = False

    def by_account(self) -> dict[AccountId, tuple[BalanceSheet, ...]]:
        """Return the sheets of every account, for who needs those of many."""
        found: dict[AccountId, tuple[BalanceSheet, ...]] = {}
        for sheet in self.sheets:
            found[sheet.account_id] = (*found.get(sheet.account_id, ()), sheet)
        return found

    def of(self, account_id: AccountId) -> tuple[BalanceSheet, ...]:
        return tuple(s for s in self.sheets if s.account_id == account_id)

    def sheet(self, account_id: AccountId, venue: Venue) -> BalanceSheet | None:
        return next((s for s in self.sheets if s.account_id == account_id and s.venue == venue), None)


@dataclass(frozen=True, slots=True)
class AssetTotal:
    """One asset added up over several sheets; `oldest` is the age of its oldest part.

    `available` and `hold` add what Kraken reports, and are None when it reports none at all.
    """

    asset: Asset
    total: Decimal
    available: Decimal | None
    hold: Decimal | None
    oldest: datetime | None
    stale: bool = False
    parts: tuple[tuple[AccountId, Venue, Balance], ...] = field(default=())


def total_by_asset(sheets: tuple[BalanceSheet, ...]) -> tuple[AssetTotal, ...]:
    """Add rows of the same asset over sheets, exactly; ordered by asset name."""
    by_asset: dict[Asset, list[tuple[BalanceSheet, Balance]]] = {}
    for sheet in sheets:
        for row in sheet.rows:
            by_asset.setdefault(row.asset, []).append((sheet, row))
    return tuple(
        AssetTotal(
            asset=asset,
            total=exact_sum([row.total for _, row in found]),
            available=_sum_reported([row.available for _, row in found]),
            hold=_sum_reported([row.hold for _, row in found]),
            oldest=min((s.as_of for s, _ in found if s.as_of is not None), default=None),
            stale=any(s.stale for s, _ in found),
            parts=tuple((s.account_id, s.venue, row) for s, row in found),
        )
        for asset, found in sorted(by_asset.items())
    )


def _sum_reported(figures: list[Decimal | None]) -> Decimal | None:
    reported = [figure for figure in figures if figure is not None]
    return exact_sum(reported) if reported else None


def merged(rows: tuple[Balance, ...], told: Iterable[Balance], at: datetime) -> tuple[Balance, ...]:
    """Return rows with the totals that a feed tells; the same tuple when it tells nothing new.

    Only wallets that feed and reading name alike are taken over: Kraken does not say how a feed's
    earning wallets stand to the suffixed rows, so those wait for a reading.
    """
    known = {(row.asset, row.wallet, row.part): place for place, row in enumerate(rows)}
    result: list[Balance] | None = None
    for row in told:
        if row.part:
            continue
        place = known.get((row.asset, row.wallet, row.part))
        if place is None and not row.total:
            continue
        if place is not None and _same_figures(rows[place], row):
            continue
        result = list(rows) if result is None else result
        new = Balance(row.asset, row.wallet, row.total, row.available, None, "", at)
        if place is None:
            result.append(new)
        else:
            result[place] = new
    if result is None:
        return rows
    return tuple(result) if len(result) == len(rows) else tuple(sorted(result, key=_order))


def same_where_equal(old: tuple[Balance, ...], new: tuple[Balance, ...]) -> tuple[Balance, ...]:
    """Return new rows, but the old objects where nothing has changed, so that who shows them sees at once."""
    known = {(row.asset, row.wallet, row.part): row for row in old}
    kept = tuple(_kept(known.get((row.asset, row.wallet, row.part)), row) for row in new)
    return old if len(kept) == len(old) and all(map(operator.is_, kept, old)) else kept


def _kept(old: Balance | None, new: Balance) -> Balance:
    return old if old is not None and old == new else new


def _same_figures(known: Balance, told: Balance) -> bool:
    """Say whether a feed's row tells nothing new; what it leaves out it does not change."""
    return known.total == told.total and (told.available is None or known.available == told.available)


def _order(row: Balance) -> tuple[str, str, str]:
    return row.wallet, row.asset, row.part
