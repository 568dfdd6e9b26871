"""A profile's database as one piece: taken from an open store, examined, put in place of another."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
from datetime import datetime
from pathlib import Path

from kraken_desk.domain.errors import ProfileExistsError
from kraken_desk.domain.keys import KeyId
from kraken_desk.store import files
from kraken_desk.store.aside import held_alone, put_aside, remove_logs
from kraken_desk.store.database import Database, Session
from kraken_desk.store.errors import damaged, is_busy, translated
from kraken_desk.store.store import Store

COUNTED = ("accounts", "slots", "transfers", "transfer_moves")


class ProfileSource:
    """The BackupSource port on an open store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def snapshot(self) -> bytes:
        with tempfile.TemporaryDirectory(prefix="kraken-desk-backup-") as name:
            path = Path(name) / "copy.sqlite3"
            await self._store.copy_to(path)
            return await asyncio.to_thread(path.read_bytes)

    async def all_key_ids(self) -> tuple[KeyId, ...]:
        return await self._store.all_key_ids()


class ProfileTarget:
    """The BackupTarget port: one profile's place on disk, whether or not there is a profile."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def examine(self, database: bytes) -> tuple[tuple[str, int], ...]:
        with tempfile.TemporaryDirectory(prefix="kraken-desk-drill-") as name:
            path = Path(name) / "drill.sqlite3"
            await asyncio.to_thread(_write_whole, path, database)
            opened = await Database.open(path)
            try:
                return await opened.read(lambda session: _counted(session, path))
            finally:
                await opened.close()

    async def write_profile(self, database: bytes, at: datetime, *, replace: bool) -> str:
        return await asyncio.to_thread(self._write_blocking, database, at, replace=replace)

    def _write_blocking(self, database: bytes, at: datetime, *, replace: bool) -> str:
        path, former = self._path, ""
        with translated(path):
            path.parent.mkdir(mode=files.PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            if path.exists():
                if not replace:
                    raise _there(
                        path, "Another profile is there.", "Choose another --home, or add --replace."
                    )
                former = self._keep_former(at)
            fresh = path.with_name(f"{path.name}.restored")
            fresh.unlink(missing_ok=True)
            _write_whole(fresh, database)
            fresh.replace(path)
        return former

    def _keep_former(self, at: datetime) -> str:
        """Keep the present database beside the one to come, also where it is too damaged to be opened."""
        try:
            _fold_log(self._path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            with held_alone(self._path) as held:
                former = put_aside(self._path, held, at)
            remove_logs(self._path)
            return str(former)
        return str(_kept(self._path, at))


def _counted(session: Session, path: Path) -> tuple[tuple[str, int], ...]:
    verdict = session.value("PRAGMA integrity_check")
    if verdict != "ok":
        raise damaged(path, str(verdict))
    return tuple((name, int(session.value(f"SELECT count(*) FROM {name}"))) for name in COUNTED)  # noqa: S608  # our own names


def _fold_log(path: Path) -> None:
    """Bring the write-ahead log into the file; refuse when another process has the profile open."""
    connection = sqlite3.connect(path, timeout=0.2, isolation_level=None)
    try:
        [mode] = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        in_use = mode != "delete"
    except sqlite3.OperationalError as error:
        if not is_busy(error):
            raise
        in_use = True
    finally:
        connection.close()
    if in_use:
        raise _there(
            path, "Kraken Desk is running on it.", "Close its window and end its commands, then repeat."
        )


def _kept(path: Path, at: datetime) -> Path:
    """Give the former database a second name, so that it stays when the new one takes the first."""
    number = 0
    while True:
        mark = f"{at:%Y%m%dT%H%M%SZ}" + (f"-{number}" if number else "")
        kept = path.with_name(f"{path.name}.before-restore-{mark}")
        try:
            os.link(path, kept)
        except FileExistsError:
            number += 1
        else:
            return kept


def _write_whole(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, files.PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _there(path: Path, why: str, hint: str) -> ProfileExistsError:
    return ProfileExistsError("The profile was not replaced", f"{path}: {why}", hint)
