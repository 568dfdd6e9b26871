"""Fixtures of the end-to-end tests: a simulator process, a real keychain, an empty profile."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import CommandLine, SimulatorProcess
from tests.helpers.keychain import RealKeychain, require_programs


@pytest.fixture
def simulator() -> Iterator[SimulatorProcess]:
    process = SimulatorProcess("--population", "demo", "--seed", "7")
    yield process
    assert process.stop() == 0


@pytest.fixture
def keychain() -> Iterator[RealKeychain]:
    require_programs()
    # a socket's path has at most 107 characters, so pytest's own directories are too deep
    with tempfile.TemporaryDirectory(prefix="kd-") as root:
        real = RealKeychain(Path(root))
        yield real
        real.stop()


@pytest.fixture
def desk(tmp_path: Path, keychain: RealKeychain, simulator: SimulatorProcess) -> CommandLine:
    """A command line on an empty profile, with the simulator as its environment `rehearsal`."""
    line = CommandLine(tmp_path / "profile", keychain.env)
    added = line.add_environment(simulator.description)
    assert added.code == 0, added.stderr
    return line
