"""The MetadataStore port: what is saved comes back as it was, in order, and within its environment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kraken_desk.domain.accounts import Account, AccountId, AccountKind
from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.errors import DuplicateKeyError, EnvironmentSealError, InputError
from kraken_desk.domain.handover_form import HandOver, HandOverForm, VariableNames
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, KeyId, SlotId
from kraken_desk.store.store import Store
from tests.contract.store.samples import (
    ELSEWHERE,
    ENVIRONMENT,
    LAB,
    MASTER,
    OTHER,
    PROBLEM,
    SUBACCOUNT,
    a_route,
    a_slot,
    a_transfer,
    at,
    futures_info,
    spot_info,
)


@pytest.fixture
async def fleet(store: Store) -> Store:
    for account in (MASTER, SUBACCOUNT, ELSEWHERE):
        await store.metadata.save_account(account)
    return store


async def test_environments_come_back_as_saved(store: Store) -> None:
    """An environment keeps its kind and its four addresses, and several keep their order."""
    second = Environment(EnvironmentName("a rehearsal"), EnvironmentKind.CUSTOM, "http://127.0.0.1:9")
    await store.metadata.save_environment(ENVIRONMENT)
    await store.metadata.save_environment(second)

    assert await store.metadata.environments() == (ENVIRONMENT, second)


async def test_environment_without_keys_can_change(store: Store) -> None:
    """Before any key stands in it, an environment's addresses may be corrected."""
    await store.metadata.save_environment(ENVIRONMENT)
    corrected = replace(ENVIRONMENT, spot_url="https://lab2.example")

    await store.metadata.save_environment(corrected)

    assert await store.metadata.environments() == (corrected,)


async def test_environment_with_keys_keeps_its_addresses(fleet: Store) -> None:
    """New addresses under existing keys are refused: they would send sealed keys elsewhere."""
    await fleet.metadata.save_environment(ENVIRONMENT)
    await fleet.metadata.save_slot(a_slot())

    with pytest.raises(EnvironmentSealError):
        await fleet.metadata.save_environment(replace(ENVIRONMENT, spot_url="https://evil.example"))

    assert await fleet.metadata.environments() == (ENVIRONMENT,)


async def test_environment_with_keys_stays(fleet: Store) -> None:
    """An environment in which keys stand cannot be removed, so its name cannot be given away."""
    await fleet.metadata.save_environment(ENVIRONMENT)
    await fleet.metadata.save_slot(a_slot())

    with pytest.raises(InputError):
        await fleet.metadata.remove_environment(LAB)

    assert await fleet.metadata.environments() == (ENVIRONMENT,)


async def test_removed_environment_takes_its_empty_accounts_along(fleet: Store) -> None:
    """Accounts do not wait for an environment of the same name; other environments' stay."""
    await fleet.metadata.save_environment(ENVIRONMENT)

    await fleet.metadata.remove_environment(LAB)

    assert await fleet.metadata.environments() == ()
    assert await fleet.metadata.accounts(LAB) == ()
    assert await fleet.metadata.accounts(OTHER) == (ELSEWHERE,)


async def test_accounts_come_back_in_order_of_first_saving(fleet: Store) -> None:
    """A later change of an account neither moves it nor loses a field."""
    renamed = replace(MASTER, label="Main desk, EU")

    await fleet.metadata.save_account(renamed)

    assert await fleet.metadata.accounts(LAB) == (renamed, SUBACCOUNT)


async def test_account_stays_in_its_environment(fleet: Store) -> None:
    """Saving an account under another environment is refused."""
    with pytest.raises(EnvironmentSealError):
        await fleet.metadata.save_account(replace(MASTER, environment=OTHER))

    assert await fleet.metadata.accounts(OTHER) == (ELSEWHERE,)


async def test_account_with_keys_stays(fleet: Store) -> None:
    """An account is removed only after its keys."""
    await fleet.metadata.save_slot(a_slot())

    with pytest.raises(InputError):
        await fleet.metadata.remove_account(MASTER.account_id)
    await fleet.metadata.remove_slot(SlotId("slot-1"))
    await fleet.metadata.remove_account(MASTER.account_id)

    assert await fleet.metadata.accounts(LAB) == (SUBACCOUNT,)


async def test_slots_come_back_in_order_of_first_saving(fleet: Store) -> None:
    """A slot keeps every field; a rotation changes its key and not its place."""
    await fleet.metadata.save_slot(a_slot(2))
    await fleet.metadata.save_slot(a_slot(1, account_id=SUBACCOUNT.account_id))
    rotated = a_slot(2, key_id=KeyId("key-2b"), api_key="public-key-2b", added_at=at(9))

    await fleet.metadata.save_slot(rotated)

    assert await fleet.metadata.slots(LAB) == (rotated, a_slot(1, account_id=SUBACCOUNT.account_id))


async def test_same_api_key_is_refused_in_every_environment(fleet: Store) -> None:
    """One API key has one slot in the whole profile, and the error names it."""
    await fleet.metadata.save_slot(a_slot())
    again = a_slot(2, api_key="public-key-1", environment=OTHER, account_id=ELSEWHERE.account_id)

    with pytest.raises(DuplicateKeyError) as caught:
        await fleet.metadata.save_slot(again)

    assert caught.value.detail == "It is the key “bot 1” in the environment “lab”."
    assert await fleet.metadata.slots(OTHER) == ()


async def test_name_is_taken_only_in_its_environment(fleet: Store) -> None:
    """Two keys of one environment never share a name, whatever its case; other environments may."""
    await fleet.metadata.save_slot(a_slot())

    with pytest.raises(DuplicateKeyError):
        await fleet.metadata.save_slot(a_slot(2, name="Bot 1"))
    elsewhere = a_slot(3, name="bot 1", environment=OTHER, account_id=ELSEWHERE.account_id)
    await fleet.metadata.save_slot(elsewhere)

    assert await fleet.metadata.slots(OTHER) == (elsewhere,)


async def test_slot_stays_in_its_environment(fleet: Store) -> None:
    """Saving a slot under another environment is refused, so its key cannot reach other hosts."""
    await fleet.metadata.save_slot(a_slot())

    with pytest.raises(EnvironmentSealError):
        await fleet.metadata.save_slot(a_slot(environment=OTHER, account_id=ELSEWHERE.account_id))

    assert await fleet.metadata.slots(LAB) == (a_slot(),)


async def test_slot_cannot_stand_under_an_account_of_another_environment(fleet: Store) -> None:
    """The database itself refuses a slot whose account belongs elsewhere: a mistake of the program."""
    with pytest.raises(RuntimeError):
        await fleet.metadata.save_slot(a_slot(account_id=ELSEWHERE.account_id))

    assert await fleet.metadata.slots(LAB) == ()


async def test_swapped_fields_never_reach_the_disk(fleet: Store) -> None:
    """A text in the form of a secret is refused as an API key."""
    with pytest.raises(InputError) as caught:
        await fleet.metadata.save_slot(a_slot(api_key="Qx7/" * 21 + "Qx=="))

    assert "Qx7/" not in f"{caught.value} {caught.value.detail} {caught.value.hint}"
    assert await fleet.metadata.slots(LAB) == ()


@pytest.mark.parametrize("info", [spot_info(), futures_info()], ids=["spot", "futures"])
async def test_reported_facts_come_back_as_reported(fleet: Store, info: object) -> None:
    """“Not reported”, “never”, zero and a value are four things and stay so."""
    await fleet.metadata.save_slot(a_slot())
    check = KeyCheck(KeyId("key-1"), at(5, 5), CheckOutcome.ACCEPTED, info)  # type: ignore[arg-type]  # parametrised

    await fleet.metadata.save_check(check)

    assert await fleet.metadata.checks(LAB) == {"key-1": check}


async def test_failed_check_keeps_the_last_facts(fleet: Store) -> None:
    """After a failed check the facts are those of the last accepted one, beside the new problem."""
    await fleet.metadata.save_slot(a_slot())
    await fleet.metadata.save_check(KeyCheck(KeyId("key-1"), at(1), CheckOutcome.ACCEPTED, spot_info()))

    failed = KeyCheck(KeyId("key-1"), at(2), CheckOutcome.UNREACHED, problem=PROBLEM)
    await fleet.metadata.save_check(failed)

    assert await fleet.metadata.checks(LAB) == {"key-1": replace(failed, info=spot_info())}


async def test_accepted_check_clears_the_problem(fleet: Store) -> None:
    """A problem does not outlive the next accepted check."""
    await fleet.metadata.save_slot(a_slot())
    await fleet.metadata.save_check(KeyCheck(KeyId("key-1"), at(1), CheckOutcome.REJECTED, problem=PROBLEM))

    accepted = KeyCheck(KeyId("key-1"), at(2), CheckOutcome.ACCEPTED, spot_info())
    await fleet.metadata.save_check(accepted)

    assert await fleet.metadata.checks(LAB) == {"key-1": accepted}


async def test_late_arrival_of_an_older_check_changes_nothing(fleet: Store) -> None:
    """When two processes check one key, the later check stays whichever is saved last."""
    await fleet.metadata.save_slot(a_slot())
    newer = KeyCheck(KeyId("key-1"), at(9), CheckOutcome.ACCEPTED, spot_info())
    await fleet.metadata.save_check(newer)

    await fleet.metadata.save_check(KeyCheck(KeyId("key-1"), at(8), CheckOutcome.REJECTED, problem=PROBLEM))

    assert await fleet.metadata.checks(LAB) == {"key-1": newer}


async def test_removed_slot_takes_its_check_along(fleet: Store) -> None:
    """After removal neither slot nor check is left, and both name and API key are free again."""
    await fleet.metadata.save_slot(a_slot())
    await fleet.metadata.save_check(KeyCheck(KeyId("key-1"), at(1), CheckOutcome.ACCEPTED, spot_info()))

    await fleet.metadata.remove_slot(SlotId("slot-1"))
    await fleet.metadata.save_slot(a_slot())

    assert await fleet.metadata.checks(LAB) == {}
    assert await fleet.metadata.slots(LAB) == (a_slot(),)


async def test_removing_what_is_not_there_changes_nothing(fleet: Store) -> None:
    """Removals of unknown ids are no errors."""
    await fleet.metadata.remove_slot(SlotId("nobody"))
    await fleet.metadata.remove_account(AccountId("nobody"))
    await fleet.metadata.remove_environment(EnvironmentName("nowhere"))

    assert await fleet.metadata.accounts(LAB) == (MASTER, SUBACCOUNT)


async def test_assumed_kind_can_become_known(fleet: Store) -> None:
    """An account's kind may be corrected when Kraken or the operator tells."""
    await fleet.metadata.save_account(replace(SUBACCOUNT, kind=AccountKind.MASTER))

    [_, changed] = await fleet.metadata.accounts(LAB)
    assert changed.kind is AccountKind.MASTER


@pytest.mark.parametrize(
    "way",
    [
        HandOver(HandOverForm.PIPE),
        HandOver(HandOverForm.VARIABLES, preset="ccxt", mask=True),
        HandOver(HandOverForm.VARIABLES, names=VariableNames("A", "B")),
        HandOver(HandOverForm.FILE, ws_token=True),
        None,
    ],
)
async def test_a_slot_keeps_its_way_of_handing_over(fleet: Store, way: HandOver | None) -> None:
    """What was chosen comes back whole, and can be taken back."""
    await fleet.metadata.save_slot(a_slot(hand_over=HandOver(HandOverForm.FILE)))
    await fleet.metadata.save_slot(a_slot(hand_over=way))

    [slot] = await fleet.metadata.slots(LAB)

    assert slot.hand_over == way


async def test_two_records_of_one_account_become_one(fleet: Store) -> None:
    """The keys move, the other record goes, and its ids are the kept one's."""
    twin = Account(AccountId("acc-twin"), LAB, "Twin", AccountKind.SUBACCOUNT, futures_uid="uid-twin")
    await fleet.metadata.save_account(twin)
    await fleet.metadata.save_slot(a_slot(7, account_id=twin.account_id))
    kept = replace(SUBACCOUNT, futures_uid="uid-twin")

    await fleet.metadata.merge_accounts(kept, twin.account_id)

    accounts = await fleet.metadata.accounts(LAB)
    assert kept in accounts
    assert twin.account_id not in {account.account_id for account in accounts}
    [moved] = [slot for slot in await fleet.metadata.slots(LAB) if slot.slot_id == "slot-7"]
    assert moved.account_id == kept.account_id


async def test_an_account_with_an_unsettled_transfer_is_not_merged_away(fleet: Store) -> None:
    """Its route is blocked under its id; nothing is changed."""
    twin = Account(AccountId("acc-twin"), LAB, "Twin", AccountKind.SUBACCOUNT, futures_uid="uid-twin")
    await fleet.metadata.save_account(twin)
    await fleet.journal.plan(a_transfer(route=a_route(destination=twin.account_id)))

    with pytest.raises(InputError):
        await fleet.metadata.merge_accounts(replace(SUBACCOUNT, futures_uid="uid-twin"), twin.account_id)

    assert twin in await fleet.metadata.accounts(LAB)
