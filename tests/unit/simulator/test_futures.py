"""Futures: admission, wallets, transfers and the account log."""

import json
import re
from decimal import Decimal

import pytest

from kraken_desk.simulator.credentials import Access
from kraken_desk.simulator.messages import Request
from tests.unit.simulator.asking import content, futures_request
from tests.unit.simulator.conftest import SmallExchange
from tests.unit.simulator.futures_stage import (
    ACCOUNTS,
    CHECK,
    LOG,
    SUB_TRANSFER,
    SUBACCOUNTS,
    TRANSFER,
    WITHDRAWAL,
    transfer_order,
)


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
