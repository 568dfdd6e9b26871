"""The rest of Spot: fee tier, wallets, orders, withdrawals, subaccounts, credit, markets."""

import re
from dataclasses import replace

import pytest

from kraken_desk.simulator.credentials import SpotKey
from kraken_desk.simulator.spot_book import Holding
from tests.unit.simulator.asking import Asker
from tests.unit.simulator.conftest import NOW, SmallExchange


@pytest.fixture
def trader(small: SmallExchange) -> SpotKey:
    """The first subaccount with one trade and two open orders."""
    small.first.spot.holdings["ZUSD"].hold_trade = small.first.spot.holdings["ZUSD"].hold_trade * 0
    small.build.past_trade(small.first, "XXBTZUSD", "buy", "1000.0", "0.2", 2)
    small.build.open_order(small.first, "XXBTZUSD", "buy", "900.0", "0.1")
    small.build.open_order(small.first, "XXBTZUSD", "sell", "99000.0", "0.05")
    return small.first_key


def test_open_orders_hold_what_they_need(small: SmallExchange, trader: SpotKey) -> None:
    """A buy holds its cost, a sell its volume, and BalanceEx shows both."""
    orders = small.ask.spot(trader, "OpenOrders")["result"]["open"]
    balances = small.ask.spot(trader, "BalanceEx")["result"]

    sell, buy = orders.values()
    assert (sell["descr"]["type"], buy["descr"]["order"]) == ("sell", "buy 0.10000000 XBTUSD @ limit 900.0")
    assert sell["status"] == "open"
    assert balances["ZUSD"] == {"balance": "299.7200", "hold_trade": "90.0000"}
    assert balances["XXBT"] == {"balance": "0.2000000000", "hold_trade": "0.0500000000"}


def test_a_filled_order_has_its_trade(small: SmallExchange, trader: SpotKey) -> None:
    """The closed order and its trade name each other; the ledger has both sides."""
    closed = small.ask.spot(trader, "ClosedOrders")["result"]
    trades = small.ask.spot(trader, "TradesHistory")["result"]

    [(txid, order)] = closed["closed"].items()
    [(trade_id, trade)] = trades["trades"].items()
    assert (closed["count"], trades["count"]) == (1, 1)
    assert (trade["ordertxid"], trade["cost"], trade["fee"]) == (txid, "200.00000", "0.28000")
    assert (order["status"], order["vol_exec"]) == ("closed", "0.20000000")
    assert [entry.refid for entry in small.first.spot.entries[-2:]] == [trade_id, trade_id]


def test_history_respects_dates(small: SmallExchange, trader: SpotKey) -> None:
    """Ranges select trades; outside the key's dates is an invalid argument."""
    recent = small.ask.spot(trader, "TradesHistory", {"start": str(NOW - 3600)})
    trader.query_from = int(NOW) - 3600
    outside = small.ask.error(trader, "TradesHistory", {"start": str(NOW - 7200)})

    assert recent["result"] == {"trades": {}, "count": 0}
    assert outside == "EGeneral:Invalid arguments"


def test_the_trade_balance_values_the_account(small: SmallExchange) -> None:
    """Rewards count towards the total but not towards collateral; four places, no margin level."""
    result = small.ask.spot(small.master_key, "TradeBalance")["result"]
    in_bitcoin = small.ask.spot(small.master_key, "TradeBalance", {"asset": "XBT"})["result"]

    assert result == {
        "eb": "244750.0000",
        "tb": "196000.0000",
        "e": "196000.0000",
        "mf": "196000.0000",
        "m": "0.0000",
        "n": "0.0000",
        "c": "0.0000",
        "v": "0.0000",
    }
    assert in_bitcoin["eb"] == "2.5103"


def test_the_trade_balances_right_is_a_switch(small: SmallExchange) -> None:
    """The page asks for open orders, the guide for funds."""
    small.master_key.permissions = ["query-funds"]

    by_page = small.ask.error(small.master_key, "TradeBalance")
    small.world.switches.trade_balance_needs = "query-funds"
    by_guide = small.ask.spot(small.master_key, "TradeBalance")

    assert by_page == "EGeneral:Permission denied"
    assert by_guide["error"] == []


def test_the_trade_volume_names_subaccounts_to_the_master(small: SmallExchange) -> None:
    """Volume is the domain's; only the master gets the list of subaccounts; fees only for named pairs."""
    small.master.volume_30d, small.first.volume_30d = 1000, 234

    master = small.ask.spot(small.master_key, "TradeVolume", {"pair": "XBTUSD"})["result"]
    first = small.ask.spot(small.first_key, "TradeVolume")["result"]

    assert master["volume"] == first["volume"] == "1234.0000"
    assert master["inputs"]["domain_spot_volume_30d"] == "1234.0000"
    assert master["volume_subaccounts"] == [
        {"iiban": small.first.iiban, "volume": "234.0000"},
        {"iiban": small.second.iiban, "volume": "0.0000"},
    ]
    assert master["fees"]["XXBTZUSD"]["minfee"] == "0.1000"
    assert master["fees_maker"]["XXBTZUSD"]["fee"] == "0.1400"
    assert "volume_subaccounts" not in first
    assert "fees" not in first


def test_the_trade_volumes_disputed_forms_are_switches(small: SmallExchange) -> None:
    """The list may be absent or incomplete, ids compact, fee keys separated."""
    switches = small.world.switches
    small.first.volume_30d = 1

    switches.volume_subaccounts, switches.volume_iiban = "incomplete", "compact"
    switches.trade_volume_keys = "separated"
    incomplete = small.ask.spot(small.master_key, "TradeVolume", {"pair": "XBTUSD"})["result"]
    switches.volume_subaccounts = "absent"
    absent = small.ask.spot(small.master_key, "TradeVolume", {"pair": "XBTUSD", "fee_schedule": "true"})

    assert incomplete["volume_subaccounts"] == [
        {"iiban": small.first.iiban.replace(" ", ""), "volume": "1.0000"}
    ]
    assert incomplete["fees"]["XXBTZUSD"]["min_fee"] == "0.1000"
    assert "volume_subaccounts" not in absent["result"]
    assert absent["result"]["schedules"][0]["pair"] == "XXBTZUSD"


def test_a_wallet_is_listed_and_can_be_selected(small: SmallExchange) -> None:
    """The main wallet's id works with dashes and spaces; another one is an invalid argument."""
    listed = small.ask.spot(small.master_key, "ListWalletAccounts")["result"]
    small.world.switches.wallet_id = "spaces"
    spaced = small.ask.spot(small.master_key, "ListWalletAccounts")["result"]
    wallet_id = listed["accounts"][0]["account_id"]

    selected = small.ask.spot(small.master_key, "Balance", {"account_id": wallet_id})
    unknown = small.ask.error(small.master_key, "Balance", {"account_id": "AAAA-BBBB-CCCC-DDDD"})

    assert re.fullmatch(r"(?:[A-Z0-9]{4}-){3}[A-Z0-9]{4}", wallet_id)
    assert spaced["accounts"][0]["account_id"] == wallet_id.replace("-", " ")
    assert (listed["accounts"][0]["type"], listed["cursor"]) == ("main", {"next": None})
    assert selected["error"] == []
    assert unknown == "EGeneral:Invalid arguments:account_id"


def test_withdrawals_are_shown_and_quoted(small: SmallExchange) -> None:
    """Methods, addresses, a quote, and the past, canceled entries marked with a hyphened key."""
    saved = small.build.saved_address(small.master, "XXBT", "Bitcoin", "cold", "bc1qexample")
    small.build.past_withdrawal(small.master, saved, "0.25", 2)
    small.build.past_withdrawal(small.master, saved, "0.5", 1, canceled=True)
    key = small.master_key

    methods = small.ask.spot(key, "WithdrawMethods", {"asset": "XBT", "network": "Bitcoin"})["result"]
    addresses = small.ask.spot(key, "WithdrawAddresses")["result"]
    quote = small.ask.spot(key, "WithdrawInfo", {"asset": "XBT", "key": "cold", "amount": "0.725"})["result"]
    canceled, settled = small.ask.spot(key, "WithdrawStatus")["result"]

    assert [method["minimum"] for method in methods] == ["0.0004"]
    assert methods[0]["fee"] == {"aclass": "currency", "asset": "XXBT", "fee": "0.00001500"}
    assert addresses == [
        {"address": "bc1qexample", "asset": "XBT", "method": "Bitcoin", "key": "cold", "verified": True}
    ]
    assert quote == {
        "method": "Bitcoin",
        "limit": "1.74998500",
        "amount": "0.72498500",
        "fee": "0.00001500",
    }
    assert (canceled["status"], canceled["status-prop"]) == ("Failure", "canceled")
    assert (settled["status"], settled["amount"]) == ("Success", "0.25000000")
    assert re.fullmatch(r"FT\w{5}-\w{22}", settled["refid"])
    assert str(small.balance(small.master, "XXBT")) == "1.7499850000"


def test_past_withdrawals_can_be_narrowed_down(small: SmallExchange) -> None:
    """Time, method, asset and a limit each leave some out; with a cursor the list comes in an object."""
    saved = small.build.saved_address(small.master, "XXBT", "Bitcoin", "cold", "bc1qexample")
    for days in (3, 2, 1):
        small.build.past_withdrawal(small.master, saved, f"0.{days}", days)

    def amounts(**parameters: str) -> list[str]:
        result = small.ask.spot(small.master_key, "WithdrawStatus", parameters)["result"]
        return [item["amount"] for item in result]

    paged = small.ask.spot(small.master_key, "WithdrawStatus", {"cursor": "true"})["result"]
    assert amounts(start=str(NOW - 2.5 * 86_400)) == ["0.10000000", "0.20000000"]
    assert amounts(end=str(NOW - 2.5 * 86_400)) == ["0.30000000"]
    assert amounts(limit="1") == ["0.10000000"]
    assert amounts(method="Ether") == amounts(asset="ETH") == []
    assert (len(paged["withdrawals"]), paged["next_cursor"]) == (3, None)


@pytest.mark.parametrize(
    ("name", "parameters", "error"),
    [
        ("WithdrawMethods", {"asset": "NOPE"}, "EFunding:Unknown asset"),
        ("WithdrawAddresses", {"key": "nope"}, "EFunding:Unknown withdraw key"),
        ("WithdrawInfo", {"asset": "XBT", "key": "nope", "amount": "1"}, "EFunding:Unknown withdraw key"),
        ("WithdrawInfo", {"asset": "XBT", "key": "cold", "amount": "9"}, "EFunding:Invalid amount"),
        ("WithdrawInfo", {"key": "cold", "amount": "1"}, "EGeneral:Invalid arguments:asset"),
        ("WithdrawStatus", {"limit": "many"}, "EGeneral:Invalid arguments:limit"),
    ],
)
def test_bad_withdrawal_questions_are_refused(
    small: SmallExchange, name: str, parameters: dict[str, str], error: str
) -> None:
    """Each mistake has its documented answer."""
    small.build.saved_address(small.master, "XXBT", "Bitcoin", "cold", "bc1qexample")

    assert small.ask.error(small.master_key, name, parameters) == error


@pytest.mark.parametrize(
    ("permissions", "allowed"),
    [
        (["query-funds"], [False, False]),
        (["withdraw-funds"], [False, True]),
        (["query-ledger"], [False, True]),
        (["query-funds", "withdraw-funds"], [True, True]),
    ],
)
def test_withdrawal_reads_need_their_rights(
    small: SmallExchange, permissions: list[str], allowed: list[bool]
) -> None:
    """Methods need both rights, the status one of two."""
    small.master_key.permissions = permissions

    answers = [
        small.ask.spot(small.master_key, name)["error"] == []
        for name in ("WithdrawMethods", "WithdrawStatus")
    ]

    assert answers == allowed


def test_a_subaccount_can_be_created(small: SmallExchange) -> None:
    """The answer is true and names no id; the account appears in the domain."""
    answer = small.ask.spot(
        small.master_key, "CreateSubaccount", {"username": "arb", "email": "arb@test.example"}
    )
    created = small.world.accounts.find("arb")

    assert answer == {"error": [], "result": True}
    assert created is not None
    assert created.master is small.master


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"email": "a@test.example"}, "EGeneral:Invalid arguments:username"),
        ({"username": "first", "email": "a@test.example"}, "EGeneral:Invalid arguments:username"),
        ({"username": "new", "email": "first@test.example"}, "EGeneral:Invalid arguments:email"),
        ({"username": "new", "email": "nonsense"}, "EGeneral:Invalid arguments:email"),
    ],
)
def test_a_bad_subaccount_is_refused(small: SmallExchange, parameters: dict[str, str], error: str) -> None:
    """Missing and taken names are invalid arguments; only the master may create."""
    assert small.ask.error(small.master_key, "CreateSubaccount", parameters) == error
    assert small.ask.error(small.first_key, "CreateSubaccount", parameters) == "EGeneral:Permission denied"


def test_credit_lines_are_null_without_credit(small: SmallExchange) -> None:
    """Without a credit line the result is null; with one, balances and monitor show it."""
    without = small.ask.spot(small.master_key, "CreditLines")
    held = small.master.spot.holdings["ZUSD"]
    small.master.spot.holdings["ZUSD"] = replace(held, credit=held.balance * 2, credit_used=held.balance / 4)
    lines = small.ask.spot(small.master_key, "CreditLines")["result"]
    extended = small.ask.spot(small.master_key, "BalanceEx")["result"]["ZUSD"]

    assert without == {"error": [], "result": None}
    assert lines["asset_details"] == {
        "ZUSD": {
            "balance": "1000.0000",
            "credit_limit": "2000.0000",
            "credit_used": "250.0000",
            "available_credit": "1750.0000",
        }
    }
    assert lines["limits_monitor"]["total_credit_usd"] == "2000.0000"
    assert extended == {
        "balance": "1000.0000",
        "hold_trade": "0.0000",
        "credit": "2000.0000",
        "credit_used": "250.0000",
    }
    assert Holding(held.balance, credit=held.balance, credit_used=held.balance / 4).available == 1750


def test_markets_are_public(small: SmallExchange) -> None:
    """Pairs are found by every spelling, with a price each; an unknown one rejects the list."""
    ask = Asker(small.exchange)
    pairs = ask.get("/0/public/AssetPairs", "pair=XBTUSD,BTC/EUR")["result"]
    ticker = ask.get("/0/public/Ticker", "pair=XXBTZUSD")["result"]
    unknown = ask.get("/0/public/Ticker", "pair=NOPEUSD")

    assert list(pairs) == ["XXBTZUSD", "XXBTZEUR"]
    assert (pairs["XXBTZUSD"]["wsname"], pairs["XXBTZUSD"]["tick_size"]) == ("XBT/USD", "0.1")
    assert ticker["XXBTZUSD"]["c"] == ["97500.0", "0.10000000"]
    assert unknown == {"error": ["EQuery:Unknown asset pair"]}


def test_a_token_needs_its_right(small: SmallExchange) -> None:
    """GetWebSocketsToken gives a token for 900 s, to keys with the right only."""
    granted = small.ask.spot(small.master_key, "GetWebSocketsToken")["result"]
    small.master_key.permissions = ["query-funds"]
    denied = small.ask.error(small.master_key, "GetWebSocketsToken")

    assert granted["expires"] == 900
    assert len(granted["token"]) == 44
    assert denied == "EGeneral:Permission denied"


def test_old_tokens_are_forgotten(small: SmallExchange) -> None:
    """Tokens do not pile up: those that have aged out are dropped."""
    for _ in range(5):
        small.ask.spot(small.master_key, "GetWebSocketsToken")
    small.world.clock.advance(901)

    small.ask.spot(small.master_key, "GetWebSocketsToken")

    assert len(small.world.tokens) == 1
