"""Faults: when they strike, whether the call is executed, and what the client gets."""

import json
from decimal import Decimal
from typing import Any

import pytest

from kraken_desk.simulator.faults import FaultBook, FaultName
from kraken_desk.simulator.messages import Ending, Reply
from tests.unit.simulator.asking import spot_request
from tests.unit.simulator.conftest import NOW, SmallExchange

TRANSFER = "/0/private/AccountTransfer"


def transfer(small: SmallExchange) -> Reply:
    """Try to move 100 USD from the master to the first subaccount."""
    order = {"asset": "ZUSD", "amount": "100", "from": small.master.iiban, "to": small.first.iiban}
    request = spot_request(small.master_key, "AccountTransfer", order, caller="203.0.113.10")
    return small.exchange.handle(request)


def moved(small: SmallExchange) -> bool:
    return small.balance(small.master, "ZUSD") == Decimal(900)


def futures_transfer(small: SmallExchange) -> Reply:
    order = {"fromAccount": "cash", "toAccount": "flex", "unit": "usd", "amount": "1"}
    return small.ask.futures_reply(small.futures_master, "/derivatives/api/v3/transfer", order, method="POST")


def error_of(reply: Reply) -> Any:
    return json.loads(reply.body)["error"]


@pytest.mark.parametrize(
    ("name", "executed"),
    [
        ("reply_lost_before_execution", False),
        ("reply_lost_after_execution", True),
        ("connection_reset", False),
        ("silence", False),
        ("late_reply", True),
        ("html_502", False),
        ("html_520", False),
        ("html_1015", False),
        ("redirect", False),
        ("error_with_503", False),
        ("truncated_json", True),
        ("empty_body", True),
        ("not_an_object", True),
        ("result_missing", True),
        ("server_error_after_execution", True),
        ("error_bare_string", False),
        ("error_space_after_colon", False),
        ("throttled", False),
        ("rate_limited", False),
        ("internal_error", False),
        ("unavailable", False),
        ("invalid_nonce", False),
        ("unknown_error", False),
        ("warning", True),
    ],
)
def test_each_fault_executes_or_not(small: SmallExchange, name: str, executed: bool) -> None:
    """Whether the money moved is a property of the fault."""
    small.world.faults.add(name, path=TRANSFER)

    transfer(small)

    assert moved(small) is executed


@pytest.mark.parametrize("name", ["html_520", "connection_reset", "internal_error", "silence"])
def test_an_unexecuted_fault_can_be_made_to_execute(small: SmallExchange, name: str) -> None:
    """With `executed` the call goes through first, since after a 520 nobody knows."""
    small.world.faults.add(name, executed=True)

    reply = transfer(small)

    assert moved(small)
    assert "transfer_id" not in reply.body


@pytest.mark.parametrize(
    ("name", "ending", "delay_s"),
    [
        ("reply_lost_before_execution", Ending.CLOSE, 0.0),
        ("reply_lost_after_execution", Ending.CLOSE, 0.0),
        ("connection_reset", Ending.RESET, 0.0),
        ("silence", Ending.CLOSE, 30.0),
        ("late_reply", Ending.ANSWER, 5.0),
        ("html_502", Ending.ANSWER, 0.0),
    ],
)
def test_connections_end_as_the_fault_says(
    small: SmallExchange, name: str, ending: Ending, delay_s: float
) -> None:
    """Some faults close, some reset, some only delay."""
    small.world.faults.add(name)

    reply = transfer(small)

    assert (reply.ending, reply.delay_s) == (ending, delay_s)


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("html_403", 403, "Forbidden"),
        ("html_502", 502, "Bad gateway"),
        ("html_503", 503, "unavailable"),
        ("html_504", 504, "time-out"),
        ("html_520", 520, "unknown error"),
        ("html_525", 525, "SSL"),
        ("html_1015", 429, "1015"),
        ("html_1020", 403, "1020"),
    ],
)
def test_the_edge_answers_with_pages(small: SmallExchange, name: str, status: int, words: str) -> None:
    """Trouble at the edge is HTML under its own status."""
    small.world.faults.add(name)

    reply = transfer(small)

    assert (reply.status, reply.content_type) == (status, "text/html; charset=UTF-8")
    assert words in reply.body


@pytest.mark.parametrize(
    ("name", "spot", "futures"),
    [
        ("error_space_after_colon", ["EGeneral: Invalid arguments"], "invalidArgument: amount"),
        ("throttled", ["EService:Throttled: 1790000005"], "apiLimitExceeded"),
        ("rate_limited", ["EAPI:Rate limit exceeded"], "apiLimitExceeded"),
        ("too_many_requests", ["EGeneral:Too many requests"], "apiLimitExceeded"),
        ("internal_error", ["EGeneral:Internal error"], "Server Error"),
        ("unavailable", ["EService:Unavailable"], "Unavailable"),
        ("busy", ["EService:Busy"], "Unavailable"),
        ("deadline_elapsed", ["EService:Deadline elapsed"], "unknownError"),
        ("invalid_nonce", ["EAPI:Invalid nonce"], "nonceBelowThreshold"),
        ("invalid_key", ["EAPI:Invalid key"], "authenticationError"),
        ("lockout", ["EGeneral:Temporary lockout"], "apiLimitExceeded"),
        ("unknown_error", ["EMoon:Eclipse"], "moonEclipse"),
        ("server_error_after_execution", ["EGeneral:Internal error"], "Server Error"),
    ],
)
def test_refusals_speak_each_venues_language(
    small: SmallExchange, name: str, spot: list[str], futures: str
) -> None:
    """The same fault is an error array on Spot and an envelope on Futures."""
    small.world.faults.add(name, count=2)

    on_spot, on_futures = transfer(small), futures_transfer(small)

    assert error_of(on_spot) == spot
    assert error_of(on_futures) == futures
    assert json.loads(on_futures.body)["result"] == "error"


def test_spoiled_replies_are_spoiled_exactly(small: SmallExchange) -> None:
    """Half an answer, an empty one, another shape, no result, a bare error, an array under 503."""
    bodies = {}
    for name in ("truncated_json", "empty_body", "not_an_object", "result_missing", "error_bare_string"):
        small.world.faults.add(name)
        bodies[name] = small.exchange.handle(
            spot_request(small.master_key, "GetApiKeyInfo", caller="203.0.113.10")
        ).body
    small.world.faults.add("error_with_503")
    problem = transfer(small)

    with pytest.raises(json.JSONDecodeError):
        json.loads(bodies["truncated_json"])
    assert bodies["truncated_json"].startswith('{"error":[],"result":{')
    assert bodies["empty_body"] == ""
    assert bodies["not_an_object"] == "[1,2,3]"
    assert bodies["result_missing"] == '{"error":[]}'
    assert bodies["error_bare_string"] == '{"error":"EAPI Rate limit exceeded"}'
    assert (problem.status, error_of(problem)) == (503, ["EService:Unavailable"])


def test_a_warning_accompanies_the_result(small: SmallExchange) -> None:
    """A W entry in the error array does not mean failure."""
    small.world.faults.add("warning")

    answer = small.ask.spot(small.master_key, "Balance")

    assert answer["error"] == ["WDatabase:No change"]
    assert answer["result"]["ZUSD"] == "1000.0000"


def test_a_redirect_points_elsewhere(small: SmallExchange) -> None:
    """A retired host answers 301 with another location."""
    small.world.faults.add("redirect")

    reply = transfer(small)

    assert (reply.status, reply.headers["location"]) == (301, "https://exchange.invalid/moved")


def test_a_rule_strikes_its_path_key_and_count_only() -> None:
    """Path and key must match, and the count runs out."""
    book = FaultBook()
    book.add("busy", path=TRANSFER, api_key="K", count=2)

    struck = [
        book.strike(path, key) is not None
        for path, key in [
            ("/0/private/Balance", "K"),
            (TRANSFER, "L"),
            (TRANSFER, "K"),
            (TRANSFER, "K"),
            (TRANSFER, "K"),
        ]
    ]

    assert struck == [False, False, True, True, False]


def test_probability_follows_the_seed() -> None:
    """Two rules of one seed strike alike; a third of requests means roughly that."""

    def strikes(seed: int) -> list[bool]:
        book = FaultBook()
        book.add("busy", count=None, probability=1 / 3, seed=seed)
        return [book.strike(TRANSFER, "K") is not None for _ in range(300)]

    assert strikes(5) == strikes(5)
    assert strikes(5) != strikes(6)
    assert 70 < sum(strikes(5)) < 130


def test_rules_are_cleared_one_by_one_or_all() -> None:
    """A cleared rule no longer strikes."""
    book = FaultBook()
    first, second = book.add("busy"), book.add("unavailable")

    assert book.clear(first.id) == 1
    assert [rule.name for rule in book] == [FaultName.UNAVAILABLE]
    assert book.clear() == 1
    assert book.strike(TRANSFER, "K") is None
    assert second.struck == 0


def test_an_unknown_name_is_refused() -> None:
    """A misspelt fault is an error, not a fault that never strikes."""
    with pytest.raises(ValueError, match="html_599"):
        FaultBook().add("html_599")


def test_the_log_tells_what_was_injected(small: SmallExchange) -> None:
    """Struck requests are logged with the fault; executed ones with their real verdict."""
    small.world.faults.add("html_520")
    small.world.faults.add("reply_lost_after_execution")

    transfer(small)
    transfer(small)
    unexecuted, executed = small.world.requests.since()

    assert (unexecuted.fault, unexecuted.verdict) == ("html_520", "fault html_520")
    assert (executed.fault, executed.verdict) == ("reply_lost_after_execution", "ok")
    assert executed.at == NOW
