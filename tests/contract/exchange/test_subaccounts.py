"""Subaccount calls of both gateways against the local exchange, over real HTTP."""

from __future__ import annotations

import pytest

from kraken_desk.domain.errors import (
    AuthRejectedError,
    BadRequestError,
    ForbiddenError,
    OutcomeUnknownError,
    RefusedError,
)
from tests.contract.exchange.conftest import Stage

CREATE = "/0/private/CreateSubaccount"


async def test_trading_is_switched_by_the_masters_key(stage: Stage) -> None:
    """PUT with its value in the query, signed with a nonce; GET tells the same afterwards."""
    signer, uid = stage.signer("futures desk"), stage.account("Momentum")["futures_uid"]
    path = f"/derivatives/api/v3/subaccount/{uid}/trading-enabled"

    before = await stage.futures.trading_enabled(signer, uid)
    off = await stage.futures.set_trading(signer, uid, enabled=False)
    after = await stage.futures.trading_enabled(signer, uid)

    assert (before, off, after) == (True, False, False)
    assert stage.verdicts(path) == ["ok", "ok", "ok"]
    assert not stage.world.accounts.by_uid(uid).futures.trading_enabled


async def test_subaccounts_are_listed(stage: Stage) -> None:
    """With uid, name and address, as far as Kraken tells them."""
    listed = await stage.futures.linked_subaccounts(stage.signer("futures desk"))

    found = {each.name: each for each in listed}
    assert found["Momentum"].futures_uid == stage.account("Momentum")["futures_uid"]
    assert found["Momentum"].email == "momentum@meridian.example"
    assert len(listed) == 5


@pytest.mark.parametrize("uid", ["nobody", "../accounts", "a b?x=1", "%2e%2e"])
async def test_a_uid_that_is_none_is_refused(stage: Stage, uid: str) -> None:
    """Whatever stands in it stays one part of the path."""
    with pytest.raises(RefusedError) as caught:
        await stage.futures.set_trading(stage.signer("futures desk"), uid, enabled=False)

    assert caught.value.kraken == ("notFound",)
    assert "Nothing was executed." in caught.value.detail


async def test_a_key_without_the_right_switches_nothing(stage: Stage) -> None:
    """A key that reads only is refused."""
    uid = stage.account("Momentum")["futures_uid"]

    with pytest.raises((AuthRejectedError, ForbiddenError)):
        await stage.futures.set_trading(stage.signer("reserve futures view"), uid, enabled=False)

    assert stage.world.accounts.by_uid(uid).futures.trading_enabled


async def test_a_lost_switch_is_unknown(stage: Stage) -> None:
    """The words are not those of a transfer, and it is sent once."""
    uid = stage.account("Momentum")["futures_uid"]
    stage.world.faults.add(
        "reply_lost_after_execution", path=f"/derivatives/api/v3/subaccount/{uid}/trading-enabled"
    )

    with pytest.raises(OutcomeUnknownError) as caught:
        await stage.futures.set_trading(stage.signer("futures desk"), uid, enabled=False)

    assert "transfer" not in f"{caught.value.title} {caught.value.detail}"
    assert not stage.world.accounts.by_uid(uid).futures.trading_enabled


async def test_a_spot_subaccount_is_created_once(stage: Stage) -> None:
    """A second request of the name is called unusable, with nothing created."""
    signer = stage.signer("desk treasury")

    await stage.spot.create_subaccount(signer, "Options", "options@meridian.example")
    with pytest.raises(BadRequestError) as caught:
        await stage.spot.create_subaccount(signer, "Options", "other@meridian.example")

    assert [a.email for a in stage.world.accounts if a.username == "Options"] == ["options@meridian.example"]
    assert "Nothing was executed." in caught.value.detail


async def test_only_a_masters_treasury_key_creates(stage: Stage) -> None:
    """A key without the right is told which one is needed, without words about transfers."""
    with pytest.raises(ForbiddenError) as caught:
        await stage.spot.create_subaccount(stage.signer("desk monitor"), "Options", "o@meridian.example")

    assert caught.value.needs == ("withdraw-funds",)
    assert "Transfers" not in caught.value.detail


async def test_a_lost_creation_is_unknown_and_sent_once(stage: Stage) -> None:
    """Nobody repeats it."""
    stage.world.faults.add("reply_lost_after_execution", path=CREATE)

    with pytest.raises(OutcomeUnknownError):
        await stage.spot.create_subaccount(stage.signer("desk treasury"), "Options", "o@meridian.example")

    assert stage.calls(CREATE) == 1
