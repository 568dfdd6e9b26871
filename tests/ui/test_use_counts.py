"""What was chosen how often: kept by hash with the window's looks."""

from pathlib import Path

from PySide6.QtCore import QSettings

from kraken_desk.domain.quick_find import Use
from kraken_desk.ui.use_counts import MOST_KEPT, SETTING, UseCounts
from tests.helpers.builders import NOW


def _settings(path: Path) -> QSettings:
    return QSettings(str(path / "window.ini"), QSettings.Format.IniFormat)


def test_uses_outlive_the_window(tmp_path: Path) -> None:
    """A second window of the profile knows what the first one chose."""
    UseCounts(_settings(tmp_path)).note("key:slot-1", NOW)
    again = UseCounts(_settings(tmp_path))
    again.note("key:slot-1", NOW)

    assert UseCounts(_settings(tmp_path)).of(["key:slot-1", "key:slot-2"]) == {"key:slot-1": Use(2, NOW)}


def test_no_name_is_written(tmp_path: Path) -> None:
    """The file holds hashes and numbers; a process's name is not found in it."""
    settings = _settings(tmp_path)
    UseCounts(settings).note("process:secret-strategy", NOW)
    settings.sync()

    assert "secret-strategy" not in (tmp_path / "window.ini").read_text()


def test_what_cannot_be_read_is_forgotten(tmp_path: Path) -> None:
    """A damaged or hostile entry costs the order of the list and nothing else."""
    for text in ("{", "[1]", '{"a": 1}', '{"a": [1, "yesterday"]}', '{"a": [1, "2026-01-01"]}'):
        settings = _settings(tmp_path)
        settings.setValue(SETTING, text)

        assert UseCounts(settings).of(["a"]) == {}


def test_the_oldest_are_forgotten(tmp_path: Path) -> None:
    """The file does not grow for ever."""
    settings = _settings(tmp_path)
    counts = UseCounts(settings)
    for number in range(MOST_KEPT + 5):
        counts.note(f"key:{number}", NOW)

    assert len(UseCounts(settings).of(f"key:{n}" for n in range(MOST_KEPT + 5))) == MOST_KEPT
