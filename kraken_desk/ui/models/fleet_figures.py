"""One figure for an account's row: what it and all below are worth, or its main asset without prices."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from operator import is_

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalanceSheet, total_by_asset
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.money import THIN_SPACE, Asset, format_quantity
from kraken_desk.domain.prices import Rates
from kraken_desk.domain.worth import Worth, places_of_currency, rounded, sheet_worths, tree_worth
from kraken_desk.ui.steps import Steps, finish

PREFERENCE = ("USD", "EUR", "USDT", "USDC", "BTC", "ETH")
_CENT = Decimal("0.01")


Sheets = dict[AccountId, tuple[BalanceSheet, ...]]
Worths = dict[AccountId, Worth]


class TreeWorths:
    """The worth of every account with what is below; an account's own is kept while its sheets stay."""

    def __init__(self) -> None:
        self._own: dict[AccountId, tuple[tuple[BalanceSheet, ...], Worth]] = {}
        self._rates: Rates | None = None

    def of(self, fleet: FleetSnapshot, held: Sheets, rates: Rates | None) -> Worths:
        """Return the totals; none while there are no prices."""
        return finish(self.steps(fleet, held, rates))

    def steps(self, fleet: FleetSnapshot, held: Sheets, rates: Rates | None) -> Steps[Worths]:
        """Do what `of` does, an account at a time."""
        if rates is None or not rates.book.prices:
            return {}
        if rates is not self._rates:
            self._own, self._rates = {}, rates
        worths = sheet_worths(rates)
        for account_id, sheets in held.items():
            kept = self._own.get(account_id)
            if kept is None or len(kept[0]) != len(sheets) or not all(map(is_, kept[0], sheets)):
                self._own[account_id] = (sheets, worths.of_all(sheets))
                yield
        own = {account_id: worth for account_id, (_, worth) in self._own.items() if account_id in held}
        totals: Worths = {}
        for master in fleet.masters:
            totals |= tree_worth(master, own, rates.currency)
            yield
        return {account_id: worth for account_id, worth in totals.items() if worth.known}


def worth_figure(worth: Worth) -> tuple[str, bool]:
    """Return a total's text and whether part of it is stale.

    The number of assets it leaves out stands before it: the figures of all rows end at one line.
    """
    places = places_of_currency(worth.currency)
    text = f"{format_quantity(rounded(worth.value, worth.currency), places=places)} {worth.currency}"
    gaps = f"{len(worth.not_valued)} not valued · " if worth.not_valued else ""
    return gaps + text, worth.stale


def main_figure(sheets: tuple[BalanceSheet, ...]) -> tuple[str, bool]:
    """Return the text of an account's main asset and whether any of its figures is stale.

    Empty when nothing has been read yet.
    """
    read = tuple(sheet for sheet in sheets if sheet.as_of is not None)
    stale = any(sheet.stale for sheet in read)
    held = [total for total in total_by_asset(read) if total.total != Decimal(0)]
    if not read:
        return "", False
    if not held:
        return "empty", stale
    main = min(held, key=lambda total: _rank(total.asset))
    others = len(held) - 1
    more = f" +{others}" if others else ""
    return f"{_short(main.total)} {main.asset}{more}", stale


def main_asset(assets: tuple[Asset, ...]) -> Asset | None:
    """Return the asset to name first, as a figure or as a proposal; None without any."""
    return min(assets, key=_rank, default=None)


def _short(quantity: Decimal) -> str:
    """Cut a long fraction, and say so; the balances show every digit."""
    cut = quantity.quantize(_CENT, rounding=ROUND_DOWN) if abs(quantity) >= 1 else quantity
    sign = "≈" + THIN_SPACE if cut != quantity else ""
    return f"{sign}{format_quantity(cut)}"


def _rank(asset: Asset) -> tuple[int, str]:
    name = str(asset)
    return (PREFERENCE.index(name) if name in PREFERENCE else len(PREFERENCE), name)
