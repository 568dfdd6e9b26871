"""The fleet service: the tree is what the store holds, names lead to one thing only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import InputError, StoreBusyError, UnknownNameError
from kraken_desk.domain.keys import SlotId
from kraken_desk.store import Store
from tests.helpers.builders import LAB, a_check, a_master, an_account, an_iiban, spot_info
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench

MAIN, CARRY = a_master(1), an_account(2, label="Carry")


@pytest.fixture
async def bench(store: Store, clock: FakeClock) -> Bench:
    bench = Bench(store, clock)
    await bench.move_in(MAIN, CARRY)
    await bench.key(1)
    await bench.key(2, account_id=CARRY.account_id)
    return bench


async def test_the_tree_is_built_from_the_store(bench: Bench) -> None:
    """Master over subaccounts over keys."""
    [master] = bench.fleet.snapshot.value.masters

    assert master.account == MAIN
    assert [key.slot.name for key in master.keys] == ["key 1"]
    assert [sub.account for sub in master.subaccounts] == [CARRY]


async def test_loading_shows_what_another_process_changed(bench: Bench, store: Store) -> None:
    """The command line added a key while the window was open."""
    other = Bench(store, bench.clock, vault=bench.vault)
    await other.fleet.load()
    await other.key(3)

    keys = (await bench.fleet.load()).keys()

    assert [key.slot.name for key in keys] == ["key 1", "key 3", "key 2"]


async def test_what_the_store_says_as_before_is_not_joined_anew(bench: Bench) -> None:
    """Any commit of ours makes the window look at the store; only ages need another tree, once a minute."""
    first = await bench.fleet.load()

    again = await bench.fleet.load()
    bench.clock.move(minutes=1)
    later = await bench.fleet.load()

    assert again is bench.fleet.snapshot.value
    assert again == first
    assert later is not again
    assert later.as_of == bench.clock.now()


async def test_a_tree_that_only_aged_is_not_announced(bench: Bench) -> None:
    """Listeners hear of changes, not of time passing; a key that grew stale is a change."""
    heard: list[object] = []
    bench.fleet.snapshot.subscribe(heard.append)

    bench.clock.move(minutes=1)
    await bench.fleet.load()
    assert len(heard) == 1

    bench.clock.move(days=3)
    await bench.fleet.load()
    assert len(heard) == 2


async def test_a_check_is_shown_at_once(bench: Bench) -> None:
    """The new facts stand in the tree without another look into the store."""
    check = a_check("key-1", spot_info("withdraw-funds"), checked_at=bench.clock.now() + timedelta(seconds=1))

    await bench.fleet.save_check(check)

    node = bench.fleet.snapshot.value.key(check.key_id)
    assert node is not None
    assert node.check == check


@pytest.mark.parametrize("name", ["carry", " Carry ", "AA02N84GWOAKNMOI", "aa02 n84g woak nmoi", "UID-2"])
async def test_an_account_answers_to_all_its_names(bench: Bench, name: str) -> None:
    """Label, IIBAN in any spelling, and Futures uid."""
    assert bench.fleet.account_named(name) == CARRY


@pytest.mark.parametrize("name", ["", "  ", "nobody", "AA77 N84G WOAK NMOI"])
async def test_unknown_accounts_are_refused(bench: Bench, name: str) -> None:
    """No text means an account by accident."""
    with pytest.raises(UnknownNameError):
        bench.fleet.account_named(name)


async def test_a_name_that_means_two_accounts_is_refused(bench: Bench) -> None:
    """Money never goes to one of two candidates."""
    await bench.move_in(an_account(3, label="uid-2"))

    with pytest.raises(UnknownNameError, match="Several"):
        bench.fleet.account_named("uid-2")


@pytest.mark.parametrize("label", ["", " ", "x" * 61, "MAIN", " main "])
async def test_unusable_labels_are_refused(bench: Bench, label: str) -> None:
    """Empty, too long, or taken by another account in any case."""
    with pytest.raises(InputError):
        await bench.fleet.rename_account(CARRY.account_id, label)


async def test_an_account_is_renamed(bench: Bench) -> None:
    """Spaces are tidied; the account keeps its ids, and may keep its own name in another case."""
    await bench.fleet.rename_account(CARRY.account_id, "  Carry   trades ")
    assert bench.fleet.account_named("carry trades").iiban == an_iiban(2)

    await bench.fleet.rename_account(CARRY.account_id, "CARRY TRADES")
    assert bench.fleet.account(CARRY.account_id).label == "CARRY TRADES"


async def test_words_written_elsewhere_meanwhile_stay(bench: Bench, store: Store) -> None:
    """A name given here does not undo the tags that another process has put on the account."""
    await store.metadata.save_words(CARRY.account_id, "Call Ann", ("basis",))

    await bench.fleet.save_account(replace(CARRY, label="Carry trades"))

    renamed = bench.fleet.account(CARRY.account_id)
    assert (renamed.label, renamed.tags, renamed.note) == ("Carry trades", ("basis",), "Call Ann")


async def test_merged_accounts_keep_the_words_of_both(bench: Bench, store: Store) -> None:
    """Two records of one account had a note and tags each; the one that is left has them all."""
    await store.metadata.save_words(MAIN.account_id, "Main book", ("a", "b"))
    await store.metadata.save_words(CARRY.account_id, "Call Ann", ("b", "c"))

    await store.metadata.merge_accounts(MAIN, CARRY.account_id)

    kept = (await bench.fleet.load()).masters[0].account
    assert (kept.note, kept.tags) == ("Main book\nCall Ann", ("a", "b", "c"))


async def test_keys_are_found_by_name_and_id(bench: Bench) -> None:
    """In any case; an unknown name lists the known ones."""
    assert bench.fleet.slot_named("KEY 2").slot_id == "slot-2"
    assert bench.fleet.slot_named("slot-1").name == "key 1"
    assert bench.fleet.slot(SlotId("slot-1")).name == "key 1"
    with pytest.raises(UnknownNameError) as caught:
        bench.fleet.slot_named("nothing")
    assert caught.value.hint == "Known keys: key 1, key 2."


async def test_slots_of_all_environments_are_seen(bench: Bench, store: Store) -> None:
    """A key that is held twice is found wherever it stands."""
    for name in ("uat", "demo"):
        other = EnvironmentName(name)
        number = 5 if name == "uat" else 6
        await store.metadata.save_account(an_account(number, environment=other))
        elsewhere = Bench(store, bench.clock, LAB)
        await elsewhere.key(number, environment=other, account_id=an_account(number).account_id)

    names = {slot.name for slot in await bench.fleet.all_slots()}

    assert names == {"key 1", "key 2", "key 5", "key 6"}


async def test_a_load_that_failed_half_way_is_shown_by_the_next(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before the failure is not taken for shown."""
    await bench.store.metadata.save_account(replace(CARRY, label="Basis"))

    async def fail(_environment: object) -> None:
        raise StoreBusyError("The store is busy")

    with monkeypatch.context() as broken:
        broken.setattr(bench.store.metadata, "slots", fail)
        with pytest.raises(StoreBusyError):
            await bench.fleet.load()
    snapshot = await bench.fleet.load()

    assert [node.account.label for node in snapshot.accounts()] == [MAIN.label, "Basis"]
