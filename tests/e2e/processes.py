"""The program as processes: the simulator, and the command line beside it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import urllib.request
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from kraken_desk.app.entry import AppRuntime
from kraken_desk.cli.parser import run

PROGRAM = [sys.executable, "-m", "kraken_desk"]
LIMIT_S = 40


class SimulatorProcess:
    """`kraken-desk simulate` as a process of its own; `description` is its ready line."""

    def __init__(self, *options: str) -> None:
        self._process = subprocess.Popen(
            [*PROGRAM, "simulate", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            assert self._process.stderr is not None
            raise AssertionError(f"the simulator did not start:\n{self._process.stderr.read()}")
        self.description: dict[str, Any] = json.loads(line)

    def key(self, name: str) -> dict[str, Any]:
        keys: list[dict[str, Any]] = [k for a in self.description["accounts"] for k in a["keys"]]
        return next(key for key in keys if key["name"] == name)

    def account(self, label: str) -> dict[str, Any]:
        accounts: list[dict[str, Any]] = self.description["accounts"]
        return next(account for account in accounts if account["label"] == label)

    def control(self, method: str, path: str, document: dict[str, Any] | None = None) -> Any:
        """Call the control API and return its JSON."""
        data = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(self.description["control_url"] + path, data, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.loads(reply.read() or b"null")

    def stop(self) -> int:
        """End it as an operator would, and return its exit code."""
        self._process.terminate()
        code = self._process.wait(LIMIT_S)
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()
        return code


@dataclass(frozen=True)
class Answer:
    """How one command ended; `json` is its standard output as one document."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)

    @property
    def category(self) -> str:
        category: str = self.json["error"]["category"]
        return category


@dataclass
class CommandLine:
    """`kraken-desk` on one profile, with the environment variables of a session."""

    home: Path
    variables: dict[str, str]
    environment: str = "rehearsal"
    said: list[str] = field(default_factory=list)

    def __call__(self, *words: str, secret: str | None = None) -> Answer:
        done = subprocess.run(
            [*PROGRAM, "--home", str(self.home), *words],
            input=secret if secret is not None else "",
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            env=self.variables,
            check=False,
        )
        self.said += [done.stdout, done.stderr]
        return Answer(done.returncode, done.stdout, done.stderr)

    def add_environment(self, description: dict[str, Any]) -> Answer:
        return self(
            "environments", "add", self.environment, "--kind", "custom",
            "--spot-url", description["spot_url"], "--futures-url", description["futures_url"],
        )  # fmt: skip

    def add_key(self, key: dict[str, Any], *, process: str = "", name: str = "") -> Answer:
        words = ["keys", "add", "--environment", self.environment, "--venue", key["venue"]]
        words += ["--name", name or key["name"], "--api-key", key["api_key"], "--secret-stdin", "--json"]
        if process:
            words += ["--process", process]
        if key.get("client"):
            words += ["--client", key["client"]]
        return self(*words, secret=key["api_secret"] + "\n")


class CommandsHere(CommandLine):
    """The same commands in this process: everything is real but the start of Python, which costs the most.

    For tests whose point is what commands do to each other's facts, not that they are processes.
    """

    def __call__(self, *words: str, secret: str | None = None) -> Answer:
        streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
        out, err = streams
        typed = io.TextIOWrapper(io.BytesIO((secret or "").encode()), "utf-8")
        with (
            patch.dict(os.environ, self.variables, clear=True),
            patch("sys.stdin", typed),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = run(AppRuntime(), ["--home", str(self.home), *words])
        texts = [stream.buffer.getvalue().decode() for stream in streams]
        self.said += texts
        return Answer(int(code), *texts)
