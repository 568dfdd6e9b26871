"""Subaccounts on a real store: each request sent once, every ending told, switches read back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from kraken_desk.domain.errors import (
    ForbiddenError,
    InputError,
    KrakenDeskError,
    OutcomeUnknownError,
    ReadOnlyError,
    RouteClosedError,
    UnavailableError,
    UnreachableError,
)
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.linking import LinkStep
from kraken_desk.domain.subaccounts import Creation, CreationId, CreationState, LinkedSubaccount
from tests.helpers.builders import LAB, NOW, TREASURY, a_master, an_account, futures_info
from tests.unit.services.bench import Bench

NAME, EMAIL = "Basis two", "basis-two@desk.example"


async def furnished(bench: Bench) -> Bench:
    await bench.move_in(a_master(1), an_account(2, label="Carry"))
    await bench.key(1, *TREASURY, name="treasury")
    await bench.key(3, name="futures", venue=Venue.FUTURES, info=futures_info("FULL_ACCESS"))
    return bench


async def test_a_request_is_sent_once_and_listed(bench: Bench) -> None:
    """Created, it is in the list; the same name again is refused before anything is sent."""
    await furnished(bench)

    made = await bench.subaccounts.create(NAME, EMAIL)
    with pytest.raises(InputError, match="already"):
        await bench.subaccounts.create(NAME.upper(), "other@desk.example")
    with pytest.raises(InputError, match="already"):
        await bench.subaccounts.create("Other", EMAIL)

    assert made.state is CreationState.CREATED
    assert bench.subaccount_calls.created == [(NAME, EMAIL)]
    assert [c.state for c in await bench.subaccounts.creations()] == [CreationState.CREATED]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ForbiddenError("no", kraken=("EGeneral:Permission denied",)), CreationState.REFUSED),
        (UnreachableError("no line"), CreationState.REFUSED),
        (OutcomeUnknownError("lost"), CreationState.UNKNOWN),
        (UnavailableError("odd"), CreationState.UNKNOWN),
    ],
)
async def test_every_ending_is_told(bench: Bench, error: KrakenDeskError, state: CreationState) -> None:
    """Refused means that nothing was created; anything less certain is unknown."""
    await furnished(bench)
    bench.subaccount_calls.errors["create_subaccount"] = [error]

    made = await bench.subaccounts.create(NAME, EMAIL)

    assert made.state is state
    assert made.problem is not None
    assert made.problem.category == type(error).__name__
    assert bench.subaccount_calls.calls == ["create_subaccount"]


async def test_a_refused_name_may_be_tried_again(bench: Bench) -> None:
    """After a refusal nothing stands in the way of a second request."""
    await furnished(bench)
    bench.subaccount_calls.errors["create_subaccount"] = [ForbiddenError("no")]
    await bench.subaccounts.create(NAME, EMAIL)

    again = await bench.subaccounts.create(NAME, EMAIL)

    assert again.state is CreationState.CREATED


async def test_an_unknown_request_waits_for_a_person(bench: Bench) -> None:
    """It blocks its name until somebody has looked; only then it is settled, once."""
    await furnished(bench)
    bench.subaccount_calls.after["create_subaccount"] = [OutcomeUnknownError("lost")]
    made = await bench.subaccounts.create(NAME, EMAIL)

    with pytest.raises(InputError):
        await bench.subaccounts.create(NAME, EMAIL)
    settled = await bench.subaccounts.settle(NAME, created=False, note="not in Kraken's list")

    assert settled.state is CreationState.SETTLED_NOT
    assert settled.note == "not in Kraken's list"
    with pytest.raises(InputError):
        await bench.subaccounts.settle(made.creation_id, created=True)
    assert (await bench.subaccounts.create(NAME, EMAIL)).state is CreationState.CREATED


async def test_a_cancelled_wait_leaves_it_unknown(bench: Bench) -> None:
    """Once the secret was out, nobody can say that nothing left."""
    await furnished(bench)
    bench.subaccount_calls.after["create_subaccount"] = [asyncio.CancelledError()]  # type: ignore[list-item]  # no Exception by name, raised all the same

    with pytest.raises(asyncio.CancelledError):
        await bench.subaccounts.create(NAME, EMAIL)

    [left] = await bench.subaccounts.creations()
    assert left.state is CreationState.UNKNOWN


async def test_a_process_that_died_leaves_the_truth(bench: Bench) -> None:
    """What it had planned was never sent; what it had sent is unknown after some minutes."""
    await furnished(bench)
    for number, state in ((1, CreationState.PLANNED), (2, CreationState.SENT)):
        creation = Creation(
            CreationId(f"c{number}"), LAB.name, f"n{number}", f"n{number}@d.example", "treasury",
            CreationState.PLANNED, NOW, NOW,
        )  # fmt: skip
        await bench.store.subaccounts.plan(creation)
        if state is CreationState.SENT:
            await bench.store.subaccounts.move(creation.creation_id, state, NOW)

    at_once = await bench.subaccounts.creations()
    bench.clock.move(minutes=4)
    later = await bench.subaccounts.creations()

    assert [c.state for c in at_once] == [CreationState.SENT, CreationState.PLANNED]
    assert [c.state for c in later] == [CreationState.UNKNOWN, CreationState.REFUSED]


async def test_without_a_key_nothing_is_written(bench: Bench) -> None:
    """The words say which key would be needed."""
    await bench.move_in(a_master(1))

    with pytest.raises(RouteClosedError) as caught:
        await bench.subaccounts.create(NAME, EMAIL)

    assert "No Spot key of the master can create subaccounts" in caught.value.detail
    assert await bench.subaccounts.creations() == ()


async def test_read_only_refuses_changes(bench: Bench) -> None:
    """Nothing is created or switched while the program is read only."""
    await furnished(bench)
    await bench.read_only.switch(on=True)

    with pytest.raises(ReadOnlyError):
        await bench.subaccounts.create(NAME, EMAIL)
    with pytest.raises(ReadOnlyError):
        await bench.subaccounts.set_trading(an_account(2), enabled=False)

    assert bench.subaccount_calls.calls == []


async def test_a_switch_is_read_back(bench: Bench) -> None:
    """What Kraken says afterwards counts, also when the answer to the switch was lost."""
    await furnished(bench)
    calls = bench.subaccount_calls

    first = await bench.subaccounts.set_trading(an_account(2), enabled=False)
    calls.after["set_trading"] = [OutcomeUnknownError("lost")]
    second = await bench.subaccounts.set_trading(an_account(2), enabled=True)

    assert (first, second) == (False, True)
    assert calls.calls == ["set_trading", "trading_enabled"] * 2


async def test_a_lost_switch_and_a_lost_look_are_unknown(bench: Bench) -> None:
    """Then nobody knows, and that is said."""
    await furnished(bench)
    bench.subaccount_calls.errors["set_trading"] = [OutcomeUnknownError("lost")]
    bench.subaccount_calls.errors["trading_enabled"] = [UnavailableError("lost too")]

    with pytest.raises(OutcomeUnknownError):
        await bench.subaccounts.set_trading(an_account(2), enabled=False)


async def test_only_subaccounts_with_a_uid_are_switched(bench: Bench) -> None:
    """A master and an account without a Futures side are refused in words."""
    await furnished(bench)

    with pytest.raises(InputError, match="master"):
        await bench.subaccounts.trading(a_master(1))
    with pytest.raises(InputError, match="uid"):
        await bench.subaccounts.trading(an_account(2, futures_uid=None))


async def test_a_linking_is_kept_and_ends_in_the_tree(bench: Bench) -> None:
    """Its steps are stored; seen in Kraken's list, the account stands below the master."""
    await furnished(bench)
    service = bench.subaccounts
    linking = await service.start_linking("Basis", "master@desk.example", "basis@desk.example")
    await service.step("basis", LinkStep.ACCOUNT)
    bench.clock.move(hours=1)
    with pytest.raises(InputError, match="Not linked"):
        await service.look(linking.linking_id)
    bench.subaccount_calls.listed = (LinkedSubaccount("u-77", "Basis", "basis@desk.example"),)

    seen = await service.look("basis@desk.example")

    assert seen.futures_uid == "u-77"
    assert seen.done_at(LinkStep.ACCOUNT) == NOW
    assert (await service.linkings())[0] == seen
    made = bench.fleet.account_named("Basis")
    assert (made.futures_uid, made.is_master) == ("u-77", False)


async def test_one_linking_per_address(bench: Bench) -> None:
    """A second one for the address waits until the first is given up; two equal addresses are none."""
    await furnished(bench)
    service = bench.subaccounts
    await service.start_linking("Basis", "master@desk.example", "basis@desk.example")

    with pytest.raises(InputError, match="already"):
        await service.start_linking("Basis again", "master@desk.example", "BASIS@desk.example")
    with pytest.raises(InputError, match="twice"):
        await service.start_linking("Same", "master@desk.example", "Master@desk.example")
    await service.give_up("Basis")
    second = await service.start_linking("Basis again", "master@desk.example", "basis@desk.example")

    assert second.started_at - NOW == timedelta(0)
    assert [each.is_open for each in await service.linkings()] == [True, False]
