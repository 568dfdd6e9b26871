"""The TransferJournal port: planned before sent, moved only along legal moves, one open per route."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.errors import RouteBlockedError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.transfers import LEGAL_MOVES, JournalId, Route, TransferState
from kraken_desk.store.database import Session
from kraken_desk.store.store import Store
from tests.contract.store.samples import LAB, OTHER, PROBLEM, a_route, a_transfer, at

WAYS: dict[TransferState, tuple[TransferState, ...]] = {
    TransferState.PLANNED: (),
    TransferState.SENT: (TransferState.SENT,),
    TransferState.CONFIRMED: (TransferState.SENT, TransferState.CONFIRMED),
    TransferState.REJECTED: (TransferState.REJECTED,),
    TransferState.UNKNOWN: (TransferState.SENT, TransferState.UNKNOWN),
    TransferState.EXECUTED: (TransferState.SENT, TransferState.UNKNOWN, TransferState.EXECUTED),
    TransferState.NOT_EXECUTED: (TransferState.SENT, TransferState.UNKNOWN, TransferState.NOT_EXECUTED),
}
"""How a record gets into each state."""


async def brought_to(store: Store, state: TransferState) -> JournalId:
    record = a_transfer()
    await store.journal.plan(record)
    for step in WAYS[state]:
        await store.journal.move(record.journal_id, step, at(30))
    return record.journal_id


async def test_planned_record_comes_back_whole(store: Store) -> None:
    """A record keeps every field, the amount to the last digit."""
    record = a_transfer(note="typed by hand")
    record = replace(record, request=replace(record.request, quantity=Decimal("0.000000000000000010")))

    await store.journal.plan(record)

    [read] = await store.journal.records(LAB)
    assert read == record
    assert format(read.request.quantity, "f") == "0.000000000000000010"


async def test_records_are_newest_first_and_of_one_environment(store: Store) -> None:
    """The journal of an environment shows its own records, the last planned one first."""
    first, second = a_transfer(1), a_transfer(2, route=a_route(destination=AccountId("acc-2")))
    elsewhere = a_transfer(3, route=a_route(environment=OTHER))
    for record in (first, second, elsewhere):
        await store.journal.plan(record)

    assert await store.journal.records(LAB) == (second, first)
    assert await store.journal.records(OTHER) == (elsewhere,)


async def test_sending_stamps_the_time(store: Store) -> None:
    """The move to sent notes when, and later moves keep it."""
    await store.journal.plan(a_transfer())

    sent = await store.journal.move(JournalId("transfer-1"), TransferState.SENT, at(10, 123456))
    confirmed = await store.journal.move(
        JournalId("transfer-1"), TransferState.CONFIRMED, at(11), transfer_id="TRANSFER-ID"
    )

    assert (sent.state, sent.sent_at, sent.changed_at) == (
        TransferState.SENT,
        at(10, 123456),
        at(10, 123456),
    )
    assert confirmed == replace(
        a_transfer(),
        state=TransferState.CONFIRMED,
        sent_at=at(10, 123456),
        changed_at=at(11),
        transfer_id="TRANSFER-ID",
    )
    assert await store.journal.records(LAB) == (confirmed,)


async def test_settling_keeps_why_it_was_unknown(store: Store) -> None:
    """The problem that made a transfer unknown stays beside the note that settles it."""
    await store.journal.plan(a_transfer())
    await store.journal.move(JournalId("transfer-1"), TransferState.SENT, at(10))
    await store.journal.move(JournalId("transfer-1"), TransferState.UNKNOWN, at(11), problem=PROBLEM)

    settled = await store.journal.move(
        JournalId("transfer-1"), TransferState.EXECUTED, at(12), note="seen in both ledgers"
    )

    assert settled.problem == PROBLEM
    assert settled.note == "seen in both ledgers"


@pytest.mark.parametrize(
    ("start", "end"), [(start, end) for start, ends in LEGAL_MOVES.items() for end in sorted(ends)]
)
async def test_legal_moves_are_made(store: Store, start: TransferState, end: TransferState) -> None:
    """Every legal move leads to its state."""
    journal_id = await brought_to(store, start)

    await store.journal.move(journal_id, end, at(40))

    [record] = await store.journal.records(LAB)
    assert record.state is end


@pytest.mark.parametrize("start", list(TransferState))
async def test_no_other_move_is_made(store: Store, start: TransferState) -> None:
    """Every other move is refused and leaves the record as it was."""
    journal_id = await brought_to(store, start)

    for end in set(TransferState) - LEGAL_MOVES[start]:
        with pytest.raises(ValueError, match="cannot become"):
            await store.journal.move(journal_id, end, at(40))

    [record] = await store.journal.records(LAB)
    assert record.state is start


async def test_moving_an_unknown_record_is_a_mistake(store: Store) -> None:
    """A move needs a record that was planned."""
    with pytest.raises(ValueError, match="no record"):
        await store.journal.move(JournalId("nobody"), TransferState.SENT, at(1))


async def test_only_planned_records_enter(store: Store) -> None:
    """A transfer that claims to be sent already cannot enter the journal."""
    with pytest.raises(ValueError, match="as planned"):
        await store.journal.plan(a_transfer(state=TransferState.SENT))

    assert await store.journal.records(LAB) == ()


async def test_one_id_is_one_transfer(store: Store) -> None:
    """A second plan under the same id is refused, also on another route."""
    await store.journal.plan(a_transfer())

    with pytest.raises(ValueError, match="already has"):
        await store.journal.plan(a_transfer(route=a_route(destination=AccountId("acc-2"))))

    assert await store.journal.records(LAB) == (a_transfer(),)


@pytest.mark.parametrize("state", [TransferState.PLANNED, TransferState.SENT, TransferState.UNKNOWN])
async def test_open_transfer_blocks_its_route(store: Store, state: TransferState) -> None:
    """While money may be in question no more is planned on its route; the error says what is open."""
    await brought_to(store, state)

    with pytest.raises(RouteBlockedError) as caught:
        await store.journal.plan(a_transfer(2))

    assert f"0.12345678 BTC from Main desk to Carry is still {state}" in caught.value.detail
    [blocking] = await store.journal.open_on(a_route())
    assert blocking.journal_id == "transfer-1"
    assert len(await store.journal.records(LAB)) == 1


@pytest.mark.parametrize(
    "state",
    [
        TransferState.CONFIRMED,
        TransferState.REJECTED,
        TransferState.EXECUTED,
        TransferState.NOT_EXECUTED,
    ],
)
async def test_ended_transfer_frees_its_route(store: Store, state: TransferState) -> None:
    """After its end, settled or not, the next transfer may be planned."""
    await brought_to(store, state)

    await store.journal.plan(a_transfer(2))

    assert [record.journal_id for record in await store.journal.open_on(a_route())] == ["transfer-2"]


@pytest.mark.parametrize(
    "other",
    [
        a_route(source=AccountId("acc-sub"), destination=AccountId("acc-master")),
        a_route(venue=Venue.FUTURES, source_wallet="cash", destination_wallet="cash"),
        a_route(environment=OTHER),
        a_route(destination_wallet="earn"),
    ],
    ids=["back", "venue", "environment", "wallet"],
)
async def test_other_routes_stay_free(store: Store, other: Route) -> None:
    """Way back, other venue, other environment and other wallet are routes of their own."""
    await store.journal.plan(a_transfer(1))

    await store.journal.plan(a_transfer(2, route=other))

    assert len(await store.journal.open_on(other)) == 1


async def test_history_holds_every_move(store: Store) -> None:
    """Each move is a row of its own with what came with it, from planning on."""
    await store.journal.plan(a_transfer())
    await store.journal.move(JournalId("transfer-1"), TransferState.SENT, at(10))
    await store.journal.move(
        JournalId("transfer-1"), TransferState.CONFIRMED, at(11), transfer_id="TID", note="answered"
    )

    rows = await store._database.read(
        lambda session: session.rows(
            "SELECT state, at, transfer_id, note FROM transfer_moves WHERE journal_id = 'transfer-1'"
            " ORDER BY position"
        )
    )
    assert [tuple(row) for row in rows] == [
        ("planned", "2026-11-20T12:00:01.000000+00:00", None, ""),
        ("sent", "2026-11-20T12:00:10.000000+00:00", None, ""),
        ("confirmed", "2026-11-20T12:00:11.000000+00:00", "TID", "answered"),
    ]


async def test_refused_move_leaves_no_trace_in_the_history(store: Store) -> None:
    """A move that was not made is not remembered."""
    journal_id = await brought_to(store, TransferState.REJECTED)

    with pytest.raises(ValueError, match="cannot become"):
        await store.journal.move(journal_id, TransferState.SENT, at(50))

    assert await store._database.read(_count_moves) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM transfers",
        "DELETE FROM transfer_moves",
        "UPDATE transfer_moves SET state = 'confirmed'",
        "UPDATE transfers SET quantity = '1'",
        "UPDATE transfers SET destination = 'thief'",
    ],
)
async def test_history_only_grows(store: Store, statement: str) -> None:
    """The database itself refuses to delete records or to change their terms."""
    await store.journal.plan(a_transfer())

    with pytest.raises(RuntimeError, match=r"only grows|never"):
        await store._database.write(lambda session: session.execute(statement))

    assert await store.journal.records(LAB) == (a_transfer(),)


def _count_moves(session: Session) -> int:
    return int(session.value("SELECT count(*) FROM transfer_moves"))
