"""Whatever stands wherever in an answer: a value, or an error of ours, never another exception."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kraken_desk.domain.errors import ExchangeError, OutcomeUnknownError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset, plain_text
from kraken_desk.domain.transfers import TransferOrder
from kraken_desk.exchange.spot import wire
from kraken_desk.exchange.spot.assets import LEGACY, AssetNames
from tests.unit.exchange.fakes import Bench, a_signer, reply

CHECKED = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SPOT, FUTURES = a_signer(Venue.SPOT), a_signer(Venue.FUTURES)
SPOT_ORDER = TransferOrder("a", "b", "spot", "spot", Asset("USD"), Decimal(1))
ORDER = TransferOrder("a", "b", "cash", "cash", Asset("USD"), Decimal(1))
WITHDRAWAL_ORDER = TransferOrder("a", "a", "cash", "spot", Asset("USD"), Decimal(1))
WALLET_ORDER = TransferOrder("a", "a", "spot", "cash", Asset("USD"), Decimal(1))
LEDGER_ROW = {"refid": "R", "time": 1.5, "type": "transfer", "subtype": "", "asset": "ZUSD", "amount": "1"}
LOG_ROW = {
    "id": 1,
    "date": "2026-09-17T12:00:00.000Z",
    "asset": "usd",
    "info": "transfer",
    "margin_account": "f-xbt:usd",
    "collateral": "xbt",
    "execution": None,
    "booking_uid": "b",
    "old_balance": 0,
    "new_balance": "0.1",
}

Call = Callable[[Bench], Awaitable[object]]

CASES: dict[str, tuple[str, dict[str, Any], Call]] = {
    "key info": (
        "/0/private/GetApiKeyInfo",
        {
            "error": [],
            "result": {
                "api_key_name": "n",
                "api_key": "k",
                "nonce": "5",
                "nonce_window": 0,
                "permissions": ["query-funds"],
                "iban": "AA88 N84G WOAK NMOI",
                "valid_until": "0",
                "query_from": "0",
                "query_to": "0",
                "created_time": "1772542900",
                "modified_time": "1772542900",
                "ip_allowlist": ["10.0.0.1"],
                "last_used": None,
            },
        },
        lambda bench: bench.spot().check_key(SPOT),
    ),
    "balances": (
        "/0/private/BalanceEx",
        {"error": [], "result": {"ZUSD": {"balance": "1.5", "hold_trade": 1, "credit": 1, "credit_used": 0}}},
        lambda bench: bench.spot().balances(SPOT),
    ),
    "assets": (
        "/0/public/Assets",
        {"error": [], "result": {"XXBT": {"altname": "XBT", "decimals": 10, "status": "enabled"}}},
        lambda bench: bench.spot().assets(),
    ),
    "ledger": (
        "/0/private/Ledgers",
        {"error": [], "result": {"ledger": {"L1": LEDGER_ROW}, "count": 1}},
        lambda bench: bench.spot().ledger_since(SPOT, "empty"),
    ),
    "volume": (
        "/0/private/TradeVolume",
        {"error": [], "result": {"volume_subaccounts": [{"iiban": "AA03", "volume": "1"}]}},
        lambda bench: bench.spot().domain_facts(SPOT),
    ),
    "status": (
        "/0/public/SystemStatus",
        {"error": [], "result": {"status": "online", "timestamp": "2021-03-22T17:18:03Z"}},
        lambda bench: bench.spot().server_status(),
    ),
    "time": (
        "/0/public/Time",
        {"error": [], "result": {"unixtime": 1688669448}},
        lambda bench: bench.spot().server_status(),
    ),
    "transfer": (
        "/0/private/AccountTransfer",
        {"error": [], "result": {"transfer_id": "T", "status": "complete"}},
        lambda bench: bench.spot().transfer(SPOT, SPOT_ORDER),
    ),
    "key check": (
        "/api/auth/v1/api-keys/v3/check",
        {
            "apiKey": "k",
            "accountUid": "u",
            "iiban": "AA08 N84G CPAR UN7A",
            "createdAt": "2019-08-24T14:15:22Z",
            "permissions": {"general": "READ_ONLY", "transfer": "NO_ACCESS"},
            "allowedCidrBlock": None,
            "allowedCidrBlocks": ["10.0.0.0/8"],
        },
        lambda bench: bench.futures().check_key(FUTURES),
    ),
    "wallets": (
        "/derivatives/api/v3/accounts",
        {
            "result": "success",
            "accounts": {
                "cash": {"balances": {"usd": 1, "usd credit": 0}},
                "fi_xbtusd": {"currency": "xbt", "balances": {"xbt": 1}, "auxiliary": {"af": 1}},
                "flex": {"currencies": {"BTC": {"quantity": 1, "available": 1}}},
            },
        },
        lambda bench: bench.futures().balances(FUTURES),
    ),
    "subaccounts": (
        "/derivatives/api/v3/subaccounts",
        {
            "result": "success",
            "masterAccountUid": "m",
            "subaccounts": [
                {
                    "accountUid": "a",
                    "email": "e",
                    "fullName": None,
                    "holdingAccounts": [{"currency": "usd", "amount": 1}],
                    "flexAccount": {"currencies": [{"currency": "eth", "quantity": 1, "available": 1}]},
                }
            ],
        },
        lambda bench: bench.futures().linked_holdings(FUTURES),
    ),
    "volume and fees": (
        "/0/private/TradeVolume",
        {
            "error": [],
            "result": {
                "currency": "ZUSD",
                "volume": "5",
                "inputs": {"domain_spot_volume_30d": "5"},
                "fees": {"XXBTZUSD": {"fee": "0.24", "nextfee": None}},
                "schedules": [{"tiers": [{"maker_fee": 1, "taker_fee": 2, "min_spot_volume": "0"}]}],
                "volume_subaccounts": [{"iiban": "AA03 N84G AHGV XD4B", "volume": "1"}],
            },
        },
        lambda bench: bench.spot().fees(SPOT, "XBTUSD"),
    ),
    "index prices": (
        "/derivatives/api/v3/tickers",
        {"result": "success", "tickers": [{"symbol": "PF_XBTUSD", "pair": "XBT:USD", "indexPrice": 1}]},
        lambda bench: bench.futures().prices(frozenset({Asset("BTC")}), frozenset({Asset("USD")})),
    ),
    "log": (
        "/api/history/v3/account-log",
        {"accountUid": "u", "logs": [LOG_ROW]},
        lambda bench: bench.futures().ledger_since(FUTURES, "0"),
    ),
    "futures status": (
        "/derivatives/api/v3/instruments/PF_XBTUSD/status",
        {"result": "success", "serverTime": "2024-05-03T13:15:34.1Z"},
        lambda bench: bench.futures().server_status(),
    ),
    "futures transfer": (
        "/derivatives/api/v3/transfer/subaccount",
        {"result": "success", "serverTime": "2024-05-03T13:15:34.1Z"},
        lambda bench: bench.futures().transfer(FUTURES, ORDER),
    ),
    "wallet transfer": (
        "/0/private/WalletTransfer",
        {"error": [], "result": {"refid": "BOINU2Q-4PPWXH-55AFCC"}},
        lambda bench: bench.spot().transfer(SPOT, WALLET_ORDER),
    ),
    "withdrawal transfer": (
        "/derivatives/api/v3/withdrawal",
        {"result": "success", "serverTime": "2024-05-03T13:15:34.1Z", "uid": "9053db5f"},
        lambda bench: bench.futures().transfer(FUTURES, WITHDRAWAL_ORDER),
    ),
}
OTHERS: dict[str, list[object]] = {path: [answer] for path, answer, _ in CASES.values()}

RAW = {
    "@huge": "1e400",
    "@tiny": "1e-400",
    "@long": "9" * 400,
    "@nan": "NaN",
    "@deep": "[" * 3000 + "]" * 3000,
}
"""JSON texts that no Python value turns into, by the placeholder that stands for them."""

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        [*RAW, "NaN", "-Infinity", "1e999", "0x1", "0", "-1", "1e5000000", "٣", "\ud800", "E:", "EAPI:x"]
    )
    | st.decimals(allow_nan=True, allow_infinity=True).map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places_in(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every place in a JSON value, the whole first."""
    found = [path]
    if isinstance(value, dict):
        for name, inner in value.items():
            found += places_in(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += places_in(inner, (*path, index))
    return found


def replaced(answer: object, path: tuple[Any, ...], value: object) -> object:
    if not path:
        return value
    changed = copy.deepcopy(answer)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


def encoded(answer: object) -> bytes:
    text = json.dumps(answer)
    for placeholder, raw in RAW.items():
        text = text.replace(f'"{placeholder}"', raw)
    return text.encode()


def outcome_of(path: str, answer: bytes, call: Call, status: int = 200) -> object:
    """Make the call with one answer replaced and return its value or our error."""

    async def run() -> object:
        bench = Bench({**copy.deepcopy(OTHERS), path: [reply(answer, status)]})
        try:
            return await call(bench)
        except ExchangeError as error:
            return error

    return asyncio.run(run())


@pytest.mark.parametrize("case", CASES)
@CHECKED
@given(data=st.data())
def test_any_value_in_any_place_is_survived(case: str, data: st.DataObject) -> None:
    """A value of a wrong kind anywhere in an answer gives a typed value or one of our errors."""
    path, answer, call = CASES[case]
    place = data.draw(st.sampled_from(places_in(answer)))
    value = data.draw(json_values)

    outcome = outcome_of(path, encoded(replaced(answer, place, value)), call)

    assert outcome is not None
    if isinstance(outcome, OutcomeUnknownError):
        assert "transfer" in case


@pytest.mark.parametrize("case", ["balances", "transfer", "wallets", "futures transfer", "log", "key check"])
@CHECKED
@given(
    body=st.binary(max_size=60),
    status=st.sampled_from([200, 201, 204, 301, 400, 401, 403, 404, 429, 500, 520]),
)
@example(body=b"", status=200)
@example(body=b"{}", status=200)
@example(body=b"[" * 100_000, status=200)
@example(body=b'{"error":"\\ud800"}', status=200)
def test_any_bytes_with_any_status_are_survived(case: str, body: bytes, status: int) -> None:
    """Bytes that are no answer at all give one of our errors, for a change never a success."""
    path, _, call = CASES[case]

    assert isinstance(outcome_of(path, body, call, status), ExchangeError)


@CHECKED
@given(
    quantity=st.decimals(
        min_value=Decimal("-1e20"),
        max_value=Decimal("1e20"),
        places=18,
        allow_nan=False,
        allow_infinity=False,
    )
)
def test_amounts_survive_the_wire_exactly(quantity: Decimal) -> None:
    """As text or as a bare number a balance comes back digit for digit, and so does what is sent."""
    for body in (f'{{"ZUSD":{{"balance":"{quantity:f}"}}}}', f'{{"ZUSD":{{"balance":{quantity:f}}}}}'):
        [row] = wire.balances(wire.balance_rows(body.encode()), AssetNames(LEGACY))

        assert row.total == row.available == quantity
    assert Decimal(plain_text(quantity)) == quantity
