"""Futures: the account log, cost pools, markets and the switches of the venue."""

import pytest

from kraken_desk.simulator.credentials import Access
from kraken_desk.simulator.messages import Request
from tests.unit.simulator.asking import content, futures_signature
from tests.unit.simulator.conftest import SmallExchange
from tests.unit.simulator.futures_stage import (
    ACCOUNTS,
    CHECK,
    LOG,
    SUB_TRANSFER,
    TRANSFER,
    WITHDRAWAL,
    transfer_order,
)


def test_the_log_filters_by_id_time_and_kind(small: SmallExchange) -> None:
    """Ids count from one per account and are inclusive; `info` keeps one kind; order is a choice."""
    small.ask.futures(small.futures_master, SUB_TRANSFER, transfer_order(small), method="POST")

    newest = small.ask.futures(small.futures_master, LOG, {"count": "1"})
    oldest = small.ask.futures(small.futures_master, LOG, {"sort": "asc", "from": "2", "to": "3"})
    kind = small.ask.futures(small.futures_master, LOG, {"info": "subaccount transfer"})
    recent = small.ask.futures(small.futures_master, LOG, {"since": "1790000000000"})

    assert newest["accountUid"] == small.master.futures_uid
    assert [row["id"] for row in newest["logs"]] == [4]
    assert [row["id"] for row in oldest["logs"]] == [2, 3]
    assert [row["info"] for row in kind["logs"]] == ["subaccount transfer"]
    assert [row["id"] for row in recent["logs"]] == [4]


def test_a_log_row_has_krakens_shape(small: SmallExchange) -> None:
    """Amounts before and after are numbers, and what does not apply to a transfer is null."""
    small.ask.futures(small.futures_master, SUB_TRANSFER, transfer_order(small), method="POST")

    [row] = small.ask.futures(small.futures_master, LOG, {"count": "1"})["logs"]

    assert (row["asset"], row["margin_account"], row["date"]) == ("usd", "USD", "2026-09-21T14:13:20.000Z")
    assert (row["old_balance"], row["new_balance"]) == (300.0, 290.0)
    assert row["realized_pnl"] is None
    assert row["contract"] is None


@pytest.mark.parametrize("parameters", [{"sort": "sideways"}, {"count": "many"}, {"since": "-1"}])
def test_bad_arguments_of_the_log_are_refused(small: SmallExchange, parameters: dict[str, str]) -> None:
    """History answers a bad argument with status 400, not with its log-in refusal."""
    reply = small.ask.futures_reply(small.futures_master, LOG, parameters)

    assert reply.status == 400
    assert content(reply)["reason"].startswith("invalidArgument")


def test_a_json_body_is_malformed(small: SmallExchange) -> None:
    """Futures takes forms only."""
    headers = {"apikey": small.futures_master.api_key, "content-type": "application/json"}

    reply = small.exchange.handle(Request("POST", TRANSFER, "", headers, b'{"unit":"usd"}'))

    assert (reply.status, content(reply)["errors"]) == (400, [{"code": 0, "message": "400 BAD_REQUEST"}])


def test_transfers_may_need_the_withdrawal_right_too(small: SmallExchange) -> None:
    """One client's documentation says so; Kraken's asks for the general right only."""
    small.futures_master.transfer = Access.NONE
    order = transfer_order(small)

    by_kraken = small.ask.futures(small.futures_master, SUB_TRANSFER, order, method="POST")
    small.world.switches.futures_transfer_needs = "both"
    by_client = small.ask.futures(small.futures_master, SUB_TRANSFER, order, method="POST")

    assert by_kraken["result"] == "success"
    assert by_client["error"] == "authenticationError"


@pytest.mark.parametrize(("payer", "shared"), [("account", True), ("key", False), ("address", True)])
def test_who_pays_for_calls_is_a_switch(small: SmallExchange, payer: str, shared: bool) -> None:
    """Limits count per account, per key or per address; sources contradict each other."""
    small.world.switches.set("futures_limits_per", payer)
    other = small.build.futures_key(small.master, "other", Access.FULL, Access.FULL)
    order = {"currency": "usd", "amount": "1"}
    for _ in range(5):
        small.ask.futures(small.futures_master, WITHDRAWAL, order, method="POST")

    answer = small.ask.futures(other, WITHDRAWAL, order, method="POST")

    assert answer.get("error") == ("apiLimitExceeded" if shared else None)


def test_the_withdrawals_uid_may_be_missing_from_the_log(small: SmallExchange) -> None:
    """Whether `execution` equals the uid is unconfirmed."""
    small.world.switches.futures_withdrawal_uid_in_log = False

    answer = small.ask.futures(
        small.futures_master, WITHDRAWAL, {"currency": "usd", "amount": "1"}, method="POST"
    )

    assert small.master.futures.log[-1].execution != answer["uid"]


def test_old_signatures_pass_under_a_switch(small: SmallExchange) -> None:
    """Signing the decoded parameters is dead, and alive again with the switch."""
    query = "info=admin%20transfer"
    signature = futures_signature(small.futures_master.secret, "info=admin transfer", "", LOG)
    headers = {"apikey": small.futures_master.api_key, "authent": signature}
    request = Request("GET", LOG, query, headers, caller="203.0.113.10")

    strict = small.exchange.handle(request).status
    small.world.switches.futures_decoded_signature = True
    tolerant = small.exchange.handle(request).status

    assert (strict, tolerant) == (401, 200)


def test_unsigned_query_parameters_are_refused(small: SmallExchange) -> None:
    """A client that signs a GET without its query, as one official tool does, is not let in."""
    signature = futures_signature(small.futures_master.secret, "", "", LOG)
    headers = {"apikey": small.futures_master.api_key, "authent": signature}

    reply = small.exchange.handle(Request("GET", LOG, "count=1", headers, caller="203.0.113.10"))

    assert reply.status == 401


def test_the_log_has_its_own_spelling_of_wallets(small: SmallExchange) -> None:
    """Flex is flex, a single-collateral wallet has a slash form, holding is the asset's code."""
    rows = small.ask.futures(small.futures_first, LOG, {"sort": "asc"})["logs"]

    assert [row["margin_account"] for row in rows] == ["USD", "XBT", "flex", "flex", "f-xbt:usd"]


def test_log_rows_may_lag(small: SmallExchange) -> None:
    """With a lag the row is not there yet though the money is."""
    small.world.switches.futures_log_lag_s = 2.0
    small.ask.futures(small.futures_master, SUB_TRANSFER, transfer_order(small), method="POST")

    early = len(small.ask.futures(small.futures_master, LOG)["logs"])
    small.world.clock.advance(2)
    late = len(small.ask.futures(small.futures_master, LOG)["logs"])

    assert (early, late) == (3, 4)


def test_the_history_pool_is_small(small: SmallExchange) -> None:
    """A default page costs three of a hundred tokens; the refusal names the seconds to wait."""
    replies = [small.ask.futures_reply(small.futures_master, LOG) for _ in range(34)]
    refused = replies[-1]
    small.world.clock.advance(int(refused.headers["rate-limit-reset"]))
    later = small.ask.futures_reply(small.futures_master, LOG)

    assert [reply.status for reply in replies] == [200] * 33 + [429]
    assert refused.content_type.startswith("text/plain")
    assert refused.headers["rate-limit-reset"] == "13"
    assert later.status == 200


def test_costs_are_charged_per_window(small: SmallExchange) -> None:
    """Five withdrawals use up ten seconds' budget of an account; the next window is free."""
    order = {"currency": "usd", "amount": "1"}

    answers = [small.ask.futures(small.futures_master, WITHDRAWAL, order, method="POST") for _ in range(6)]
    small.world.clock.advance(10)
    later = small.ask.futures(small.futures_master, WITHDRAWAL, order, method="POST")

    assert [answer.get("error") for answer in answers] == [None] * 5 + ["apiLimitExceeded"]
    assert later["result"] == "success"


def test_market_status_needs_no_key(small: SmallExchange) -> None:
    """The status of one market has its five fields at top level; an unknown one is not found."""
    status = small.ask.get("/derivatives/api/v3/instruments/PF_XBTUSD/status")
    unknown = small.exchange.handle(Request("GET", "/derivatives/api/v3/instruments/PF_NOPE/status"))

    assert status["tradeable"] == "PF_XBTUSD"
    assert status["result"] == "success"
    assert (unknown.status, content(unknown)["error"]) == (404, "notFound")


def test_all_markets_can_be_filtered(small: SmallExchange) -> None:
    """A contract type keeps its markets only."""
    listed = small.ask.get("/derivatives/api/v3/instruments/status", "contractType=futures_inverse")

    assert [market["tradeable"] for market in listed["instrumentStatus"]] == ["PI_XBTUSD", "PI_ETHUSD"]


@pytest.mark.parametrize(
    ("switch", "body"),
    [
        ("strings", {"errors": ["authenticationError"]}),
        ("objects", {"errors": [{"code": 0, "message": "authenticationError"}]}),
    ],
)
def test_errors_may_come_as_an_array(small: SmallExchange, switch: str, body: dict[str, object]) -> None:
    """The `errors` array of the documentation can replace the string."""
    small.world.switches.set("futures_errors_as", switch)

    answer = small.ask.futures(small.futures_master, ACCOUNTS, secret=b"wrong")

    assert answer == {"result": "error", "serverTime": "2026-09-21T14:13:20.000Z", **body}


def test_server_time_may_have_one_digit_and_be_wrong(small: SmallExchange) -> None:
    """The clock's precision and skew are switches."""
    small.world.switches.futures_time_digits = 1
    small.world.switches.futures_clock_skew_s = 90.0

    status = small.ask.get("/derivatives/api/v3/instruments/PF_XBTUSD/status")

    assert status["serverTime"] == "2026-09-21T14:14:50.0Z"


def test_the_sunset_comes_on_its_day(small: SmallExchange) -> None:
    """With the sunset scheduled, every Futures path is gone from 1 March 2027 on."""
    small.world.switches.futures_sunset = "scheduled"

    before = small.ask.futures_reply(small.futures_master, ACCOUNTS)
    small.world.clock.set(1_803_859_200.0)
    after = [small.ask.futures_reply(small.futures_master, path) for path in (ACCOUNTS, LOG, CHECK)]

    assert before.status == 200
    assert [reply.status for reply in after] == [410, 410, 410]
    assert {reply.content_type for reply in after} == {"text/html; charset=UTF-8"}


def test_the_edge_may_insist_on_a_user_agent(small: SmallExchange) -> None:
    """Under the switch a request without User-Agent is forbidden by a page."""
    small.world.switches.futures_user_agent_required = True

    reply = small.exchange.handle(Request("GET", "/derivatives/api/v3/instruments/PF_XBTUSD/status"))

    assert (reply.status, reply.content_type) == (403, "text/html; charset=UTF-8")


def test_maintenance_makes_signed_calls_unavailable(small: SmallExchange) -> None:
    """During Futures maintenance signed calls are Unavailable."""
    small.world.system.futures = "maintenance"

    assert small.ask.futures(small.futures_master, ACCOUNTS)["error"] == "Unavailable"
