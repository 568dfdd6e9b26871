"""Legs: the single moves that Kraken offers, told apart by the wallets at their ends.

A wallet's name tells its venue: `spot` is the Spot side, `cash`, `flex`, `fi_…` and `fv_…` are
Futures wallets (Kraken docs: Futures accounts).
"""

from __future__ import annotations

from enum import StrEnum

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import CASH_WALLET, SPOT_WALLET
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.values import dataclass

FLEX_WALLET = "flex"


class LegKind(StrEnum):
    """A call of Kraken's that moves money; the value is the endpoint's own name."""

    ACCOUNT_TRANSFER = "AccountTransfer"
    WALLET_TRANSFER = "WalletTransfer"
    FUTURES_WALLETS = "transfer"
    FUTURES_ACCOUNTS = "transfer/subaccount"
    WITHDRAWAL = "withdrawal"

    @property
    def venue(self) -> Venue:
        """Return the venue whose key signs the call."""
        spot = (LegKind.ACCOUNT_TRANSFER, LegKind.WALLET_TRANSFER)
        return Venue.SPOT if self in spot else Venue.FUTURES


@dataclass(frozen=True, slots=True)
class Place:
    """One wallet of one account: where money can be."""

    account: AccountId
    wallet: str

    @property
    def venue(self) -> Venue:
        return venue_of(self.wallet)


def venue_of(wallet: str) -> Venue:
    return Venue.SPOT if wallet == SPOT_WALLET else Venue.FUTURES


def kind_between(source_wallet: str, destination_wallet: str, *, same_account: bool) -> LegKind | None:
    """Return the call that moves money between two wallets in one go; None where there is none.

    Spot to Futures goes to the holding wallet of the same account, and back to its Spot side only
    (Kraken docs: WalletTransfer, Futures withdrawal).
    """
    ends = (venue_of(source_wallet), venue_of(destination_wallet))
    if ends == (Venue.SPOT, Venue.SPOT):
        return None if same_account else LegKind.ACCOUNT_TRANSFER
    if ends == (Venue.FUTURES, Venue.FUTURES):
        if not may_pair(source_wallet, destination_wallet):
            return None
        if not same_account:
            return LegKind.FUTURES_ACCOUNTS
        return None if source_wallet == destination_wallet else LegKind.FUTURES_WALLETS
    if not same_account:
        return None
    if ends == (Venue.SPOT, Venue.FUTURES):
        return LegKind.WALLET_TRANSFER if destination_wallet == CASH_WALLET else None
    return LegKind.WITHDRAWAL if source_wallet in (CASH_WALLET, FLEX_WALLET) else None


def may_pair(source_wallet: str, destination_wallet: str) -> bool:
    """Say whether Futures moves money between two such wallets.

    One of them is the holding wallet, or both hold the same collateral (Kraken docs: transfer).
    """
    if CASH_WALLET in (source_wallet, destination_wallet):
        return True
    return collateral_of(source_wallet) == collateral_of(destination_wallet)


def collateral_of(wallet: str) -> Asset | None:
    """Return the one asset of a single-collateral wallet; None for wallets that hold several.

    `fi_` wallets hold the base coin, `fv_` wallets the quote currency (observed).
    """
    kind, _, pair = wallet.partition("_")
    if kind not in ("fi", "fv") or len(pair) < 6:
        return None
    code = (pair[:-3] if kind == "fi" else pair[-3:]).upper()
    return Asset("BTC" if code == "XBT" else code)


def accepts(wallet: str, asset: Asset) -> bool:
    """Say whether a wallet can hold an asset at all; `usd credit` and its like never move."""
    if asset.endswith(" credit"):
        return False
    return collateral_of(wallet) in (None, asset)


def is_wallet(name: str) -> bool:
    """Say whether a name has the form of a wallet of Kraken's."""
    return name in (SPOT_WALLET, CASH_WALLET, FLEX_WALLET) or collateral_of(name) is not None


def wallet_label(wallet: str) -> str:
    """Return a wallet's name for people: “Spot”, “Futures cash”, “Futures fi_xbtusd”."""
    return "Spot" if wallet == SPOT_WALLET else f"Futures {wallet}"
