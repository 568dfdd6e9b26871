"""A profile with one process's key, whose secret is planted in a real keychain; one for all tests here."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import PROGRAM, CommandLine, CommandsHere, SimulatorProcess
from tests.helpers.keychain import RealKeychain, require_programs

KEY = "mm-bot-1"


def until(condition: Callable[[], object], *, limit_s: float = 20.0) -> None:
    """Wait for what other processes do; fail when it never happens."""
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {limit_s} s: {condition}")
        time.sleep(0.02)


@dataclass
class Bench:
    """The command line, the simulator behind it, and processes started with `run`."""

    line: CommandLine
    simulator: SimulatorProcess
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def key(self) -> dict[str, Any]:
        return self.simulator.key(KEY)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run to the end; `words` begin with options and hold “--” and the command."""
        return subprocess.run(
            self.words(*words),
            capture_output=True,
            text=True,
            timeout=50,
            env=self.line.variables,
            check=False,
        )

    def start(self, *words: str, **how: Any) -> subprocess.Popen[bytes]:
        """Start and go on; the process has a session of its own, so no terminal speaks to it."""
        given = {"stdin": subprocess.DEVNULL, "start_new_session": True, **how}
        process = subprocess.Popen(self.words(*words), env=self.line.variables, **given)
        self.started.append(process)
        return process

    def words(self, *words: str) -> list[str]:
        return [*PROGRAM, "--home", str(self.line.home), "run", KEY, *words]

    def leases(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.line("leases", "--json").json["leases"]
        return found


@pytest.fixture(scope="module")
def house() -> Iterator[Bench]:
    require_programs()
    with tempfile.TemporaryDirectory(prefix="kd-") as root:
        keychain = RealKeychain(Path(root) / "k")
        simulator = SimulatorProcess("--population", "demo", "--seed", "7")
        line = CommandsHere(Path(root) / "profile", keychain.env)
        try:
            assert line.add_environment(simulator.description).code == 0
            assert line.add_key(simulator.key(KEY), process="mm-bot").code == 0
            yield Bench(line, simulator)
        finally:
            simulator.stop()
            keychain.stop()


@pytest.fixture
def bench(house: Bench) -> Iterator[Bench]:
    yield house
    for process in house.started:
        if process.poll() is None:
            os.killpg(process.pid, 9)
        process.communicate()
    house.started.clear()
