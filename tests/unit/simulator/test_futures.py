"""Futures: admission, wallets, transfers and the account log."""

import json
import re
from decimal import Decimal

import pytest

from kraken_desk.simulator.credentials import Access
from kraken_desk.simulator.messages import Request
from tests.unit.simulator.asking import content, futures_request, futures_signature
from tests.unit.simulator.conftest import SmallExchange

ACCOUNTS = "/derivatives/api/v3/accounts"
SUBACCOUNTS = "/derivatives/api/v3/subaccounts"
TRANSFER = "/derivatives/api/v3/transfer"
SUB_TRANSFER = "/derivatives/api/v3/transfer/subaccount"
WITHDRAWAL = "/derivatives/api/v3/withdrawal"
LOG = "/api/history/v3/account-log"
CHECK = "/api/auth/v1/api-keys/v3/check"


def transfer_order(small: SmallExchange, **changes: str) -> dict[str, str]:
    """A good transfer of 10 USD from the master to the first subaccount, with changes."""
    good = {
        "fromUser": small.master.futures_uid,
        "toUser": small.first.futures_uid,
        "fromAccount": "cash",
        "toAccount": "cash",
        "unit": "usd",
        "amount": "10",
    }
    return {**good, **changes}


def cash(small: SmallExchange, code: str) -> tuple[Decimal, Decimal]:
    """Cash of the master and of the first subaccount."""
    master, first = (account.futures.wallets["cash"].balances for account in (small.master, small.first))
    return master[code], first[code]


def test_the_key_check_describes_any_key(small: SmallExchange) -> None:
    """A key without rights learns its account, both ids, its rights and ranges."""
    key = small.build.futures_key(
        small.master, "none", Access.NONE, allow=["203.0.113.0/24"], created_days_ago=0
    )
    key.created_at = 1_566_656_122.0

    assert small.ask.futures(key, CHECK) == {
        "apiKey": key.api_key,
        "accountUid": small.master.futures_uid,
        "iiban": "AA88 N84G WOAK NMOI",
        "createdAt": "2019-08-24T14:15:22Z",
        "permissions": {"general": "NO_ACCESS", "transfer": "NO_ACCESS"},
        "allowedCidrBlock": "203.0.113.0/24",
        "allowedCidrBlocks": ["203.0.113.0/24"],
    }


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        (
            ACCOUNTS,
            200,
            {"result": "error", "serverTime": "2026-09-21T14:13:20.000Z", "error": "authenticationError"},
        ),
        (
            LOG,
            401,
            {"status": "unauthorized", "reason": "You are not authorized to access this endpoint."},
        ),
        (
            CHECK,
            401,
            {"error": "unauthorized", "message": "The key could not be authenticated", "suberror": None},
        ),
    ],
)
def test_each_service_refuses_a_bad_login_in_its_own_way(
    small: SmallExchange, path: str, status: int, body: object
) -> None:
    """Derivatives answers 200 with an error code, history and key check answer 401 differently."""
    wrong = small.ask.futures_reply(small.futures_master, path, secret=b"wrong")
    unsigned = small.exchange.handle(Request("GET", path))

    assert (wrong.status, content(wrong)) == (status, body)
    assert (unsigned.status, content(unsigned)) == (status, body)


def test_a_spot_key_does_not_work_on_futures(small: SmallExchange) -> None:
    """The venues know only their own keys."""
    request = futures_request(small.futures_master, "GET", ACCOUNTS)
    headers = {**request.headers, "apikey": small.master_key.api_key}

    reply = small.exchange.handle(Request("GET", ACCOUNTS, headers=headers))

    assert content(reply)["error"] == "authenticationError"


def test_a_nonce_is_optional_but_used_once(small: SmallExchange) -> None:
    """Without a nonce calls repeat freely; a nonce may run a little late, but not twice."""
    errors = [
        small.ask.futures(small.futures_master, ACCOUNTS, nonce=nonce).get("error")
        for nonce in ("", "", "1790000000000", "1790000000000", "1789999995000", "1789999980000")
    ]

    assert errors == [None, None, None, "nonceDuplicate", None, "nonceBelowThreshold"]


def test_the_nonce_tolerance_follows_the_scale(small: SmallExchange) -> None:
    """Ten seconds are ten seconds in nanoseconds too."""
    errors = [
        small.ask.futures(small.futures_master, ACCOUNTS, nonce=nonce).get("error")
        for nonce in ("1790000000000000000", "1789999995000000000", "1789999980000000000")
    ]

    assert errors == [None, None, "nonceBelowThreshold"]


def test_a_foreign_address_is_refused(small: SmallExchange) -> None:
    """A range on a Futures key keeps other callers out."""
    small.futures_master.allowed_cidr_blocks = ["198.51.100.0/24"]

    answer = small.ask.futures(small.futures_master, ACCOUNTS)

    assert answer["error"] == "authenticationError"


@pytest.mark.parametrize(
    ("general", "transfer", "allowed"),
    [
        (Access.NONE, Access.NONE, [False, False, False, False]),
        (Access.READ, Access.NONE, [True, True, False, False]),
        (Access.FULL, Access.NONE, [True, True, True, False]),
        (Access.NONE, Access.FULL, [False, False, False, True]),
    ],
)
def test_rights_open_their_endpoints(
    small: SmallExchange, general: Access, transfer: Access, allowed: list[bool]
) -> None:
    """General rights read and transfer; only the withdrawal right withdraws."""
    key = small.build.futures_key(small.master, "some", general, transfer)

    replies = [
        small.ask.futures_reply(key, ACCOUNTS),
        small.ask.futures_reply(key, LOG),
        small.ask.futures_reply(key, SUB_TRANSFER, transfer_order(small), method="POST"),
        small.ask.futures_reply(key, WITHDRAWAL, {"currency": "usd", "amount": "1"}, method="POST"),
    ]

    assert [reply.status == 200 and "error" not in content(reply) for reply in replies] == allowed


def test_wallets_are_shown_as_captured_live(small: SmallExchange) -> None:
    """Numbers are JSON numbers, tiny ones with an exponent, flex names in upper case."""
    reply = small.ask.futures_reply(small.futures_first, ACCOUNTS)
    accounts = json.loads(reply.body, parse_float=Decimal)["accounts"]

    assert '"xbt":3.46e-9' in reply.body
    assert accounts["cash"] == {
        "type": "cashAccount",
        "balances": {"usd": Decimal("50.0"), "xbt": Decimal("3.46e-9")},
    }
    assert accounts["fi_xbtusd"]["auxiliary"]["af"] == Decimal("0.25")
    assert accounts["flex"]["currencies"]["BTC"]["quantity"] == Decimal("1.5")
    assert accounts["flex"]["balanceValue"] == Decimal("147250.0")
    assert accounts["flex"]["collateralValue"] == Decimal("144325.0")


def test_wallets_are_shown_as_documented_under_switches(small: SmallExchange) -> None:
    """The documentation has text balances and XBT in flex."""
    small.world.switches.futures_balances_as = "text"
    small.world.switches.futures_flex_bitcoin = "XBT"

    accounts = small.ask.futures(small.futures_first, ACCOUNTS)["accounts"]

    assert accounts["cash"]["balances"] == {"usd": "50.0", "xbt": "3.46e-9"}
    assert "XBT" in accounts["flex"]["currencies"]


def test_a_credit_row_of_zero_is_shown(small: SmallExchange) -> None:
    """The `usd credit` row of captures is there, as a bare zero."""
    reply = small.ask.futures_reply(small.futures_master, ACCOUNTS)

    assert '"usd credit":0}' in reply.body


def test_a_master_sees_its_subaccounts(small: SmallExchange) -> None:
    """The list has lower-case arrays and names single-collateral wallets with a slash form."""
    answer = small.ask.futures(small.futures_master, SUBACCOUNTS)
    first, second = answer["subaccounts"]

    assert answer["masterAccountUid"] == small.master.futures_uid
    assert first["accountUid"] == small.first.futures_uid
    assert first["email"] == "first@test.example"
    assert first["holdingAccounts"] == [
        {"currency": "usd", "amount": 50.0},
        {"currency": "xbt", "amount": 3.46e-9},
    ]
    assert first["futuresAccounts"] == [{"name": "f-xbt:usd", "availableMargin": 0.25}]
    assert [row["currency"] for row in first["flexAccount"]["currencies"]] == ["xbt", "usd"]
    assert second["holdingAccounts"] == []


def test_a_subaccount_sees_only_its_masters_uid(small: SmallExchange) -> None:
    """A subaccount's key gets the real master and an empty list."""
    answer = small.ask.futures(small.futures_first, SUBACCOUNTS)

    assert (answer["masterAccountUid"], answer["subaccounts"]) == (small.master.futures_uid, [])


def test_wallets_of_one_account_exchange_funds(small: SmallExchange) -> None:
    """A wallet transfer answers without id and writes two rows, debit first, one reference."""
    answer = small.ask.futures(
        small.futures_master,
        TRANSFER,
        {"fromAccount": "cash", "toAccount": "flex", "unit": "XBT", "amount": "0.0000000001"},
        method="POST",
    )
    debit, credit = small.master.futures.log[-2:]

    assert answer == {"result": "success", "serverTime": "2026-09-21T14:13:20.000Z"}
    assert (debit.wallet, credit.wallet) == ("cash", "flex")
    assert debit.new_balance - debit.old_balance == Decimal("-1E-10")
    assert credit.new_balance - credit.old_balance == Decimal("1E-10")
    assert debit.execution == credit.execution
    assert credit.info == "transfer"


def test_accounts_of_one_domain_exchange_funds(small: SmallExchange) -> None:
    """A subaccount transfer moves cash and writes one row in each log."""
    rows = len(small.master.futures.log), len(small.first.futures.log)

    answer = small.ask.futures(
        small.futures_master, SUB_TRANSFER, transfer_order(small, amount="10.25"), method="POST"
    )

    assert answer["result"] == "success"
    assert cash(small, "usd") == (Decimal("289.75"), Decimal("60.25"))
    assert (len(small.master.futures.log), len(small.first.futures.log)) == (rows[0] + 1, rows[1] + 1)
    assert small.first.futures.log[-1].info == "subaccount transfer"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": ""}, "requiredArgumentMissing"),
        ({"amount": "0"}, "invalidAmount"),
        ({"amount": "-1"}, "invalidAmount"),
        ({"amount": "1e1"}, "invalidAmount"),
        ({"amount": "x"}, "invalidAmount"),
        ({"amount": "0.00000000001"}, "invalidAmount"),
        ({"amount": "300.01"}, "insufficientFunds"),
        ({"unit": "nope"}, "invalidUnit"),
        ({"unit": ""}, "requiredArgumentMissing"),
        ({"toAccount": "fi_xbtusd"}, "invalidUnit"),
        ({"fromAccount": "nope"}, "invalidAccount"),
        ({"fromUser": "nobody"}, "invalidAccount"),
        ({"fromUser": ""}, "requiredArgumentMissing"),
    ],
)
def test_a_bad_transfer_is_refused(small: SmallExchange, changes: dict[str, str], error: str) -> None:
    """Each mistake has its code, under status 200, and nothing moves."""
    reply = small.ask.futures_reply(
        small.futures_master, SUB_TRANSFER, transfer_order(small, **changes), method="POST"
    )

    assert (reply.status, content(reply)["error"]) == (200, error)
    assert cash(small, "usd") == (Decimal(300), Decimal(50))


def test_the_same_account_twice_and_strangers_are_refused(small: SmallExchange) -> None:
    """Source and destination differ and belong to the key's domain."""
    same = transfer_order(small, toUser=small.master.futures_uid)
    stranger = transfer_order(small, toUser=small.stranger.futures_uid)

    for order in (same, stranger):
        answer = small.ask.futures(small.futures_master, SUB_TRANSFER, order, method="POST")
        assert answer["error"] == "invalidAccount"


def test_a_subaccounts_key_may_not_transfer_between_accounts(small: SmallExchange) -> None:
    """By default only the master's key does; a switch allows it."""
    order = transfer_order(small, fromUser=small.first.futures_uid, toUser=small.master.futures_uid)

    refused = small.ask.futures(small.futures_first, SUB_TRANSFER, order, method="POST")
    small.world.switches.futures_subaccount_keys_may_transfer = True
    allowed = small.ask.futures(small.futures_first, SUB_TRANSFER, order, method="POST")

    assert refused["error"] == "authenticationError"
    assert allowed["result"] == "success"


def test_other_forms_of_a_user_are_a_switch(small: SmallExchange) -> None:
    """Only uids count by default; IIBAN and e-mail address do under the switch."""
    order = transfer_order(small, fromUser=small.master.iiban, toUser="first@test.example")

    refused = small.ask.futures(small.futures_master, SUB_TRANSFER, order, method="POST")
    small.world.switches.futures_user_form = "any"
    allowed = small.ask.futures(small.futures_master, SUB_TRANSFER, order, method="POST")

    assert refused["error"] == "invalidAccount"
    assert allowed["result"] == "success"


def test_margin_keeps_collateral_back(small: SmallExchange) -> None:
    """With margin in use only what it leaves free may go out of the flex wallet."""
    flex = small.first.futures.wallets["flex"]
    flex.initial_margin = flex.collateral_usd - 300

    small.futures_first.general = Access.FULL
    out = {"fromAccount": "flex", "toAccount": "cash", "unit": "usd"}
    refused = small.ask.futures(small.futures_first, TRANSFER, {**out, "amount": "300.01"}, method="POST")
    allowed = small.ask.futures(small.futures_first, TRANSFER, {**out, "amount": "300"}, method="POST")

    assert refused["error"] == "insufficientFunds"
    assert allowed["result"] == "success"


def test_a_withdrawal_arrives_on_spot(small: SmallExchange) -> None:
    """The master's Futures cash turns into Spot balance, with a ledger entry and a uid."""
    answer = small.ask.futures(
        small.futures_master, WITHDRAWAL, {"currency": "xbt", "amount": "0.125"}, method="POST"
    )

    entry = small.master.spot.entries[-1]
    assert re.fullmatch(r"[0-9a-f-]{36}", answer["uid"])
    assert cash(small, "xbt")[0] == Decimal("0.375")
    assert (entry.asset_id, entry.amount, entry.subtype) == ("XXBT", Decimal("0.125"), "spotfromfutures")
    assert small.master.futures.log[-1].execution == answer["uid"]


def test_a_subaccount_cannot_withdraw(small: SmallExchange) -> None:
    """Withdrawals from subaccounts are blocked whatever the key may do."""
    answer = small.ask.futures(
        small.futures_first, WITHDRAWAL, {"currency": "usd", "amount": "1"}, method="POST"
    )

    assert answer["error"] == "Unavailable"


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
