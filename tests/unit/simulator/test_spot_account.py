"""Spot answers about a key and its balances: shapes, number formats, switches."""

import json

import pytest

from tests.unit.simulator.asking import spot_request
from tests.unit.simulator.conftest import SmallExchange


def test_a_key_describes_itself_as_seen_live(small: SmallExchange) -> None:
    """Field names are snake_case, every number is text, and the nonce is that of the call."""
    key = small.master_key
    key.ip_allowlist = ["203.0.113.0/24"]

    info = small.ask.spot(key, "GetApiKeyInfo", nonce=1772627060997)["result"]

    assert info == {
        "api_key_name": "master",
        "api_key": key.api_key,
        "nonce": "1772627060997",
        "nonce_window": "0",
        "permissions": [
            "query-funds",
            "add-funds",
            "withdraw-funds",
            "query-ledger",
            "query-open-trades",
            "query-closed-trades",
            "create-ws-token",
        ],
        "iban": "AA88 N84G WOAK NMOI",
        "valid_until": "0",
        "query_from": "0",
        "query_to": "0",
        "created_time": "1784816000",
        "modified_time": "1784816000",
        "ip_allowlist": ["203.0.113.0/24"],
        "last_used": "1790000000",
    }


def test_a_key_describes_itself_as_documented_under_switches(small: SmallExchange) -> None:
    """Switches give the documented spelling, an integer window and a blank allowlist."""
    small.world.switches.api_key_info_case = "camel"
    small.world.switches.nonce_window_as = "number"
    small.world.switches.empty_allowlist = "blank"

    info = small.ask.spot(small.master_key, "GetApiKeyInfo")["result"]

    assert info["apiKeyName"] == "master"
    assert info["nonceWindow"] == 0
    assert info["ipAllowlist"] == [""]
    assert "api_key" not in info


def test_a_key_without_rights_may_describe_itself(small: SmallExchange) -> None:
    """GetApiKeyInfo needs no permission, Balance does."""
    small.master_key.permissions = []

    assert small.ask.spot(small.master_key, "GetApiKeyInfo")["error"] == []
    assert small.ask.error(small.master_key, "Balance") == "EGeneral:Permission denied"


def test_balances_are_padded_to_the_assets_decimals(small: SmallExchange) -> None:
    """Each balance is text with exactly the asset's places, zero rows included."""
    master = small.ask.spot(small.master_key, "Balance")["result"]
    first = small.ask.spot(small.first_key, "Balance")["result"]

    assert master == {"ZUSD": "1000.0000", "XXBT": "2.0000000000", "XBT.F": "0.5000000000"}
    assert first == {"ZUSD": "500.0000", "DOT": "0.0000000000"}


def test_extended_balances_show_holds(small: SmallExchange) -> None:
    """BalanceEx adds what open orders hold; credit fields are absent without a credit line."""
    result = small.ask.spot(small.first_key, "BalanceEx")["result"]

    assert result == {
        "ZUSD": {"balance": "500.0000", "hold_trade": "120.0000"},
        "DOT": {"balance": "0.0000000000", "hold_trade": "0.0000000000"},
    }


def test_extended_balances_are_bare_numbers_under_a_switch(small: SmallExchange) -> None:
    """The documented form has JSON numbers."""
    small.world.switches.balance_ex_numbers = "number"

    reply = small.exchange.handle(spot_request(small.first_key, "BalanceEx", caller="203.0.113.10"))

    assert reply.body.startswith('{"error":[],"result":{"ZUSD":{"balance":500,"hold_trade":120}')
    assert json.loads(reply.body)["result"]["ZUSD"] == {"balance": 500, "hold_trade": 120}


@pytest.mark.parametrize(("omitted", "answer"), [(False, {"error": [], "result": {}}), (True, {"error": []})])
def test_an_account_that_never_held_anything(small: SmallExchange, omitted: bool, answer: object) -> None:
    """An empty account answers an empty map, or under a switch no result at all."""
    key = small.build.spot_key(small.second, "second", ["query-funds"])
    small.world.switches.empty_balance_without_result = omitted

    assert small.ask.spot(key, "Balance") == answer
