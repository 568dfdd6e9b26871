"""The file in memory that hands credentials to one child."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from kraken_desk.app import private_file as module
from kraken_desk.app.private_file import is_in_memory, private_file, remove_everywhere
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import SlotId

SLOT = SlotId("0123abcd")
needs_memory = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not is_in_memory(Path("/dev/shm")), reason="needs a tmpfs"
)


@needs_memory
def test_the_file_is_private_and_does_not_stay() -> None:
    """Its owner alone reads it, its directory is closed to others, and it ends with the block."""
    with private_file(SLOT, b"content") as path:
        modes = (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777)
        content, where = path.read_bytes(), is_in_memory(path)

    assert (modes, content, where) == ((0o600, 0o700), b"content", True)
    assert not path.exists()


@needs_memory
def test_the_next_run_removes_what_a_killed_one_left() -> None:
    """The lease makes this run the only one on the slot; other slots' files stay."""
    with private_file(SLOT, b"x") as path:
        left, other = path.with_name(f"{SLOT}-old.json"), path.with_name("feed-other.json")
        left.touch()
        other.touch()
    with private_file(SLOT, b"y"):
        found = (left.exists(), other.exists())
    other.unlink()

    assert found == (False, True)


@needs_memory
def test_what_a_killed_run_left_can_be_removed_without_another_run() -> None:
    """Every place where such files may lie is looked at; files of other slots stay."""
    with private_file(SLOT, b"x") as path:
        other = path.with_name("feed-other.json")
        other.touch()
        remove_everywhere(SLOT)
        found = (path.exists(), other.exists())
    other.unlink()

    assert found == (False, True)


@needs_memory
def test_an_error_in_the_block_removes_the_file_too() -> None:
    """However the child's start fails, nothing stays."""

    def failing() -> Path:
        with private_file(SLOT, b"x") as path:
            seen.append(path)
            raise RuntimeError("no such command")

    seen: list[Path] = []
    with pytest.raises(RuntimeError):
        failing()

    assert not seen[0].exists()


def test_without_a_tmpfs_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk is no place for a secret, so there is no fallback to one."""
    monkeypatch.setattr(module, "is_in_memory", lambda _: False)

    with pytest.raises(InputError) as caught, private_file(SLOT, b"x"):
        pass

    assert caught.value.title == "No place in memory"


@needs_memory
def test_a_directory_that_is_only_a_link_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else may have put a link where the directory is to be."""
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    (runtime / f"kraken-desk-{os.getuid()}").symlink_to(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setattr(module, "is_in_memory", lambda _: True)

    with pytest.raises(InputError), private_file(SLOT, b"x"):
        pass

    assert [path.name for path in tmp_path.iterdir()] == ["runtime"]


def test_a_disk_is_not_memory() -> None:
    """The file system of the root is none of those in memory, nor is a path that is not there."""
    assert not is_in_memory(Path("/no/such/place"))
    assert not is_in_memory(Path("/proc"))
