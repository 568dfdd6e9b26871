"""The write-ahead transfer journal: the TransferJournal port on SQLite.

Every move is one IMMEDIATE transaction that reads the present state, compares and writes, and adds
a row to `transfer_moves`. That table only grows, and triggers refuse anything else, so that a
history can later be chained by hashes. A partial unique index backs the one-open-transfer rule.
"""

from __future__ import annotations

import sqlite3
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import RouteBlockedError
from kraken_desk.domain.keys import KeyId, Problem, Venue
from kraken_desk.domain.money import Amount, Asset
from kraken_desk.domain.transfers import (
    LEGAL_MOVES,
    JournalId,
    Route,
    TransferRecord,
    TransferRequest,
    TransferState,
)
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session

_OPEN_ON_ROUTE = (
    "SELECT * FROM transfers WHERE environment = :environment AND venue = :venue AND source = :source"
    " AND destination = :destination AND source_wallet = :source_wallet"
    " AND destination_wallet = :destination_wallet AND state IN ('planned', 'sent', 'unknown')"
    " ORDER BY position DESC"
)


class SqliteJournal:
    """Every transfer that was ever planned, each with its state and the history of its states."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan(self, record: TransferRecord) -> None:
        if record.state is not TransferState.PLANNED:
            raise ValueError("a transfer enters the journal as planned")
        await self._database.write(lambda session: _plan(session, record))

    async def move(
        self,
        journal_id: JournalId,
        state: TransferState,
        at: datetime,
        *,
        transfer_id: str | None = None,
        problem: Problem | None = None,
        note: str = "",
    ) -> TransferRecord:
        """Move a record along LEGAL_MOVES; raises ValueError for any other move or an unknown id.

        What is not given (transfer id, problem, note) keeps its former value in the record; the
        history holds what came with each move.
        """
        given = {
            "journal_id": journal_id,
            "state": state,
            "at": codec.time_text(at),
            "transfer_id": transfer_id,
            "problem": codec.problem_text(problem),
            "note": note,
        }
        return await self._database.write(lambda session: _move(session, journal_id, state, given))

    async def records(self, environment: EnvironmentName) -> tuple[TransferRecord, ...]:
        rows = await self._database.read(
            lambda session: session.rows(
                "SELECT * FROM transfers WHERE environment = ? ORDER BY position DESC", (environment,)
            )
        )
        return tuple(_record(row) for row in rows)

    async def open_on(self, route: Route) -> tuple[TransferRecord, ...]:
        rows = await self._database.read(lambda session: session.rows(_OPEN_ON_ROUTE, asdict(route)))
        return tuple(_record(row) for row in rows)


def _plan(session: Session, record: TransferRecord) -> None:
    blocking = session.row(_OPEN_ON_ROUTE, asdict(record.request.route))
    if blocking is not None:
        raise _blocked(_record(blocking))
    if session.row("SELECT 1 FROM transfers WHERE journal_id = ?", (record.journal_id,)) is not None:
        raise ValueError("the journal already has a record with this id")
    session.execute(
        "INSERT INTO transfers (journal_id, environment, venue, source, destination, source_wallet,"
        " destination_wallet, asset, quantity, state, source_label, destination_label, key_id, key_name,"
        " endpoint, planned_at, changed_at, sent_at, source_mark, destination_mark, transfer_id, problem,"
        " note)"
        " VALUES (:journal_id, :environment, :venue, :source, :destination, :source_wallet,"
        " :destination_wallet, :asset, :quantity, :state, :source_label, :destination_label, :key_id,"
        " :key_name, :endpoint, :planned_at, :changed_at, :sent_at, :source_mark, :destination_mark,"
        " :transfer_id, :problem, :note)",
        _columns(record),
    )
    _remember(
        session,
        {
            "journal_id": record.journal_id,
            "state": record.state,
            "at": codec.time_text(record.planned_at),
            "transfer_id": record.transfer_id,
            "problem": codec.problem_text(record.problem),
            "note": record.note,
        },
    )


def _blocked(open_one: TransferRecord) -> RouteBlockedError:
    amount = Amount(open_one.request.quantity, open_one.request.asset)
    way = f"from {open_one.source_label} to {open_one.destination_label}"
    return RouteBlockedError(
        "This route is blocked",
        f"A transfer of {amount} {way} is still {open_one.state}; its money may or may not have moved.",
        "Wait for its end, or settle it in the journal, before moving more the same way.",
    )


def _move(
    session: Session, journal_id: JournalId, state: TransferState, given: dict[str, str | None]
) -> TransferRecord:
    row = session.row("SELECT * FROM transfers WHERE journal_id = ?", (journal_id,))
    if row is None:
        raise ValueError("the journal has no record with this id")
    present = _record(row).state
    if state not in LEGAL_MOVES[present]:
        raise ValueError(f"a transfer that is {present} cannot become {state}")
    session.execute(
        "UPDATE transfers SET state = :state, changed_at = :at,"
        " sent_at = CASE :state WHEN 'sent' THEN :at ELSE sent_at END,"
        " transfer_id = coalesce(:transfer_id, transfer_id), problem = coalesce(:problem, problem),"
        " note = coalesce(nullif(:note, ''), note)"
        " WHERE journal_id = :journal_id",
        given,
    )
    _remember(session, given)
    moved = session.row("SELECT * FROM transfers WHERE journal_id = ?", (journal_id,))
    assert moved is not None
    return _record(moved)


def _remember(session: Session, given: dict[str, str | None]) -> None:
    session.execute(
        "INSERT INTO transfer_moves (journal_id, state, at, transfer_id, problem, note)"
        " VALUES (:journal_id, :state, :at, :transfer_id, :problem, :note)",
        given,
    )


def _columns(record: TransferRecord) -> dict[str, str | None]:
    route = record.request.route
    return {
        **asdict(route),
        "journal_id": record.journal_id,
        "asset": record.request.asset,
        "quantity": codec.quantity_text(record.request.quantity),
        "state": record.state,
        "source_label": record.source_label,
        "destination_label": record.destination_label,
        "key_id": record.key_id,
        "key_name": record.key_name,
        "endpoint": record.endpoint,
        "planned_at": codec.time_text(record.planned_at),
        "changed_at": codec.time_text(record.changed_at),
        "sent_at": codec.optional_time_text(record.sent_at),
        "source_mark": record.source_mark,
        "destination_mark": record.destination_mark,
        "transfer_id": record.transfer_id,
        "problem": codec.problem_text(record.problem),
        "note": record.note,
    }


def _record(row: sqlite3.Row) -> TransferRecord:
    with codec.reading("a journal record"):
        return TransferRecord(
            journal_id=JournalId(row["journal_id"]),
            request=_request(row),
            state=TransferState(row["state"]),
            source_label=row["source_label"],
            destination_label=row["destination_label"],
            key_id=KeyId(row["key_id"]),
            key_name=row["key_name"],
            endpoint=row["endpoint"],
            planned_at=codec.time_from(row["planned_at"]),
            changed_at=codec.time_from(row["changed_at"]),
            sent_at=codec.optional_time_from(row["sent_at"]),
            source_mark=row["source_mark"],
            destination_mark=row["destination_mark"],
            transfer_id=row["transfer_id"],
            problem=codec.problem_from(row["problem"]),
            note=row["note"],
        )


def _request(row: sqlite3.Row) -> TransferRequest:
    quantity: Decimal = codec.quantity_from(row["quantity"])
    return TransferRequest(
        route=Route(
            environment=EnvironmentName(row["environment"]),
            venue=Venue(row["venue"]),
            source=AccountId(row["source"]),
            destination=AccountId(row["destination"]),
            source_wallet=row["source_wallet"],
            destination_wallet=row["destination_wallet"],
        ),
        asset=Asset(row["asset"]),
        quantity=quantity,
    )
