"""The control API, without sockets."""

import json
from typing import Any

import pytest

from kraken_desk.simulator.control import Control
from kraken_desk.simulator.credentials import FuturesKey, SpotKey
from kraken_desk.simulator.exchange import Exchange
from kraken_desk.simulator.messages import Request
from tests.unit.simulator.asking import Asker


class Director:
    """An empty exchange and its control API."""

    def __init__(self) -> None:
        self.exchange = Exchange("empty", 1)
        self.control = Control(self.exchange, {"spot_url": "http://127.0.0.1:1"})
        self.ask = Asker(self.exchange)

    def __call__(self, method: str, path: str, body: Any = None, query: str = "") -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        reply = self.control.handle(Request(method, f"/control{path}", query, {}, content))
        answer = json.loads(reply.body)
        return answer if reply.status == 200 else (reply.status, answer["error"])

    def spot_key(self, described: dict[str, Any]) -> SpotKey:
        return self.exchange.world.keys.spot[described["api_key"]]

    def futures_key(self, described: dict[str, Any]) -> FuturesKey:
        return self.exchange.world.keys.futures[described["api_key"]]


@pytest.fixture
def direct() -> Director:
    director = Director()
    director("POST", "/accounts", {"label": "Master", "iiban": "AA88 N84G WOAK NMOI"})
    director("POST", "/accounts", {"label": "Sub", "master": "Master", "email": "sub@test.example"})
    return director


def test_accounts_can_be_added(direct: Director) -> None:
    """A master and a subaccount appear in the description with both ids."""
    description = direct("GET", "/description")
    master, sub = description["accounts"]

    assert (master["kind"], master["iiban"]) == ("master", "AA88 N84G WOAK NMOI")
    assert (sub["kind"], sub["label"], sub["keys"]) == ("subaccount", "Sub", [])
    assert direct.exchange.world.accounts.find("Sub").master.label == "Master"  # type: ignore[union-attr]


def test_an_account_exists_once(direct: Director) -> None:
    """The same IIBAN cannot be added twice."""
    status, error = direct("POST", "/accounts", {"label": "Again", "iiban": "AA88N84GWOAKNMOI"})

    assert status == 400
    assert "exists already" in error


def test_a_spot_key_can_be_added_edited_and_deleted(direct: Director) -> None:
    """A new key works, an edit shows in its own description, a deleted key is invalid."""
    described = direct(
        "POST",
        "/keys",
        {"account": "Sub", "name": "bot", "permissions": ["query-funds"], "nonce_window": 7},
    )
    key = direct.spot_key(described)
    direct.exchange.world.clock.advance(100)

    edited = direct("PATCH", "/keys", {"api_key": key.api_key, "permissions": ["query-ledger"]})
    info = direct.ask.spot(key, "GetApiKeyInfo")["result"]
    denied = direct.ask.error(key, "Balance")
    direct("DELETE", "/keys", {"api_key": key.api_key})

    assert described["nonce_window"] == 7
    assert edited["permissions"] == ["query-ledger"]
    assert info["permissions"] == ["query-ledger"]
    assert int(info["modified_time"]) - int(info["created_time"]) in {100, 101}
    assert denied == "EGeneral:Permission denied"
    assert direct.ask.error(key, "Balance") == "EAPI:Invalid key"


@pytest.mark.parametrize("venue", ["spot", "futures"])
def test_a_key_made_after_a_deletion_is_another_one(direct: Director, venue: str) -> None:
    """A rotation rehearsed twice must not be handed the key that is in use."""
    made = [direct("POST", "/keys", {"account": "Sub", "venue": venue})["api_key"] for _ in range(2)]
    direct("DELETE", "/keys", {"api_key": made[0]})

    again = direct("POST", "/keys", {"account": "Sub", "venue": venue})["api_key"]

    assert again not in made


def test_a_futures_key_can_be_added_and_edited(direct: Director) -> None:
    """Levels and ranges of a Futures key are set and changed."""
    described = direct(
        "POST",
        "/keys",
        {"account": "Master", "venue": "futures", "permissions": {"general": "READ_ONLY"}},
    )
    key = direct.futures_key(described)
    direct(
        "PATCH",
        "/keys",
        {"api_key": key.api_key, "ip_allowlist": ["127.0.0.0/8"], "permissions": {"transfer": "FULL_ACCESS"}},
    )

    checked = direct.ask.futures(key, "/api/auth/v1/api-keys/v3/check")

    assert checked["permissions"] == {"general": "READ_ONLY", "transfer": "FULL_ACCESS"}
    assert checked["allowedCidrBlocks"] == ["127.0.0.0/8"]


def test_a_key_with_second_factor_can_be_made(direct: Director) -> None:
    """`otp` makes a password key; null takes it away again."""
    key = direct.spot_key(direct("POST", "/keys", {"account": "Sub", "otp": "swordfish"}))

    without = direct.ask.error(key, "GetApiKeyInfo")
    direct("PATCH", "/keys", {"api_key": key.api_key, "otp": None})

    assert without == "EAPI:Invalid signature"
    assert direct.ask.spot(key, "GetApiKeyInfo")["error"] == []


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"account": "Nobody"}, 404, "no such account"),
        ({"account": "Sub", "permisions": []}, 400, "permisions"),
        ({"account": "Sub", "ip_allowlist": ["300.0.0.1"]}, 400, "300.0.0.1"),
        ({"account": "Sub", "nonce_window": "x"}, 400, "nonce_window"),
        ({"account": "Sub", "venue": "futures", "permissions": {"general": "SOME"}}, 400, "READ_ONLY"),
        ({"account": "Sub", "venue": "futures", "nonce_window": 5}, 400, "nonce_window"),
        ([], 400, "JSON object"),
    ],
)
def test_a_bad_key_is_refused_and_not_added(direct: Director, body: object, status: int, words: str) -> None:
    """A mistake is named and leaves no key behind."""
    answer = direct("POST", "/keys", body)

    assert answer[0] == status
    assert words in answer[1]
    assert list(direct.exchange.world.keys) == []


def test_balances_and_holds_can_be_set(direct: Director) -> None:
    """A set balance shows on its venue, in the ledger, and in the totals."""
    direct("POST", "/balances", {"account": "Sub", "asset": "XBT", "amount": "1.5", "hold": "0.5"})
    direct("POST", "/balances", {"account": "Sub", "asset": "XBT.F", "amount": "0.25"})
    direct("POST", "/balances", {"account": "Sub", "venue": "futures", "asset": "xbt", "amount": "0.125"})
    direct("POST", "/balances", {"account": "Sub", "asset": "XBT", "amount": "1"})
    sub = direct.exchange.world.accounts.find("Sub")
    assert sub is not None

    assert [entry.type for entry in sub.spot.entries] == ["deposit", "deposit", "withdrawal"]
    assert sub.spot.available("XXBT") == 0.5
    assert direct("GET", "/totals") == {"totals": {"BTC": "1.375"}}
    held = direct("GET", "/balances")["balances"]
    assert [(row["iiban"], row["asset"], row["amount"]) for row in held] == [
        (sub.iiban, "BTC", "1"),
        (sub.iiban, "BTC", "0.25"),
    ]


def test_the_clock_moves_and_stands(direct: Director) -> None:
    """The clock can be set, advanced and frozen."""
    direct("PUT", "/clock", {"set": "2027-03-01T00:00:00+00:00", "frozen": True})
    direct("PUT", "/clock", {"set": 1_803_859_200})

    moved = direct("PUT", "/clock", {"advance_s": 1.5})

    assert moved == {"time": 1803859201.5, "frozen": True}
    assert direct.ask.get("/0/public/Time")["result"]["unixtime"] == 1803859201


def test_system_caller_and_latency_are_set(direct: Director) -> None:
    """Status, caller address and latency show in the overview."""
    direct("PUT", "/system", {"spot": "cancel_only", "futures": "maintenance"})
    direct("PUT", "/caller", {"address": "2001:db8::5"})
    direct("PUT", "/latency", {"seconds": 0.25})

    overview = direct("GET", "")

    assert (overview["spot"], overview["futures"]) == ("cancel_only", "maintenance")
    assert (overview["caller"], overview["latency_s"]) == ("2001:db8::5", 0.25)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/system", {"spot": "asleep"}),
        ("PUT", "/caller", {"address": "nowhere"}),
        ("PUT", "/latency", {"seconds": -1}),
        ("PUT", "/clock", {"set": "noon"}),
        ("PUT", "/clock", {"set": 1e300}),
        ("PUT", "/clock", {"advance_s": -1e12}),
        ("POST", "/notifications", {"effective_at": 1e300}),
        ("PATCH", "/switches", {"futures_clock_skew_s": 1e300}),
        ("POST", "/faults", {"name": "nonsense"}),
        ("PATCH", "/switches", {"nonsense": 1}),
        ("PATCH", "/switches", {"rate_limits": "no"}),
        ("PATCH", "/switches", {"api_key_info_case": "kebab"}),
        ("POST", "/balances", {"account": "Sub", "asset": "XBT", "amount": "much"}),
    ],
)
def test_nonsense_is_refused(direct: Director, method: str, path: str, body: object) -> None:
    """A position, name or value that does not exist is answered with status 400."""
    assert direct(method, path, body)[0] == 400


def test_an_unknown_control_is_not_found(direct: Director) -> None:
    """A path that is none answers 404."""
    assert direct("GET", "/nothing")[0] == 404


def test_faults_are_listed_and_cleared(direct: Director) -> None:
    """A rule is listed with its count, and gone when cleared."""
    rule = direct("POST", "/faults", {"name": "busy", "count": None, "path": "/0/public/Time"})
    direct.ask.get("/0/public/Time")

    [listed] = direct("GET", "/faults")["faults"]
    removed = direct("DELETE", "/faults", {"id": rule["id"]})

    assert (listed["name"], listed["struck"], listed["count"]) == ("busy", 1, None)
    assert removed == {"removed": 1}
    assert direct("GET", "/faults")["faults"] == []


def test_switches_are_turned(direct: Director) -> None:
    """A turned switch is listed in its new position."""
    direct("PATCH", "/switches", {"ledger_lag_s": 2, "transfer_status": "pending"})

    switches = direct("GET", "/switches")

    assert (switches["ledger_lag_s"], switches["transfer_status"]) == (2, "pending")


def test_the_request_log_pages_and_counts(direct: Director) -> None:
    """Entries after a number come back; the total survives clearing."""
    for _ in range(3):
        direct.ask.get("/0/public/Time")

    later = direct("GET", "/requests", query="since=1&limit=1")
    direct("DELETE", "/requests")
    cleared = direct("GET", "/requests")

    assert [entry["sequence"] for entry in later["requests"]] == [2]
    assert later["total"] == 3
    assert cleared == {"total": 3, "requests": []}


def test_notifications_are_announced_and_taken_back(direct: Director) -> None:
    """An announcement reaches the world's list, with its time if it has one."""
    direct("POST", "/notifications", {"type": "maintenance", "priority": "high", "effective_at": 5})
    announced = [(notice.type, notice.effective_at) for notice in direct.exchange.world.notifications]
    direct("DELETE", "/notifications")

    assert announced == [("maintenance", 5.0)]
    assert direct.exchange.world.notifications == []


def test_lockouts_are_shown_and_ended(direct: Director) -> None:
    """The caller's lockout can be read and lifted."""
    key = direct.spot_key(direct("POST", "/keys", {"account": "Sub"}))
    for _ in range(10):
        direct.ask.spot(key, "GetApiKeyInfo", secret=b"wrong")

    locked = direct("GET", "/lockout")["locked"]
    direct("DELETE", "/lockout")

    assert locked is True
    assert direct.ask.spot(key, "GetApiKeyInfo")["error"] == []


def test_a_reset_begins_anew(direct: Director) -> None:
    """After a reset the population is as at the start."""
    direct("POST", "/reset")

    assert direct("GET", "/accounts") == {"accounts": []}


def test_every_documented_control_exists() -> None:
    """The module's description names each action of the table, and only those."""
    import re

    from kraken_desk.simulator import control

    text = control.__doc__ or ""
    reading, directing = text.split("Directing:")
    named = {("GET", path) for path in re.findall(r"^    (/control\S*)", reading, re.MULTILINE)}
    named |= set(re.findall(r"^    (POST|PATCH|PUT|DELETE)\s+(/control/\w+)", directing, re.MULTILINE))

    assert named == set(control._ACTIONS)
