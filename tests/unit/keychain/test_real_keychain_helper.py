"""The helper behind the real-keychain tests: absent programs, and no touch of the developer's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.keychain import BUS, require_programs, running_keychain


@pytest.mark.parametrize("variable", [("CI", "true"), ("KRAKEN_DESK_REQUIRE_ALL", "1")])
def test_absent_programs_fail_where_everything_must_be_there(
    monkeypatch: pytest.MonkeyPatch, variable: tuple[str, str]
) -> None:
    """On the build server a missing program is a failure with the packages' names."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv(*variable)

    with pytest.raises(pytest.fail.Exception, match="dbus-daemon, gnome-keyring-daemon"):
        require_programs()


def test_absent_programs_skip_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a developer's machine a missing program skips the test."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("KRAKEN_DESK_REQUIRE_ALL", raising=False)

    with pytest.raises(pytest.skip.Exception):
        require_programs()


def test_keychain_lives_in_its_own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Home and bus of the keychain and its children lie below the given directory, without a display."""
    monkeypatch.setenv("DISPLAY", ":99")

    with running_keychain(tmp_path) as keychain:
        env = dict(keychain.env)

    assert env["HOME"] == str(tmp_path)
    assert str(tmp_path) in env[BUS]
    assert "DISPLAY" not in env


def test_frozen_keychain_is_ended_too(tmp_path: Path) -> None:
    """A test that leaves the keychain frozen leaves no process behind."""
    with running_keychain(tmp_path) as keychain:
        keychain.freeze()

    assert keychain._daemon is not None
    assert keychain._daemon.returncode is not None
    assert keychain._bus.returncode is not None
