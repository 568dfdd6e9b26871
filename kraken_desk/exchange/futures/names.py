"""Names of assets and wallets on Futures, which spells both in several ways.

One asset is `xbt`, `XBT` or `BTC`; one wallet `fi_xbtusd`, `f-xbt:usd` or `F-XBT:USD`, and the
holding wallet is `cash`, or in old log rows the asset's own code.
"""

from __future__ import annotations

import re

from kraken_desk.domain.balances import CASH_WALLET
from kraken_desk.domain.money import Asset

FLEX_WALLET = "flex"
_CREDIT = " CREDIT"
_PAIR = re.compile(r"f-([a-z0-9]+):([a-z0-9]+)")


def asset_of(code: str) -> Asset:
    """Return the display code; the holding wallet's `usd credit` row stays apart as “USD credit”."""
    upper = " ".join(code.split()).upper()
    if upper.endswith(_CREDIT):
        return Asset(f"{asset_of(upper.removesuffix(_CREDIT))} credit")
    return Asset("BTC" if upper == "XBT" else upper)


def is_credit(asset: Asset) -> bool:
    return asset.endswith(_CREDIT.lower())


def unit_of(asset: Asset) -> str:
    """Return what a request carries for an asset: lower case, and `xbt` for bitcoin."""
    return "xbt" if asset == "BTC" else asset.lower()


def wallet_of(margin_account: str | None, asset: Asset, collateral: Asset | None) -> str:
    """Return the transfer name of a wallet as the account log spells it.

    A single-collateral wallet is `fv_` when its collateral is the quote currency, else `fi_`.
    """
    name = (margin_account or "").strip().lower()
    if not name or asset_of(name) == asset:
        return CASH_WALLET
    pair = _PAIR.fullmatch(name)
    if pair is None:
        return name
    kind = "fv" if (collateral or asset) == asset_of(pair[2]) else "fi"
    return f"{kind}_{pair[1]}{pair[2]}"
