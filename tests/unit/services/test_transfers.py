"""Transfers: written before they are sent, sent once, never lost, never repeated by the program."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from kraken_desk.domain.errors import (
    AuthRejectedError,
    KeychainLockedError,
    KrakenDeskError,
    OutcomeUnknownError,
    RateLimitedError,
    RefusedError,
    RouteBlockedError,
    RuleError,
    StoreBusyError,
    UnavailableError,
    UnknownNameError,
    UnreachableError,
    UnreadableReplyError,
)
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.transfers import TransferOrder, TransferReceipt, TransferRecord, TransferState
from kraken_desk.store import Store
from tests.helpers.builders import LAB, a_balance, a_public_key
from tests.helpers.fakes import Call, FakeClock
from tests.helpers.wait import wait_until
from tests.unit.services.bench import Bench
from tests.unit.services.treasury import BACK, a_plan, furnish, states


@pytest.fixture
async def bench(store: Store, clock: FakeClock) -> Bench:
    """Return services ready for transfers."""
    bench = Bench(store, clock)
    await furnish(bench)
    return bench


async def test_the_journal_says_sent_before_the_bytes_leave(bench: Bench) -> None:
    """At the moment of the call the journal on disk already holds the transfer as sent."""
    seen: list[TransferRecord] = []

    async def look(call: Call) -> None:
        if call.operation == "transfer":
            seen.extend(await bench.store.journal.records(LAB.name))

    bench.spot.on_call = look

    record = await bench.transfers.send(await a_plan(bench))

    assert [r.state for r in seen] == [TransferState.SENT]
    assert record.state is TransferState.CONFIRMED
    assert record.transfer_id == "T1"
    assert await states(bench) == [TransferState.CONFIRMED]
    assert bench.transfers.journal.value.records == (record,)


async def test_the_order_is_in_krakens_identifiers(bench: Bench) -> None:
    """Spot orders name both ends by IIBAN and are signed by the master's treasury key."""
    await bench.transfers.send(await a_plan(bench, "2.5", BACK))

    [call] = bench.spot.made("transfer")
    assert call.order is not None
    assert call.order.source_id == "AA02 N84G WOAK NMOI"
    assert call.order.destination_id == "AA01 N84G WOAK NMOI"
    assert call.order.quantity == Decimal("2.5")
    assert call.api_key == a_public_key(1)


async def test_a_pending_transfer_is_confirmed_with_krakens_word(bench: Bench) -> None:
    """Kraken took it; that it calls it pending is kept as a note."""
    bench.spot.answer("transfer", TransferReceipt("T2", "pending"))

    record = await bench.transfers.send(await a_plan(bench))

    assert (record.state, record.note) == (TransferState.CONFIRMED, "Kraken answered: pending")


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (RefusedError("no funds"), TransferState.REJECTED),
        (AuthRejectedError("no"), TransferState.REJECTED),
        (RateLimitedError("slow down"), TransferState.REJECTED),
        (UnreachableError("no network"), TransferState.REJECTED),
        (OutcomeUnknownError("lost"), TransferState.UNKNOWN),
        (UnavailableError("520"), TransferState.UNKNOWN),
        (UnreadableReplyError("html"), TransferState.UNKNOWN),
        (StoreBusyError("busy"), TransferState.UNKNOWN),
    ],
)
async def test_every_ending_is_written_and_nothing_is_repeated(
    bench: Bench, error: KrakenDeskError, state: TransferState
) -> None:
    """A refusal is rejected; whatever leaves a doubt is unknown; there is one call in every case."""
    plan = await a_plan(bench)
    bench.spot.answer("transfer", error)

    record = await bench.transfers.send(plan)

    assert record.state is state
    assert record.problem is not None
    assert record.problem.category == type(error).__name__
    assert await states(bench) == [state]
    assert len(bench.spot.made("transfer")) == 1


async def test_a_locked_keychain_rejects_before_anything_is_sent(bench: Bench) -> None:
    """Without the secret nothing can be signed, so the transfer certainly did not happen."""
    plan = await a_plan(bench)
    bench.vault.failures["get"] = KeychainLockedError("locked")

    record = await bench.transfers.send(plan)

    assert record.state is TransferState.REJECTED
    assert bench.spot.made("transfer") == []


@pytest.mark.parametrize("error", [UnavailableError("no asset names"), StoreBusyError("key in use")])
async def test_what_fails_before_the_signature_rejects(bench: Bench, error: KrakenDeskError) -> None:
    """The secret was never asked for, so nothing can have left: no question about the money arises."""
    plan = await a_plan(bench)

    async def fail(signer: Signer, order: TransferOrder) -> TransferReceipt:
        raise error

    bench.spot.transfer = fail  # type: ignore[method-assign]  # a venue that fails before it signs

    record = await bench.transfers.send(plan)

    assert record.state is TransferState.REJECTED
    assert (await bench.transfers.send(await a_plan(bench))).state is TransferState.REJECTED


async def test_cancelling_while_the_keychain_asks_rejects(bench: Bench) -> None:
    """The prompt was not answered yet, so the transfer was never sent and blocks nothing."""
    plan = await a_plan(bench)
    asking = asyncio.Event()

    async def prompt() -> None:
        asking.set()
        await asyncio.Event().wait()

    async def prompt_for_the_transfer(call: Call) -> None:
        if call.operation == "ledger_mark" and call.api_key == a_public_key(2):
            bench.vault.before_get = prompt

    bench.spot.on_call = prompt_for_the_transfer
    task = asyncio.get_running_loop().create_task(bench.transfers.send(plan))
    await asking.wait()
    assert await states(bench) == [TransferState.SENT]

    task.cancel()
    await asyncio.wait((task,))

    assert await states(bench) == [TransferState.REJECTED]


async def test_a_defect_during_the_send_leaves_unknown(bench: Bench) -> None:
    """An unexpected error passes on, but the journal tells that the outcome is open."""
    plan = await a_plan(bench)
    bench.spot.answer("transfer", ZeroDivisionError("defect"))

    with pytest.raises(ZeroDivisionError):
        await bench.transfers.send(plan)

    assert await states(bench) == [TransferState.UNKNOWN]


async def test_cancelling_while_the_answer_is_awaited_leaves_unknown(bench: Bench) -> None:
    """The bytes are gone and the answer is not waited for: only the ledgers can tell."""
    plan = await a_plan(bench)
    bench.spot.hold("transfer")
    task = asyncio.get_running_loop().create_task(bench.transfers.send(plan))
    await wait_until(lambda: bench.spot.waiting == 1)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await states(bench) == [TransferState.UNKNOWN]
    assert bench.transfers.journal.value.records[0].state is TransferState.UNKNOWN


@pytest.mark.parametrize("turns", range(24))
async def test_cancelling_at_any_moment_tells_the_truth(bench: Bench, turns: int) -> None:
    """Wherever the cancellation hits, a call that was made is never called rejected, nor lost."""
    plan = await a_plan(bench)
    task = asyncio.get_running_loop().create_task(bench.transfers.send(plan))
    for _ in range(turns):
        await asyncio.sleep(0.0005 if turns % 3 == 0 else 0)

    task.cancel()
    await asyncio.wait((task,))

    sent = bool(bench.spot.made("transfer"))
    found = await states(bench)
    if sent:
        assert found in ([TransferState.CONFIRMED], [TransferState.UNKNOWN])
    else:
        assert found in ([], [TransferState.REJECTED])


async def test_cancelling_while_the_answer_is_written_keeps_the_answer(bench: Bench) -> None:
    """Kraken confirmed; a cancellation in that very moment does not turn it into a question."""
    plan = await a_plan(bench)
    tasks: list[asyncio.Task[TransferRecord]] = []

    async def cancel(call: Call) -> None:
        if call.operation == "transfer":
            asyncio.get_running_loop().call_soon(tasks[0].cancel)

    bench.spot.on_call = cancel
    bench.journal.before["records"] = lambda: asyncio.sleep(0)
    tasks.append(asyncio.get_running_loop().create_task(bench.transfers.send(plan)))

    with pytest.raises(asyncio.CancelledError):
        await tasks[0]

    assert await states(bench) == [TransferState.CONFIRMED]


async def test_an_unknown_outcome_blocks_its_route_until_it_is_settled(bench: Bench) -> None:
    """A second transfer the same way waits for the first; the way back is free."""
    bench.spot.answer("transfer", OutcomeUnknownError("lost"))
    lost = await bench.transfers.send(await a_plan(bench))
    bench.spot.answer("transfer", TransferReceipt("T2", "complete"))

    with pytest.raises(RouteBlockedError):
        await a_plan(bench, "5")
    await bench.transfers.send(await a_plan(bench, "5", BACK))

    await bench.transfers.settle(lost.journal_id, executed=False, note="no trace")
    again = await bench.transfers.send(await a_plan(bench, "5"))
    assert again.state is TransferState.CONFIRMED


async def test_a_plan_made_before_the_block_is_not_sent(bench: Bench) -> None:
    """The block is looked at again at the moment of sending, in one transaction with the record."""
    plan = await a_plan(bench, "5")
    bench.spot.answer("transfer", OutcomeUnknownError("lost"))
    await bench.transfers.send(await a_plan(bench))

    with pytest.raises(RouteBlockedError):
        await bench.transfers.send(plan)

    assert len(bench.spot.made("transfer")) == 1


async def test_another_process_cannot_send_meanwhile(bench: Bench, store: Store, clock: FakeClock) -> None:
    """While one process awaits its answer, another one is refused on the same route."""
    other = Bench(store, clock, vault=bench.vault)
    await other.fleet.load()
    other.spot.answer("balances", (a_balance("1000"),))
    theirs = await a_plan(other)
    bench.spot.hold("transfer")
    task = asyncio.get_running_loop().create_task(bench.transfers.send(await a_plan(bench)))
    await wait_until(lambda: bench.spot.waiting == 1)

    with pytest.raises(RouteBlockedError):
        await other.transfers.send(theirs)

    bench.spot.release()
    assert (await task).state is TransferState.CONFIRMED
    assert other.spot.made("transfer") == []


async def test_a_rejected_transfer_does_not_block(bench: Bench) -> None:
    """Kraken executed nothing, so the next transfer on the route goes out."""
    plan = await a_plan(bench)
    bench.spot.answer("transfer", RefusedError("no"))
    await bench.transfers.send(plan)
    bench.spot.answer("transfer", TransferReceipt("T2", "complete"))

    record = await bench.transfers.send(await a_plan(bench))

    assert record.state is TransferState.CONFIRMED


async def test_a_plan_is_sent_once(bench: Bench) -> None:
    """Sending the same plan again, as a double click would, is refused: money never moves twice."""
    plan = await a_plan(bench)
    await bench.transfers.send(plan)

    with pytest.raises(RuleError, match="sent before"):
        await bench.transfers.send(plan)

    assert len(bench.spot.made("transfer")) == 1


async def test_two_clicks_at_once_send_once(bench: Bench) -> None:
    """The second of two simultaneous sends of one plan is refused."""
    plan = await a_plan(bench)

    results = await asyncio.gather(
        bench.transfers.send(plan), bench.transfers.send(plan), return_exceptions=True
    )

    assert sum(isinstance(result, TransferRecord) for result in results) == 1
    assert len(bench.spot.made("transfer")) == 1


@pytest.mark.parametrize("method", ["plan", "move"])
@pytest.mark.parametrize("moment", ["failures", "after"])
async def test_a_journal_that_cannot_be_written_stops_the_send(
    bench: Bench, method: str, moment: str
) -> None:
    """Without the record on disk nothing is sent; what was written is taken back as never sent."""
    plan = await a_plan(bench)
    getattr(bench.journal, moment)[method] = StoreBusyError("busy")

    with pytest.raises(StoreBusyError):
        await bench.transfers.send(plan)

    assert bench.spot.made("transfer") == []
    bench.journal.failures.clear()
    bench.journal.after.clear()
    await bench.transfers.load()
    assert TransferState.UNKNOWN not in await states(bench)


async def test_a_record_left_by_a_failed_start_frees_the_route(bench: Bench) -> None:
    """When only the move to sent failed, the planned record is closed as never sent at once."""
    plan = await a_plan(bench)
    bench.journal.failures["move:sent"] = StoreBusyError("busy")

    with pytest.raises(StoreBusyError):
        await bench.transfers.send(plan)

    assert await states(bench) == [TransferState.REJECTED]
    bench.journal.failures.clear()
    assert (await bench.transfers.send(await a_plan(bench))).state is TransferState.CONFIRMED


@pytest.mark.parametrize("failure", [StoreBusyError("busy"), UnknownNameError("the journal was replaced")])
async def test_an_answer_that_cannot_be_written_is_an_unknown_outcome(
    bench: Bench, failure: KrakenDeskError
) -> None:
    """The journal still says sent and the route stays blocked; the problem says not to repeat it."""
    plan = await a_plan(bench)
    bench.journal.failures["move:confirmed"] = failure

    record = await bench.transfers.send(plan)

    assert record.state is TransferState.UNKNOWN
    assert record.problem is not None
    assert record.problem.title == "The journal could not be written"
    assert await states(bench) == [TransferState.SENT]
    with pytest.raises(RouteBlockedError):
        await a_plan(bench)


async def test_a_store_that_cannot_note_a_success_does_not_reject_the_transfer(bench: Bench) -> None:
    """The guard's notes come after Kraken's answer and never replace it."""
    plan = await a_plan(bench)
    bench.guard_store.failures["record_success"] = StoreBusyError("busy")

    assert (await bench.transfers.send(plan)).state is TransferState.CONFIRMED


async def test_a_send_that_waited_too_long_for_its_secret_does_not_leave(bench: Bench) -> None:
    """Others may have settled the transfer meanwhile, so an old order is not sent any more."""
    plan = await a_plan(bench)

    async def prompt() -> None:
        bench.clock.move(minutes=2)

    bench.vault.before_get = prompt

    record = await bench.transfers.send(plan)

    assert record.state is TransferState.REJECTED
    assert bench.spot.made("transfer") == []


async def test_a_transfer_settled_by_others_is_not_sent_afterwards(bench: Bench, store: Store) -> None:
    """The journal is read once more at the moment of signing."""
    plan = await a_plan(bench)

    async def settle() -> None:
        for record in await store.journal.records(LAB.name):
            await store.journal.move(record.journal_id, TransferState.UNKNOWN, bench.clock.now())
            await store.journal.move(record.journal_id, TransferState.NOT_EXECUTED, bench.clock.now())

    bench.vault.before_get = settle

    record = await bench.transfers.send(plan)

    assert record.state is TransferState.NOT_EXECUTED
    assert bench.spot.made("transfer") == []


async def test_abandoned_records_tell_the_truth(bench: Bench, store: Store) -> None:
    """A planned record of a dead process was never sent; a sent one is unknown; young ones are left."""
    old, clock = await a_plan(bench), bench.clock
    bench.journal.failures["move:sent"] = bench.journal.failures["move:rejected"] = StoreBusyError("killed")
    with pytest.raises(StoreBusyError):
        await bench.transfers.send(old)
    bench.journal.failures.clear()
    bench.journal.failures["move:confirmed"] = StoreBusyError("killed")
    await bench.transfers.send(await a_plan(bench, "5", BACK))
    bench.journal.failures.clear()

    await bench.transfers.load()
    assert await states(bench) == [TransferState.SENT, TransferState.PLANNED]

    clock.move(minutes=3, seconds=1)
    await bench.transfers.load()
    assert await states(bench) == [TransferState.UNKNOWN, TransferState.REJECTED]


async def test_two_processes_may_close_an_abandoned_record(bench: Bench, store: Store) -> None:
    """The one that comes second finds it closed and goes on."""
    bench.journal.failures["move:confirmed"] = StoreBusyError("killed")
    await bench.transfers.send(await a_plan(bench))
    bench.journal.failures.clear()
    bench.clock.move(minutes=4)
    others = [Bench(store, bench.clock) for _ in range(3)]

    await asyncio.gather(*(other.transfers.load() for other in others))

    assert await states(bench) == [TransferState.UNKNOWN]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (TransferReceipt("T1", "complete"), TransferState.EXECUTED),
        (RefusedError("no"), TransferState.NOT_EXECUTED),
        (OutcomeUnknownError("lost"), TransferState.UNKNOWN),
    ],
)
async def test_a_late_answer_settles_what_was_unknown(
    bench: Bench, store: Store, answer: object, state: TransferState
) -> None:
    """An answer after another process gave up waiting is Kraken's own word."""
    plan = await a_plan(bench)
    bench.spot.answer("transfer", answer)
    bench.spot.hold("transfer")
    task = asyncio.get_running_loop().create_task(bench.transfers.send(plan))
    await wait_until(lambda: bench.spot.waiting == 1)
    bench.clock.move(minutes=4)
    await Bench(store, bench.clock).transfers.load()

    bench.spot.release()
    record = await task

    assert record.state is state
    assert await states(bench) == [state]


async def test_a_late_answer_does_not_overrule_a_person(bench: Bench, store: Store) -> None:
    """What a person settled stays; the answer is returned as the record stands."""
    plan = await a_plan(bench)
    bench.spot.hold("transfer")
    task = asyncio.get_running_loop().create_task(bench.transfers.send(plan))
    await wait_until(lambda: bench.spot.waiting == 1)
    bench.clock.move(minutes=4)
    other = Bench(store, bench.clock)
    [record] = (await other.transfers.load()).records
    await other.transfers.settle(record.journal_id, executed=True)

    bench.spot.release()

    assert (await task).state is TransferState.EXECUTED


async def test_only_an_unknown_transfer_is_settled(bench: Bench) -> None:
    """A confirmed transfer stays confirmed, and an unknown record stays unknown."""
    record = await bench.transfers.send(await a_plan(bench))

    with pytest.raises(RuleError, match="Nothing to settle"):
        await bench.transfers.settle(record.journal_id, executed=False)
    with pytest.raises(UnknownNameError):
        await bench.transfers.settle(type(record.journal_id)("nonsense"), executed=False)


async def test_settling_twice_is_refused(bench: Bench, store: Store) -> None:
    """The second person hears that it is settled, also when both ask at once in two processes."""
    bench.spot.answer("transfer", OutcomeUnknownError("lost"))
    record = await bench.transfers.send(await a_plan(bench))
    other = Bench(store, bench.clock)

    results = await asyncio.gather(
        bench.transfers.settle(record.journal_id, executed=True, note="seen in the ledger"),
        other.transfers.settle(record.journal_id, executed=False),
        return_exceptions=True,
    )

    assert sum(isinstance(result, RuleError) for result in results) == 1
    assert sum(isinstance(result, TransferRecord) for result in results) == 1
