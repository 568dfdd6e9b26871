"""Backups by command: made and tried at once, brought back elsewhere, never over a profile unasked."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from kraken_desk.domain.errors import SecretMissingError
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.secrets import ApiSecret
from tests.helpers.builders import CANARY
from tests.unit.cli.world import World

WORDS = "tidal harbour nine"


def secrets_of(world: World) -> dict[str, str]:
    path = next(world.home.glob("*.sqlite3"))
    ids = [row[0] for row in sqlite3.connect(path).execute("SELECT key_id FROM slots")]
    return {each: asyncio.run(world.vault.get(KeyId(each))).reveal() for each in ids}


def make(world: World, file: Path, *options: str) -> None:
    answer = world("backup", "make", str(file), "--passphrase-stdin", *options, stdin=WORDS)
    assert answer.code == 0, answer.err


def test_a_backup_is_made_and_restored_on_trial(world: World, tmp_path: Path) -> None:
    """The command says what the file holds, as found by restoring it; the file is the owner's only."""
    file = tmp_path / "desk.backup"

    answer = world("backup", "make", str(file), "--passphrase-stdin", "--json", stdin=WORDS)

    assert answer.code == 0
    assert answer.json["holds"]["keys"] > 0
    assert answer.json["secrets"] == 0
    assert file.stat().st_mode & 0o777 == 0o600


def test_secrets_travel_only_when_asked(world: World, tmp_path: Path) -> None:
    """Without the option a keychain's secrets stay where they are; with it they come back one by one."""
    plain, full = tmp_path / "plain", tmp_path / "full"
    make(world, plain)
    make(world, full, "--with-secrets")
    kept = secrets_of(world)
    for key_id in kept:
        asyncio.run(world.vault.remove(KeyId(key_id)))

    without = world(
        "--home", str(tmp_path / "one"), "backup", "restore", str(plain), "--passphrase-stdin", stdin=WORDS
    )
    with pytest.raises(SecretMissingError):
        secrets_of(world)
    with_them = world(
        "--home", str(tmp_path / "two"), "backup", "restore", str(full), "--passphrase-stdin", stdin=WORDS
    )

    assert (without.code, with_them.code) == (0, 0)
    assert secrets_of(world) == kept
    assert CANARY.encode() not in full.read_bytes()


def test_a_backup_is_no_second_copy_of_a_file(world: World, tmp_path: Path) -> None:
    """A file that is there is not overwritten, before a passphrase is asked for."""
    file = tmp_path / "desk.backup"
    file.write_text("mine")

    answer = world("backup", "make", str(file), "--passphrase-stdin", stdin=WORDS)

    assert answer.code == 2
    assert file.read_text() == "mine"


@pytest.mark.parametrize("typed", ["", "tidal harbour eight"])
def test_a_wrong_passphrase_restores_nothing(world: World, tmp_path: Path, typed: str) -> None:
    """The error says that it does not open, and no profile appears."""
    file, home = tmp_path / "desk.backup", tmp_path / "other"
    make(world, file)

    answer = world(
        "--home", str(home), "backup", "restore", str(file), "--passphrase-stdin", "--json", stdin=typed
    )

    assert answer.code == 2
    assert answer.category == "SealError"
    assert not list(tmp_path.glob("other/*.sqlite3"))


def test_a_restore_replaces_a_profile_only_when_told(world: World, tmp_path: Path) -> None:
    """It refuses first; with --replace the former database is kept beside, whole."""
    file, home = tmp_path / "desk.backup", tmp_path / "other"
    make(world, file)
    restore = ("--home", str(home), "backup", "restore", str(file), "--passphrase-stdin", "--json")
    world(*restore, stdin=WORDS)

    refused = world(*restore, stdin=WORDS)
    replaced = world(*restore, "--replace", stdin=WORDS)

    assert (refused.code, refused.category) == (2, "ProfileExistsError")
    assert replaced.code == 0
    former = Path(replaced.json["former"])
    assert sqlite3.connect(former).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_profile_in_use_is_not_replaced(world: World, tmp_path: Path) -> None:
    """While another process has the database open, nothing is put in its place."""
    file, home = tmp_path / "desk.backup", tmp_path / "other"
    make(world, file)
    restore = (
        "--home",
        str(home),
        "backup",
        "restore",
        str(file),
        "--passphrase-stdin",
        "--json",
        "--replace",
    )
    world(*restore, stdin=WORDS)
    path = home / "kraken-desk.sqlite3"
    other = sqlite3.connect(path)
    other.execute("PRAGMA journal_mode = WAL").fetchone()
    other.execute("SELECT count(*) FROM slots").fetchone()
    before = path.stat().st_ino

    answer = world(*restore, stdin=WORDS)

    assert answer.category == "ProfileExistsError"
    assert path.stat().st_ino == before
    other.close()


def test_a_keychain_with_another_secret_is_not_overwritten(world: World, tmp_path: Path) -> None:
    """An item of the same id and different content stops the restore before the database comes."""
    file, home = tmp_path / "desk.backup", tmp_path / "other"
    make(world, file, "--with-secrets")
    key_id = KeyId(next(iter(secrets_of(world))))
    asyncio.run(world.vault.remove(key_id))
    asyncio.run(world.vault.put(key_id, ApiSecret("b3RoZXI=")))

    answer = world(
        "--home", str(home), "backup", "restore", str(file), "--passphrase-stdin", "--json", stdin=WORDS
    )

    assert (answer.code, answer.category) == (5, "KeychainError")
    assert asyncio.run(world.vault.get(key_id)) == ApiSecret("b3RoZXI=")
    assert not home.exists()


def test_a_drill_changes_nothing(world: World, tmp_path: Path) -> None:
    """It says what would come back; a damaged file fails it."""
    file = tmp_path / "desk.backup"
    make(world, file)

    well = world("backup", "drill", str(file), "--passphrase-stdin", "--json", stdin=WORDS)
    file.write_bytes(file.read_bytes()[:-7])
    ill = world("backup", "drill", str(file), "--passphrase-stdin", "--json", stdin=WORDS)

    assert well.json["holds"]["accounts"] > 0
    assert ill.category == "SealError"


def test_the_windows_passphrase_is_set_changed_and_reset(world: World) -> None:
    """By standard input, line by line; a wrong present one is refused, a reset needs none."""
    assert world("passphrase", "set", "--passphrase-stdin", stdin=WORDS).code == 0
    assert world("passphrase", "status", "--json").json == {"passphrase": True, "system": False}

    alone = world("passphrase", "set", "--passphrase-stdin", "--json", stdin="a new longer one")
    wrong = world(
        "passphrase", "set", "--passphrase-stdin", "--json", stdin="wrong one here\na new longer one"
    )
    right = world("passphrase", "set", "--passphrase-stdin", stdin=f"{WORDS}\na new longer one\n")
    removed = world("passphrase", "remove", "--passphrase-stdin", stdin=WORDS)
    unasked = world("passphrase", "reset")
    reset = world("passphrase", "reset", "--yes")

    assert (alone.category, wrong.category) == ("InputError", "SealError")
    assert (right.code, removed.code, unasked.code, reset.code) == (0, 2, 2, 0)
    assert world("passphrase", "status", "--json").json == {"passphrase": False, "system": False}


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a device of POSIX systems")
def test_what_has_no_end_is_no_file(world: World) -> None:
    """A device is refused before it fills the memory: as a backup, and as a copy of the journal."""
    drilled = world(
        "backup", "drill", "/dev/zero", "--passphrase-stdin", "--json", stdin="tidal harbour nine"
    )
    verified = world("journal", "verify", "--file", "/dev/zero", "--json")

    assert (drilled.code, verified.code) == (2, 2)
    assert "no plain file" in drilled.json["error"]["detail"]
    assert "no plain file" in verified.json["error"]["detail"]
