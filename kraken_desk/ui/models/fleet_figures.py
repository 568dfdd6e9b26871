"""One figure for an account's row: its main asset, and how many others there are.

Assets are not added up in a common currency: no prices are read, so such a total would be invented.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from kraken_desk.domain.balances import BalanceSheet, total_by_asset
from kraken_desk.domain.money import THIN_SPACE, Asset, format_quantity

PREFERENCE = ("USD", "EUR", "USDT", "USDC", "BTC", "ETH")
_CENT = Decimal("0.01")


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
