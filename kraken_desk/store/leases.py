"""Leases as they are shown: the LeaseStore port on SQLite."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.leases import Lease, LeaseId, ProcessMark
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session

_COLUMNS = (
    "lease_id, slot_id, environment, pid, started, host, since, command, child_pid, child_started, ended_at"
)


class SqliteLeases:
    """The holders of slots, present and past."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, lease: Lease) -> None:
        """Write a lease; one of the slot that is still open belongs to a holder that died, and ends."""
        await self._database.write(lambda session: _begin(session, lease))

    async def child_started(self, lease_id: LeaseId, child: ProcessMark) -> None:
        await self._database.write(
            lambda session: session.execute(
                "UPDATE leases SET child_pid = ?, child_started = ? WHERE lease_id = ?",
                (child.pid, child.started, lease_id),
            )
        )

    async def end(self, lease_id: LeaseId, at: datetime) -> None:
        """Note that a lease is over; one that has ended keeps its end."""
        await self._database.write(
            lambda session: session.execute(
                "UPDATE leases SET ended_at = ? WHERE lease_id = ? AND ended_at IS NULL",
                (codec.time_text(at), lease_id),
            )
        )

    async def open_leases(self) -> tuple[Lease, ...]:
        """Return the leases of every environment that nobody has ended, oldest first."""
        statement = f"SELECT {_COLUMNS} FROM leases WHERE ended_at IS NULL ORDER BY position"  # noqa: S608  # a constant
        return await self._database.read(lambda session: _leases(session.rows(statement)))

    async def of_slot(self, slot_id: SlotId) -> tuple[Lease, ...]:
        """Return the leases of a slot, newest first."""
        statement = f"SELECT {_COLUMNS} FROM leases WHERE slot_id = ? ORDER BY position DESC"  # noqa: S608  # a constant
        return await self._database.read(lambda session: _leases(session.rows(statement, (slot_id,))))


def _begin(session: Session, lease: Lease) -> None:
    session.execute(
        "UPDATE leases SET ended_at = ? WHERE slot_id = ? AND ended_at IS NULL",
        (codec.time_text(lease.since), lease.slot_id),
    )
    child = lease.child
    session.execute(
        f"INSERT INTO leases ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # a constant
        (
            lease.lease_id,
            lease.slot_id,
            lease.environment,
            lease.holder.pid,
            lease.holder.started,
            lease.host,
            codec.time_text(lease.since),
            lease.command,
            child.pid if child else None,
            child.started if child else None,
            codec.optional_time_text(lease.ended_at),
        ),
    )


def _leases(rows: list[sqlite3.Row]) -> tuple[Lease, ...]:
    with codec.reading("a lease"):
        return tuple(_lease(row) for row in rows)


def _lease(row: sqlite3.Row) -> Lease:
    child = None if row["child_pid"] is None else ProcessMark(row["child_pid"], row["child_started"] or "")
    return Lease(
        lease_id=LeaseId(row["lease_id"]),
        slot_id=SlotId(row["slot_id"]),
        environment=EnvironmentName(row["environment"]),
        holder=ProcessMark(row["pid"], row["started"]),
        host=row["host"],
        since=codec.time_from(row["since"]),
        command=row["command"],
        child=child,
        ended_at=codec.optional_time_from(row["ended_at"]),
    )
