"""Adding and removing keys: a rejected pair leaves no trace, a stored one is whole."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from kraken_desk.domain.accounts import AccountKind, KindSource
from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.errors import (
    AuthRejectedError,
    DuplicateKeyError,
    EnvironmentSealError,
    InputError,
    KeychainLockedError,
    KeychainUnavailableError,
    NonceStaleError,
    StoreBusyError,
    UnavailableError,
    UnknownNameError,
)
from kraken_desk.domain.keys import DESK_PROCESS, ApiKeyInfo, CheckOutcome, KeySlot, SlotId, Venue
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.venue_facts import DomainFacts, LinkedAccount
from kraken_desk.services.keys import SlotDetails, TriedPair
from tests.helpers.builders import (
    LAB,
    a_master,
    a_public_key,
    a_secret,
    a_slot,
    an_account,
    an_iiban,
    futures_info,
    spot_info,
)
from tests.helpers.fakes import refused
from tests.helpers.wait import wait_until
from tests.unit.services.bench import Bench

OTHER = Environment(EnvironmentName("other"), EnvironmentKind.CUSTOM, "http://127.0.0.1:9")


async def tried(bench: Bench, number: int = 1, info: ApiKeyInfo | None = None) -> TriedPair:
    """Try a pair that Kraken accepts with these facts."""
    venue = info.venue if info else Venue.SPOT
    gateway = bench.spot if venue is Venue.SPOT else bench.futures
    gateway.answer("check_key", info or spot_info(), api_key=a_public_key(number))
    return await bench.keys.try_pair(venue, a_public_key(number), a_secret())


async def added(bench: Bench, number: int = 1, info: ApiKeyInfo | None = None, **details: str) -> KeySlot:
    named = SlotDetails(**{"name": f"key {number}", **details})  # type: ignore[arg-type]  # all of them texts
    return await bench.keys.add(await tried(bench, number, info), a_secret(), named)


def kinds(bench: Bench) -> dict[str, tuple[AccountKind, KindSource]]:
    """Return what is known of each account's kind, by IIBAN."""
    return {a.iiban or a.futures_uid or "": (a.kind, a.kind_source) for a in bench.fleet.accounts()}


async def test_a_good_pair_is_stored_whole(bench: Bench) -> None:
    """Secret in the keychain, slot and facts in the store, the account in the tree."""
    slot = await added(bench, process="grid bot", role="trading", client="ccxt")

    assert bench.vault.held == {slot.key_id}
    assert await bench.store.metadata.slots(LAB.name) == (slot,)
    assert (slot.process, slot.role, slot.client) == ("grid bot", "trading", "ccxt")
    node = bench.fleet.snapshot.value.key(slot.key_id)
    assert node is not None
    assert node.check is not None
    assert (node.check.outcome, node.check.info) == (CheckOutcome.ACCEPTED, spot_info())
    assert bench.fleet.account(slot.account_id).iiban == an_iiban()


async def test_trying_stores_nothing(bench: Bench) -> None:
    """Between the try and the add neither keychain nor store know the key."""
    await tried(bench)

    assert bench.vault.held == set()
    assert await bench.store.metadata.slots(LAB.name) == ()
    assert await bench.store.metadata.accounts(LAB.name) == ()


@pytest.mark.parametrize("error", [refused(), NonceStaleError("stale"), UnavailableError("down")])
async def test_a_rejected_pair_leaves_no_trace(bench: Bench, error: Exception) -> None:
    """What Kraken does not accept is stored nowhere, and the error says what Kraken said."""
    bench.spot.answer("check_key", error)

    with pytest.raises(type(error)):
        await bench.keys.try_pair(Venue.SPOT, a_public_key(), a_secret())

    assert bench.vault.held == set()
    assert await bench.store.metadata.slots(LAB.name) == ()
    assert len(bench.spot.made("check_key")) == 1


async def test_a_key_that_is_here_is_refused_before_anything_is_sent(bench: Bench) -> None:
    """The same API key twice would let two processes share one nonce."""
    await added(bench)
    bench.spot.calls.clear()

    with pytest.raises(DuplicateKeyError, match="already here"):
        await bench.keys.try_pair(Venue.SPOT, a_public_key(), a_secret())

    assert bench.spot.calls == []


async def test_a_key_of_another_environment_is_refused_too(bench: Bench) -> None:
    """A key is sealed to its environment, so it cannot be added to a second one."""
    await bench.store.metadata.save_environment(OTHER)
    other = Bench(bench.store, bench.clock, OTHER)
    await other.move_in(an_account(7, environment=OTHER.name))
    await other.key(1, account_id=an_account(7).account_id)

    with pytest.raises(DuplicateKeyError) as caught:
        await bench.keys.try_pair(Venue.SPOT, a_public_key(1), a_secret())

    assert "other" in caught.value.detail
    assert bench.spot.calls == []


async def test_two_adds_of_one_key_store_it_once(bench: Bench) -> None:
    """Two windows that tried the same pair: the second add is refused and leaves no secret behind."""
    first, second = await tried(bench), await tried(bench)

    results = await asyncio.gather(
        bench.keys.add(first, a_secret(), SlotDetails("one")),
        bench.keys.add(second, a_secret(), SlotDetails("two")),
        return_exceptions=True,
    )

    [slot] = [r for r in results if isinstance(r, KeySlot)]
    assert sum(isinstance(r, DuplicateKeyError) for r in results) == 1
    assert bench.vault.held == {slot.key_id}
    assert len(await bench.store.metadata.accounts(LAB.name)) == 1


@pytest.mark.parametrize("name", ["KEY 1", "  key   1 "])
async def test_names_collide_whatever_their_case_and_spacing(bench: Bench, name: str) -> None:
    """Two keys of an environment never look alike by name."""
    await added(bench)

    with pytest.raises(DuplicateKeyError, match="name is taken"):
        await added(bench, 2, name=name)

    assert len(bench.vault.held) == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
async def test_unusable_names_are_refused(bench: Bench, name: str) -> None:
    """A name is neither empty nor longer than a row of the tree."""
    with pytest.raises(InputError, match="Not a usable name"):
        await added(bench, name=name)

    assert bench.vault.held == set()


async def test_an_unknown_client_is_refused_before_anything_is_sent(bench: Bench) -> None:
    """Its nonce scale is not known, so no nonce is spent at a wrong one."""
    with pytest.raises(InputError, match="Unknown client"):
        await bench.keys.try_pair(Venue.SPOT, a_public_key(), a_secret(), client="my own")

    assert bench.spot.calls == []


async def test_a_try_signs_at_the_declared_scale(bench: Bench) -> None:
    """The first look at a bot's key must not spoil its nonces either."""
    seen: list[Signer] = []

    async def check_key(signer: Signer, *, asked: bool = False) -> ApiKeyInfo:
        seen.append(signer)
        return spot_info("modify-trades")

    bench.spot.check_key = check_key  # type: ignore[method-assign]  # a venue that keeps its signers

    await bench.keys.try_pair(Venue.SPOT, a_public_key(), a_secret(), client="Hummingbot")
    await bench.keys.try_pair(Venue.SPOT, a_public_key(), a_secret())

    assert [signer.scale.name for signer in seen] == ["seconds", "milliseconds"]


@pytest.mark.parametrize("process", ["Kraken Desk", "kraken desk", " KRAKEN  DESK "])
async def test_the_desks_own_process_is_recognised(bench: Bench, process: str) -> None:
    """However its name is typed, the key becomes one of the desk's own."""
    slot = await added(bench, process=process)

    assert slot.process == DESK_PROCESS
    assert slot.is_desk_key
    assert slot.client == "kraken-desk"


async def test_a_locked_keychain_stores_nothing(bench: Bench) -> None:
    """Without a place for the secret the slot is not stored either."""
    pair = await tried(bench)
    bench.vault.failures["put"] = KeychainLockedError("locked")

    with pytest.raises(KeychainLockedError):
        await bench.keys.add(pair, a_secret(), SlotDetails("key"))

    assert await bench.store.metadata.slots(LAB.name) == ()
    assert await bench.store.metadata.accounts(LAB.name) == ()


@pytest.mark.parametrize("method", ["save_account", "save_slot", "save_check"])
@pytest.mark.parametrize("moment", ["failures", "after"])
async def test_a_failing_store_leaves_neither_secret_nor_slot(bench: Bench, method: str, moment: str) -> None:
    """Whichever write fails, before or after it took effect, nothing of the key remains."""
    pair = await tried(bench)
    getattr(bench.metadata, moment)[method] = StoreBusyError("busy")

    with pytest.raises(StoreBusyError):
        await bench.keys.add(pair, a_secret(), SlotDetails("key"))

    assert bench.vault.held == set()
    assert await bench.store.metadata.slots(LAB.name) == ()
    assert await bench.store.metadata.accounts(LAB.name) == ()


async def test_a_failing_clean_up_does_not_hide_the_cause(bench: Bench) -> None:
    """The error that is shown is the one that stopped the add."""
    pair = await tried(bench)
    bench.metadata.failures["save_slot"] = StoreBusyError("busy")
    bench.metadata.failures["remove_slot"] = StoreBusyError("still busy")
    bench.vault.failures["remove"] = KeychainUnavailableError("gone")

    with pytest.raises(StoreBusyError, match="busy"):
        await bench.keys.add(pair, a_secret(), SlotDetails("key"))


async def test_a_secret_that_lost_its_slot_is_removed_later(bench: Bench) -> None:
    """What neither the failed add nor its clean-up could remove goes with the next key, after a while."""
    bench.metadata.failures["save_check"] = StoreBusyError("busy")
    bench.vault.failures["remove"] = KeychainUnavailableError("frozen")
    with pytest.raises(StoreBusyError):
        await added(bench, 1)
    bench.metadata.failures.clear()
    bench.vault.failures.clear()
    left = set(bench.vault.held)

    early = await added(bench, 2)
    held_early = set(bench.vault.held)
    bench.clock.move(minutes=11)
    late = await added(bench, 3)

    assert len(left) == 1
    assert held_early == left | {early.key_id}
    assert bench.vault.held == {early.key_id, late.key_id}


@pytest.mark.parametrize("method", ["accounts", "save_account", "save_slot", "save_check"])
async def test_a_cancelled_add_is_whole_or_nothing(bench: Bench, method: str) -> None:
    """Cancelling in the middle never leaves a slot without its secret, or a secret without its slot."""
    pair = await tried(bench)
    reached = asyncio.Event()

    async def pause() -> None:
        reached.set()
        await asyncio.sleep(0)

    bench.metadata.before[method] = pause
    task = asyncio.get_running_loop().create_task(bench.keys.add(pair, a_secret(), SlotDetails("key")))
    await reached.wait()
    task.cancel()
    await asyncio.wait((task,))

    bench.metadata.before.clear()
    assert {slot.key_id for slot in await bench.store.metadata.slots(LAB.name)} == bench.vault.held
    assert task.cancelled()
    assert bench.vault.held == set()


async def test_a_pair_tried_elsewhere_is_not_stored_here(bench: Bench) -> None:
    """A pair that one environment accepted cannot be added to another, even by a mix-up."""
    other = Bench(bench.store, bench.clock, OTHER)
    pair = await tried(other)

    with pytest.raises(EnvironmentSealError):
        await bench.keys.add(pair, a_secret(), SlotDetails("key"))

    assert bench.vault.held == set()


async def test_a_slot_of_elsewhere_does_not_sign_here(bench: Bench) -> None:
    """Even by a bug, a key of another environment gets no signer in this one."""
    slot = await bench_slot(bench)

    with pytest.raises(EnvironmentSealError):
        bench.keys.signer_of(replace(slot, environment=OTHER.name))


async def bench_slot(bench: Bench) -> KeySlot:
    await bench.move_in(an_account(1))
    return await bench.key(1)


async def test_the_first_account_is_assumed_to_be_the_master(bench: Bench) -> None:
    """Without a word from Kraken the first is the master, later ones are subaccounts, all assumed."""
    await added(bench, 1)
    await added(bench, 2, spot_info(iiban=an_iiban(2)))

    assert kinds(bench) == {
        an_iiban(1): (AccountKind.MASTER, KindSource.ASSUMED),
        an_iiban(2): (AccountKind.SUBACCOUNT, KindSource.ASSUMED),
    }


async def test_a_proven_master_corrects_what_was_assumed(bench: Bench) -> None:
    """The subaccount was added first and taken for the master; Kraken's word puts it right."""
    await added(bench, 2, spot_info(iiban=an_iiban(2)))
    linked = (LinkedAccount(an_iiban(2), None),)
    bench.spot.answer("domain_facts", DomainFacts(is_master=True, linked=linked))

    await added(bench, 1)

    assert kinds(bench) == {
        an_iiban(2): (AccountKind.SUBACCOUNT, KindSource.KRAKEN),
        an_iiban(1): (AccountKind.MASTER, KindSource.KRAKEN),
    }


async def test_a_known_account_is_corrected_by_its_next_key(bench: Bench) -> None:
    """Subaccount first, then the master's Spot key without a proof, then its Futures key with one."""
    await added(bench, 2, spot_info(iiban=an_iiban(2)))
    await added(bench, 1, spot_info(iiban=an_iiban(1)))
    linked = (LinkedAccount(an_iiban(2), "uid-2"),)
    bench.futures.answer("domain_facts", DomainFacts(is_master=True, linked=linked))

    await added(bench, 3, futures_info(iiban=an_iiban(1), account_uid="uid-1"))

    assert kinds(bench) == {
        an_iiban(2): (AccountKind.SUBACCOUNT, KindSource.KRAKEN),
        an_iiban(1): (AccountKind.MASTER, KindSource.KRAKEN),
    }
    [master] = [a for a in bench.fleet.accounts() if a.is_master]
    assert master.futures_uid == "uid-1"


async def test_kraken_may_say_that_a_first_account_is_a_subaccount(bench: Bench) -> None:
    """Then it is one, although no master is known yet."""
    bench.futures.answer("domain_facts", DomainFacts(is_master=False, master_uid="uid-9"))

    await added(bench, 1, futures_info())

    assert kinds(bench) == {an_iiban(1): (AccountKind.SUBACCOUNT, KindSource.KRAKEN)}


async def test_two_tries_before_the_first_add_make_one_master(bench: Bench) -> None:
    """The proposal is made anew when the key is stored, so it counts what was added meanwhile."""
    first = await tried(bench, 1)
    second = await tried(bench, 2, spot_info(iiban=an_iiban(2)))

    await bench.keys.add(first, a_secret(), SlotDetails("one"))
    await bench.keys.add(second, a_secret(), SlotDetails("two", account_kind=AccountKind.MASTER))

    assert [a.kind for a in bench.fleet.accounts()] == [AccountKind.MASTER, AccountKind.SUBACCOUNT]


async def test_an_account_added_by_another_process_is_found(bench: Bench) -> None:
    """The command line added the account while the dialog was open: there is one account, not two."""
    pair = await tried(bench, 1)
    command_line = Bench(bench.store, bench.clock, vault=bench.vault)
    await added(command_line, 2)

    await bench.keys.add(pair, a_secret(), SlotDetails("one"))

    assert len(await bench.store.metadata.accounts(LAB.name)) == 1


async def test_the_operators_kind_and_label_are_kept(bench: Bench) -> None:
    """Where Kraken does not say, the operator's word counts and is marked as theirs."""
    pair = await tried(bench)

    await bench.keys.add(
        pair, a_secret(), SlotDetails("key", account_label="Carry", account_kind=AccountKind.SUBACCOUNT)
    )

    [account] = bench.fleet.accounts()
    assert (account.label, account.kind) == ("Carry", AccountKind.SUBACCOUNT)
    assert account.kind_source is KindSource.OPERATOR


async def test_krakens_word_about_the_kind_is_not_overruled(bench: Bench) -> None:
    """A proven master stays the master whatever was chosen in the dialog."""
    bench.spot.answer("domain_facts", DomainFacts(is_master=True))
    pair = await tried(bench)

    await bench.keys.add(pair, a_secret(), SlotDetails("key", account_kind=AccountKind.SUBACCOUNT))

    assert kinds(bench) == {an_iiban(): (AccountKind.MASTER, KindSource.KRAKEN)}


async def test_facts_that_kraken_does_not_give_are_done_without(bench: Bench) -> None:
    """The key was accepted; that its place could not be read does not refuse it."""
    bench.spot.answer("domain_facts", UnavailableError("down"))

    await added(bench)

    assert kinds(bench) == {an_iiban(): (AccountKind.MASTER, KindSource.ASSUMED)}


async def test_a_refusal_while_asking_for_facts_refuses_the_pair(bench: Bench) -> None:
    """A key that fails right after its check is not to be trusted, nor tried again."""
    bench.spot.answer("domain_facts", refused())

    with pytest.raises(AuthRejectedError):
        await tried(bench)


async def test_a_key_without_read_rights_asks_for_no_facts(bench: Bench) -> None:
    """A call that Kraken would refuse is not made."""
    await added(bench, 1, spot_info("modify-trades"))

    assert bench.spot.made("domain_facts") == []


async def test_removing_a_key_removes_its_secret(bench: Bench) -> None:
    """Neither slot nor secret remain; the account stays for the journal's sake."""
    slot = await added(bench)

    await bench.keys.remove(slot.slot_id)

    assert bench.vault.held == set()
    assert await bench.store.metadata.slots(LAB.name) == ()
    with pytest.raises(UnknownNameError):
        await bench.keys.remove(slot.slot_id)


async def test_a_key_stays_when_its_secret_cannot_be_removed(bench: Bench) -> None:
    """A secret that no slot names would be forgotten in the keychain."""
    slot = await added(bench)
    bench.vault.failures["remove"] = KeychainLockedError("locked")

    with pytest.raises(KeychainLockedError):
        await bench.keys.remove(slot.slot_id)

    assert await bench.store.metadata.slots(LAB.name) == (slot,)


async def test_a_cancelled_removal_is_finished(bench: Bench) -> None:
    """Half a removal would leave a key without its secret."""
    slot = await added(bench)
    reached = asyncio.Event()

    async def pause() -> None:
        reached.set()
        await asyncio.sleep(0)

    bench.metadata.before["remove_slot"] = pause
    task = asyncio.get_running_loop().create_task(bench.keys.remove(slot.slot_id))
    await reached.wait()
    task.cancel()
    await asyncio.wait((task,))

    await wait_until(lambda: not bench.vault.held)
    assert await bench.store.metadata.slots(LAB.name) == ()


async def test_an_unknown_slot_is_named(bench: Bench) -> None:
    """A key that is no longer here cannot be checked."""
    await bench.move_in(a_master())

    with pytest.raises(UnknownNameError):
        await bench.keys.check((SlotId("nonsense"),))


async def test_a_key_that_proves_both_ids_makes_two_records_one(bench: Bench) -> None:
    """A Futures account known by its uid alone turns out to be a Spot account that is here already."""
    spot_side = an_account(1, label="Carry", futures_uid=None)
    futures_side = an_account(2, label="Account uid-2", iiban=None)
    await bench.move_in(spot_side, futures_side)
    known_by_uid = futures_info(iiban=None, account_uid="uid-2", api_key=a_public_key(2))
    slot = await bench.key(2, info=known_by_uid, venue=Venue.FUTURES, account_id=futures_side.account_id)
    proof = futures_info(iiban=spot_side.iiban, account_uid="uid-2", api_key=slot.api_key)
    bench.futures.answer("check_key", proof, api_key=slot.api_key)

    await bench.keys.check((slot.slot_id,))

    [account] = bench.fleet.accounts()
    assert (account.account_id, account.label, account.futures_uid) == ("account-1", "Carry", "uid-2")
    assert bench.fleet.slot(slot.slot_id).account_id == "account-1"


async def test_adding_such_a_key_makes_two_records_one_too(bench: Bench) -> None:
    """No uid is ever on two accounts."""
    await bench.move_in(
        an_account(1, label="Carry", futures_uid=None), an_account(2, label="Account uid-2", iiban=None)
    )
    made = a_slot(3)
    proof = futures_info(iiban=an_iiban(1), account_uid="uid-2", api_key=made.api_key)
    bench.futures.answer("check_key", proof, api_key=made.api_key)
    tried = await bench.keys.try_pair(Venue.FUTURES, made.api_key, a_secret())

    slot = await bench.keys.add(tried, a_secret(), SlotDetails("hedge"))

    [account] = bench.fleet.accounts()
    assert account.futures_uid == "uid-2"
    assert bench.fleet.slot(slot.slot_id).account_id == account.account_id
