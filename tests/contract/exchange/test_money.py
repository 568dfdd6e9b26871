"""Balances, transfers and ledgers of both venues against the local exchange."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kraken_desk.domain.balances import Balance
from kraken_desk.domain.errors import (
    BadRequestError,
    ExchangeError,
    ForbiddenError,
    OutcomeUnknownError,
    RefusedError,
    RejectedError,
)
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import TransferOrder
from kraken_desk.exchange.spot.assets import AssetNames, AssetRow
from tests.contract.exchange.conftest import Stage

TRANSFER = "/0/private/AccountTransfer"
SUB_TRANSFER = "/derivatives/api/v3/transfer/subaccount"
BTC, USD = Asset("BTC"), Asset("USD")


def order(stage: Stage, asset: Asset, quantity: str, *, to: str = "Momentum") -> TransferOrder:
    source, destination = stage.account("Meridian Capital"), stage.account(to)
    return TransferOrder(source["iiban"], destination["iiban"], "spot", "spot", asset, Decimal(quantity))


def futures_order(stage: Stage, asset: Asset, quantity: str) -> TransferOrder:
    source, destination = stage.account("Meridian Capital"), stage.account("Momentum")
    return TransferOrder(
        source["futures_uid"], destination["futures_uid"], "cash", "cash", asset, Decimal(quantity)
    )


def find(rows: tuple[Balance, ...], asset: Asset, wallet: str) -> Balance:
    [row] = [r for r in rows if r.asset == asset and r.wallet == wallet and not r.part]
    return row


@pytest.mark.parametrize("position", ["text", "number"])
async def test_spot_balances_are_exact_in_both_spellings(stage: Stage, position: str) -> None:
    """Figures as text or as bare numbers give the same exact decimals; parts and holds are there."""
    text = {(r.asset, r.part): r for r in await stage.spot.balances(stage.signer("desk monitor"))}
    stage.world.switches.set("balance_ex_numbers", position)

    rows = {(r.asset, r.part): r for r in await stage.spot.balances(stage.signer("desk monitor"))}

    assert {k: (r.total, r.hold, r.available) for k, r in rows.items()} == {
        k: (r.total, r.hold, r.available) for k, r in text.items()
    }
    assert any(part == "F" for _, part in rows)
    assert rows[BTC, "F"].available is None


async def test_every_asset_of_the_table_resolves_both_ways(stage: Stage) -> None:
    """From the wire name to the display code and back, for every asset the exchange lists."""
    infos = await stage.spot.assets()
    names = AssetNames({i.wire_name: AssetRow(i.altname, i.decimals, i.status) for i in infos})

    assert len(infos) >= 20
    assert len({info.asset for info in infos}) == len(infos)
    for info in infos:
        assert names.split(info.wire_name) == names.split(info.altname) == (info.asset, "")
        assert names.wire_name(info.asset) == info.wire_name


@pytest.mark.parametrize("position", ["text", "number"])
async def test_futures_balances_are_exact_in_both_spellings(stage: Stage, position: str) -> None:
    """Wallets read alike whether Kraken sends numbers or texts."""
    numbers = await stage.futures.balances(stage.signer("futures desk"))
    stage.world.switches.set("futures_balances_as", position)
    stage.world.switches.set("futures_flex_bitcoin", "XBT")

    rows = await stage.futures.balances(stage.signer("futures desk"))

    assert rows == numbers
    assert {"cash", "flex"} <= {row.wallet for row in rows}


@pytest.mark.parametrize("refid", ["transfer_id", "unrelated", "per_side"])
async def test_a_spot_transfer_shows_in_both_ledgers(stage: Stage, refid: str) -> None:
    """Money leaves one account and arrives on the other, and both ledgers tell it after their marks."""
    stage.world.switches.set("transfer_refid", refid)
    before = stage.world.totals()
    source, destination = stage.signer("desk monitor"), stage.signer("momentum monitor")
    marks = [await stage.spot.ledger_mark(signer) for signer in (source, destination)]
    held = find(await stage.spot.balances(source), BTC, "spot").total

    receipt = await stage.spot.transfer(stage.signer("desk treasury"), order(stage, BTC, "0.0100000001"))

    [out] = await stage.spot.ledger_since(source, marks[0])
    [into] = await stage.spot.ledger_since(destination, marks[1])
    assert receipt.status == "complete"
    assert receipt.transfer_id is not None
    assert (out.asset, out.quantity, out.wallet) == (BTC, Decimal("-0.0100000001"), "spot")
    assert (into.asset, into.quantity) == (BTC, Decimal("0.0100000001"))
    assert find(await stage.spot.balances(source), BTC, "spot").total == held - Decimal("0.0100000001")
    assert stage.world.totals() == before


async def test_a_futures_transfer_shows_in_both_logs(stage: Stage) -> None:
    """A transfer between cash wallets is one row in each account's own log."""
    before = stage.world.totals()
    source, destination = stage.signer("futures desk"), stage.signer("momentum futures")
    marks = [await stage.futures.ledger_mark(signer) for signer in (source, destination)]

    receipt = await stage.futures.transfer(source, futures_order(stage, USD, "12.34"))

    [out] = await stage.futures.ledger_since(source, marks[0])
    [into] = await stage.futures.ledger_since(destination, marks[1])
    assert (receipt.transfer_id, receipt.status) == (None, "success")
    assert (out.asset, out.quantity, out.wallet) == (USD, Decimal("-12.34"), "cash")
    assert (into.asset, into.quantity, into.kind) == (USD, Decimal("12.34"), "subaccount transfer")
    assert stage.world.totals() == before


async def test_a_pending_transfer_is_a_receipt(stage: Stage) -> None:
    """`pending` is an answer, not a failure."""
    stage.world.switches.set("transfer_status", "pending")

    receipt = await stage.spot.transfer(stage.signer("desk treasury"), order(stage, USD, "1"))

    assert receipt.status == "pending"


@pytest.mark.parametrize(
    ("key", "asset", "quantity", "kind"),
    [
        ("desk monitor", "USD", "1", ForbiddenError),
        ("momentum monitor", "USD", "1", ForbiddenError),
        ("desk treasury", "USD", "999999999", RefusedError),
        ("desk treasury", "NOSUCH", "1", RefusedError),
    ],
)
async def test_spot_refusals_move_nothing(
    stage: Stage, key: str, asset: str, quantity: str, kind: type[ExchangeError]
) -> None:
    """Missing rights, missing funds and unknown assets are refusals after exactly one call."""
    before = stage.world.totals()

    with pytest.raises(kind):
        await stage.spot.transfer(stage.signer(key), order(stage, Asset(asset), quantity))

    assert stage.calls(TRANSFER) == 1
    assert stage.world.totals() == before


async def test_a_transfer_to_nowhere_is_refused(stage: Stage) -> None:
    """An IIBAN outside the domain is refused by Kraken, whatever it calls that."""
    wrong = TransferOrder(
        stage.account("Meridian Capital")["iiban"], "AA00 AAAA AAAA AAAA", "spot", "spot", USD, Decimal(1)
    )

    with pytest.raises(RejectedError):
        await stage.spot.transfer(stage.signer("desk treasury"), wrong)


@pytest.mark.parametrize("form", ["error", "strings", "objects"])
async def test_futures_refusals_move_nothing(stage: Stage, form: str) -> None:
    """Missing funds and a subaccount's key are refused in every form that Kraken may use."""
    stage.world.switches.set("futures_errors_as", form)
    before = stage.world.totals()

    with pytest.raises(RefusedError):
        await stage.futures.transfer(stage.signer("futures desk"), futures_order(stage, USD, "99999999"))
    with pytest.raises(RejectedError):
        await stage.futures.transfer(stage.signer("mm futures"), futures_order(stage, USD, "1"))

    assert stage.calls(SUB_TRANSFER) == 2
    assert stage.world.totals() == before


@pytest.mark.parametrize("executed", [True, False])
async def test_a_lost_answer_is_settled_by_the_ledger(stage: Stage, executed: bool) -> None:
    """After an unknown outcome the ledger shows a row if, and only if, the transfer was executed."""
    monitor = stage.signer("desk monitor")
    mark = await stage.spot.ledger_mark(monitor)
    fault = f"reply_lost_{'after' if executed else 'before'}_execution"
    stage.world.faults.add(fault, path=TRANSFER)

    with pytest.raises(OutcomeUnknownError):
        await stage.spot.transfer(stage.signer("desk treasury"), order(stage, USD, "2.5"))

    rows = await stage.spot.ledger_since(monitor, mark)
    assert [row.quantity for row in rows] == ([Decimal("-2.5")] if executed else [])
    assert stage.calls(TRANSFER) == 1


async def test_a_malformed_amount_is_a_bad_request(stage: Stage) -> None:
    """More decimals than the asset carries are refused as unusable or refused, and nothing moves."""
    before = stage.world.totals()

    with pytest.raises((BadRequestError, RefusedError)):
        await stage.spot.transfer(stage.signer("desk treasury"), order(stage, USD, "0.000000001"))

    assert stage.world.totals() == before


async def test_a_wallet_transfer_reaches_futures(stage: Stage) -> None:
    """Spot to the holding wallet of the same account, signed by a key that reads funds."""
    own = stage.account("Meridian Capital")["futures_uid"]
    wanted = TransferOrder(own, own, "spot", "cash", USD, Decimal("12.5"))
    before = find(await stage.futures.balances(stage.signer("futures desk")), USD, "cash")

    receipt = await stage.spot.transfer(stage.signer("desk monitor"), wanted)

    after = find(await stage.futures.balances(stage.signer("futures desk")), USD, "cash")
    assert receipt.transfer_id
    assert after.total - before.total == Decimal("12.5")
    assert stage.verdicts("/0/private/WalletTransfer") == ["ok"]


async def test_money_moves_between_wallets_of_one_account(stage: Stage) -> None:
    """The holding wallet to the multi-collateral one; Kraken gives no id."""
    own = stage.account("Meridian Capital")["futures_uid"]
    before = find(await stage.futures.balances(stage.signer("futures desk")), USD, "flex")

    receipt = await stage.futures.transfer(
        stage.signer("futures desk"), TransferOrder(own, own, "cash", "flex", USD, Decimal("7.25"))
    )

    after = find(await stage.futures.balances(stage.signer("futures desk")), USD, "flex")
    assert receipt.transfer_id is None
    assert after.total - before.total == Decimal("7.25")
    assert stage.verdicts("/derivatives/api/v3/transfer") == ["ok"]


async def test_a_withdrawal_brings_futures_money_to_spot(stage: Stage) -> None:
    """Only a key with the withdrawal right may, and its receipt carries Kraken's uid."""
    own = stage.account("Meridian Capital")["futures_uid"]
    wanted = TransferOrder(own, own, "cash", "spot", USD, Decimal(10))
    before = find(await stage.spot.balances(stage.signer("desk monitor")), USD, "spot")

    with pytest.raises(RejectedError):
        await stage.futures.transfer(stage.signer("mm futures"), wanted)
    receipt = await stage.futures.transfer(stage.signer("collateral sweeper"), wanted)

    after = find(await stage.spot.balances(stage.signer("desk monitor")), USD, "spot")
    assert receipt.transfer_id
    assert after.total - before.total == Decimal(10)
