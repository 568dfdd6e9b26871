"""What holdings are worth in one currency, with what could not be valued counted beside it.

A total is the sum of what has a price; what has none is named, never taken for zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.fleet import AccountNode
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.prices import Rates
from kraken_desk.domain.values import dataclass

_WIDE = Context(prec=120, rounding=ROUND_HALF_EVEN)
_CENTS = frozenset({"USD", "EUR", "GBP", "CHF", "CAD", "AUD", "USDC", "USDT"})
_WHOLE = frozenset({"JPY"})


@dataclass(frozen=True, slots=True)
class Worth:
    """The value of some holdings, exact and unrounded, in units of `currency`.

    `not_valued` are assets held for which no price leads to the currency. `read_at` is the age of
    the oldest figure, `priced_at` that of the oldest price used. Without any reading `known` is
    false and the value means nothing.
    """

    currency: Asset
    value: Decimal = Decimal(0)
    not_valued: tuple[Asset, ...] = ()
    read_at: datetime | None = None
    priced_at: datetime | None = None
    stale: bool = False
    known: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a distribution; `share` of the positive total from 0 to 1, None for what has no value."""

    name: str
    value: Decimal
    share: Decimal | None
    not_valued: tuple[Asset, ...] = ()


def worth_of(sheets: Iterable[BalanceSheet], rates: Rates) -> Worth:
    """Add up the value of every row that has a price; sheets never read do not count."""
    read = [sheet for sheet in sheets if sheet.as_of is not None]
    value, missing = Decimal(0), set()
    priced: list[datetime] = []
    for sheet in read:
        for row in sheet.rows:
            if not row.total:
                continue
            rate = rates.of(row.asset)
            if rate is None:
                missing.add(row.asset)
                continue
            value = _WIDE.add(value, _WIDE.multiply(row.total, rate.factor))
            priced += [rate.read_at] if rate.read_at is not None else []
    return Worth(
        currency=rates.currency,
        value=value,
        not_valued=tuple(sorted(missing)),
        read_at=min((sheet.as_of for sheet in read if sheet.as_of is not None), default=None),
        priced_at=min(priced, default=None),
        stale=any(sheet.stale for sheet in read),
        known=bool(read),
    )


class SheetWorths:
    """What each sheet is worth at one state of the prices; worked out once while the sheet stays the same."""

    def __init__(self, rates: Rates) -> None:
        self.rates = rates
        self._known: dict[tuple[AccountId, Venue], tuple[BalanceSheet, Worth]] = {}

    def of(self, sheet: BalanceSheet) -> Worth:
        where = sheet.account_id, sheet.venue
        known = self._known.get(where)
        if known is None or known[0] is not sheet:
            known = self._known[where] = (sheet, worth_of((sheet,), self.rates))
        return known[1]

    def of_all(self, sheets: Sequence[BalanceSheet]) -> Worth:
        """Return what sheets are worth together, as `worth_of` would."""
        if len(sheets) == 1:
            return self.of(sheets[0])
        return together(map(self.of, sheets), self.rates.currency)


_latest: SheetWorths | None = None


def sheet_worths(rates: Rates) -> SheetWorths:
    """Return the worths at these prices; everybody who shows them shares those of the latest prices."""
    global _latest  # noqa: PLW0603  # a memory of the last answer only
    if _latest is None or _latest.rates is not rates:
        _latest = SheetWorths(rates)
    return _latest


def together(parts: Iterable[Worth], currency: Asset) -> Worth:
    """Add values that are known; the oldest age and every gap carry over."""
    found = [part for part in parts if part.known]
    value = Decimal(0)
    for part in found:
        value = _WIDE.add(value, part.value)
    return Worth(
        currency=currency,
        value=value,
        not_valued=tuple(sorted({asset for part in found for asset in part.not_valued})),
        read_at=min((p.read_at for p in found if p.read_at is not None), default=None),
        priced_at=min((p.priced_at for p in found if p.priced_at is not None), default=None),
        stale=any(part.stale for part in found),
        known=bool(found),
    )


def tree_worth(node: AccountNode, own: dict[AccountId, Worth], currency: Asset) -> dict[AccountId, Worth]:
    """Return for an account and each below it the worth of itself and everything below it."""
    totals: dict[AccountId, Worth] = {}
    for sub in node.subaccounts:
        if sub.subaccounts:
            totals |= tree_worth(sub, own, currency)
        else:  # the very same value while nothing changes, so that who shows it sees at once
            totals[sub.account.account_id] = own.get(sub.account.account_id, Worth(currency))
    direct = [totals[sub.account.account_id] for sub in node.subaccounts]
    mine = own.get(node.account.account_id, Worth(currency))
    totals[node.account.account_id] = together([mine, *direct], currency) if direct else mine
    return totals


def distribution(parts: Iterable[tuple[str, Worth]]) -> tuple[Share, ...]:
    """Return the parts, largest first; shares are of the sum of the positive values."""
    known = [(name, worth) for name, worth in parts if worth.known]
    whole = Decimal(0)
    for _, worth in known:
        whole = _WIDE.add(whole, max(Decimal(0), worth.value))
    shares = [
        Share(
            name,
            worth.value,
            _WIDE.divide(worth.value, whole) if worth.value > 0 else None,
            worth.not_valued,
        )
        for name, worth in known
        if worth.value or worth.not_valued
    ]
    return tuple(sorted(shares, key=lambda share: (-share.value, share.name)))


def places_of_currency(currency: Asset) -> int:
    """Return the decimals that a value in this currency is shown with."""
    if currency in _WHOLE:
        return 0
    return 2 if currency in _CENTS else 8


def rounded(value: Decimal, currency: Asset) -> Decimal:
    """Round a value for showing; totals are added before they are rounded."""
    quantum = Decimal(1).scaleb(-places_of_currency(currency))
    return value.quantize(quantum, context=_WIDE)
