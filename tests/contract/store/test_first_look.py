"""A first look at a profile: the same fleet as the store's, or none at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kraken_desk.domain.environments import PRODUCTION
from kraken_desk.domain.first_look import FirstLook
from kraken_desk.domain.fleet import unjudged_fleet
from kraken_desk.domain.locking import LockPolicy
from kraken_desk.domain.setting_names import LOCK_VERIFIER
from kraken_desk.sealing.threaded import ThreadedSeal
from kraken_desk.services.locking import LockService
from kraken_desk.store import Store
from kraken_desk.store.first_look import first_look
from tests.helpers.builders import LAB, NOW, a_check, a_master, a_slot, an_account, futures_info
from tests.helpers.fakes import FakeClock


@pytest.fixture
async def profile(tmp_path: Path) -> Path:
    """Return the database of a profile with two accounts and two keys, one of them checked."""
    path = tmp_path / "desk.sqlite3"
    store = await Store.open(path)
    await store.metadata.save_environment(LAB)
    await store.metadata.save_account(a_master())
    await store.metadata.save_account(an_account(2))
    await store.metadata.save_slot(a_slot(1))
    await store.metadata.save_slot(a_slot(2, process="bot", two_factor=True))
    await store.metadata.save_check(a_check(a_slot(1).key_id, info=futures_info()))
    await store.close()
    return path


def names(look: FirstLook) -> list[str]:
    keys = look.fleet.keys()
    return [node.slot.name for node in keys]


async def test_it_sees_what_the_store_keeps(profile: Path) -> None:
    """Environment, accounts, keys and checks are those that the store reads, and nothing is judged."""
    look = first_look(profile, None, NOW)

    store = await Store.open(profile)
    metadata = store.metadata
    accounts, slots = await metadata.accounts(LAB.name), await metadata.slots(LAB.name)
    checks = await metadata.checks(LAB.name)
    await store.close()
    assert look is not None
    assert look.environment == LAB
    assert look.fleet == unjudged_fleet(LAB.name, accounts, slots, checks, NOW)
    assert names(look) == ["key 1", "key 2"]


async def test_it_looks_at_the_environment_that_is_asked_for(profile: Path) -> None:
    """Names are found as elsewhere, whatever their case; an environment without keys gives no look."""
    store = await Store.open(profile)
    other = a_slot(3, environment=PRODUCTION.name, account_id="real")
    await store.metadata.save_account(an_account(3, environment=PRODUCTION.name, account_id="real"))
    await store.metadata.save_slot(other)
    await store.close()

    lab, either = first_look(profile, " LAB ", NOW), first_look(profile, None, NOW)

    assert lab is not None
    assert lab.environment == LAB
    assert either is not None
    assert either.environment == PRODUCTION
    assert first_look(profile, "uat", NOW) is None
    assert first_look(profile, "no such", NOW) is None


async def test_a_profile_with_a_passphrase_shows_nothing(profile: Path) -> None:
    """The window of such a profile starts locked, so not even its names are read."""
    store = await Store.open(profile)
    await store.save_setting(LOCK_VERIFIER, "something")
    await store.close()

    assert first_look(profile, None, NOW) is None


@pytest.mark.parametrize("by_system", [True, False])
async def test_a_profile_that_the_system_unlocks_shows_nothing(profile: Path, by_system: bool) -> None:
    """It starts locked as one with a passphrase does; any other policy of the lock shows the fleet."""
    store = await Store.open(profile)
    lock = LockService(store, ThreadedSeal(), FakeClock())
    await lock.set_policy(LockPolicy(by_system=by_system))
    await store.close()

    shown = first_look(profile, None, NOW) is not None

    assert shown is not by_system


@pytest.mark.parametrize(
    "damage",
    [
        "PRAGMA user_version = 1",
        "PRAGMA user_version = 9999",
        "PRAGMA application_id = 1",
        "UPDATE slots SET venue = 'moon'",
        "DELETE FROM slots",
        "DROP TABLE only_here",
    ],
)
async def test_what_is_not_as_usual_is_left_to_the_store(profile: Path, damage: str) -> None:
    """Another version, another program's file, unreadable rows and an empty fleet give no first look."""
    with closing(sqlite3.connect(profile)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM checks")
        connection.execute(damage)
        connection.commit()

    assert first_look(profile, None, NOW) is None


def test_no_file_and_no_database_give_no_look(tmp_path: Path) -> None:
    """A new profile and a file of anything else are nobody's mistake here."""
    other = tmp_path / "other"
    other.write_text("not a database at all, but long enough to be looked at\n" * 100)

    assert first_look(tmp_path / "missing", None, NOW) is None
    assert first_look(tmp_path, None, NOW) is None
    assert first_look(other, None, NOW) is None
    assert not (tmp_path / "missing").exists()


async def test_it_neither_waits_for_a_writer_nor_disturbs_it(profile: Path) -> None:
    """While another process writes, the last committed fleet is read."""
    with closing(sqlite3.connect(profile, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM slots WHERE name = 'key 2'")

        look = first_look(profile, None, NOW)

        writer.execute("COMMIT")
    assert look is not None
    assert names(look) == ["key 1", "key 2"]
