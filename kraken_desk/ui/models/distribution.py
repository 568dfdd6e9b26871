"""The distribution of what is held, by account or by asset, in words and shares; without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalanceSheet, BalancesSnapshot
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.money import Asset, format_quantity
from kraken_desk.domain.prices import Rates
from kraken_desk.domain.worth import Worth, distribution, places_of_currency, rounded, worth_of
from kraken_desk.ui.models.balances_rows import BalanceLine


@dataclass(frozen=True, slots=True)
class Slice:
    """One row of a distribution, as words; `share` as in the domain."""

    name: str
    figure: str
    share: Decimal | None
    tip: str
    stale: bool


def by_account(
    fleet: FleetSnapshot, balances: BalancesSnapshot, rates: Rates, account_id: AccountId | None
) -> tuple[Slice, ...]:
    """Return what each account holds by itself; of one account, its two venues."""
    nodes = [n.account for n in fleet.accounts() if account_id in (None, n.account.account_id)]
    parts: list[tuple[str, Worth]] = []
    by_id: dict[AccountId, list[BalanceSheet]] = {}
    for sheet in balances.sheets:
        by_id.setdefault(sheet.account_id, []).append(sheet)
    for account in nodes:
        own = by_id.get(account.account_id, [])
        if account_id is None:
            parts.append((account.label, worth_of(own, rates)))
        else:
            parts += [(sheet.venue.label, worth_of((sheet,), rates)) for sheet in own]
    return _slices(parts, rates.currency)


def by_asset(lines: tuple[BalanceLine, ...], rates: Rates) -> tuple[Slice, ...]:
    """Return what each asset is worth over all that is shown."""
    parts = []
    for line in lines:
        exact = rates.value(line.asset, line.total)
        gaps = (line.asset,) if exact is None else ()
        worth = Worth(rates.currency, exact or Decimal(0), gaps, stale=bool(line.stale), known=True)
        parts.append((str(line.asset), worth))
    return _slices(parts, rates.currency)


def worth_text(worth: Worth) -> str:
    """Write a rounded value with its currency."""
    places = places_of_currency(worth.currency)
    return f"{format_quantity(rounded(worth.value, worth.currency), places=places)} {worth.currency}"


def gaps_text(not_valued: tuple[Asset, ...]) -> str:
    """Count what has no value; empty when everything has one."""
    return f"{len(not_valued)} not valued" if not_valued else ""


def _slices(parts: list[tuple[str, Worth]], currency: Asset) -> tuple[Slice, ...]:
    stale = {name for name, worth in parts if worth.stale}
    slices = []
    for share in distribution(parts):
        worth = Worth(currency, share.value, share.not_valued)
        gaps = gaps_text(share.not_valued)
        figure = worth_text(worth) if share.value or not gaps else ""
        tip = f"Not valued: {', '.join(share.not_valued)}" if gaps else ""
        words = " · ".join(text for text in (gaps, figure) if text)
        slices.append(Slice(share.name, words, share.share, tip, share.name in stale))
    return tuple(slices)
