"""What the words of the developer command do, seen from outside."""

import ast
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from devtools import display, locking, main
from devtools.checkout import Checkout
from devtools.console import Part, SetupError
from tests.architecture.source import ROOT


@dataclass
class RecordingCalls:
    """Stands in for running the program; remembers arguments and platform."""

    answers: int = 0
    commands: list[list[str]] = field(default_factory=list)
    platforms: list[str] = field(default_factory=list)

    def __call__(self, command: Sequence[Part], env: Mapping[str, str]) -> int:
        self.commands.append([str(part) for part in command[1:]])
        self.platforms.append(env.get("QT_QPA_PLATFORM", ""))
        return self.answers


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> RecordingCalls:
    """Let every set-up succeed at once and no display be there."""
    recording = RecordingCalls()
    monkeypatch.setattr(main, "set_up", lambda *_, **__: None)
    monkeypatch.setattr(main, "_call", recording)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return recording


def test_demo_opens_the_window(
    checkout: Checkout, calls: RecordingCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a window can be opened the demo is started as it is."""
    monkeypatch.setattr(display, "problem", lambda *_: "")

    assert main.demo(checkout, ["--seed", "7"]) == 0
    assert calls.commands == [["-m", "kraken_desk", "demo", "--seed", "7"]]
    assert calls.platforms == [""]


def test_demo_without_display_takes_pictures(
    checkout: Checkout, calls: RecordingCalls, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a display that is said, with the place, and pictures are taken offscreen."""
    code = main.demo(checkout, [])

    out = capsys.readouterr().out
    assert code == 0
    assert calls.commands == [["-m", "kraken_desk", "demo", "--snapshot", str(checkout.snapshots)]]
    assert calls.platforms == ["offscreen"]
    assert "No display here (neither DISPLAY nor WAYLAND_DISPLAY is set)" in out
    assert f"saving pictures to {checkout.snapshots}\n" in out


def test_demo_passes_a_failure_on(checkout: Checkout, calls: RecordingCalls) -> None:
    """When the program fails so does the command."""
    calls.answers = 70

    assert main.demo(checkout, []) == 70


def test_demo_with_snapshot_needs_no_display(checkout: Checkout, calls: RecordingCalls) -> None:
    """Pictures asked for by name go where they were asked for, offscreen."""
    main.demo(checkout, ["--snapshot", "here"])

    assert calls.commands == [["-m", "kraken_desk", "demo", "--snapshot", "here"]]
    assert calls.platforms == ["offscreen"]


def test_bench_runs_the_benchmark(checkout: Checkout, calls: RecordingCalls) -> None:
    """The benchmark is a package beside the command and gets all further arguments."""
    main.bench(checkout, ["--repeat", "3"])

    assert calls.commands == [["-m", "bench", "--repeat", "3"]]


def test_a_failed_set_up_is_one_line(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be set up is told in one line on standard error, with a failing exit code."""

    def refuse(*_: object) -> int:
        raise SetupError("This system lacks Xvfb. Run: something")

    monkeypatch.setitem(main.WORDS, "demo", refuse)

    assert main.main(["demo"]) == 1
    assert capsys.readouterr().err == "dev.py: This system lacks Xvfb. Run: something\n"


def test_a_display_that_cannot_be_reached_is_seen() -> None:
    """A DISPLAY left over from elsewhere is found out by trying, before the window is started."""
    problem = display.problem(Checkout(ROOT).python, {"DISPLAY": ":4711"})

    assert problem == "DISPLAY=:4711 cannot be opened"


def test_a_platform_without_windows_is_respected() -> None:
    """Who asks Qt for an offscreen platform does not want a window."""
    assert display.problem(Checkout(ROOT).python, {"QT_QPA_PLATFORM": "offscreen:x"}) == (
        "QT_QPA_PLATFORM asks for offscreen"
    )


def test_a_lock_with_an_address_is_refused(checkout: Checkout) -> None:
    """A resolution that names an address is not written: the lock would be of no use elsewhere."""
    lock = checkout.lock(with_tests=False)
    before = lock.read_text("utf-8")

    with pytest.raises(SetupError, match=r"requirements\.lock would name an address"):
        locking._write(checkout, lock, "x", "--index-url mirror\nalpha==1.0\n")

    assert lock.read_text("utf-8") == before


def test_older_pythons_can_read_what_they_lack() -> None:
    """The file that says which Python is needed has no syntax that an older one stumbles over."""
    text = (ROOT / "packaging" / "dev.py").read_text("utf-8")

    ast.parse(text, feature_version=(3, 6))
    assert text.index("sys.version_info < MINIMUM") < text.index("from devtools")


def test_help_explains_every_word() -> None:
    """The help of the command names each word with what it does."""
    answer = subprocess.run(
        [sys.executable, ROOT / "packaging" / "dev.py", "--help"], capture_output=True, text=True, check=True
    )

    for word in ("demo", "test", "bench", "format", "lock"):
        assert f"  {word} " in answer.stdout
