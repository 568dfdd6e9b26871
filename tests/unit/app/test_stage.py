"""One window after the other: what leads on, what ends, and a backup put in place of a closed profile."""

import asyncio
from pathlib import Path

import pytest

from kraken_desk.app.backups import backups_of, look_into, put_back
from kraken_desk.app.clock import SystemClock
from kraken_desk.app.paths import database_path
from kraken_desk.app.stage import Stage
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.keychain.memory import MemoryVault
from kraken_desk.store import Store
from tests.helpers.builders import an_account

PHRASE = Passphrase("plain words for a good test")


async def nothing() -> KrakenDeskError | None:
    return None


async def test_a_window_leads_on_once() -> None:
    """What a window has led to is done once; after a window that led nowhere the program ends."""
    stage = Stage()
    stop = stage.set_scene()

    stage.lead_to(nothing)

    assert stop.is_set()
    assert stage.take_next() is nothing
    assert not stage.set_scene().is_set()
    assert stage.take_next() is None


async def test_a_signal_ends_everything() -> None:
    """After SIGTERM neither what was led to is done nor another window opened."""
    stage = Stage()
    stage.set_scene()
    stage.lead_to(nothing)

    stage.end()

    assert stage.take_next() is None
    assert stage.set_scene().is_set()


async def test_a_backup_takes_the_place_of_an_empty_profile(tmp_path: Path) -> None:
    """It is looked into, then put in place; the former database is kept beside it."""
    file = tmp_path / "desk.backup"
    await asyncio.to_thread(file.write_bytes, await _sealed(tmp_path / "old"))
    home = tmp_path / "new"
    await (await Store.open(database_path(home))).close()

    report = await look_into(home, file, PHRASE)
    failed = await put_back(home, file, PHRASE)

    assert dict(report.holds)["accounts"] == 1
    assert failed is None
    store = await Store.open(database_path(home))
    assert [a.label for a in await store.metadata.accounts(an_account().environment)] == ["Account 1"]
    await store.close()
    assert len(list(home.glob("*.before-restore-*"))) == 1


async def test_a_backup_takes_the_place_of_a_damaged_profile(tmp_path: Path) -> None:
    """A database that cannot be opened does not stand in the way; it is kept in a folder of its own."""
    file, home = tmp_path / "desk.backup", tmp_path / "home"
    await asyncio.to_thread(file.write_bytes, await _sealed(tmp_path / "old"))
    await (await Store.open(database_path(home))).close()
    database_path(home).write_bytes(b"rubbish " * 1000)

    failed = await put_back(home, file, PHRASE)

    assert failed is None
    store = await Store.open(database_path(home))
    assert len(await store.metadata.accounts(an_account().environment)) == 1
    await store.close()
    assert len(list(home.glob("damaged-*"))) == 1


@pytest.mark.parametrize("content", [None, b"", b"no backup"])
async def test_a_file_that_is_no_backup_changes_nothing(tmp_path: Path, content: bytes | None) -> None:
    """A missing, empty or strange file is told as an error, and the profile stays as it is."""
    file, home = tmp_path / "desk.backup", tmp_path / "home"
    if content is not None:
        file.write_bytes(content)
    await (await Store.open(database_path(home))).close()
    before = database_path(home).read_bytes()

    failed = await put_back(home, file, PHRASE)

    assert isinstance(failed, KrakenDeskError)
    assert database_path(home).read_bytes() == before


async def test_a_strange_name_is_an_input_error(tmp_path: Path) -> None:
    """A name that no file can have is refused as any other wrong input."""
    with pytest.raises(InputError):
        await look_into(tmp_path, Path("a\0b"), PHRASE)


async def _sealed(home: Path) -> bytes:
    store = await Store.open(database_path(home))
    await store.metadata.save_account(an_account())
    sealed = await backups_of(store, MemoryVault(), SystemClock()).make(PHRASE, with_secrets=False)
    await store.close()
    return sealed
