"""The environment of a checkout is complete or known not to be."""

import pytest

from devtools import environment
from devtools.checkout import Checkout
from devtools.console import SetupError
from tests.unit.devtools.conftest import RecordingInstaller

CREATE = "creating the environment"
PROJECT = "installing Kraken Desk from this checkout"
RUNTIME = [CREATE, "installing 1 locked packages", PROJECT]


def test_first_run_creates_and_installs(checkout: Checkout, installer: RecordingInstaller) -> None:
    """Without an environment one is made, then the lock and the project are installed."""
    environment.ensure(checkout, with_tests=False)

    assert installer.steps == RUNTIME


def test_second_run_does_nothing(checkout: Checkout, installer: RecordingInstaller) -> None:
    """When nothing has changed no program is started at all."""
    environment.ensure(checkout, with_tests=False)
    installer.steps.clear()

    environment.ensure(checkout, with_tests=False)

    assert installer.steps == []


def test_tests_are_added_in_place(checkout: Checkout, installer: RecordingInstaller) -> None:
    """An environment for the window gets the tests' packages without being made anew."""
    environment.ensure(checkout, with_tests=False)
    installer.steps.clear()

    environment.ensure(checkout, with_tests=True)

    assert installer.steps == ["installing 2 locked packages", PROJECT]


def test_the_window_is_content_with_an_environment_for_tests(
    checkout: Checkout, installer: RecordingInstaller
) -> None:
    """What was installed for the tests serves the window too, and nothing is taken away."""
    environment.ensure(checkout, with_tests=True)
    installer.steps.clear()

    environment.ensure(checkout, with_tests=False)

    assert installer.steps == []


def test_a_changed_lock_is_installed(checkout: Checkout, installer: RecordingInstaller) -> None:
    """A new lock is put right in place, with what it no longer names removed."""
    environment.ensure(checkout, with_tests=False)
    installer.steps.clear()
    checkout.lock(with_tests=False).write_text("gamma==1.0\ndelta==1.0\n", "utf-8")

    environment.ensure(checkout, with_tests=False)

    assert installer.steps == [
        "installing 2 locked packages",
        "removing what the lock does not name (alpha)",
        PROJECT,
    ]


def test_settings_of_tools_are_no_reason_to_install(
    checkout: Checkout, installer: RecordingInstaller
) -> None:
    """Only those tables of pyproject.toml count that decide what is installed."""
    environment.ensure(checkout, with_tests=False)
    installer.steps.clear()
    pyproject = checkout.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text("utf-8").replace("110", "100"), "utf-8")

    environment.ensure(checkout, with_tests=False)

    assert installer.steps == []


def test_an_installation_cut_short_is_made_anew(checkout: Checkout, installer: RecordingInstaller) -> None:
    """After a failure in the middle the next run starts from nothing, since half a package may be there."""
    installer.fails_at = "installing"
    with pytest.raises(SetupError):
        environment.ensure(checkout, with_tests=False)
    installer.fails_at = ""
    installer.steps.clear()

    environment.ensure(checkout, with_tests=False)

    assert installer.steps == RUNTIME


def test_a_moved_checkout_is_made_anew(checkout: Checkout, installer: RecordingInstaller) -> None:
    """Scripts hold the path of their environment, so one that was moved is not trusted."""
    environment.ensure(checkout, with_tests=False)
    moved = Checkout(checkout.root.rename(checkout.root.with_name("elsewhere")))
    installer._checkout = moved
    installer.steps.clear()

    environment.ensure(moved, with_tests=False)

    assert installer.steps == RUNTIME


def test_an_environment_that_does_not_start_is_made_anew(
    checkout: Checkout, installer: RecordingInstaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An environment made by hand whose Python is gone or another is not built upon."""
    checkout.python.parent.mkdir(parents=True)
    checkout.python.touch()
    monkeypatch.setattr(environment, "_starts", lambda _: False)

    environment.ensure(checkout, with_tests=False)

    assert installer.steps == RUNTIME


def test_names_are_read_from_a_lock() -> None:
    """Names are compared in their normal form; comments and hashes are no names."""
    pins = "Jaraco.Context==6.1 \\\n    --hash=sha256:00\nmsgspec_x[extra]==0.2 ; python_version < '4'\n"

    assert environment.locked_names(f"# made by x==1\n{pins}") == {"jaraco-context", "msgspec-x"}


def test_pip_keeps_the_ways_of_the_machine_and_none_of_its_habits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where packages come from stays the machine's affair; what and where to install does not."""
    monkeypatch.setenv("PIP_INDEX_URL", "mirror")
    monkeypatch.setenv("PIP_TARGET", "elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PYTHONPATH", "astray")

    surroundings = environment.pip_environment()

    assert surroundings["PIP_INDEX_URL"] == "mirror"
    assert surroundings["PIP_USER"] == "0"
    assert "PIP_TARGET" not in surroundings
    assert "PYTHONPATH" not in surroundings
