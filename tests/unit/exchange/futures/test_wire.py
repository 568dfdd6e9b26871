"""Kraken Futures' answers: captured and documented shapes, numbers and texts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from kraken_desk.domain.accounts import Iiban
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.balances import Holdings, Margin
from kraken_desk.domain.keys import FuturesAccess, Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.exchange.futures import wallets_wire, wire
from kraken_desk.exchange.outcomes import PARSING_ERRORS
from tests.unit.exchange.fakes import NOW

CHECK: dict[str, Any] = {
    "apiKey": "Gom9BsP75m41c9fuY6oJk/unMWaDZjYIcTP4/5kqPvtzdbj5JU5/Fyeb",
    "accountUid": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
    "iiban": "AA08 N84G CPAR UN7A",
    "createdAt": "2019-08-24T14:15:22Z",
    "permissions": {"general": "READ_ONLY", "transfer": "NO_ACCESS"},
    "allowedCidrBlock": "192.168.0.0/16",
    "allowedCidrBlocks": ["192.168.0.0/16", "10.0.0.0/8"],
}
ACCOUNTS = (
    b'{"result":"success","accounts":{'
    b'"flex":{"type":"multiCollateralMarginAccount","currencies":{'
    b'"BTC":{"quantity":0.06616863739,"value":5029.07,"collateral":4928.49,"available":0.05},'
    b'"USD":{"quantity":"4999.02353918093","available":"4999.02353918093","excludedCollateral":0}}},'
    b'"fi_xbtusd":{"type":"marginAccount","currency":"xbt",'
    b'"balances":{"xbt":0.06615619029,"FI_XBTUSD_171215":"50000"},'
    b'"auxiliary":{"usd":0,"pv":0.07,"pnl":0.0,"af":-0.00090568328396,"funding":0.0}},'
    b'"cash":{"type":"cashAccount","balances":{"usd":5000.0,"eur":"5000","xbt":3.46e-9,"usd credit":0}}}}'
)
ROW: dict[str, Any] = {
    "id": 16,
    "date": "2026-09-17T12:00:00.000Z",
    "asset": "usd",
    "booking_uid": "124f43a6-389a-4349-abc6-06fc7eeac86b",
    "collateral": None,
    "execution": None,
    "info": "subaccount transfer",
    "margin_account": "cash",
    "old_balance": 100.0,
    "new_balance": 98.5,
    "position_uid": None,
}


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def test_the_key_check_is_read_in_full() -> None:
    """Account, rights, allowlist and creation arrive; what Futures has no field for is not reported."""
    info = wire.api_key_info(encoded(CHECK), api_key="asked-with", read_at=NOW)

    assert (info.venue, info.api_key) == (Venue.FUTURES, CHECK["apiKey"])
    assert info.permissions == FuturesAccess("READ_ONLY", "NO_ACCESS")
    assert info.account_uid == "3c90c3cc-0d44-4b50-8888-8dd25736052a"
    assert info.iiban == Iiban("AA08 N84G CPAR UN7A")
    assert info.ip_allowlist == IpAllowlist(("192.168.0.0/16", "10.0.0.0/8"))
    assert info.created_time == datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC)
    assert {info.api_key_name, info.nonce, info.valid_until, info.last_used} == {NOT_REPORTED}


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ({"allowedCidrBlock": None, "allowedCidrBlocks": []}, NOT_REPORTED),
        ({"allowedCidrBlock": None, "allowedCidrBlocks": None}, NOT_REPORTED),
        ({"allowedCidrBlock": "", "allowedCidrBlocks": [""]}, NOT_REPORTED),
        ({"allowedCidrBlock": "10.0.0.0/8", "allowedCidrBlocks": []}, IpAllowlist(("10.0.0.0/8",))),
        ({"allowedCidrBlock": "10.0.0.0/8"}, IpAllowlist(("10.0.0.0/8",))),
        ({}, NOT_REPORTED),
    ],
)
def test_the_allowlist_comes_from_either_field(blocks: dict[str, Any], expected: object) -> None:
    """Ranges are read from the list, else from the older field; none at all is no proof of an open key."""
    rest = {name: value for name, value in CHECK.items() if not name.startswith("allowed")}

    info = wire.api_key_info(encoded({**rest, **blocks}), api_key="", read_at=NOW)

    assert info.ip_allowlist == expected


def test_unknown_levels_and_absent_ones_are_told_apart() -> None:
    """A level nobody documented is kept; a missing one reads “not reported”."""
    info = wire.api_key_info(
        encoded({**CHECK, "iiban": None, "permissions": {"general": "TRADE_ONLY"}}), api_key="", read_at=NOW
    )

    assert info.permissions == FuturesAccess("TRADE_ONLY", "not reported")
    assert info.iiban is None


def test_wallets_become_rows() -> None:
    """Cash first, then flex, then margin wallets; each with what can be moved out of it."""
    rows = [
        (r.wallet, r.asset, str(r.total), r.available, r.hold) for r in wallets_wire.holdings(ACCOUNTS).rows
    ]

    assert rows == [
        ("cash", "BTC", "3.46E-9", Decimal("3.46E-9"), None),
        ("cash", "EUR", "5000", Decimal(5000), None),
        ("cash", "USD", "5000.0", Decimal(5000), None),
        ("cash", "USD credit", "0", None, None),
        ("flex", "BTC", "0.06616863739", Decimal("0.05"), None),
        ("flex", "USD", "4999.02353918093", Decimal("4999.02353918093"), None),
        ("fi_xbtusd", "BTC", "0.06615619029", Decimal("-0.00090568328396"), None),
    ]


def test_margin_figures_come_with_the_wallets() -> None:
    """In dollars for the multi-collateral wallet, else in the collateral; what is absent is unknown."""
    body = (
        b'{"accounts":{"fi_xbtusd":{"currency":"xbt","balances":{"xbt":1},'
        b'"auxiliary":{"af":0.4,"pv":1.1,"pnl":0.1,"funding":-0.01},"marginRequirements":{"im":0.5,"mm":0.25,"lt":0}},'
        b'"flex":{"currencies":{},"initialMargin":10,"initialMarginWithOrders":"12.5","maintenanceMargin":5,'
        b'"collateralValue":100,"pnl":-3,"availableMargin":84.5,"marginEquity":97}}}'
    )

    flex, single = wallets_wire.holdings(body).margins

    assert flex == Margin(
        "flex",
        Asset("USD"),
        initial=Decimal(10),
        with_orders=Decimal("12.5"),
        maintenance=Decimal(5),
        available=Decimal("84.5"),
        equity=Decimal(97),
        profit=Decimal(-3),
        collateral=Decimal(100),
    )
    assert (single.unit, single.initial, single.maintenance, single.available, single.equity) == (
        Asset("BTC"),
        Decimal("0.5"),
        Decimal("0.25"),
        Decimal("0.4"),
        Decimal("1.1"),
    )
    assert (single.with_orders, single.collateral) == (None, None)


def test_only_perpetuals_give_index_prices() -> None:
    """Other contracts repeat the same index; one without an index or pair says nothing."""
    body = encoded(
        {
            "tickers": [
                {"symbol": "PF_XBTUSD", "pair": "XBT:USD", "indexPrice": 97500.5, "last": 1},
                {"symbol": "PI_XBTUSD", "pair": "XBT:USD", "indexPrice": 1},
                {"symbol": "PF_ODDUSD", "pair": "ODD:USD"},
                {"symbol": "PF_ETHUSD", "indexPrice": 3},
            ]
        }
    )

    [price] = wallets_wire.index_prices(body, NOW)

    assert (price.base, price.quote, price.price) == (Asset("BTC"), Asset("USD"), Decimal("97500.5"))
    assert (price.venue, price.market) == (Venue.FUTURES, "index of PF_XBTUSD")


def test_a_family_lists_its_subaccounts() -> None:
    """Uids and names of linked accounts are read; a nameless one goes by its e-mail."""
    family = wire.family(
        encoded(
            {
                "result": "success",
                "masterAccountUid": "m",
                "subaccounts": [
                    {"accountUid": "a", "email": "a@x", "fullName": "Alpha"},
                    {"accountUid": "b", "email": "b@x", "fullName": None},
                ],
            }
        )
    )

    assert family.master_uid == "m"
    assert [(a.futures_uid, a.name) for a in family.linked] == [("a", "Alpha"), ("b", "b@x")]


def test_a_master_is_shown_its_subaccounts_wallets() -> None:
    """Holding and flex rows of each subaccount are read by uid; a bare margin figure is no balance."""
    found = wallets_wire.linked_holdings(
        b'{"masterAccountUid":"m","subaccounts":[{"accountUid":"a","email":"a@x","fullName":null,'
        b'"holdingAccounts":[{"currency":"usd","amount":0},{"currency":"xbt","amount":3.46e-9}],'
        b'"futuresAccounts":[{"name":"f-xbt:usd","availableMargin":-0.0009}],'
        b'"flexAccount":{"currencies":[{"currency":"eth","quantity":0.5,"value":1646.5,"available":0.4}]}},'
        b'{"accountUid":"b"}]}'
    )

    assert [(r.wallet, r.asset, str(r.total), r.available) for r in found["a"].rows] == [
        ("cash", "USD", "0", Decimal(0)),
        ("cash", "BTC", "3.46E-9", Decimal("3.46E-9")),
        ("flex", "ETH", "0.5", Decimal("0.4")),
    ]
    assert found["b"] == Holdings()


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (100.0, 98.5, "-1.5"),
        ("0.1", "0.3", "0.2"),
        (0.1, 0.30000000000000004, "0.2"),
        (0, 3.46e-9, "3.5E-9"),
        (None, 5, "5"),
        (1, 1, "0"),
    ],
)
def test_a_log_row_moves_the_difference_of_its_balances(old: object, new: object, change: str) -> None:
    """The change is rounded to ten places, where Kraken's binary fractions end."""
    [row] = wire.log_rows(encoded({"logs": [{**ROW, "old_balance": old, "new_balance": new}]}))

    assert wire.log_entry(row).quantity == Decimal(change)


def test_a_log_row_becomes_an_entry() -> None:
    """Kind, wallet, time and the best reference available are kept."""
    entry = wire.log_entry(wire.log_rows(encoded({"logs": [ROW]}))[0])

    assert (entry.entry_id, entry.kind, entry.wallet, entry.asset) == (
        "16",
        "subaccount transfer",
        "cash",
        "USD",
    )
    assert entry.refid == "124f43a6-389a-4349-abc6-06fc7eeac86b"
    assert entry.time == datetime(2026, 9, 17, 12, tzinfo=UTC)


@pytest.mark.parametrize("digits", ["", ".1", ".123456789"])
def test_the_servers_time_has_any_number_of_digits(digits: str) -> None:
    """One fraction digit was seen live."""
    answer = encoded({"result": "success", "serverTime": f"2024-05-03T13:15:34{digits}Z"})

    assert wire.server_time(answer).replace(microsecond=0) == datetime(2024, 5, 3, 13, 15, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"accounts":[]}',
        b'{"accounts":{"cash":5}}',
        b'{"accounts":{"cash":{"balances":{"usd":"much"}}}}',
        b'{"accounts":{"cash":{"balances":{"usd":"Infinity"}}}}',
    ],
)
def test_other_wallets_are_not_guessed_at(body: bytes) -> None:
    """Missing or absurd figures make the answer unreadable."""
    with pytest.raises(PARSING_ERRORS):
        wallets_wire.holdings(body)


def test_a_transfer_without_success_is_unreadable() -> None:
    """Only the word success confirms a transfer."""
    assert wire.transfer_receipt(b'{"result":"success"}').transfer_id is None
    for body in (b'{"result":"accepted"}', b"{}", b'{"result":true}'):
        with pytest.raises(PARSING_ERRORS):
            wire.transfer_receipt(body)
