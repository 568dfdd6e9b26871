"""All checks run, each with its verdict, and one failure is enough to fail."""

import sys
from pathlib import Path

import pytest

from devtools import checks
from devtools.checkout import Checkout
from devtools.checks import Check
from devtools.console import SetupError, run_logged


def a_check(name: str, code: str) -> Check:
    return Check(name, (sys.executable, "-c", code))


def test_every_check_runs_after_a_failure(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    """A failed check does not hide what the later ones have to say."""
    steps = [
        a_check("lint", "print('bad'); raise SystemExit(3)"),
        a_check("tests", "print('== 7 passed ==')"),
    ]

    good = checks.run(checkout, steps)

    summary = capsys.readouterr().out.partition("summary")[2].splitlines()
    assert not good
    assert [line[:19] for line in summary[1:]] == ["[dev] FAILED  lint ", "[dev] ok      tests"]
    assert [line.rpartition("   ")[2] for line in summary[1:]] == ["bad", "7 passed"]


def test_good_checks_are_good(checkout: Checkout) -> None:
    """When every check ends well the run is good."""
    assert checks.run(checkout, [a_check("lint", ""), a_check("tests", "")])


def test_checks_run_at_the_root_without_a_window(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every check runs in the checkout, offscreen, and with nothing optional on Linux."""
    code = (
        "import os; print(os.getcwd(), os.environ['QT_QPA_PLATFORM'], os.environ['KRAKEN_DESK_REQUIRE_ALL'])"
    )

    checks.run(checkout, [a_check("tests", code)])

    assert f"{checkout.root} offscreen 1" in capsys.readouterr().out


def test_further_arguments_go_to_pytest(checkout: Checkout) -> None:
    """`dev.py test --fast -k name` leaves out the end-to-end tests and hands `-k name` on."""
    last = checks.checks(checkout, fast=True, pytest_arguments=["-k", "name"])[-1]

    assert last.name == "tests"
    assert last.command[-3:] == ("--ignore=tests/e2e", "-k", "name")


def test_a_logged_command_shows_the_end_of_its_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """When a set-up step fails its last lines are shown, and the error names step, code and log."""
    log = tmp_path / "install.log"

    with pytest.raises(
        SetupError, match=r"resolving failed with exit code 4 .* the whole log: .*install\.log"
    ):
        run_logged(
            "resolving", [sys.executable, "-c", "print('no such package'); raise SystemExit(4)"], log, {}
        )

    assert "    no such package\n" in capsys.readouterr().out


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A command that cannot be started ends in a clear line instead of a traceback."""
    with pytest.raises(SetupError, match=r"cannot start .*nowhere"):
        run_logged("resolving", [tmp_path / "nowhere"], tmp_path / "log", {})
