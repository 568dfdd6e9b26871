"""The stop on a real store, with real processes: every step told, cut off and gone on, proven once."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from kraken_desk.domain.environments import PRODUCTION
from kraken_desk.domain.errors import (
    InputError,
    OutcomeUnknownError,
    RuleError,
    StoreUnwritableError,
    UnavailableError,
    UnreachableError,
)
from kraken_desk.domain.keys import KeySlot, Venue
from kraken_desk.domain.leases import Lease, Signalled
from kraken_desk.domain.rotation import ProofOutcome
from kraken_desk.domain.stop import StepKind, StepState, StopRun
from kraken_desk.domain.subaccounts import LinkedSubaccount
from kraken_desk.services.lease_ending import LeaseEnder
from kraken_desk.store import Store
from kraken_desk.store.processes import RunningProcesses, mark_of
from tests.helpers.builders import LAB, TREASURY, a_lease, a_master, an_account, futures_info, spot_info
from tests.helpers.fakes import FakeClock, refused
from tests.unit.services.bench import Bench

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are told apart on Linux only")

OBEDIENT = "import time, sys; print('ready', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {OBEDIENT}"


@pytest.fixture
async def desk(bench: Bench) -> Bench:
    await bench.move_in(a_master(1), an_account(2, label="Carry"))
    await bench.key(1, *TREASURY, name="treasury")
    await bench.key(3, name="futures", venue=Venue.FUTURES, info=futures_info("FULL_ACCESS"))
    await bench.key(4, "modify-trades", name="bot", process="bot")
    ender = LeaseEnder(bench.held_leases, RunningProcesses(), grace_s=0.3)
    bench.stop._ender = ender
    return bench


@asynccontextmanager
async def leased(bench: Bench, name: str, code: str) -> AsyncIterator[tuple[Lease, subprocess.Popen[bytes]]]:
    """Start a process that holds a key's lease by its descriptor, as `run` would have left it."""
    held = await bench.held_leases.take(bench.fleet.slot_named(name), "python")
    process = subprocess.Popen(  # noqa: ASYNC220  # starting it takes a moment only
        [sys.executable, "-c", code], stdout=subprocess.PIPE, pass_fds=(held.descriptor,)
    )
    assert process.stdout is not None
    await asyncio.to_thread(process.stdout.readline)
    await held.child_started(process.pid)
    os.close(held.descriptor)
    try:
        yield held.lease, process
    finally:
        process.kill()
        process.communicate()


def states(run: StopRun, *kinds: StepKind) -> list[StepState]:
    return [step.state for step in run.of(*kinds)]


@pytest.mark.parametrize(("code", "words"), [(OBEDIENT, "ended when asked"), (STUBBORN, "was killed")])
async def test_processes_are_ended_and_their_keys_freed(desk: Bench, code: str, words: str) -> None:
    """One that ignores the request is killed after the grace; the step says which it was."""
    async with leased(desk, "bot", code) as (_, process):
        run = await desk.stop.run(drill=False)

        [step] = run.of(StepKind.LEASE)
        assert step.state is StepState.DONE, step.result
        assert words in step.result
        assert process.wait(10) in (-15, -9)
    assert await desk.held_leases.current() == ()


async def test_a_later_process_of_the_number_is_left_alone(desk: Bench) -> None:
    """A process whose start is not the lease's is not touched, whatever its number."""
    async with leased(desk, "bot", OBEDIENT) as (lease, process):
        mark = replace(mark_of(process.pid), started="another boot 1")
        await desk.store.leases.child_started(lease.lease_id, mark)

        run = await desk.stop.run(drill=False)

        [step] = run.of(StepKind.LEASE)
        assert (step.state, process.poll()) == (StepState.FAILED, None)
        assert "still held" in step.result


async def test_what_runs_elsewhere_is_said_to_run_there(desk: Bench) -> None:
    """A lease of another machine cannot be ended from here."""
    slot = desk.fleet.slot_named("bot")
    await desk.store.leases.begin(a_lease(4, slot_id=slot.slot_id, environment=LAB.name, host="elsewhere"))

    run = await desk.stop.run(drill=False)

    [step] = run.of(StepKind.LEASE)
    assert (step.state, step.result) == (StepState.FAILED, "It runs on elsewhere; end it there.")


async def test_our_own_process_is_never_ended(desk: Bench) -> None:
    """A lease that this very program holds is left, and that is said."""
    held = await desk.held_leases.take(desk.fleet.slot_named("bot"), "kraken-desk")

    run = await desk.stop.run(drill=False)
    await held.release()

    [step] = run.of(StepKind.LEASE)
    assert step.state is StepState.FAILED
    assert "it is Kraken Desk itself" in step.result


def test_signals_reach_the_very_process_or_none() -> None:
    """Gone, unknown and our own are told apart without a signal."""
    child = subprocess.Popen([sys.executable, "-c", OBEDIENT], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    mark, ours = mark_of(child.pid), RunningProcesses()

    unknown = ours.end(replace(mark, started=""), force=True)
    other = ours.end(replace(mark, started="boot 1"), force=True)
    alive = child.poll()
    sent = ours.end(mark, force=False)
    code = child.wait(10)
    gone = ours.end(mark, force=True)
    child.communicate()

    assert (unknown, other, alive) == (Signalled.UNCERTAIN, Signalled.GONE, None)
    assert (sent, code, gone) == (Signalled.SENT, -15, Signalled.GONE)
    assert ours.end(mark_of(os.getpid()), force=True) is Signalled.UNCERTAIN


async def test_trading_is_disabled_also_where_this_desk_is_blind(desk: Bench) -> None:
    """Subaccounts that Kraken lists and the desk does not know join the list and are switched too."""
    desk.subaccount_calls.listed = (LinkedSubaccount("uid-2"), LinkedSubaccount("u-9", "Stranger"))

    run = await desk.stop.run(drill=False)

    assert desk.subaccount_calls.trading == {"uid-2": False, "u-9": False}
    assert [s.label for s in run.of(StepKind.TRADING)] == ["Carry", "Stranger"]
    assert (await desk.stop.runs())[0] == run


async def test_a_failing_step_does_not_hold_up_the_others(desk: Bench) -> None:
    """Its words say why; what follows is done."""
    lost = UnavailableError("Kraken does not answer", "The line is down.")
    desk.subaccount_calls.errors["set_trading"] = [lost]
    async with leased(desk, "bot", OBEDIENT):
        run = await desk.stop.run(drill=False)

    assert states(run, StepKind.TRADING, StepKind.FIND, StepKind.LEASE) == [
        StepState.FAILED,
        StepState.DONE,
        StepState.DONE,
    ]
    assert run.failed[0].result == "Kraken does not answer. The line is down."


async def test_a_lost_switch_is_turned_again(desk: Bench) -> None:
    """The reading shows that it is still on, so a second request follows: it moves no money."""
    desk.subaccount_calls.errors["set_trading"] = [OutcomeUnknownError("lost")]

    run = await desk.stop.run(drill=False)

    assert states(run, StepKind.TRADING) == [StepState.DONE]
    assert "second request" in run.of(StepKind.TRADING)[0].result


async def test_twice_is_harmless(desk: Bench) -> None:
    """Side by side, one waits for the other; both end with everything done."""
    first, second = await asyncio.gather(desk.stop.run(drill=False), desk.stop.run(drill=False))

    assert (first.failed, second.failed) == ((), ())
    assert len(await desk.stop.runs()) == 2


async def test_a_list_cut_off_goes_on(desk: Bench) -> None:
    """What was done stays done, what was under way is done again, under the same stop."""
    started = await desk.stop.preview(drill=False)
    await desk.stop_store.begin(started)
    first = started.step(1)
    await desk.stop_store.save_step(
        started.stop_id, first.begun(desk.clock.now()).over(desk.clock.now(), "before")
    )
    await desk.stop_store.save_step(started.stop_id, started.step(2).begun(desk.clock.now()))
    with pytest.raises(RuleError, match="has not come to its end") as told:
        await desk.stop.tell_unfinished()

    run = await desk.stop.run(drill=False)
    await desk.stop.tell_unfinished()

    assert told.value.detail.startswith("1 of its steps is still to be done: subaccounts may trade")
    assert run.stop_id == started.stop_id
    assert run.step(1).result == "before"
    assert run.due == ()
    assert desk.subaccount_calls.trading == {}
    assert await desk.stop.unfinished() is None


async def test_read_only_and_a_broken_store_do_not_hold_it_up(desk: Bench) -> None:
    """An emergency is not the moment to refuse; that nothing could be written is said."""
    await desk.read_only.switch(on=True)
    for name in ("begin", "save_step", "end"):
        desk.stop_store.failures[name] = StoreUnwritableError("full")

    run = await desk.stop.run(drill=False)

    assert desk.subaccount_calls.trading == {"uid-2": False}
    assert run.unwritten
    assert run.failed == ()


async def test_nothing_moves_money_and_no_key_is_called_unasked(desk: Bench) -> None:
    """The list calls neither a transfer nor a check of the keys it wants deleted."""
    await desk.stop.run(drill=False)

    assert desk.spot.calls == []
    assert desk.futures.calls == []


async def test_a_drill_of_something_real_is_refused(store: Store, clock: FakeClock) -> None:
    """Production is not on this machine."""
    real = Bench(store, clock, PRODUCTION)

    with pytest.raises(RuleError):
        await real.stop.run(drill=True)

    assert await real.stop.runs() == ()


async def test_one_call_proves_a_deletion(desk: Bench) -> None:
    """Exactly one call each time it is asked for, none once it is proven, and later lists leave it out."""
    slot: KeySlot = desk.fleet.slot_named("bot")
    run = await desk.stop.run(drill=False)
    number = next(s.number for s in run.of(StepKind.REVOKE) if s.target == slot.key_id)

    desk.spot.answer("ask_once", spot_info("modify-trades"), api_key=slot.api_key)
    alive = await desk.stop.prove(run.stop_id, number)
    desk.spot.answer("ask_once", refused(), api_key=slot.api_key)
    proven = await desk.stop.prove(run.stop_id, number)
    again = await desk.stop.prove(run.stop_id, number)

    assert alive.step(number).proof_outcome is ProofOutcome.NOT_REVOKED
    assert proven.step(number).state is StepState.DONE
    assert again.step(number) == proven.step(number)
    assert desk.calls("ask_once") == [slot.api_key] * 2
    following = await desk.stop.preview(drill=False)
    assert slot.key_id not in {s.target for s in following.steps}
    with pytest.raises(InputError):
        await desk.stop.prove(run.stop_id, 1)


async def test_without_kraken_the_processes_end_first(desk: Bench) -> None:
    """One call without an answer is enough to wait for; the rest of Kraken's part comes afterwards."""
    await desk.move_in(an_account(5, label="Delta"))
    desk.subaccount_calls.errors["set_trading"] = [UnreachableError("No line", "Nothing was sent.")]
    ended: list[str] = []

    def note(run: StopRun | None) -> None:
        for step in run.ordered() if run is not None else ():
            if step.state.is_over and step.label not in ended:
                ended.append(step.label)

    unsubscribe = desk.stop.state.subscribe(note)
    async with leased(desk, "bot", OBEDIENT) as (_, process):
        run = await desk.stop.run(drill=False)
    unsubscribe()

    assert ended == ["Carry", f"python ({process.pid}) on bot", "Delta", "Others that Kraken lists"]
    assert [step.label for step in run.failed] == ["Carry"]
    assert desk.subaccount_calls.trading == {"uid-5": False}


async def test_what_an_ended_process_left_is_removed(desk: Bench) -> None:
    """A `run` that was killed could not remove its file of credentials; whoever notes its end does."""
    tidied: list[str] = []
    desk.held_leases._tidy = tidied.append

    async with leased(desk, "bot", STUBBORN):
        [lease] = await desk.held_leases.current()
        tidied.clear()
        ending = await LeaseEnder(desk.held_leases, RunningProcesses(), grace_s=0.3).end(lease)

    assert ending.ended
    assert tidied == [lease.slot_id]
    assert await desk.held_leases.current() == ()
