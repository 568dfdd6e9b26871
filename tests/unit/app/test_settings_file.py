"""settings.toml on a real disk: replaced as a whole, never lost, never a reason not to start."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from kraken_desk.app.settings_file import SettingsFile
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.preferences import Density, Preferences
from kraken_desk.services.preferences import PreferencesService


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


COMPACT = replace(Preferences(), density=Density.COMPACT)


async def test_a_change_is_there_after_the_next_start(tmp_path: Path) -> None:
    """The file holds the change, is for this user only, and leaves nothing beside it."""
    service = PreferencesService(SettingsFile(tmp_path))
    service.load()

    await service.change(COMPACT)

    again = PreferencesService(SettingsFile(tmp_path))
    assert again.load() == COMPACT
    assert _names(tmp_path) == ["settings.toml"]
    assert (tmp_path / "settings.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b'[appearance]\ntheme = "blue"\n', b"\xff\xfe", b"[[["])
async def test_a_wrong_file_does_not_stop_the_start(tmp_path: Path, content: bytes) -> None:
    """The usual settings apply and the file stays; only a change replaces it, keeping the old one."""
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    service = PreferencesService(SettingsFile(tmp_path))

    found, problem, before = service.load(), service.problem.value, path.read_bytes()
    await service.change(COMPACT)

    assert found == Preferences()
    assert problem is not None
    assert before == content
    assert (tmp_path / "settings.toml.unusable").read_bytes() == content
    assert PreferencesService(SettingsFile(tmp_path)).load() == COMPACT


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name")
@pytest.mark.timeout(20)
def test_a_pipe_in_place_of_the_file_does_not_hold_the_start_up(tmp_path: Path) -> None:
    """Nobody will ever write into it; the usual settings apply, and the problem is told."""
    os.mkfifo(tmp_path / "settings.toml")
    service = PreferencesService(SettingsFile(tmp_path))

    assert service.load() == Preferences()
    problem = service.problem.value
    assert problem is not None
    assert "no plain file" in f"{problem.title} {problem.detail}"


async def test_what_cannot_be_written_counts_until_the_end(tmp_path: Path) -> None:
    """A directory in the file's place is an error that says so; the change counts meanwhile."""
    (tmp_path / "settings.toml" / "inside").mkdir(parents=True)
    service = PreferencesService(SettingsFile(tmp_path))

    with pytest.raises(InputError, match="not written"):
        await service.change(COMPACT)

    assert service.preferences.value == COMPACT


async def test_fast_changes_end_with_the_last(tmp_path: Path) -> None:
    """Many changes at once leave the last of them in the file."""
    service = PreferencesService(SettingsFile(tmp_path))
    sizes = (80, 90, 110, 125, 150)

    await asyncio.gather(*(service.change(replace(COMPACT, font_percent=size)) for size in sizes))

    assert PreferencesService(SettingsFile(tmp_path)).load().font_percent == 150


def test_what_a_killed_write_left_is_removed(tmp_path: Path) -> None:
    """An unfinished file goes when the settings are read a while later; one being written stays."""
    left, fresh, kept = (tmp_path / f"settings.toml.{end}" for end in ("0123abcd", "4567cdef", "unusable"))
    for path in (left, fresh, kept):
        path.touch()
    os.utime(left, (0, 0))
    os.utime(kept, (0, 0))

    SettingsFile(tmp_path).read()

    assert sorted(tmp_path.iterdir()) == [fresh, kept]
