"""Repair of really damaged files: what can be read is kept, what is lost is told, nothing is destroyed."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kraken_desk.domain.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreTooNewError,
    StoreUnwritableError,
)
from kraken_desk.domain.transfers import TransferState
from kraken_desk.domain.upkeep import RepairReport
from kraken_desk.store import Store, aside, migrations
from kraken_desk.store.backup import ProfileTarget
from kraken_desk.store.repair import repair
from tests.contract.store.samples import LAB, MASTER, SUBACCOUNT, a_route, a_slot, a_transfer, at
from tests.helpers.builders import NOW

PAGE = 4096
SLOTS = TRANSFERS = 60
LINES = 3 * TRANSFERS


async def fill(path: Path) -> None:
    """Make a profile whose tables span several pages; every transfer is confirmed but the last."""
    store = await Store.open(path)
    for account in (MASTER, SUBACCOUNT):
        await store.metadata.save_account(account)
    for number in range(1, SLOTS + 1):
        await store.metadata.save_slot(a_slot(number, process="a process of many words " * 4))
    for number in range(1, TRANSFERS + 1):
        record = a_transfer(number, route=a_route(destination_wallet=f"wallet {number}"))
        await store.journal.plan(record)
        last = TransferState.UNKNOWN if number == TRANSFERS else TransferState.CONFIRMED
        for state in (TransferState.SENT, last):
            await store.journal.move(record.journal_id, state, at(30))
    await store.save_setting("currency", "EUR")
    await store.close()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "desk.sqlite3"
    asyncio.run(fill(path))
    return path


@pytest.fixture
def path(sample: Path, tmp_path: Path) -> Path:
    """Return a copy of the sample in a profile of its own."""
    home = tmp_path / "home"
    home.mkdir()
    return Path(shutil.copy(sample, home / sample.name))


def flip(path: Path, *places: int, length: int = 1) -> None:
    """Turn bytes round, each `length` long from its place; negative places count from the end."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        for place in places:
            start = place % size
            file.seek(start)
            old = file.read(length)
            file.seek(start)
            file.write(bytes(byte ^ 0xFF for byte in old))


def root_of(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        [page] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return int(page)


def leaves_of(path: Path, table: str) -> list[int]:
    """Return the leaf pages of a table with row numbers, in their order, read off its root page."""
    root, data = root_of(path, table), path.read_bytes()
    page = data[(root - 1) * PAGE : root * PAGE]
    assert page[0] == 0x05, "the sample is too small"
    cells = int.from_bytes(page[3:5], "big")
    places = [int.from_bytes(page[12 + 2 * n : 14 + 2 * n], "big") for n in range(cells)]
    return [int.from_bytes(page[p : p + 4], "big") for p in places] + [int.from_bytes(page[8:12], "big")]


def kept(report: RepairReport) -> dict[str, tuple[int, int | None]]:
    return {t.table: (t.kept, t.lost) for t in report.tables if t.kept or not t.whole}


WHOLE = {
    "accounts": (2, 0),
    "journal_head": (1, 0),
    "settings": (1, 0),
    "slots": (SLOTS, 0),
    "transfer_moves": (LINES, 0),
    "transfers": (TRANSFERS, 0),
}
"""Every row of the sample, kept."""


async def opens(path: Path) -> Store:
    """Open the repaired file as the program does."""
    store = await Store.open(path)
    assert await store._database.read(lambda s: s.value("PRAGMA integrity_check")) == "ok"
    return store


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: flip(path, 0, length=16),
        lambda path: flip(path, 16, 18, 19, 21),
        lambda path: flip(path, 24, length=76),
        lambda path: flip(path, 56, 60, 68),
    ],
    ids=["magic", "page size", "counters", "versions"],
)
def test_a_damaged_header_costs_nothing(path: Path, damage: Callable[[Path], None]) -> None:
    """All rows are behind the header, and what it says is known."""
    damage(path)

    report = repair(path, NOW)

    assert kept(report) == WHOLE
    assert report.journal.whole
    assert not report.read_only
    assert report.notes == ("The file's header was damaged and was written anew.",)


async def test_rows_of_a_damaged_page_are_lost_and_told(path: Path) -> None:
    """One page of keys is gone; the others are there, and the report says how many may be missing."""
    middle = leaves_of(path, "slots")[1]
    flip(path, (middle - 1) * PAGE, length=PAGE)

    report = repair(path, NOW)

    slots = next(t for t in report.tables if t.table == "slots")
    assert slots.lost is not None
    assert slots.kept + slots.lost == SLOTS
    assert 0 < slots.lost < SLOTS // 2
    assert f"keys: {slots.kept} kept, up to {slots.lost} lost" in report.lines()
    assert not report.read_only
    store = await opens(path)
    assert len(await store.metadata.slots(LAB)) == slots.kept
    await store.close()


async def test_lost_lines_break_the_chain_by_name_and_stop_money(path: Path) -> None:
    """The journal is never smoothed: the missing lines are named, and the profile is read only after it."""
    middle = leaves_of(path, "transfer_moves")[2]
    flip(path, (middle - 1) * PAGE, length=PAGE)

    report = repair(path, NOW)

    assert report.read_only
    assert "is missing: line" in report.journal.findings[0].what
    assert any(line.startswith("journal: the chain is broken: line ") for line in report.lines())
    store = await opens(path)
    assert await store.setting("read-only") == "on"
    assert not (await store.journal.verify()).whole
    await store.close()


async def test_keys_without_their_account_get_one_to_stand_under(path: Path) -> None:
    """Accounts that were lost are made up, so that their keys can be seen and moved."""
    flip(path, (root_of(path, "accounts") - 1) * PAGE, length=PAGE)

    report = repair(path, NOW)

    assert next(t for t in report.tables if t.table == "accounts").kept == 0
    store = await opens(path)
    [account] = await store.metadata.accounts(LAB)
    assert (account.label, account.account_id) == ("Recovered account 1", MASTER.account_id)
    assert len(await store.metadata.slots(LAB)) == SLOTS
    await store.close()


async def test_a_lost_end_of_the_journal_is_made_anew_and_told(path: Path) -> None:
    """Without its noted end the journal goes on behind its last line, and says what can no more be seen."""
    flip(path, (root_of(path, "journal_head") - 1) * PAGE, length=PAGE)

    report = repair(path, NOW)

    assert report.read_only
    assert any("noted end was lost" in line for line in report.lines())
    store = await opens(path)
    await store.save_setting("read-only", "off")
    await store.journal.plan(a_transfer(99, route=a_route(destination_wallet="new")))
    assert (await store.journal.verify()).whole
    await store.close()


def test_a_truncated_file_keeps_its_beginning(path: Path) -> None:
    """The pages that are gone are lost; everything before them is kept."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size // 2 // PAGE * PAGE + 100)

    report = repair(path, NOW)

    assert not report.whole
    assert kept(report)["accounts"] == (2, 0)
    assert report.read_only


def test_a_damaged_index_loses_no_row(path: Path) -> None:
    """Rows are read from the tables; indexes are made anew."""
    flip(path, (root_of(path, "moves_of_a_transfer") - 1) * PAGE, length=PAGE)

    report = repair(path, NOW)

    assert kept(report) == WHOLE
    assert not report.read_only


def test_a_damaged_schema_gives_up_what_is_behind_it_only(path: Path) -> None:
    """Tables whose definition cannot be read are lost and named; the file is not given up."""
    data = path.read_bytes()
    pages = [
        n
        for n in range(1, len(data) // PAGE)
        if b"CREATE TABLE rehearsals" in data[n * PAGE : (n + 1) * PAGE]
    ]
    flip(path, pages[0] * PAGE, length=PAGE)

    report = repair(path, NOW)

    assert ("rehearsals", 0, None) in [(t.table, t.kept, t.lost) for t in report.tables]
    assert kept(report)["accounts"] == (2, 0)


def with_log(path: Path) -> Path:
    """Leave a write-ahead log behind, as a killed process does: 20 committed settings are only in it."""
    script = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA wal_autocheckpoint = 0')\n"
        "for n in range(20): c.execute('INSERT INTO settings VALUES (?, ?)', (f'late {n:02}', 'x' * 500))\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    log = path.with_name(f"{path.name}-wal")
    assert log.stat().st_size > 20 * PAGE
    return log


def test_what_is_only_in_the_log_is_kept(path: Path) -> None:
    """A damaged header does not cost what was committed to the write-ahead log."""
    with_log(path)
    flip(path, 0, length=16)

    report = repair(path, NOW)

    assert kept(report)["settings"] == (21, 0)
    assert not path.with_name(f"{path.name}-wal").exists()


def test_a_damaged_log_counts_as_far_as_it_is_whole(path: Path) -> None:
    """Commits before the damage are kept; the copy of the whole log stays beside."""
    log = with_log(path)
    size = log.stat().st_size
    flip(log, size // 2)
    flip(path, 0, length=16)

    report = repair(path, NOW)

    assert 1 < kept(report)["settings"][0] < 21
    copy = Path(report.aside) / log.name
    assert copy.stat().st_size == size


def test_the_damaged_files_are_kept_as_they_were(path: Path) -> None:
    """Before anything is written, database and log lie in a folder of their own, for the owner only."""
    log = with_log(path)
    flip(path, 0, length=16)
    before = path.read_bytes(), log.read_bytes()

    report = repair(path, NOW)

    folder = Path(report.aside)
    assert ((folder / path.name).read_bytes(), (folder / log.name).read_bytes()) == before
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sorted(p.name for p in path.parent.iterdir()) == [folder.name, path.name]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content", [b"", b"this is no database " * 1000, bytes(8 * PAGE)], ids=["empty", "text", "zeros"]
)
def test_a_file_with_nothing_in_it_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """Nothing can be read out, so nothing is replaced, and a backup is named as the way."""
    path = tmp_path / "desk.sqlite3"
    path.write_bytes(content)

    with pytest.raises(StoreCorruptError) as caught:
        repair(path, NOW)

    assert "backup restore" in caught.value.hint
    assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_profile_that_is_not_there_is_told(tmp_path: Path) -> None:
    """There is nothing to repair, and nothing is made."""
    with pytest.raises(StoreUnwritableError, match="cannot be written"):
        repair(tmp_path / "nowhere" / "desk.sqlite3", NOW)

    assert list(tmp_path.iterdir()) == []


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """A whole database with other tables is not ours to repair."""
    path = tmp_path / "desk.sqlite3"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
        other.execute("INSERT INTO bookmarks VALUES ('x')")
        other.commit()
    before = path.read_bytes()

    with pytest.raises(StoreCorruptError, match="damaged") as caught:
        repair(path, NOW)

    assert "another program's" in caught.value.detail
    assert path.read_bytes() == before


def test_a_newer_database_is_left_alone(path: Path) -> None:
    """What a newer program wrote is not taken apart by an older one."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {migrations.newest() + 1}")

    with pytest.raises(StoreTooNewError):
        repair(path, NOW)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may open everything")
def test_a_file_without_rights_is_refused(path: Path) -> None:
    """Without the right to read it there is nothing to repair; the error says what to do."""
    path.chmod(0)

    with pytest.raises(StoreUnwritableError):
        repair(path, NOW)

    path.chmod(0o600)


def test_a_right_that_is_refused_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the system refuses to open is told as such, also where the tests run as root."""
    monkeypatch.setattr(os, "open", _refused)

    with pytest.raises(StoreUnwritableError, match="cannot be written") as caught:
        repair(path, NOW)

    assert "Permission denied" in caught.value.detail


def _refused(*_: object, **__: object) -> int:
    raise PermissionError(errno.EACCES, "Permission denied")


def test_a_full_disk_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the copy does not fit, it is removed again and the damaged file stays as it was."""
    flip(path, 0, length=16)
    before = path.read_bytes()

    def full(_source: int, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(aside, "_copy_from", full)

    with pytest.raises(StoreUnwritableError) as caught:
        repair(path, NOW)

    assert "No space left on device" in caught.value.detail
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_profile_in_use_is_refused(path: Path) -> None:
    """While another process has the database open, nothing is copied or changed."""
    script = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1]); c.execute('SELECT count(*) FROM settings').fetchone()\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"

        with pytest.raises(StoreBusyError):
            repair(path, NOW)

        other.communicate("\n")
    assert not list(path.parent.glob("damaged-*"))


def test_a_whole_database_survives_its_repair(path: Path) -> None:
    """Repairing what needs none keeps every row and finds nothing."""
    report = repair(path, NOW)

    assert kept(report) == WHOLE
    assert report.whole
    assert report.lines()[0] == f"journal: {LINES} lines verified"


def test_a_second_repair_has_a_folder_of_its_own(path: Path) -> None:
    """Two repairs in one second keep both of the damaged files."""
    first, second = repair(path, NOW), repair(path, NOW)

    assert first.aside != second.aside
    assert Path(first.aside, path.name).exists()
    assert Path(second.aside, path.name).exists()


def test_a_repair_cut_off_behind_its_log_is_taken_up(path: Path) -> None:
    """Killed after the log was taken away, a second repair still has what was only in the log."""
    log = with_log(path)
    flip(path, 0, length=16)
    with aside.held_alone(path) as held:
        first = aside.put_aside(path, held, NOW)
    log.unlink()

    report = repair(path, NOW)

    assert Path(report.aside) == first
    assert kept(report)["settings"] == (21, 0)


def test_a_copy_of_an_earlier_repair_outlives_a_failure(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be the only place where the log still is, so a second repair that fails leaves it alone."""
    log = with_log(path)
    with aside.held_alone(path) as held:
        first = aside.put_aside(path, held, NOW)
    log.unlink()
    monkeypatch.setattr("kraken_desk.store.repair._rebuild", _refused)

    with pytest.raises(StoreUnwritableError):
        repair(path, NOW)

    assert (first / log.name).exists()


def test_a_backup_is_restored_over_a_damaged_database(path: Path, sample: Path) -> None:
    """A database that cannot even be opened is put aside with its log, and the backup takes its place."""
    path.write_bytes(b"rubbish " * 1000)
    target = ProfileTarget(path)

    former = asyncio.run(target.write_profile(sample.read_bytes(), NOW, replace=True))

    assert Path(former, path.name).read_bytes() == b"rubbish " * 1000
    assert path.read_bytes() == sample.read_bytes()


@pytest.mark.parametrize("seed", range(12))
def test_bytes_flipped_anywhere_never_lose_the_file(path: Path, seed: int) -> None:
    """Wherever bytes are hit, the repaired file opens and is whole, or nothing was touched at all."""
    size = path.stat().st_size
    flip(path, *((seed * 7919 + n * 104_729) % (size - 64) for n in range(6)), length=40)
    before = path.read_bytes()

    try:
        report = repair(path, NOW)
    except StoreError:
        assert path.read_bytes() == before
        return

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert Path(report.aside, path.name).read_bytes() == before


def test_the_report_begins_with_what_matters(path: Path) -> None:
    """Read only and losses come before what is well."""
    flip(path, (leaves_of(path, "transfers")[1] - 1) * PAGE, length=PAGE)

    lines = repair(path, NOW).lines()

    assert lines[0].startswith("The profile is set to read only")
    assert lines[1].startswith("transfers: ")
    assert lines[-1].startswith("The damaged files are kept in ")
