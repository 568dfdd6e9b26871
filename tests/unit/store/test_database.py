"""Opening, file modes, and every way in which the file or the machine can fail."""

from __future__ import annotations

import asyncio
import base64
import os
import sqlite3
import stat
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kraken_desk.domain.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreUnwritableError,
)
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, KeyId
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.transfers import JournalId, TransferState
from kraken_desk.store import database
from kraken_desk.store.database import Session
from kraken_desk.store.files import distrust
from kraken_desk.store.store import Store
from tests.contract.store.samples import MASTER, PROBLEM, a_slot, a_transfer, at, spot_info


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_directory_and_files_are_the_owners_only(tmp_path: Path) -> None:
    """The directory is 0700, the database and its write-ahead log are 0600, also under a loose umask."""
    before = os.umask(0o000)
    try:
        store = await Store.open(tmp_path / "home" / "desk.db")
        await store.save_setting("theme", "dark")
        modes = {path.name: mode(path) for path in store.path.parent.iterdir()}
        await store.close()
    finally:
        os.umask(before)

    assert mode(store.path.parent) == 0o700
    assert modes == {"desk.db": 0o600, "desk.db-wal": 0o600, "desk.db-shm": 0o600}


async def test_loose_file_is_tightened(tmp_path: Path) -> None:
    """A database that others could read is closed to them at the next start."""
    path = tmp_path / "desk.db"
    await (await Store.open(path)).close()
    path.chmod(0o644)

    await (await Store.open(path)).close()

    assert mode(path) == 0o600


async def test_used_directory_is_left_as_it_is(tmp_path: Path) -> None:
    """A directory that already holds other things keeps the mode its owner gave it."""
    home = tmp_path / "shared"
    home.mkdir()
    home.chmod(0o755)
    (home / "notes.txt").touch()

    await (await Store.open(home / "desk.db")).close()

    assert mode(home) == 0o755


async def test_settings_of_the_connection(tmp_path: Path) -> None:
    """The file is in WAL mode, commits are synced in full, foreign keys are checked."""
    store = await Store.open(tmp_path / "desk.db")

    def pragmas(session: Session) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "trusted_schema")
        return [session.value(f"PRAGMA {name}") for name in names]

    found = await store._database.read(pragmas)
    await store.close()
    assert found == ["wal", 2, 1, 5000, 0]


async def test_failed_work_is_undone(tmp_path: Path) -> None:
    """An exception in the middle of a transaction leaves nothing of it."""
    store = await Store.open(tmp_path / "desk.db")

    def fail_half_way(session: Session) -> None:
        session.execute("INSERT INTO settings VALUES ('a', 'b')")
        raise LookupError

    with pytest.raises(LookupError):
        await store._database.write(fail_half_way)

    assert await store.setting("a") is None
    await store.close()


async def test_mistake_in_a_statement_is_ours(tmp_path: Path) -> None:
    """A statement that SQLite refuses is a RuntimeError: not the operator's, and no sqlite3 exception."""
    store = await Store.open(tmp_path / "desk.db")

    with pytest.raises(RuntimeError, match="no such table"):
        await store._database.read(lambda session: session.value("SELECT 1 FROM nowhere"))

    await store.close()


async def test_text_instead_of_a_database(tmp_path: Path) -> None:
    """A file of something else is called damaged and left alone."""
    path = tmp_path / "desk.db"
    path.write_text("this is no database " * 100)

    with pytest.raises(StoreCorruptError):
        await Store.open(path)

    assert path.read_text().startswith("this is no database")


async def test_database_of_another_program(tmp_path: Path) -> None:
    """Another program's database is refused and left exactly as it was."""
    path = tmp_path / "desk.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    path.chmod(0o644)
    before = path.read_bytes()

    with pytest.raises(StoreCorruptError, match="damaged") as caught:
        await Store.open(path)

    assert "another program's" in caught.value.detail
    assert path.read_bytes() == before
    assert mode(path) == 0o644
    assert names(tmp_path) == ["desk.db"]


async def test_damaged_pages(tmp_path: Path) -> None:
    """A page overwritten with rubbish is reported as damage when it is read."""
    path = tmp_path / "desk.db"
    store = await Store.open(path)
    await store.metadata.save_account(MASTER)
    page = await store._database.read(
        lambda session: session.value("SELECT rootpage FROM sqlite_master WHERE name = 'accounts'")
    )
    await store.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)

    store = await Store.open(path)
    with pytest.raises(StoreCorruptError):
        await store.metadata.accounts(MASTER.environment)

    await store.close()


async def test_unreadable_value_in_a_row(tmp_path: Path) -> None:
    """A value that means nothing is reported as damage with its place."""
    store = await Store.open(tmp_path / "desk.db")
    await store.metadata.save_account(MASTER)
    await store._database.write(lambda session: session.execute("UPDATE accounts SET kind = 'emperor'"))

    with pytest.raises(StoreCorruptError) as caught:
        await store.metadata.accounts(MASTER.environment)

    assert "an account" in caught.value.detail
    await store.close()


async def test_file_in_the_way_of_the_directory(tmp_path: Path) -> None:
    """A profile below something that is no directory is unwritable, with the path in the text."""
    (tmp_path / "home").touch()

    with pytest.raises(StoreUnwritableError) as caught:
        await Store.open(tmp_path / "home" / "desk.db")

    assert str(tmp_path / "home") in caught.value.detail


@pytest.mark.skipif(sys.platform != "linux", reason="needs a directory in which even root creates no file")
async def test_directory_without_write_permission(tmp_path: Path) -> None:
    """A directory that takes no new file is unwritable."""
    with pytest.raises(StoreUnwritableError):
        await Store.open(Path("/proc/self/desk.db"))


async def test_full_disk(tmp_path: Path) -> None:
    """When no page can be added the write fails as unwritable, and reading goes on."""
    store = await Store.open(tmp_path / "desk.db")
    pages = await store._database.read(lambda session: session.value("PRAGMA page_count"))
    await store._database.read(lambda session: session.value(f"PRAGMA max_page_count = {pages}"))

    with pytest.raises(StoreUnwritableError):
        await store.save_setting("big", "wide " * 20_000)

    assert await store.setting("big") is None
    await store.close()


async def test_database_held_by_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that never lets go gives StoreBusyError after the time limit; reading goes on meanwhile."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    store = await Store.open(tmp_path / "desk.db")
    with closing(sqlite3.connect(store.path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreBusyError):
            await store.save_setting("theme", "dark")

        assert await store.setting("theme") is None
        holder.execute("ROLLBACK")
    await store.save_setting("theme", "dark")
    assert await store.setting("theme") == "dark"
    await store.close()


async def test_database_held_while_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new profile that another process is just creating is waited for, and then given up as busy."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "desk.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")

        with pytest.raises(StoreBusyError):
            await Store.open(path)

        holder.execute("ROLLBACK")
    await (await Store.open(path)).close()


async def test_switch_to_the_log_waits_for_a_reader(tmp_path: Path) -> None:
    """A process that still reads the new file for a moment delays the opening but does not break it."""
    path = tmp_path / "desk.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()

        opening = asyncio.create_task(Store.open(path))
        done, _ = await asyncio.wait({opening}, timeout=0.1)
        reader.execute("ROLLBACK")

        assert done == set()
        await (await opening).close()


async def test_close_finishes_what_was_asked_for(tmp_path: Path) -> None:
    """Writes queued before close are on disk after it, even when their tasks have been cancelled."""
    store = await Store.open(tmp_path / "desk.db")
    await store.journal.plan(a_transfer())
    sending = asyncio.create_task(store.journal.move(JournalId("transfer-1"), TransferState.SENT, at(9)))
    await asyncio.sleep(0)

    sending.cancel()
    await store.close()

    again = await Store.open(store.path)
    [record] = await again.journal.records(MASTER.environment)
    await again.close()
    assert sending.cancelled()
    assert record.state is TransferState.SENT


async def test_close_ends_the_thread(tmp_path: Path) -> None:
    """No thread stays, a second close is harmless, and later use is a programming mistake."""
    store = await Store.open(tmp_path / "desk.db")
    assert "store" in [thread.name for thread in threading.enumerate()]

    await store.close()
    await store.close()

    assert "store" not in [thread.name for thread in threading.enumerate()]
    with pytest.raises(RuntimeError, match="closed"):
        await store.setting("theme")


async def test_failed_opening_leaves_no_thread(tmp_path: Path) -> None:
    """A store that could not be opened keeps nothing running."""
    (tmp_path / "desk.db").write_text("no database " * 100)

    with pytest.raises(StoreCorruptError):
        await Store.open(tmp_path / "desk.db")

    assert "store" not in [thread.name for thread in threading.enumerate()]


async def test_secret_in_any_text_never_reaches_the_disk(tmp_path: Path) -> None:
    """With a canary secret in every text a caller can give, no file of the profile holds it."""
    canary = base64.b64encode(os.urandom(64)).decode()
    text = f"typed {canary} here"
    problem = replace(PROBLEM, title=text, detail=text, hint=text, kraken=(text,))
    store = await Store.open(tmp_path / "home" / "desk.db")

    await store.metadata.save_account(replace(MASTER, label=text, futures_uid=text))
    await store.metadata.save_slot(a_slot(name=text, process=text, role=text, client=text))
    await store.metadata.save_check(
        KeyCheck(KeyId("key-1"), at(1), CheckOutcome.ACCEPTED, spot_info(api_key_name=text), problem)
    )
    await store.journal.plan(
        a_transfer(source_label=text, key_name=text, source_mark=text, destination_mark=text, note=text)
    )
    await store.journal.move(
        JournalId("transfer-1"), TransferState.REJECTED, at(2), transfer_id=text, problem=problem, note=text
    )
    await store.guard.record_failure(MASTER.environment, text, at(3), text)
    await store.nonces.next_nonce(text, 1)
    await store.save_setting(text, text)

    found = [path for path in store.path.parent.rglob("*") if path.is_file()]
    files_while_open = {path.name: path.read_bytes() for path in found}
    await store.close()
    files = {**files_while_open, "closed": store.path.read_bytes()}
    assert len(files) == 6
    assert [path for path in found if canary.split("/")[0] in str(path)] == []
    assert [name for name, content in files.items() if canary.encode() in content] == []
    assert any(b"[secret removed]" in content for content in files.values())


async def test_secret_object_cannot_be_stored(tmp_path: Path) -> None:
    """An ApiSecret given by mistake is refused by SQLite, and the error does not show it."""
    store = await Store.open(tmp_path / "desk.db")

    with pytest.raises(RuntimeError) as caught:
        await store.save_setting("oops", ApiSecret("canary-of-another-form"))  # type: ignore[arg-type]  # the mistake

    assert "canary" not in str(caught.value)
    await store.close()


async def test_a_directory_that_everybody_may_write_into_is_refused(tmp_path: Path) -> None:
    """Somebody else could lay a database there, with a journal of their own."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "something").touch()
    shared.chmod(0o777)

    with pytest.raises(StoreUnwritableError) as refused:
        await Store.open(shared / "desk.db")

    assert "everybody may write into its directory" in f"{refused.value.title} {refused.value.detail}"
    assert [path.name for path in shared.iterdir()] == ["something"]


@pytest.mark.parametrize(
    ("owner", "mode", "user", "trusted"),
    [
        (1000, 0o40700, 1000, True),
        (1000, 0o40775, 1000, True),
        (0, 0o40755, 1000, True),
        (1001, 0o40755, 1000, False),
        (1001, 0o40755, 0, True),
        (1000, 0o41777, 1000, False),
    ],
)
def test_whose_directories_are_trusted(owner: int, mode: int, user: int, trusted: bool) -> None:
    """One's own and root's, unless everybody may write; groups are the operator's choice."""
    assert (distrust(owner, mode, user) == "") is trusted
