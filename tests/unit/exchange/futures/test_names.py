"""Names of Futures assets and wallets in all their spellings."""

from __future__ import annotations

import pytest

from kraken_desk.domain.money import Asset
from kraken_desk.exchange.futures.names import asset_of, is_credit, unit_of, wallet_of


@pytest.mark.parametrize(
    ("code", "asset"),
    [
        ("xbt", "BTC"),
        ("XBT", "BTC"),
        ("BTC", "BTC"),
        ("usd", "USD"),
        ("eth", "ETH"),
        ("usd credit", "USD credit"),
        ("USD  Credit", "USD credit"),
        ("xbt credit", "BTC credit"),
    ],
)
def test_codes_become_display_codes(code: str, asset: str) -> None:
    """Three spellings of bitcoin are one asset; a credit row stays apart."""
    assert asset_of(code) == asset


@pytest.mark.parametrize(("asset", "unit"), [("BTC", "xbt"), ("USD", "usd"), ("ETH", "eth")])
def test_requests_carry_lower_case_and_xbt(asset: str, unit: str) -> None:
    """A request names an asset as Kraken's samples do, and the name comes back to the same asset."""
    assert unit_of(Asset(asset)) == unit
    assert asset_of(unit) == asset


def test_credit_is_recognised() -> None:
    """A credit row is no money that could be moved."""
    assert is_credit(asset_of("usd credit"))
    assert not is_credit(asset_of("usd"))


@pytest.mark.parametrize(
    ("margin_account", "asset", "collateral", "wallet"),
    [
        ("cash", "USD", None, "cash"),
        ("flex", "USD", None, "flex"),
        (None, "USD", None, "cash"),
        ("", "USD", None, "cash"),
        ("ETH", "ETH", None, "cash"),
        ("xbt", "BTC", None, "cash"),
        ("f-xbt:usd", "BTC", "BTC", "fi_xbtusd"),
        ("F-XBT:USD", "BTC", None, "fi_xbtusd"),
        ("f-xbt:eur", "EUR", "EUR", "fv_xbteur"),
        ("f-xbt:eur", "EUR", None, "fv_xbteur"),
        ("fi_ethusd", "ETH", None, "fi_ethusd"),
    ],
)
def test_wallets_of_the_log_become_transfer_names(
    margin_account: str | None, asset: str, collateral: str | None, wallet: str
) -> None:
    """Each spelling of a wallet in the log is the name that a transfer uses."""
    assert wallet_of(margin_account, Asset(asset), Asset(collateral) if collateral else None) == wallet
