"""One profile's store: its ports and the settings over one database."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kraken_desk.domain.keys import KeyId
from kraken_desk.store.database import Database, Session
from kraken_desk.store.leases import SqliteLeases
from kraken_desk.store.metadata import SqliteMetadata

if TYPE_CHECKING:
    from kraken_desk.store.audit import SqliteAudit
    from kraken_desk.store.guard import SqliteGuard
    from kraken_desk.store.history import SqliteHistory
    from kraken_desk.store.journal import SqliteJournal
    from kraken_desk.store.key_locks import KeyLocks
    from kraken_desk.store.limits import SqliteLimits
    from kraken_desk.store.nonces import SqliteNonces
    from kraken_desk.store.plans import SqlitePlans
    from kraken_desk.store.rehearsals import SqliteRehearsals
    from kraken_desk.store.rotations import SqliteRotations
    from kraken_desk.store.stops import SqliteStops
    from kraken_desk.store.subaccounts import SqliteSubaccounts
    from kraken_desk.store.use import SqliteUse


class Store:
    """An open profile; `close` finishes its writes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.metadata = SqliteMetadata(database)
        self.leases = SqliteLeases(database)

    @classmethod
    async def open(cls, path: Path, *, at_once: bool = False) -> Self:
        """Open or create the database file; raises a StoreError that says what is wrong with it.

        With `at_once` no event loop is needed, and none is kept free.
        """
        return cls(await Database.open(path, at_once=at_once))

    @cached_property
    def locks(self) -> KeyLocks:
        """Who signs with a key at the moment; what only leases a key does not sign."""
        from kraken_desk.store.key_locks import KeyLocks

        return KeyLocks(self.path.parent / "locks")

    @cached_property
    def nonces(self) -> SqliteNonces:
        from kraken_desk.store.nonces import SqliteNonces

        return SqliteNonces(self._database, self.locks)

    @cached_property
    def guard(self) -> SqliteGuard:
        from kraken_desk.store.guard import SqliteGuard

        return SqliteGuard(self._database)

    async def watch(self) -> None:
        """Make `commits` tell something from now on."""
        await self._database.watch()

    def commits(self) -> int | None:
        """Return a number that changes with every commit of any process; None when it cannot be told."""
        return self._database.commits()

    @cached_property
    def audit(self) -> SqliteAudit:
        """Roles, hosts, mutes and drift, loaded when they are wanted."""
        from kraken_desk.store.audit import SqliteAudit

        return SqliteAudit(self._database)

    @cached_property
    def history(self) -> SqliteHistory:
        """What has happened to the slots, and the reminders given."""
        from kraken_desk.store.history import SqliteHistory

        return SqliteHistory(self._database)

    @cached_property
    def journal(self) -> SqliteJournal:
        """The transfers' journal, loaded when it is wanted: a run has no use for it."""
        from kraken_desk.store.journal import SqliteJournal

        return SqliteJournal(self._database)

    @cached_property
    def rotations(self) -> SqliteRotations:
        """Old and new keys of the slots, and where each rotation stands."""
        from kraken_desk.store.rotations import SqliteRotations

        return SqliteRotations(self._database)

    @cached_property
    def use(self) -> SqliteUse:
        """What checks saw of the keys' use; a run has no use for it either."""
        from kraken_desk.store.use import SqliteUse

        return SqliteUse(self._database)

    @cached_property
    def limits(self) -> SqliteLimits:
        from kraken_desk.store.limits import SqliteLimits

        return SqliteLimits(self._database)

    @cached_property
    def plans(self) -> SqlitePlans:
        from kraken_desk.store.plans import SqlitePlans

        return SqlitePlans(self._database)

    @cached_property
    def stops(self) -> SqliteStops:
        """Emergency stops, with what became of each step."""
        from kraken_desk.store.stops import SqliteStops

        return SqliteStops(self._database)

    @cached_property
    def subaccounts(self) -> SqliteSubaccounts:
        """Subaccounts that are being created or linked."""
        from kraken_desk.store.subaccounts import SqliteSubaccounts

        return SqliteSubaccounts(self._database)

    @cached_property
    def rehearsals(self) -> SqliteRehearsals:
        from kraken_desk.store.rehearsals import SqliteRehearsals

        return SqliteRehearsals(self._database)

    @property
    def path(self) -> Path:
        return self._database.path

    async def setting(self, name: str) -> str | None:
        value: str | None = await self._database.read(
            lambda session: session.value("SELECT value FROM settings WHERE name = ?", (name,))
        )
        return value

    async def save_setting(self, name: str, value: str) -> None:
        await self._database.write(
            lambda session: session.execute(
                "INSERT INTO settings (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )
        )

    async def integrity(self) -> tuple[str, ...]:
        """Return what is wrong with the database; nothing when every page and reference is whole."""
        return await self._database.read(_integrity)

    async def copy_to(self, path: Path) -> None:
        """Write a consistent copy of the database to a new file."""
        await self._database.copy_to(path)

    async def all_key_ids(self) -> tuple[KeyId, ...]:
        """Return the ids of the secrets that belong to this profile, in every environment.

        A key under rotation has two.
        """
        rows = await self._database.read(
            lambda session: session.rows(
                "SELECT key_id FROM slots UNION"
                " SELECT old_key_id FROM rotations WHERE stage NOT IN ('finished', 'abandoned') UNION"
                " SELECT new_key_id FROM rotations WHERE new_key_id IS NOT NULL"
                " AND stage NOT IN ('finished', 'abandoned')"
            )
        )
        return tuple(KeyId(row["key_id"]) for row in rows)

    async def close(self) -> None:
        await self._database.close()


def _integrity(session: Session) -> tuple[str, ...]:
    found = [str(row[0]) for row in session.rows("PRAGMA integrity_check(20)")]
    lost = {str(row[0]) for row in session.rows("PRAGMA foreign_key_check")}
    broken = [f"rows of {table} refer to rows that are not there" for table in sorted(lost)]
    return (*(text for text in found if text != "ok"), *broken)
