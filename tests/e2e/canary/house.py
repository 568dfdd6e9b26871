"""Where the canaries live: a profile, a keychain, an exchange, and directories that hold nothing else."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.canary.calls import Calls
from tests.e2e.canary.traces import Searcher
from tests.e2e.processes import PROGRAM, Answer, SimulatorProcess
from tests.helpers.keychain import RealKeychain

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
LIMIT_S = 40


class House:
    """All that the program may write to is below `root`; `aside` is the test's own and is not searched."""

    def __init__(self, root: Path, aside: Path, keychain: RealKeychain, simulator: SimulatorProcess) -> None:
        self.root, self.aside, self.keychain, self.simulator = root, aside, keychain, simulator
        self.profile = root / "profile"
        self.calls = Calls(aside, ROOT)
        self.variables = {**_variables(root, keychain.env), **self.calls.variables}
        self.canaries: dict[str, str] = {}
        self.leaks: list[str] = []
        self.said: list[tuple[str, str]] = []
        self._talker = subprocess.Popen(
            [*self.calls.command("talker"), sys.executable, str(HERE / "talker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self.variables,
        )

    def plant(self, name: str, secret: str) -> str:
        """Note a secret that must be found nowhere."""
        self.canaries[name] = secret
        return secret

    def __call__(self, *words: str, stdin: str = "", code: int | None = 0) -> Answer:
        """Carry out a command and keep what it says; `code` None takes any ending."""
        asked = {"words": ["--home", str(self.profile), *words], "stdin": stdin}
        assert self._talker.stdin is not None
        assert self._talker.stdout is not None
        print(json.dumps(asked), file=self._talker.stdin, flush=True)
        done = json.loads(self._talker.stdout.readline())
        answer = Answer(done["code"], done["out"], done["err"])
        self.said += [(" ".join(words), answer.stdout), (" ".join(words), answer.stderr)]
        assert code is None or answer.code == code, (words, answer)
        return answer

    def run(self, name: str, *options: str) -> dict[str, str]:
        """Hand a key over to a child, look at both processes, and return what the child was given."""
        path = self.aside / f"{secrets.token_hex(4)}.json"
        words = [*PROGRAM, "--home", str(self.profile), "run", name, *options, "--"]
        process = subprocess.Popen(
            [*words, sys.executable, str(HERE / "child.py"), str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.variables,
        )
        try:
            _wait_for(path, process)
            given: dict[str, str] = json.loads(path.read_text())
            self.canaries |= {"ws_token": given["ws_token"]} if "ws_token" in given else {}
            secret = {n: v for n, v in given.items() if n in {"api_secret", "ws_token"}}
            searcher = Searcher(secret)
            self.leaks += searcher.of_process(process.pid)
            for pid in _children(process.pid):
                self.leaks += _but_variables(searcher.of_process(pid), named=not options)
        finally:
            out, err = process.communicate(timeout=LIMIT_S)
        self.said += [(f"run {options}", out), (f"run {options}", err)]
        return given

    def watch(self, script: Path, plan: str) -> dict[str, Any]:
        """Carry out a script in a process of its own; returns the JSON document it ends with."""
        process = subprocess.Popen(
            [*self.calls.command(script.stem), sys.executable, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.variables,
        )
        try:
            out, err = process.communicate(plan, timeout=2 * LIMIT_S)
        finally:
            process.kill()
        self.said += [(script.name, err)]
        assert out, err
        seen: dict[str, Any] = json.loads(out.splitlines()[-1])
        assert (seen.pop("code"), seen.pop("failure")) == (0, "None"), err
        return seen

    def traces(self) -> list[str]:
        """Return all traces on disk and in what was said so far, and those seen in processes."""
        searcher = Searcher(self.canaries)
        found = searcher.of_tree(self.root, Path(f"/dev/shm/kraken-desk-{os.getuid()}"))
        for place, text in self.said:
            found += searcher.of_text(f"output of {place}", text)
        return [*self.leaks, *found]

    def close(self) -> None:
        assert self._talker.stdin is not None
        assert self._talker.stdout is not None
        self._talker.stdin.close()
        self._talker.wait(LIMIT_S)
        self._talker.stdout.close()


@contextmanager
def open_house(root: Path, aside: Path) -> Iterator[House]:
    """Open it below `root`, whose path must be short: sockets lie in it."""
    keychain = RealKeychain(root / "k")
    simulator = SimulatorProcess("--population", "demo", "--seed", "7")
    try:
        house = House(root, aside, keychain, simulator)
        try:
            yield house
        finally:
            house.close()
    finally:
        simulator.stop()
        keychain.stop()


def _variables(root: Path, env: dict[str, str]) -> dict[str, str]:
    """Return an environment in which nothing is written outside `root`, and everything is told."""
    places = {
        "TMPDIR": "tmp", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache", "XDG_STATE_HOME": "state"
    }  # fmt: skip
    for folder in places.values():
        (root / folder).mkdir()
    variables = {**env, **{name: str(root / folder) for name, folder in places.items()}}
    variables.pop("KRAKEN_DESK_HOME", None)
    return {**variables, "KRAKEN_DESK_VERBOSE": "1", "QT_QPA_PLATFORM": "offscreen"}


def _wait_for(path: Path, process: subprocess.Popen[Any]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _children(pid: int) -> list[int]:
    """Return the processes below one, however deep."""
    found = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [deeper for each in found for deeper in _children(each)]


def _but_variables(traces: list[str], *, named: bool) -> list[str]:
    """Leave out a child's own variables where these are the form that was asked for."""
    return [line for line in traces if not (named and line.startswith("environ"))]
