"""Looking at keys as a guest: idle time, evidence of other users, lockouts, trees in good time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kraken_desk.domain.clients import CLIENTS
from kraken_desk.domain.errors import LockedOutError, NonceStaleError, StoreBusyError
from kraken_desk.domain.foreign_use import Quietness, UseState, quiet_since
from kraken_desk.domain.health import Level
from kraken_desk.domain.keys import CheckOutcome, KeySlot, Problem
from kraken_desk.domain.nonces import busy_until
from kraken_desk.services.use_watch import UseWatch
from tests.helpers.builders import NOW, a_check, a_lease, a_master, a_secret, a_slot, an_account, spot_info
from tests.helpers.fakes import Faulty
from tests.unit.services.bench import Bench

STALE = NonceStaleError("Kraken refused the nonce", kraken=("EAPI:Invalid nonce",))


async def a_bot(bench: Bench, client: str, nonce: int, **slot: Any) -> KeySlot:
    """Store a key of a process that was checked an hour ago, when its last nonce was `nonce`."""
    await bench.move_in(an_account(1))
    made = a_slot(1, process="bot", client=client)
    info = spot_info(api_key=made.api_key, nonce=nonce, read_at=NOW - timedelta(hours=1))
    check = a_check(made.key_id, info, checked_at=NOW - timedelta(hours=1))
    return await bench.key(1, info=info, check=check, process="bot", client=client, **slot)


@pytest.fixture
async def keys(bench: Bench) -> tuple[KeySlot, ...]:
    await bench.move_in(an_account(1))
    return (await bench.key(1),)


async def test_a_second_counter_that_called_just_now_is_not_checked(bench: Bench) -> None:
    """Its next nonce could be the one of the check; nothing is sent and the reason is told."""
    slot = await a_bot(bench, "hummingbot", CLIENTS["hummingbot"].at(NOW) - 1)

    [result] = await bench.keys.check((slot.slot_id,))

    assert result.outcome is CheckOutcome.UNREACHED
    assert result.problem is not None
    assert (result.problem.category, result.problem.title) == ("KeyBusyError", "Busy, not checked")
    assert "11:59:59 UTC" in result.problem.detail
    assert bench.calls("check_key") == []


async def test_a_second_counter_in_its_idle_time_is_checked(bench: Bench) -> None:
    """Two seconds after its last nonce a look is below everything it can still make."""
    slot = await a_bot(bench, "hummingbot", CLIENTS["hummingbot"].at(NOW) - 2)

    [result] = await bench.keys.check((slot.slot_id,))

    assert result.outcome is CheckOutcome.ACCEPTED


async def test_two_checks_of_a_second_counter_keep_apart_too(bench: Bench) -> None:
    """Our own nonce of this second may not be followed by one of the next."""
    slot = await a_bot(bench, "api-go", CLIENTS["api-go"].at(NOW - timedelta(minutes=1)))
    fingerprint = bench.keys.signer_of(slot).fingerprint
    await bench.store.nonces.next_nonce(fingerprint, CLIENTS["api-go"].at(NOW) - 1, at=NOW)

    [result] = await bench.keys.check((slot.slot_id,))

    assert result.problem is not None
    assert result.problem.category == "KeyBusyError"


def test_other_clients_are_never_busy() -> None:
    """A clock of milliseconds and finer leaves room between two calls."""
    assert busy_until("ccxt", [CLIENTS["ccxt"].at(NOW)], NOW) is None
    assert busy_until("kraken-cli", [CLIENTS["kraken-cli"].at(NOW)], NOW) is None


def test_a_counter_of_another_scale_is_not_called_busy() -> None:
    """Nineteen digits in seconds lie beyond the calendar: that is no matter of seconds."""
    assert busy_until("hummingbot", [CLIENTS["kraken-cli"].at(NOW)], NOW) is None
    assert busy_until("hummingbot", [CLIENTS["ccxt"].at(NOW)], NOW) is None


async def test_adding_a_second_counters_key_spends_one_nonce(bench: Bench) -> None:
    """What the account is stays an assumption: further calls would run into the bot's next nonces."""
    slot = a_slot(1)
    bench.spot.answer("check_key", spot_info(api_key=slot.api_key))

    await bench.keys.try_pair(slot.venue, slot.api_key, a_secret(), client="hummingbot")

    assert [call.operation for call in bench.spot.calls if call.api_key] == ["check_key"]


async def test_a_foreign_use_of_a_desk_key_is_a_finding_in_the_tree(bench: Bench) -> None:
    """The evidence stands in the tree with the check, and after a restart."""
    await bench.move_in(a_master(1))
    slot = await bench.key(1)
    await bench.store.nonces.next_nonce(bench.keys.signer_of(slot).fingerprint, 10, at=NOW)
    await bench.keys.check((slot.slot_id,))
    bench.clock.move(hours=5)
    used = spot_info(
        api_key=slot.api_key, read_at=bench.clock.now(), last_used=NOW + timedelta(hours=3), nonce=7
    )
    bench.spot.answer("check_key", used, api_key=slot.api_key)

    await bench.keys.check((slot.slot_id,))

    again = Bench(bench.store, bench.clock, vault=bench.vault)
    for snapshot in (bench.fleet.snapshot.value, await again.fleet.load()):
        node = snapshot.key(slot.key_id)
        assert node is not None
        assert node.use is not None
        assert node.use.state is UseState.FOREIGN
        assert node.health.level is Level.HIGH
        assert node.health.remarks[0].title == "Used by somebody else"
        assert "used at 2026-11-20 15:00:00 UTC" in node.health.remarks[0].detail


async def test_a_lease_of_the_past_explains_what_a_check_finds(bench: Bench) -> None:
    """The process had the key at that time, so its use is expected."""
    slot = await a_bot(bench, "ccxt", 1, only_here=True)
    await bench.store.nonces.next_nonce(bench.keys.signer_of(slot).fingerprint, 10, at=NOW)
    lease = a_lease(since=NOW + timedelta(hours=1), ended_at=NOW + timedelta(hours=2))
    await bench.store.leases.begin(lease)
    await bench.store.leases.end(lease.lease_id, NOW + timedelta(hours=2))
    bench.clock.move(hours=5)
    used = spot_info(
        api_key=slot.api_key, read_at=bench.clock.now(), last_used=NOW + timedelta(minutes=90), nonce=7
    )
    bench.spot.answer("check_key", used, api_key=slot.api_key)

    await bench.keys.check((slot.slot_id,))

    node = bench.fleet.snapshot.value.key(slot.key_id)
    assert node is not None
    assert node.use is not None
    assert node.use.state is UseState.EXPECTED
    assert node.use.signs[0].why == "“freqtrade” held the key then."


async def test_a_quiet_look_that_is_refused_names_the_straggler(bench: Bench) -> None:
    """The answer is an observation, not an error, and the key is not called quiet."""
    slot = await a_bot(bench, "ccxt", 1_000)
    bench.spot.answer(
        "check_key", spot_info(api_key=slot.api_key, nonce=1_000, nonce_window=0), api_key=slot.api_key
    )
    first = await bench.keys.look_quietly(slot)
    bench.clock.move(hours=1)
    bench.spot.answer("check_key", STALE, api_key=slot.api_key)

    second = await bench.keys.look_quietly(slot)

    looks = await bench.keys.observations(slot)
    assert (first.accepted, second.accepted, second.counted) == (True, False, True)
    assert quiet_since(looks, NOW).state is Quietness.USED


async def test_a_store_that_cannot_keep_the_evidence_does_not_spoil_the_check(
    bench: Bench, keys: tuple[KeySlot, ...]
) -> None:
    """The check is what was asked for."""
    use = Faulty(bench.store.use)
    use.failures["observe"] = StoreBusyError("The database is busy")
    watch = UseWatch(bench.store.nonces, use, bench.store.leases.of_slot)
    [slot] = keys
    glance = await watch.begin(slot, bench.keys.signer_of(slot))

    look = await watch.accepted(glance, spot_info(nonce=5))

    assert look.nonce == 5


async def test_a_check_during_a_lockout_says_so(bench: Bench) -> None:
    """An older refusal of the key does not hide that the whole address waits."""
    await bench.move_in(an_account(1))
    problem = Problem("AuthRejectedError", "Kraken refused the key")
    slot = await bench.key(1, check=a_check("key-1", outcome=CheckOutcome.REJECTED, problem=problem))
    await bench.store.guard.lock_out(slot.environment, NOW + timedelta(minutes=15))

    [result] = await bench.keys.check((slot.slot_id,))

    assert result.problem is not None
    assert result.problem.title == "Kraken has locked this address out"
    assert bench.calls("check_key") == []


async def test_the_call_that_meets_the_lockout_says_so_too(bench: Bench) -> None:
    """Kraken's own answer is not taken for the key's fault either."""
    await bench.move_in(an_account(1))
    problem = Problem("AuthRejectedError", "Kraken refused the key")
    slot = await bench.key(1, check=a_check("key-1", outcome=CheckOutcome.REJECTED, problem=problem))
    locked = LockedOutError("Locked out", kraken=("EGeneral:Temporary lockout",))
    bench.spot.answer("check_key", locked, api_key=slot.api_key)

    [result] = await bench.keys.check((slot.slot_id,))

    assert result.problem is not None
    assert result.problem.category == "LockedOutError"


async def test_a_run_over_a_large_fleet_is_shown_in_steps(bench: Bench) -> None:
    """Each shown step costs the whole fleet, so their number does not grow with it."""
    await bench.move_in(an_account(1))
    for number in range(1, 301):
        made = a_slot(number, environment=bench.environment.name)
        await bench.vault.put(made.key_id, a_secret())
        await bench.store.metadata.save_slot(made)
        bench.spot.answer("check_key", spot_info(api_key=made.api_key), api_key=made.api_key)
    await bench.fleet.load()
    shown: list[object] = []
    bench.fleet.snapshot.subscribe(shown.append)

    await bench.keys.check(tuple(slot.slot_id for slot in bench.fleet.slots()), asked=False)

    nodes = bench.fleet.snapshot.value.keys()
    assert len(shown) < 150
    assert all(node.check is not None and not node.checking for node in nodes)


async def test_what_has_not_changed_is_the_same_node(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """A look into the store that finds nothing new makes no key anew."""
    before = bench.fleet.snapshot.value.keys()

    after = (await bench.fleet.load()).keys()

    assert [a is b for a, b in zip(after, before, strict=True)] == [True] * len(keys)


@pytest.mark.usefixtures("keys")
async def test_a_changed_key_is_another_node(bench: Bench) -> None:
    """Its neighbours stay."""
    other = await bench.key(2)
    before = bench.fleet.snapshot.value.keys()

    await bench.fleet.save_slot(replace(other, role="scout"))

    after = bench.fleet.snapshot.value.keys()
    assert after[0] is before[0]
    assert after[1].slot.role == "scout"
