"""Upkeep: database, secrets, leases and files of a profile, looked at and never touched."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kraken_desk.domain.errors import KeychainLockedError, StoreCorruptError
from kraken_desk.domain.keys import KeyId
from kraken_desk.services.diagnosis import Diagnosis, text_of
from kraken_desk.services.leases import LeasesService
from kraken_desk.services.upkeep import REPAIR_HINT, Upkeep
from kraken_desk.store import Store
from kraken_desk.store.lease_locks import LeaseLocks
from kraken_desk.store.processes import mark_of
from tests.helpers.fakes import FakeClock

KEYS = (KeyId("key-1"), KeyId("key-2"))


class Scene:
    """A profile that says what a test wants it to say."""

    def __init__(self, home: Path, store: Store) -> None:
        self.problems: tuple[str, ...] = ()
        self.held: frozenset[KeyId] | None = frozenset(KEYS)
        self.failure: Exception | None = None
        leases = LeasesService(store.leases, LeaseLocks(home / "locks"), FakeClock(), mark_of)
        self.upkeep = Upkeep(self, self, leases, home)

    async def integrity(self) -> tuple[str, ...]:
        if isinstance(self.failure, StoreCorruptError):
            raise self.failure
        return self.problems

    async def all_key_ids(self) -> tuple[KeyId, ...]:
        return KEYS

    async def ids(self) -> frozenset[KeyId] | None:
        if isinstance(self.failure, KeychainLockedError):
            raise self.failure
        return self.held

    async def found(self, name: str) -> Diagnosis:
        return next(d for d in await self.upkeep.examine() if d.name == name)


@pytest.fixture
async def store(tmp_path: Path) -> Store:
    return await Store.open(tmp_path / "desk.sqlite3")


@pytest.fixture
def scene(tmp_path: Path, store: Store) -> Scene:
    return Scene(tmp_path, store)


async def test_a_profile_in_order(scene: Scene, store: Store) -> None:
    """Four things are looked at, and all are well."""
    found = await scene.upkeep.examine()

    assert [d.name for d in found] == ["database", "secrets", "leases", "files"]
    assert all(d.ok for d in found)
    assert "BAD" not in text_of(found)
    await store.close()


async def test_a_damaged_database_names_its_repair(scene: Scene, store: Store) -> None:
    """SQLite's first word on it is told, with how many there are; so is a database that cannot be read."""
    scene.problems = ("row 7 missing from index moves", "wrong page", "wrong page")
    first = await scene.found("database")
    scene.failure = StoreCorruptError("The database is damaged", "Disk image is malformed.")
    second = await scene.found("database")

    assert (first.ok, first.detail) == (False, "row 7 missing from index moves, and 2 more")
    assert (second.ok, second.hint) == (False, REPAIR_HINT)
    await store.close()


async def test_keys_without_secret_and_items_without_key_are_counted(scene: Scene, store: Store) -> None:
    """A missing secret is a fault; an item too many may be another profile's, and is only mentioned."""
    scene.held = frozenset({KEYS[0], KeyId("stray")})

    found = await scene.found("secrets")

    assert not found.ok
    assert found.detail == (
        "1 of 2 keys have no secret in the keychain; "
        "1 items belong to no key here, perhaps to another profile"
    )
    await store.close()


async def test_a_keychain_that_lists_nothing_is_no_fault(scene: Scene, store: Store) -> None:
    """Some keychains tell no list; a locked one says so."""
    scene.held = None
    silent = await scene.found("secrets")
    scene.failure = KeychainLockedError("The keychain is locked", "It cannot be read.", "Unlock it.")
    locked = await scene.found("secrets")

    assert silent.ok
    assert (locked.ok, locked.detail) == (False, "not compared with the keys. The keychain is locked.")
    await store.close()


async def test_files_of_something_cut_off_are_named(scene: Scene, store: Store, tmp_path: Path) -> None:
    """Copies that were kept on purpose are fine; halves of a restore or repair are told."""
    (tmp_path / "damaged-20261120T120000Z").mkdir()
    kept = await scene.found("files")
    (tmp_path / ".repair-x").mkdir()
    left = await scene.found("files")

    assert (kept.ok, kept.detail) == (True, "1 former database is kept: damaged-20261120T120000Z")
    assert not left.ok
    assert left.detail.startswith(".repair-x: left behind")
    await store.close()


async def test_the_store_tells_what_refers_to_nothing(store: Store, tmp_path: Path) -> None:
    """A whole database has nothing to tell; references to rows that are gone are found besides damage."""
    whole = await store.integrity()
    with closing(sqlite3.connect(tmp_path / "desk.sqlite3", isolation_level=None)) as other:
        other.execute("INSERT INTO transfer_values (journal_id, currency, value) VALUES ('gone', 'EUR', '1')")
    lost = await store.integrity()
    await store.close()

    assert whole == ()
    assert lost == ("rows of transfer_values refer to rows that are not there",)
