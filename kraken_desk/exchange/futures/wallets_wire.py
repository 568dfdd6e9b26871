"""Kraken Futures' answers about wallets and prices; figures come as number or text, exponents included."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from kraken_desk.domain.balances import CASH_WALLET, Balance, Holdings, Margin
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.prices import MarketPrice
from kraken_desk.exchange.futures.names import FLEX_WALLET, asset_of, is_credit
from kraken_desk.exchange.values import quantity

USD = Asset("USD")
_PERPETUAL = "PF_"


class _Auxiliary(msgspec.Struct):
    af: Decimal | None = None
    pv: Decimal | None = None
    pnl: Decimal | None = None
    funding: Decimal | None = None


class _Levels(msgspec.Struct):
    im: Decimal | None = None
    mm: Decimal | None = None


class _Currency(msgspec.Struct):
    quantity: Decimal
    available: Decimal | None = None


class _FlexFigures(msgspec.Struct, rename="camel"):
    initial_margin: Decimal | None = None
    initial_margin_with_orders: Decimal | None = None
    maintenance_margin: Decimal | None = None
    collateral_value: Decimal | None = None
    pnl: Decimal | None = None
    unrealized_funding: Decimal | None = None
    margin_equity: Decimal | None = None
    available_margin: Decimal | None = None


class _Wallet(_FlexFigures, rename="camel"):
    currency: str | None = None
    balances: dict[str, Decimal] | None = None
    auxiliary: _Auxiliary | None = None
    margin_requirements: _Levels | None = None
    currencies: dict[str, _Currency] | None = None


class _Accounts(msgspec.Struct):
    accounts: dict[str, _Wallet]


class _HoldingRow(msgspec.Struct):
    currency: str
    amount: Decimal


class _FlexRow(msgspec.Struct):
    currency: str
    quantity: Decimal
    available: Decimal | None = None


class _FlexAccount(_FlexFigures, rename="camel"):
    currencies: list[_FlexRow] = []


class _Subaccount(msgspec.Struct, rename="camel"):
    account_uid: str
    holding_accounts: list[_HoldingRow] = []
    flex_account: _FlexAccount | None = None


class _Subaccounts(msgspec.Struct):
    subaccounts: list[_Subaccount]


class _Ticker(msgspec.Struct, rename="camel"):
    symbol: str
    pair: str | None = None
    index_price: Decimal | None = None


class _Tickers(msgspec.Struct):
    tickers: list[_Ticker]


_accounts = msgspec.json.Decoder(_Accounts)
_subaccounts = msgspec.json.Decoder(_Subaccounts)
_tickers = msgspec.json.Decoder(_Tickers)


def holdings(body: bytes) -> Holdings:
    """Read the wallets: holding (cash), multi-collateral (flex), single-collateral (fi_…, fv_…)."""
    rows: list[Balance] = []
    margins: list[Margin] = []
    for name, wallet in _accounts.decode(body).accounts.items():
        if wallet.currencies is not None:
            rows.extend(_multi_collateral(name, wallet.currencies))
            margins.append(_flex_margin(name, wallet))
        elif wallet.currency is not None:
            rows.extend(_single_collateral(name, wallet.currency, wallet))
            margins.append(_single_margin(name, wallet.currency, wallet))
        else:
            rows.extend(_holding(name, wallet.balances or {}))
    order = {CASH_WALLET: 0, FLEX_WALLET: 1}
    return Holdings(
        tuple(sorted(rows, key=lambda row: (order.get(row.wallet, 2), row.wallet, row.asset))),
        tuple(sorted(margins, key=lambda margin: (order.get(margin.wallet, 2), margin.wallet))),
    )


def linked_holdings(body: bytes) -> dict[str, Holdings]:
    """Read the wallets of each subaccount, by uid, as the master's list shows them.

    Holding and multi-collateral wallets only: for single-collateral wallets the list has a margin
    figure and no balance.
    """
    return {sub.account_uid: _linked(sub) for sub in _subaccounts.decode(body).subaccounts}


def index_prices(body: bytes, read_at: datetime) -> tuple[MarketPrice, ...]:
    """Read the index prices behind the perpetual contracts, which are prices of the asset itself."""
    found = []
    for ticker in _tickers.decode(body).tickers:
        base, _, quote = (ticker.pair or "").partition(":")
        if ticker.symbol.startswith(_PERPETUAL) and base and quote and ticker.index_price is not None:
            price = quantity(ticker.index_price)
            market = f"index of {ticker.symbol}"
            found.append(MarketPrice(asset_of(base), asset_of(quote), price, Venue.FUTURES, market, read_at))
    return tuple(found)


def _linked(sub: _Subaccount) -> Holdings:
    rows = [*_holding(CASH_WALLET, {row.currency: row.amount for row in sub.holding_accounts})]
    if sub.flex_account is None:
        return Holdings(tuple(rows))
    flex = {row.currency: _Currency(row.quantity, row.available) for row in sub.flex_account.currencies}
    rows += _multi_collateral(FLEX_WALLET, flex)
    return Holdings(tuple(rows), (_flex_margin(FLEX_WALLET, sub.flex_account),))


def _holding(wallet: str, amounts: Mapping[str, Decimal]) -> list[Balance]:
    rows = []
    for code, amount in amounts.items():
        asset = asset_of(code)
        total = quantity(amount)
        rows.append(Balance(asset, wallet, total, None if is_credit(asset) else total))
    return rows


def _single_collateral(wallet: str, currency: str, facts: _Wallet) -> list[Balance]:
    """Read one margin wallet; names with an underscore are positions in contracts, not money."""
    collateral = asset_of(currency)
    free = facts.auxiliary.af if facts.auxiliary is not None else None
    rows = []
    for code, amount in (facts.balances or {}).items():
        if "_" in code:
            continue
        asset = asset_of(code)
        available = _checked(free) if asset == collateral else None
        rows.append(Balance(asset, wallet, quantity(amount), available))
    return rows


def _multi_collateral(wallet: str, currencies: Mapping[str, _Currency]) -> list[Balance]:
    return [
        Balance(asset_of(code), wallet, quantity(row.quantity), _checked(row.available))
        for code, row in currencies.items()
    ]


def _single_margin(wallet: str, currency: str, facts: _Wallet) -> Margin:
    auxiliary = facts.auxiliary or _Auxiliary()
    levels = facts.margin_requirements or _Levels()
    return Margin(
        wallet,
        asset_of(currency),
        initial=_checked(levels.im),
        maintenance=_checked(levels.mm),
        available=_checked(auxiliary.af),
        equity=_checked(auxiliary.pv),
        profit=_checked(auxiliary.pnl),
        funding=_checked(auxiliary.funding),
    )


def _flex_margin(wallet: str, facts: _FlexFigures) -> Margin:
    return Margin(
        wallet,
        USD,
        initial=_checked(facts.initial_margin),
        with_orders=_checked(facts.initial_margin_with_orders),
        maintenance=_checked(facts.maintenance_margin),
        available=_checked(facts.available_margin),
        equity=_checked(facts.margin_equity),
        profit=_checked(facts.pnl),
        funding=_checked(facts.unrealized_funding),
        collateral=_checked(facts.collateral_value),
    )


def _checked(figure: Decimal | None) -> Decimal | None:
    return None if figure is None else quantity(figure)
