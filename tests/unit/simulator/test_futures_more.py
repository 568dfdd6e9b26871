"""The rest of Futures: trading switch, positions, notifications, volumes, prices."""

import pytest

from kraken_desk.simulator.credentials import Access
from kraken_desk.simulator.messages import Request
from kraken_desk.simulator.world import Notification
from tests.unit.simulator.asking import content
from tests.unit.simulator.conftest import NOW, SmallExchange

BASE = "/derivatives/api/v3"


def test_a_masters_key_switches_trading_of_a_subaccount(small: SmallExchange) -> None:
    """The answer is the bare flag, without envelope, and the flag stays."""
    path = f"{BASE}/subaccount/{small.first.futures_uid}/trading-enabled"

    before = small.ask.futures(small.futures_master, path)
    changed = small.ask.futures(small.futures_master, path, {"tradingEnabled": "false"}, method="PUT")
    after = small.ask.futures(small.futures_master, path)

    assert before == {"tradingEnabled": True}
    assert changed == {"tradingEnabled": False}
    assert after == {"tradingEnabled": False}


def test_the_trading_switch_needs_full_access_even_to_read(small: SmallExchange) -> None:
    """A reading key is refused."""
    reader = small.build.futures_key(small.master, "reader", Access.READ)

    answer = small.ask.futures(reader, f"{BASE}/subaccount/{small.first.futures_uid}/trading-enabled")

    assert answer["error"] == "authenticationError"


@pytest.mark.parametrize("whose", ["stranger", "master", "nobody"])
def test_only_own_subaccounts_have_a_trading_switch(small: SmallExchange, whose: str) -> None:
    """Any other uid is not found, with status 404."""
    uid = {
        "stranger": small.stranger.futures_uid,
        "master": small.master.futures_uid,
        "nobody": "00000000-0000-4000-8000-000000000000",
    }[whose]

    reply = small.ask.futures_reply(small.futures_master, f"{BASE}/subaccount/{uid}/trading-enabled")

    assert (reply.status, content(reply)["error"]) == (404, "notFound")


def test_a_bad_trading_switch_is_refused(small: SmallExchange) -> None:
    """The flag is true or false."""
    path = f"{BASE}/subaccount/{small.first.futures_uid}/trading-enabled"

    missing = small.ask.futures(small.futures_master, path, method="PUT")
    nonsense = small.ask.futures(small.futures_master, path, {"tradingEnabled": "maybe"}, method="PUT")

    assert missing["error"] == "requiredArgumentMissing"
    assert nonsense["error"] == "invalidArgument: tradingEnabled"


def test_positions_are_listed(small: SmallExchange) -> None:
    """An account's own positions come with side, symbol, price and size."""
    small.build.position(small.first, "short", "PF_XBTUSD", "97210", "9.25", 1)

    [position] = small.ask.futures(small.futures_first, f"{BASE}/openpositions")["openPositions"]
    none = small.ask.futures(small.futures_master, f"{BASE}/openpositions")["openPositions"]

    assert position == {
        "side": "short",
        "symbol": "PF_XBTUSD",
        "price": 97210.0,
        "fillTime": "2026-09-20T14:13:20.000Z",
        "size": 9.25,
        "unrealizedFunding": 0,
        "pnlCurrency": "USD",
    }
    assert none == []


def test_notifications_announce_maintenance(small: SmallExchange) -> None:
    """A notice has type, priority, note, and a time when it has one."""
    small.world.notifications.append(Notification("maintenance", "high", "Upgrade", NOW + 3600))
    small.world.notifications.append(Notification("general", "low", "Hello"))

    answer = small.ask.futures(small.futures_first, f"{BASE}/notifications")

    assert answer["notifications"] == [
        {
            "type": "maintenance",
            "priority": "high",
            "note": "Upgrade",
            "effectiveTime": "2026-09-21T15:13:20.000Z",
        },
        {"type": "general", "priority": "low", "note": "Hello"},
    ]


def test_fee_volumes_are_the_domains(small: SmallExchange) -> None:
    """Volumes of linked accounts count together."""
    small.master.volume_30d, small.first.volume_30d = 50_000, 3_823

    answer = small.ask.futures(small.futures_first, f"{BASE}/feeschedules/volumes")

    assert list(answer["volumesByFeeSchedule"].values()) == [53823.0]


def test_prices_are_public(small: SmallExchange) -> None:
    """One ticker or all of them; an unknown symbol is not found."""
    one = small.ask.get(f"{BASE}/tickers/pf_xbtusd")
    everything = small.ask.get(f"{BASE}/tickers")
    unknown = small.exchange.handle(Request("GET", f"{BASE}/tickers/PF_NOPE"))

    assert (one["ticker"]["symbol"], one["ticker"]["markPrice"]) == ("PF_XBTUSD", 97500.0)
    assert len(everything["tickers"]) == 6
    assert unknown.status == 404


def test_an_unknown_path_is_not_found(small: SmallExchange) -> None:
    """Paths and methods that do not exist answer 404 in the usual envelope."""
    for method, path in [("GET", f"{BASE}/nothing"), ("GET", f"{BASE}/transfer"), ("GET", "/api/auth/v1/x")]:
        reply = small.exchange.handle(Request(method, path))
        assert (reply.status, content(reply)["error"]) == (404, "notFound")
