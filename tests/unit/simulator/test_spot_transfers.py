"""AccountTransfer and WalletTransfer: what moves, what is refused, what the ledgers say."""

import re
from decimal import Decimal

import pytest

from tests.unit.simulator.conftest import SmallExchange


def order(small: SmallExchange, **changes: str) -> dict[str, str]:
    """A good transfer of 100 USD from the master to the first subaccount, with changes."""
    base = {"asset": "ZUSD", "amount": "100", "from": small.master.iiban, "to": small.first.iiban}
    return {**base, **{name.rstrip("_"): value for name, value in changes.items()}}


def test_a_transfer_moves_the_exact_amount(small: SmallExchange) -> None:
    """Source and destination change by the amount; the answer has an id in Kraken's pattern."""
    answer = small.ask.spot(small.master_key, "AccountTransfer", order(small, amount="0.0001"))

    assert answer["error"] == []
    assert answer["result"]["status"] == "complete"
    assert re.fullmatch(r"T[A-Z0-9]{6}-[A-Z0-9]{6}-[A-Z0-9]{6}", answer["result"]["transfer_id"])
    assert small.balance(small.master, "ZUSD") == Decimal("999.9999")
    assert small.balance(small.first, "ZUSD") == Decimal("500.0001")


@pytest.mark.parametrize("asset", ["XBT", "XXBT", "BTC"])
def test_an_asset_may_be_named_by_any_spelling(small: SmallExchange, asset: str) -> None:
    """Id, altname and display name reach the same balance; a new row appears at the destination."""
    small.ask.spot(small.master_key, "AccountTransfer", order(small, asset=asset, amount="0.5"))

    assert small.balance(small.first, "XXBT") == Decimal("0.5")


def test_an_iiban_may_be_written_without_spaces(small: SmallExchange) -> None:
    """Spaces and case of an account's id do not matter."""
    small.ask.spot(small.master_key, "AccountTransfer", order(small, from_="aa88n84gwoaknmoi"))

    assert small.balance(small.master, "ZUSD") == Decimal(900)


def test_both_ledgers_get_one_row(small: SmallExchange) -> None:
    """The rows share time and reference, have opposite signs, and show the balance after."""
    answer = small.ask.spot(small.master_key, "AccountTransfer", order(small))

    out = small.master.spot.entries[-1]
    into = small.first.spot.entries[-1]

    assert (out.amount, out.balance, out.type, out.subtype) == (Decimal(-100), Decimal(900), "transfer", "")
    assert (into.amount, into.balance) == (Decimal(100), Decimal(600))
    assert out.time == into.time == 1_790_000_000.0
    assert out.refid == into.refid == answer["result"]["transfer_id"]


@pytest.mark.parametrize(("mode", "distinct"), [("unrelated", 2), ("per_side", 3)])
def test_references_may_be_unrelated(small: SmallExchange, mode: str, distinct: int) -> None:
    """Whether ledger references equal the transfer id is not known, so it is a switch."""
    small.world.switches.set("transfer_refid", mode)

    answer = small.ask.spot(small.master_key, "AccountTransfer", order(small))
    refids = {small.master.spot.entries[-1].refid, small.first.spot.entries[-1].refid}

    assert len({answer["result"]["transfer_id"], *refids}) == distinct


def test_a_subaccount_may_pay_another(small: SmallExchange) -> None:
    """The master's key moves money between two subaccounts."""
    small.ask.spot(
        small.master_key,
        "AccountTransfer",
        order(small, from_=small.first.iiban, to=small.second.iiban),
    )

    assert small.balance(small.second, "ZUSD") == Decimal(100)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": ""}, "EGeneral:Invalid arguments:amount"),
        ({"amount": "0"}, "EGeneral:Invalid arguments:amount"),
        ({"amount": "-5"}, "EGeneral:Invalid arguments:amount"),
        ({"amount": "1e2"}, "EGeneral:Invalid arguments:amount"),
        ({"amount": "NaN"}, "EGeneral:Invalid arguments:amount"),
        ({"amount": "1.00001"}, "EGeneral:Invalid arguments:amount"),
        ({"amount": "0." + "0" * 60 + "1"}, "EGeneral:Invalid arguments:amount"),
        ({"amount": "9" * 60}, "EFunding:Insufficient funds"),
        ({"amount": "1000.0001"}, "EFunding:Insufficient funds"),
        ({"from_": ""}, "EGeneral:Invalid arguments:from"),
        ({"to": "AA88 N84G WOAK NMOI"}, "EGeneral:Invalid arguments:to"),
        ({"to": "AA00 0000 0000 0000"}, "EFunding:Unknown account"),
        ({"asset": "NOPE"}, "EFunding:Unknown asset"),
        ({"asset": "XBT.F"}, "EFunding:Unknown asset"),
        ({"asset": ""}, "EGeneral:Invalid arguments:asset"),
    ],
)
def test_a_bad_transfer_is_refused(small: SmallExchange, changes: dict[str, str], error: str) -> None:
    """Each mistake has its answer, and nothing moves."""
    answer = small.ask.error(small.master_key, "AccountTransfer", order(small, **changes))

    assert answer == error
    assert small.balance(small.master, "ZUSD") == Decimal(1000)


def test_what_orders_hold_cannot_be_moved(small: SmallExchange) -> None:
    """Only the available part may leave: 500 less a hold of 120."""
    back = order(small, from_=small.first.iiban, to=small.master.iiban, amount="380.0001")

    refused = small.ask.error(small.master_key, "AccountTransfer", back)
    accepted = small.ask.spot(small.master_key, "AccountTransfer", {**back, "amount": "380"})

    assert refused == "EFunding:Insufficient funds"
    assert accepted["error"] == []


def test_a_subaccounts_key_may_not_transfer(small: SmallExchange) -> None:
    """AccountTransfer is for the master's keys, whatever the rights."""
    assert small.ask.error(small.first_key, "AccountTransfer", order(small)) == "EGeneral:Permission denied"


def test_another_domain_is_out_of_reach(small: SmallExchange) -> None:
    """An account of another master can be neither source nor destination."""
    error = small.ask.error(small.master_key, "AccountTransfer", order(small, to=small.stranger.iiban))

    assert error == "EGeneral:Permission denied"


def test_the_right_to_transfer_is_a_switch(small: SmallExchange) -> None:
    """The reference page asks for withdraw-funds, the guide for trading rights."""
    small.master_key.permissions = ["query-funds", "modify-trades", "close-trades"]

    by_page = small.ask.error(small.master_key, "AccountTransfer", order(small))
    small.world.switches.account_transfer_needs = "trade"
    by_guide = small.ask.spot(small.master_key, "AccountTransfer", order(small))

    assert by_page == "EGeneral:Permission denied"
    assert by_guide["error"] == []


def test_a_transfer_may_stay_pending(small: SmallExchange) -> None:
    """The status can be pending instead of complete."""
    small.world.switches.transfer_status = "pending"

    answer = small.ask.spot(small.master_key, "AccountTransfer", order(small))

    assert answer["result"]["status"] == "pending"


def test_a_wallet_transfer_moves_money_to_futures(small: SmallExchange) -> None:
    """Query rights suffice to move Spot funds to the Futures holding wallet."""
    small.master_key.permissions = ["query-funds"]

    answer = small.ask.spot(
        small.master_key,
        "WalletTransfer",
        {"asset": "XBT", "from": "Spot Wallet", "to": "Futures Wallet", "amount": "0.75"},
    )

    row = small.master.futures.log[-1]
    assert re.fullmatch(r"B[A-Z0-9]{6}-[A-Z0-9]{6}-[A-Z0-9]{6}", answer["result"]["refid"])
    assert small.balance(small.master, "XXBT") == Decimal("1.25")
    assert small.master.futures.wallets["cash"].balances["xbt"] == Decimal("1.25")
    assert small.master.spot.entries[-1].subtype == "spottofutures"
    assert (row.info, row.execution) == ("cross-exchange transfer", answer["result"]["refid"])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"from": "Futures Wallet"}, "EGeneral:Invalid arguments:from"),
        ({"to": "Spot Wallet"}, "EGeneral:Invalid arguments:to"),
        ({"amount": "2.1"}, "EFunding:Insufficient funds"),
        ({"asset": "XMR"}, "EFunding:Unknown asset"),
    ],
)
def test_a_bad_wallet_transfer_is_refused(small: SmallExchange, changes: dict[str, str], error: str) -> None:
    """Only Spot to Futures exists, and only for assets that Futures knows."""
    good = {"asset": "XBT", "from": "Spot Wallet", "to": "Futures Wallet", "amount": "0.1"}

    assert small.ask.error(small.master_key, "WalletTransfer", {**good, **changes}) == error
