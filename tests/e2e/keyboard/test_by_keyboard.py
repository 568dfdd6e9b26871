"""The real program on a real display with a real keychain, by keys alone."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.keyboard.display import VirtualDisplay, require_display
from tests.e2e.keyboard.hands import Hands
from tests.e2e.keyboard.journey import ENVIRONMENT, Journey, furnish
from tests.e2e.processes import SimulatorProcess
from tests.helpers.keychain import BUS, RealKeychain


@pytest.fixture
def display() -> Iterator[VirtualDisplay]:
    require_display()
    with tempfile.TemporaryDirectory(prefix="kd-x-") as home:
        display = VirtualDisplay(1440, 900, Path(home))
        yield display
        display.stop()


@pytest.fixture
def hands(
    display: VirtualDisplay,
    keychain: RealKeychain,
    simulator: SimulatorProcess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Hands]:
    """The window of a furnished profile, on the display."""
    monkeypatch.setenv(BUS, keychain.address)
    asyncio.run(furnish(tmp_path / "profile", simulator))
    hands = Hands(display, keychain.env, "--home", str(tmp_path / "profile"), "--environment", ENVIRONMENT)
    yield hands
    hands.kill()


def test_a_day_goes_by_keys_alone(hands: Hands, simulator: SimulatorProcess, tmp_path: Path) -> None:
    """Add a key, check, transfer, settle, audit, report, lock, unlock, leave: no mouse, and no focus lost."""
    totals = simulator.control("GET", "/totals")
    journey = Journey(hands, simulator, lambda _name: None)

    journey.arrive()
    journey.add_key()
    journey.check()
    journey.transfer()
    journey.settle()
    journey.audit()
    report = journey.report(tmp_path)
    journey.lock()
    journey.unlock()

    assert hands.end() == 0
    assert simulator.control("GET", "/totals") == totals
    assert "Meridian Capital" in report.read_text("utf-8")
