"""What a machine lacks is seen by trying, and installed or named in one line."""

import os
from pathlib import Path

import pytest

from devtools import debian, native
from devtools.console import SetupError
from devtools.native import Need


def a_need(name: str, *packages: str, present: bool = False) -> Need:
    return Need(name, packages, lambda: present)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the only one in which programs are found."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def add_program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    (folder / name).chmod(0o755)


def test_a_library_is_there_if_it_loads() -> None:
    """The C library loads everywhere on Linux, an invented one nowhere."""
    assert native.loads("libc.so.6")
    assert not native.loads("libkraken-desk-invented.so.9")


def test_a_program_is_there_if_it_is_found(programs: Path) -> None:
    """A program counts when it is executable in the search path."""
    add_program(programs, "gnome-keyring-daemon", "true")

    assert native.has_program("gnome-keyring-daemon")
    assert not native.has_program("Xvfb")


def test_fonts_are_looked_for_without_fontconfig(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without fc-list an outline font in one of the font folders is enough, any other file is not."""
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "share"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = tmp_path / "share" / "fonts" / "truetype"
    folder.mkdir(parents=True)
    (folder / "README.txt").touch()
    before = native.has_font()

    (folder / "Sans.ttf").touch()

    assert (before, native.has_font()) == (False, True)


def test_nothing_missing_starts_nothing(programs: Path, tmp_path: Path) -> None:
    """On a machine that has everything no package manager is needed."""
    debian.provide([a_need("libEGL.so.1", "libegl1", present=True)], tmp_path / "log")

    assert not (tmp_path / "log").exists()


def test_without_root_the_exact_command_is_named(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ordinary user gets one line that can be copied into the terminal."""
    add_program(programs, "apt-get", "exit 9")
    add_program(programs, "apt-cache", "true")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    needs = [a_need("Xvfb", "xvfb"), a_need("libEGL.so.1", "libegl1"), a_need("libc", "libc6", present=True)]

    with pytest.raises(SetupError) as refused:
        debian.provide(needs, tmp_path / "log")

    assert str(refused.value) == (
        "This system lacks what Kraken Desk needs. Run: "
        "sudo apt-get update && sudo apt-get install --yes --no-install-recommends libegl1 xvfb"
    )


def test_other_systems_are_told_what_is_missing(programs: Path, tmp_path: Path) -> None:
    """Without apt-get the missing libraries are named for whatever package manager there is."""
    with pytest.raises(SetupError, match=r"lacks libEGL\.so\.1: install that with its package manager"):
        debian.provide([a_need("libEGL.so.1", "libegl1")], tmp_path / "log")


def test_root_installs_without_being_asked(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root the lists are updated and the packages installed, without questions and recommendations."""
    add_program(programs, "apt-get", f'echo "$DEBIAN_FRONTEND $*" >> "{tmp_path}/calls"')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    answers = iter([False, True])

    debian.provide([Need("Xvfb", ("xvfb",), lambda: next(answers))], tmp_path / "log")

    assert (tmp_path / "calls").read_text("utf-8").splitlines() == [
        "noninteractive update -o DPkg::Lock::Timeout=300",
        "noninteractive install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 xvfb",
    ]


def test_an_installation_that_does_not_help_is_an_error(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a library still does not load after its package was installed, that is said."""
    add_program(programs, "apt-get", "true")
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    with pytest.raises(SetupError, match=r"still lacks libEGL\.so\.1"):
        debian.provide([a_need("libEGL.so.1", "libegl1")], tmp_path / "log")


@pytest.mark.parametrize(
    ("candidate", "chosen"),
    [("2.84.4-3", "libglib2.0-0t64"), ("(none)", "libglib2.0-0"), ("", "libglib2.0-0")],
)
def test_the_name_of_this_release_is_chosen(programs: Path, candidate: str, chosen: str) -> None:
    """Where a package was renamed the new name is taken if apt can install it, else the old one."""
    add_program(programs, "apt-cache", f'[ -z "{candidate}" ] || echo "  Candidate: {candidate}"')
    need = a_need("libglib-2.0.so.0", "libglib2.0-0t64", "libglib2.0-0")

    assert debian.package_names([need, need]) == [chosen]
