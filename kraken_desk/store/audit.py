"""What a fleet is judged by: the AuditStore port on SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from kraken_desk.domain.drift import Change, DriftEvent
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.hosts import Host, HostId
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.mutes import Mute
from kraken_desk.domain.role_file import role_document, role_from
from kraken_desk.domain.roles import Role
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session


class SqliteAudit:
    """Roles, hosts, mutes and drift of a profile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def edited_roles(self) -> tuple[Role, ...]:
        """Return the roles that the operator has changed or added."""
        rows = await self._database.read(lambda s: s.rows("SELECT document FROM roles ORDER BY role_id"))
        with codec.reading("a role"):
            return tuple(role_from(json.loads(row["document"])) for row in rows)

    async def replace_roles(self, roles: Iterable[Role]) -> None:
        """Make these the edited roles, all at once."""
        documents = [(role.role_id, json.dumps(role_document(role), ensure_ascii=False)) for role in roles]

        def work(session: Session) -> None:
            session.execute("DELETE FROM roles")
            for entry in documents:
                session.execute("INSERT INTO roles (role_id, document) VALUES (?, ?)", entry)

        await self._database.write(work)

    async def hosts(self) -> tuple[Host, ...]:
        rows = await self._database.read(lambda s: s.rows("SELECT * FROM hosts ORDER BY position"))
        return tuple(map(_host, rows))

    async def save_host(self, host: Host) -> None:
        """Insert or update by id; naming this machine takes the mark from any other host."""
        await self._database.write(lambda session: _save_host(session, host))

    async def remove_host(self, host_id: HostId) -> None:
        await self._database.write(lambda s: s.execute("DELETE FROM hosts WHERE host_id = ?", (host_id,)))

    async def mutes(self, environment: EnvironmentName) -> tuple[Mute, ...]:
        """Return the mutes of an environment, also those that have ended."""
        rows = await self._database.read(
            lambda s: s.rows("SELECT * FROM mutes WHERE environment = ? ORDER BY position", (environment,))
        )
        return tuple(map(_mute, rows))

    async def save_mutes(self, mutes: Iterable[Mute]) -> None:
        """Insert or replace, all at once."""
        wanted = tuple(mutes)

        def work(session: Session) -> None:
            for mute in wanted:
                _save_mute(session, mute)

        await self._database.write(work)

    async def remove_mute(self, environment: EnvironmentName, rule: str, subject: str) -> None:
        await self._database.write(
            lambda session: session.execute(
                "DELETE FROM mutes WHERE environment = ? AND rule = ? AND subject = ?",
                (environment, rule, subject),
            )
        )

    async def drift(self, environment: EnvironmentName) -> tuple[DriftEvent, ...]:
        """Return the changes noticed of the environment's present keys, newest first."""
        rows = await self._database.read(
            lambda session: session.rows(
                "SELECT drift.* FROM drift JOIN slots ON slots.key_id = drift.key_id"
                " WHERE slots.environment = ? ORDER BY drift.position DESC",
                (environment,),
            )
        )
        return tuple(map(_event, rows))


def _save_host(session: Session, host: Host) -> None:
    if host.this_machine:
        session.execute("UPDATE hosts SET this_machine = 0 WHERE host_id <> ?", (host.host_id,))
    session.execute(
        "INSERT INTO hosts (host_id, name, addresses, note, this_machine) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (host_id) DO UPDATE SET name = excluded.name, addresses = excluded.addresses,"
        " note = excluded.note, this_machine = excluded.this_machine",
        (host.host_id, host.name, json.dumps(host.addresses), host.note, int(host.this_machine)),
    )


def _save_mute(session: Session, mute: Mute) -> None:
    session.execute(
        "INSERT INTO mutes (environment, rule, subject, reason, muted_at, until) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (environment, rule, subject) DO UPDATE SET reason = excluded.reason,"
        " muted_at = excluded.muted_at, until = excluded.until",
        (
            mute.environment,
            mute.rule,
            mute.subject,
            mute.reason,
            codec.time_text(mute.muted_at),
            codec.time_text(mute.until),
        ),
    )


def _host(row: sqlite3.Row) -> Host:
    with codec.reading("a host"):
        return Host(
            host_id=HostId(row["host_id"]),
            name=row["name"],
            addresses=tuple(json.loads(row["addresses"])),
            note=row["note"],
            this_machine=bool(row["this_machine"]),
        )


def _mute(row: sqlite3.Row) -> Mute:
    with codec.reading("a mute"):
        return Mute(
            environment=EnvironmentName(row["environment"]),
            rule=row["rule"],
            subject=row["subject"],
            reason=row["reason"],
            muted_at=codec.time_from(row["muted_at"]),
            until=codec.time_from(row["until"]),
        )


def _event(row: sqlite3.Row) -> DriftEvent:
    with codec.reading("a change"):
        change = Change(row["fact"], row["before_text"], row["after_text"])
        return DriftEvent(KeyId(row["key_id"]), codec.time_from(row["seen_at"]), change)
