"""Rotations over a real store: each step, every way out, and what is left when a step is cut short."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from kraken_desk.domain.errors import (
    DuplicateKeyError,
    InputError,
    KeychainLockedError,
    LockoutGuardError,
    NonceStaleError,
    OneTimePasswordError,
    RotationStepError,
    SecretMissingError,
    StoreBusyError,
    UnreachableError,
)
from kraken_desk.domain.keys import KeySlot
from kraken_desk.domain.rotation import ProofOutcome, Rotation, Stage
from kraken_desk.services.keys import SlotDetails
from tests.helpers.builders import NOW, a_lease, a_master, a_public_key, a_secret, an_iiban, spot_info
from tests.helpers.fakes import Call, refused
from tests.unit.services.bench import Bench

NEW = a_public_key(9)
HOUR = timedelta(hours=1)
STALE = NonceStaleError("The nonce was refused", kraken=("EAPI:Invalid nonce",))


@pytest.fixture
async def slot(bench: Bench) -> KeySlot:
    """A process's key on the master, and a new pair that Kraken accepts."""
    await bench.move_in(a_master(1))
    made = await bench.key(1, name="mm-bot", process="bot", client="ccxt")
    bench.spot.answer("check_key", spot_info(api_key=NEW), api_key=NEW)
    bench.spot.answer("check_key", spot_info(nonce=1), api_key=made.api_key)
    return made


Step = Callable[[Bench, KeySlot], Awaitable[Rotation]]


def looks(bench: Bench, slot: KeySlot) -> list[Call]:
    """Return the looks at the old key that reached Kraken."""
    return [call for call in bench.spot.made("check_key") if call.api_key == slot.api_key]


async def watch_through(bench: Bench, slot: KeySlot) -> Rotation:
    await bench.rotations.watch(slot.slot_id, HOUR)
    bench.clock.move(hours=1)
    return await bench.rotations.watch(slot.slot_id)


async def prove(bench: Bench, slot: KeySlot) -> Rotation:
    bench.spot.answer("ask_once", refused(), api_key=slot.api_key)
    return await bench.rotations.prove(slot.slot_id)


FORWARD: dict[Stage, Step] = {
    Stage.CREATE: lambda b, s: b.rotations.paste(s.slot_id, NEW, a_secret()),
    Stage.COMPARE: lambda b, s: b.rotations.accept(s.slot_id),
    Stage.HAND_OVER: lambda b, s: b.rotations.hand_over(s.slot_id),
    Stage.WATCH: watch_through,
    Stage.REVOKE: lambda b, s: b.rotations.declare_revoked(s.slot_id),
    Stage.PROVE: prove,
    Stage.CLEAN_UP: lambda b, s: b.rotations.finish(s.slot_id),
}


async def at(bench: Bench, slot: KeySlot, stage: Stage) -> Rotation:
    rotation = await bench.rotations.start(slot.slot_id)
    while rotation.stage is not stage:
        rotation = await FORWARD[rotation.stage](bench, slot)
    return rotation


def current(bench: Bench) -> KeySlot:
    return bench.fleet.slot_named("mm-bot")


async def test_the_whole_way(bench: Bench, slot: KeySlot) -> None:
    """In the end the slot holds the new key, one secret is left, and Kraken was asked four times."""
    rotation = await at(bench, slot, Stage.FINISHED)

    now = current(bench)
    assert (now.slot_id, now.name, now.process, now.client) == (slot.slot_id, "mm-bot", "bot", "ccxt")
    assert (now.api_key, now.key_id) == (NEW, rotation.current.key_id)
    assert bench.vault.held == {now.key_id}
    assert len(looks(bench, slot)) == 2
    assert len(bench.spot.made("ask_once")) == 1
    assert bench.fleet.check_of(now.key_id) is not None
    assert bench.fleet.check_of(slot.key_id) is None
    assert [m.note for m in await bench.rotations.moves(rotation)] == [
        "Begun",
        "New key accepted by Kraken and stored",
        "No differences",
        "Handed over: the new key serves",
        "Looked at the old key: no use by anybody else",
        "The old key was quiet",
        "Said to be revoked at Kraken",
        "Proven: Kraken said EAPI:Invalid key to the old key.",
        "Old secret removed",
    ]


async def test_only_the_first_look_follows_the_clock(bench: Bench, slot: KeySlot) -> None:
    """Every later look takes the nonce right above it."""
    await at(bench, slot, Stage.REVOKE)

    assert [call.counted for call in looks(bench, slot)] == [False, True]


@pytest.mark.parametrize("stage", [s for s in Stage if s not in (Stage.FINISHED, Stage.ABANDONED)])
async def test_another_program_goes_on_from_any_stage(bench: Bench, slot: KeySlot, stage: Stage) -> None:
    """A second program on the same store and keychain finds the stage and finishes."""
    await at(bench, slot, stage)
    other = Bench(bench.store, bench.clock, vault=bench.vault)
    other.spot = bench.spot
    other.keys._gateways.update({bench.spot.venue: bench.spot})
    await other.fleet.load()

    rotation = await other.rotations.of(slot.slot_id)
    assert rotation is not None
    assert rotation.stage is stage
    assert current(other).api_key == rotation.current.api_key
    while rotation.stage.is_open:
        rotation = await FORWARD[rotation.stage](other, slot)

    assert bench.vault.held == {current(other).key_id}


@pytest.mark.parametrize("stage", [Stage.CREATE, Stage.COMPARE, Stage.HAND_OVER])
async def test_abandoning_removes_the_new_secret_only(bench: Bench, slot: KeySlot, stage: Stage) -> None:
    """The old key is as it was, and another rotation may begin."""
    await at(bench, slot, stage)

    rotation = await bench.rotations.abandon(slot.slot_id)

    assert rotation.stage is Stage.ABANDONED
    assert bench.vault.held == {slot.key_id}
    assert current(bench) == slot
    assert (await bench.rotations.start(slot.slot_id)).stage is Stage.CREATE


async def test_going_all_the_way_back(bench: Bench, slot: KeySlot) -> None:
    """From a revocation not yet proven, five steps back restore the old key and let go of the new one."""
    await at(bench, slot, Stage.PROVE)

    stages = [(await bench.rotations.back(slot.slot_id)).stage for _ in range(5)]

    assert stages == [Stage.REVOKE, Stage.WATCH, Stage.HAND_OVER, Stage.COMPARE, Stage.CREATE]
    assert current(bench) == slot
    assert bench.vault.held == {slot.key_id}


async def test_after_the_proof_nothing_leads_back(bench: Bench, slot: KeySlot) -> None:
    """The old key is dead: neither back nor away."""
    await at(bench, slot, Stage.CLEAN_UP)

    for leave in (bench.rotations.back, bench.rotations.abandon):
        with pytest.raises(RotationStepError):
            await leave(slot.slot_id)
    assert bench.vault.held == {slot.key_id, current(bench).key_id}


async def test_a_key_held_anywhere_is_refused(bench: Bench, slot: KeySlot) -> None:
    """The old key itself, another slot's key and another rotation's key cannot be the new one."""
    other = await bench.key(2, name="other")
    await bench.rotations.start(other.slot_id)
    await bench.rotations.paste(other.slot_id, NEW, a_secret())
    await bench.rotations.start(slot.slot_id)
    asked = len(bench.spot.calls)

    for api_key in (slot.api_key, other.api_key, NEW):
        with pytest.raises(DuplicateKeyError):
            await bench.rotations.paste(slot.slot_id, api_key, a_secret())
    assert len(bench.spot.calls) == asked


async def test_a_rotations_key_is_refused_as_a_new_slot(bench: Bench, slot: KeySlot) -> None:
    """The successor waiting and the old key after the hand-over both count as held."""
    await at(bench, slot, Stage.HAND_OVER)
    with pytest.raises(DuplicateKeyError):
        await bench.keys.try_pair(slot.venue, NEW, a_secret())
    await bench.rotations.hand_over(slot.slot_id)

    with pytest.raises(DuplicateKeyError):
        await bench.keys.try_pair(slot.venue, slot.api_key, a_secret())


async def test_a_slot_saved_meanwhile_is_refused_by_the_store(bench: Bench, slot: KeySlot) -> None:
    """The new key is unique over slots and rotations also when it came in between."""
    bench.spot.answer("check_key", spot_info(api_key=a_public_key(2)), api_key=a_public_key(2))
    tried = await bench.keys.try_pair(slot.venue, a_public_key(2), a_secret())
    await bench.rotations.start(slot.slot_id)
    await bench.rotations.paste(slot.slot_id, NEW, a_secret())
    late = replace(tried, api_key=NEW)

    with pytest.raises(DuplicateKeyError):
        await bench.keys.add(late, a_secret(), SlotDetails("late"))
    assert len(bench.vault.held) == 2


async def test_another_accounts_key_is_refused(bench: Bench, slot: KeySlot) -> None:
    """Kraken names the account; nothing is stored."""
    bench.spot.answer("check_key", spot_info(iiban=an_iiban(7)), api_key=NEW)
    await bench.rotations.start(slot.slot_id)

    with pytest.raises(InputError, match="another account"):
        await bench.rotations.paste(slot.slot_id, NEW, a_secret())
    assert bench.vault.held == {slot.key_id}


@pytest.mark.parametrize("failing", ["put", "save"])
async def test_a_paste_that_fails_leaves_no_secret(bench: Bench, slot: KeySlot, failing: str) -> None:
    """Keychain or store fail in the middle: the stage stays, the second try succeeds."""
    await bench.rotations.start(slot.slot_id)
    if failing == "put":
        bench.vault.failures["put"] = KeychainLockedError("locked")
    else:
        await bench.rotations.paste(slot.slot_id, NEW, a_secret())
        await bench.rotations.back(slot.slot_id)
        bench.metadata.failures["save_check"] = StoreBusyError("busy")

    with pytest.raises((KeychainLockedError, StoreBusyError)):
        await bench.rotations.paste(slot.slot_id, NEW, a_secret())
    bench.vault.failures.clear()
    bench.metadata.failures.clear()

    assert bench.vault.held == {slot.key_id}
    assert (await bench.rotations.paste(slot.slot_id, NEW, a_secret())).stage is Stage.COMPARE
    assert len(bench.vault.held) == 2


async def test_a_hand_over_needs_the_secret(bench: Bench, slot: KeySlot) -> None:
    """A keychain that lost the new secret stops the hand-over; the old key goes on."""
    rotation = await at(bench, slot, Stage.HAND_OVER)
    assert rotation.new is not None
    await bench.vault.remove(rotation.new.key_id)

    with pytest.raises(SecretMissingError):
        await bench.rotations.hand_over(slot.slot_id)
    assert current(bench) == slot


async def test_a_straggler_is_noticed(bench: Bench, slot: KeySlot) -> None:
    """Kraken refuses the nonce above ours, so somebody used the key: the time starts anew, once."""
    await at(bench, slot, Stage.WATCH)
    await bench.rotations.watch(slot.slot_id, HOUR)
    bench.clock.move(hours=1)
    bench.spot.answer("check_key", STALE, api_key=slot.api_key)

    noticed = await bench.rotations.watch(slot.slot_id)
    bench.spot.answer("check_key", spot_info(nonce=1), api_key=slot.api_key)
    again = await bench.rotations.watch(slot.slot_id)

    assert noticed.stage is again.stage is Stage.WATCH
    assert noticed.watch is not None
    assert noticed.watch.sign.endswith("it had seen one at least as large.")
    assert again.watch is not None
    assert again.watch.due_at == NOW + 2 * HOUR
    assert [call.counted for call in looks(bench, slot)] == [False, True, False]
    bench.clock.move(hours=1)
    assert (await bench.rotations.watch(slot.slot_id)).stage is Stage.REVOKE


async def test_a_process_that_was_not_restarted_is_a_straggler(bench: Bench, slot: KeySlot) -> None:
    """A lease from before the hand-over means the old key is at work; no nonce is spent to learn it."""
    bench.leases = (a_lease(1),)
    await at(bench, slot, Stage.HAND_OVER)
    bench.clock.move(minutes=5)
    await bench.rotations.hand_over(slot.slot_id)

    rotation = await bench.rotations.watch(slot.slot_id, HOUR)

    assert rotation.watch is not None
    assert (rotation.watch.looks, rotation.watch.sign.split(" holds")[0]) == (0, "“freqtrade” (process 4712)")
    bench.leases = (replace(a_lease(2), slot_id=slot.slot_id, since=bench.clock.now()),)
    marked = await bench.rotations.watch(slot.slot_id)
    assert marked.watch is not None
    assert (marked.watch.looks, marked.watch.marked) == (1, True)


async def test_waiting_spends_no_nonce(bench: Bench, slot: KeySlot) -> None:
    """Between the first look and the end of the time, asking again costs nothing unless a look is wanted."""
    await at(bench, slot, Stage.WATCH)
    await bench.rotations.watch(slot.slot_id, HOUR)

    await bench.rotations.watch(slot.slot_id)
    assert len(looks(bench, slot)) == 1
    await bench.rotations.watch(slot.slot_id, look=True)

    assert len(looks(bench, slot)) == 2


async def test_an_operators_word_stands_for_a_look(bench: Bench, slot: KeySlot) -> None:
    """Only after the whole time."""
    await at(bench, slot, Stage.WATCH)
    early = await bench.rotations.watch(slot.slot_id, HOUR, unobserved=True)
    bench.clock.move(hours=1)

    assert early.stage is Stage.WATCH
    assert (await bench.rotations.watch(slot.slot_id, unobserved=True)).stage is Stage.REVOKE
    assert looks(bench, slot) == []


async def test_a_counter_ahead_stops_the_first_look(bench: Bench, slot: KeySlot) -> None:
    """Without an accepted first look no later one would mean anything, so Kraken's refusal is told."""
    await at(bench, slot, Stage.WATCH)
    bench.spot.answer("check_key", STALE, api_key=slot.api_key)

    with pytest.raises(RotationStepError, match="cannot be watched"):
        await bench.rotations.watch(slot.slot_id, HOUR)


@pytest.mark.parametrize(
    ("answer", "stage", "outcome"),
    [
        (spot_info(), Stage.REVOKE, ProofOutcome.NOT_REVOKED),
        (STALE, Stage.REVOKE, ProofOutcome.NOT_REVOKED),
        (UnreachableError("offline"), Stage.PROVE, ProofOutcome.NOT_PROVEN),
        (LockoutGuardError("resting"), Stage.PROVE, ProofOutcome.NOT_PROVEN),
        (refused("EAPI:Invalid signature"), Stage.PROVE, ProofOutcome.NOT_PROVEN),
        (refused(), Stage.CLEAN_UP, ProofOutcome.REVOKED),
    ],
)
async def test_the_proof_is_one_call(
    bench: Bench, slot: KeySlot, answer: object, stage: Stage, outcome: ProofOutcome
) -> None:
    """Whatever Kraken says, it is asked exactly once."""
    await at(bench, slot, Stage.PROVE)
    before = len(bench.spot.calls)
    bench.spot.answer("ask_once", answer, api_key=slot.api_key)

    rotation = await bench.rotations.prove(slot.slot_id)

    assert rotation.stage is stage
    assert rotation.proof is not None
    assert rotation.proof.outcome is outcome
    assert len(bench.spot.calls) == before + 1


async def test_a_proof_costs_the_address_one_failure(bench: Bench, slot: KeySlot) -> None:
    """The guard rests the old key alone; other keys lose one place, as with any refused key."""
    await at(bench, slot, Stage.CLEAN_UP)

    report = await bench.guard.report(
        bench.environment.name, {"mm-bot": bench.keys.signer_of(current(bench))}
    )
    assert (report.failures, report.resting) == (1, ())


async def test_a_proof_broken_off_is_asked_for_again(bench: Bench, slot: KeySlot) -> None:
    """The program died during the call: the rotation says so and stays; nothing is asked by itself."""
    await at(bench, slot, Stage.PROVE)
    bench.rotation_store.before["save"] = die_at_second(bench)

    with pytest.raises(KilledError):
        await prove(bench, slot)
    bench.rotation_store.before.clear()

    left = await bench.rotations.of(slot.slot_id)
    assert left is not None
    assert left.proof is not None
    assert (left.stage, left.proof.outcome) == (Stage.PROVE, None)
    assert (await prove(bench, slot)).stage is Stage.CLEAN_UP


class KilledError(BaseException):
    """Stands for the end of the process."""


def die_at_second(bench: Bench) -> Callable[[], Awaitable[None]]:
    del bench
    calls = 0

    async def die() -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KilledError

    return die


async def test_one_of_two_programs_wins(bench: Bench, slot: KeySlot) -> None:
    """Both begin and both hand over at once: one of each is refused."""
    other = Bench(bench.store, bench.clock, vault=bench.vault)
    await other.fleet.load()

    begun = await asyncio.gather(
        bench.rotations.start(slot.slot_id), other.rotations.start(slot.slot_id), return_exceptions=True
    )
    await bench.rotations.paste(slot.slot_id, NEW, a_secret())
    await bench.rotations.accept(slot.slot_id)
    handed = await asyncio.gather(
        bench.rotations.hand_over(slot.slot_id),
        other.rotations.hand_over(slot.slot_id),
        return_exceptions=True,
    )

    for both in (begun, handed):
        assert sum(isinstance(result, RotationStepError) for result in both) == 1
        assert sum(isinstance(result, Rotation) for result in both) == 1


async def test_a_stale_writer_is_refused(bench: Bench, slot: KeySlot) -> None:
    """Also without the lock, the store takes no step from a rotation that has moved on."""
    begun = await bench.rotations.start(slot.slot_id)
    await bench.rotations.abandon(slot.slot_id)

    with pytest.raises(RotationStepError, match="quicker"):
        await bench.store.rotations.save(begun, "")


async def test_a_key_being_rotated_is_not_removed(bench: Bench, slot: KeySlot) -> None:
    """Its second secret would be orphaned; neither secret is touched."""
    await at(bench, slot, Stage.COMPARE)

    with pytest.raises(RotationStepError):
        await bench.keys.remove(slot.slot_id)
    with pytest.raises(RotationStepError):
        await bench.store.metadata.remove_slot(slot.slot_id)
    assert len(bench.vault.held) == 2


async def test_a_slot_read_before_the_hand_over_cannot_undo_it(bench: Bench, slot: KeySlot) -> None:
    """A writer with the old key in hand is refused while the rotation is under way."""
    await at(bench, slot, Stage.WATCH)

    with pytest.raises(RotationStepError):
        await bench.store.metadata.save_slot(slot)


async def test_the_tree_knows(bench: Bench, slot: KeySlot) -> None:
    """The key's node carries its rotation while it is under way."""
    await at(bench, slot, Stage.COMPARE)
    node = bench.fleet.snapshot.value.keys()[0]
    assert node.rotation is not None

    await bench.rotations.abandon(slot.slot_id)

    assert bench.fleet.snapshot.value.keys()[0].rotation is None


async def test_steps_without_a_rotation(bench: Bench, slot: KeySlot) -> None:
    """Nothing is under way, so every step is refused."""
    for step in (bench.rotations.accept, bench.rotations.prove, bench.rotations.back, bench.rotations.finish):
        with pytest.raises(RotationStepError, match="No rotation"):
            await step(slot.slot_id)


async def test_a_key_with_two_factor_is_rotated_with_its_codes(bench: Bench, slot: KeySlot) -> None:
    """The new key's check and each look at the old one carry a code; the proof carries none."""
    rotations = bench.rotations
    await bench.keys.say_two_factor(slot.slot_id, True)
    await at(bench, slot, Stage.CREATE)
    with pytest.raises(OneTimePasswordError):
        await rotations.paste(slot.slot_id, NEW, a_secret())
    await rotations.paste(slot.slot_id, NEW, a_secret(), otp="111111")
    await rotations.accept(slot.slot_id)
    await rotations.hand_over(slot.slot_id)
    with pytest.raises(OneTimePasswordError):
        await rotations.watch(slot.slot_id, HOUR)
    await rotations.watch(slot.slot_id, HOUR, otp="222222")
    bench.clock.move(hours=1)
    await rotations.watch(slot.slot_id, otp="333333")
    await rotations.declare_revoked(slot.slot_id)
    proven = await prove(bench, slot)

    assert [call.otp for call in bench.spot.made("check_key")] == ["111111", "222222", "333333"]
    assert [call.otp for call in bench.spot.made("ask_once")] == [""]
    assert proven.stage is Stage.CLEAN_UP
    assert current(bench).two_factor


async def test_a_code_too_many_stops_the_paste(bench: Bench, slot: KeySlot) -> None:
    """Kraken refuses a key that sends a code without need, so nothing is sent."""
    await at(bench, slot, Stage.CREATE)

    with pytest.raises(OneTimePasswordError, match="too many"):
        await bench.rotations.paste(slot.slot_id, NEW, a_secret(), otp="111111")

    assert bench.spot.made("check_key") == []
