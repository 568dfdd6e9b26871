"""The write-ahead transfer journal: the TransferJournal port on SQLite.

Every move is one IMMEDIATE transaction that reads the present state, compares and writes, and adds
a line to `transfer_moves`. That table only grows, triggers refuse anything else, and its lines are
chained by hashes (see `chain`). A partial unique index backs the one-open-transfer rule.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import RouteBlockedError
from kraken_desk.domain.journal import HASH, LINE, PREVIOUS, ChainReport, TransferMove, seal
from kraken_desk.domain.keys import KeyId, Problem, Venue
from kraken_desk.domain.limits import Admission
from kraken_desk.domain.money import Amount, Asset
from kraken_desk.domain.transfers import (
    LEGAL_MOVES,
    Evidence,
    JournalId,
    Route,
    SettledBy,
    TransferRecord,
    TransferRequest,
    TransferState,
)
from kraken_desk.store import chain, codec, limits, whole_chain
from kraken_desk.store.database import Database, Session
from kraken_desk.store.evidence_text import evidence_from, evidence_text, quantity_from, quantity_text
from kraken_desk.store.scrub import scrubbed

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
        self._held: dict[EnvironmentName, tuple[int, dict[JournalId, TransferRecord]]] = {}

    async def plan(self, record: TransferRecord, admission: Admission | None = None) -> None:
        if record.state is not TransferState.PLANNED:
            raise ValueError("a transfer enters the journal as planned")
        await self._database.write(lambda session: _admitted(session, record, admission))

    async def move(
        self,
        journal_id: JournalId,
        state: TransferState,
        at: datetime,
        *,
        transfer_id: str | None = None,
        problem: Problem | None = None,
        note: str = "",
        evidence: Evidence | None = None,
        settled_by: SettledBy | None = None,
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
            "evidence": evidence_text(evidence),
            "settled_by": settled_by,
        }
        return await self._database.write(lambda session: _move(session, journal_id, state, given))

    async def records(self, environment: EnvironmentName) -> tuple[TransferRecord, ...]:
        """Return all records, newest first; only those with new lines since the last call are read."""
        return await self._database.read(lambda session: self._records(session, environment))

    def _records(self, session: Session, environment: EnvironmentName) -> tuple[TransferRecord, ...]:
        seen, held = self._held.get(environment, (0, {}))
        last = int(session.value("SELECT coalesce(max(position), 0) FROM transfer_moves"))
        if last < seen:  # the file was put back to an earlier state
            seen, held = 0, {}
        if last > seen:
            rows = session.rows(
                "SELECT * FROM transfers WHERE environment = ? AND journal_id IN"
                " (SELECT journal_id FROM transfer_moves WHERE position > ?) ORDER BY position",
                (environment, seen),
            )
            held = {**held, **{JournalId(row["journal_id"]): _record(row) for row in rows}}
            self._held[environment] = (last, held)
        return tuple(reversed(held.values()))

    async def open_on(self, route: Route) -> tuple[TransferRecord, ...]:
        rows = await self._database.read(lambda session: session.rows(_OPEN_ON_ROUTE, asdict(route)))
        return tuple(_record(row) for row in rows)

    async def history(self, journal_id: JournalId) -> tuple[TransferMove, ...]:
        """Return a record's lines, oldest first; () for an unknown id."""
        rows = await self._database.read(
            lambda session: session.rows(
                "SELECT * FROM transfer_moves WHERE journal_id = ? ORDER BY position", (journal_id,)
            )
        )
        return tuple(_move_of(row) for row in rows)

    async def verify(self, tail: int | None = None) -> ChainReport:
        """Verify all lines, or only the last `tail`, and where they end."""
        if tail is not None:
            return await self._database.read(lambda session: chain.verify_tail(session.rows, tail))
        return await self._database.read(lambda session: whole_chain.verify(session.tuples))

    async def lines(self, after: int, limit: int) -> tuple[dict[str, str], ...]:
        """Return at most `limit` lines behind number `after` as named texts, with hash and previous hash."""
        return await self._database.read(lambda session: _exported(session, after, limit))


def _exported(session: Session, after: int, limit: int) -> tuple[dict[str, str], ...]:
    found = []
    with session.undecodable_kept():
        previous = session.value("SELECT hash FROM transfer_moves WHERE position = ?", (after,)) or ""
        for row in chain.lines(session.rows, after, limit):
            content, sealed = chain.line_of(row)
            found.append({**content, PREVIOUS: previous, HASH: sealed})
            previous = sealed
    return tuple(found)


def _admitted(session: Session, record: TransferRecord, admission: Admission | None) -> None:
    """Let the rules speak, then write the record, in the one transaction that both need."""
    limits.refuse_when_read_only(session)
    _refuse_second_sending(session, record)
    if admission is not None:
        limits.admit(session, record, admission)
    _plan(session, record)
    if admission is not None:
        limits.remember_values(session, record, admission)


def _refuse_second_sending(session: Session, record: TransferRecord) -> None:
    """Refuse a leg of a plan that may have executed: whoever runs the plan, it is sent once."""
    if record.plan_id is None:
        return
    sent = session.row(
        "SELECT state FROM transfers WHERE plan_id = ? AND leg = ?"
        " AND state NOT IN ('rejected', 'settled: not executed')",
        (record.plan_id, record.leg),
    )
    if sent is not None:
        raise RouteBlockedError(
            "This leg was sent before",
            f"Leg {record.leg} of the plan is {sent['state']}; it is not sent twice.",
            "Nothing was sent. Look at the plan's standing.",
        )


def _plan(session: Session, record: TransferRecord) -> None:
    blocking = session.row(_OPEN_ON_ROUTE, asdict(record.request.route))
    if blocking is not None:
        raise _blocked(_record(blocking))
    if session.row("SELECT 1 FROM transfers WHERE journal_id = ?", (record.journal_id,)) is not None:
        raise ValueError("the journal already has a record with this id")
    columns = _columns(record)
    session.execute(
        "INSERT INTO transfers (journal_id, environment, venue, source, destination, source_wallet,"
        " destination_wallet, asset, quantity, state, source_label, destination_label, key_id, key_name,"
        " endpoint, planned_at, changed_at, sent_at, source_mark, destination_mark, transfer_id, problem,"
        " note, plan_id, leg, source_before, destination_before, evidence, settled_by)"
        " VALUES (:journal_id, :environment, :venue, :source, :destination, :source_wallet,"
        " :destination_wallet, :asset, :quantity, :state, :source_label, :destination_label, :key_id,"
        " :key_name, :endpoint, :planned_at, :changed_at, :sent_at, :source_mark, :destination_mark,"
        " :transfer_id, :problem, :note, :plan_id, :leg, :source_before, :destination_before, :evidence,"
        " :settled_by)",
        columns,
    )
    _remember(session, {**columns, "at": columns["planned_at"]}, chain.TERMS)


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
        " note = coalesce(nullif(:note, ''), note), evidence = coalesce(:evidence, evidence),"
        " settled_by = coalesce(:settled_by, settled_by)"
        " WHERE journal_id = :journal_id",
        given,
    )
    _remember(session, given)
    moved = session.row("SELECT * FROM transfers WHERE journal_id = ?", (journal_id,))
    assert moved is not None
    return _record(moved)


def _remember(session: Session, given: Mapping[str, str | int | None], terms: tuple[str, ...] = ()) -> None:
    """Add a line to the chain, sealed as it will stand in the database."""
    kept = scrubbed({name: given[name] for name in (*chain.MOVE, *terms)})
    assert isinstance(kept, Mapping)
    line, previous = chain.next_place(session.rows)
    sealed = seal(chain.texts({**kept, LINE: line}), previous)
    session.execute(
        "INSERT INTO transfer_moves"
        " (position, journal_id, state, at, transfer_id, problem, note, evidence, settled_by, hash)"
        " VALUES (:line, :journal_id, :state, :at, :transfer_id, :problem, :note, :evidence, :settled_by,"
        " :hash)",
        {**{name: kept[name] for name in chain.MOVE}, "line": line, "hash": sealed},
    )
    session.execute("UPDATE journal_head SET lines = ?, hash = ?", (line, sealed))


def _columns(record: TransferRecord) -> dict[str, str | int | None]:
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
        "plan_id": record.plan_id,
        "leg": record.leg,
        "source_before": quantity_text(record.source_before),
        "destination_before": quantity_text(record.destination_before),
        "evidence": evidence_text(record.evidence),
        "settled_by": record.settled_by,
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
            plan_id=row["plan_id"],
            leg=row["leg"],
            source_before=quantity_from(row["source_before"]),
            destination_before=quantity_from(row["destination_before"]),
            evidence=evidence_from(row["evidence"], JournalId(row["journal_id"])),
            settled_by=_settled_by(row["settled_by"]),
        )


def _move_of(row: sqlite3.Row) -> TransferMove:
    with codec.reading("a line of the journal"):
        journal_id = JournalId(row["journal_id"])
        return TransferMove(
            line=row["position"],
            journal_id=journal_id,
            state=TransferState(row["state"]),
            at=codec.time_from(row["at"]),
            transfer_id=row["transfer_id"],
            problem=codec.problem_from(row["problem"]),
            note=row["note"],
            evidence=evidence_from(row["evidence"], journal_id),
            settled_by=_settled_by(row["settled_by"]),
            hash=row["hash"],
        )


def _settled_by(text: str | None) -> SettledBy | None:
    return None if text is None else SettledBy(text)


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
