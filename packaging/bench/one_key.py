"""One key in two operating-system processes at once, with a hundred parallel tasks each.

One process is like the window: one store, open all the time. The other is like the command line: its
store and connections are opened anew every few calls. The exchange's request log is the judge.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.local_exchange import LocalExchange, local_exchange
from bench.our_stack import Stack, running_stack
from bench.report import Claim
from kraken_desk.domain.clients import DESK_CLIENT

CALLS = 5_000
TASKS = 200
PER_COMMAND = 50
WINDOW, COMMAND = "window", "command line"
LIMIT_S = 600.0


@dataclass(frozen=True)
class Load:
    """What both processes do together, with a key that `client` has been declared for."""

    calls: int = CALLS
    tasks: int = TASKS
    client: str = DESK_CLIENT


def measure(runs: int) -> list[Claim]:  # noqa: ARG001  # nothing here is a time
    with (
        local_exchange("large:1") as exchange,
        tempfile.TemporaryDirectory(prefix="kraken-desk-bench-") as home,
    ):
        return share_one_key(exchange, Path(home), Load())


def share_one_key(exchange: LocalExchange, home: Path, load: Load) -> list[Claim]:
    """Let both processes make their half of the calls and settle them with the request log."""
    exchange.switch(rate_limits=False)
    key = exchange.keys("spot", "monitor")[0] | {"client": load.client}
    exchange.control("DELETE", "/requests")
    spans = _run_both(exchange.description, key, home, load)
    log = [line for line in exchange.requests() if line["api_key"] == key["api_key"]]
    refused = [line["verdict"] for line in log if line["verdict"] != "ok"]
    nonces = [int(line["nonce"]) for line in log]
    took = max(end for _, end in spans) - min(start for start, _ in spans)
    together = min(end for _, end in spans) - max(start for start, _ in spans)
    return [
        Claim("calls of two processes with one key", len(log) == load.calls, f"{len(log)} in {took:.1f} s"),
        Claim("no call was refused", not refused, f"{len(refused)} {sorted(set(refused))}"),
        Claim("its nonces arrive in rising order", all(a < b for a, b in pairwise(nonces)), f"{len(nonces)}"),
        Claim("both processes were at it together", together > took / 4, f"{together:.1f} s of {took:.1f} s"),
    ]


def _run_both(told: dict[str, Any], key: dict[str, Any], home: Path, load: Load) -> list[tuple[float, float]]:
    """Start both at the same moment; return when each made its first and its last call."""
    order = {"told": told, "key": key, "home": str(home), "tasks": load.tasks // 2, "calls": load.calls // 2}
    with ExitStack() as stack:
        both = [stack.enter_context(_process(order | {"like": like})) for like in (WINDOW, COMMAND)]
        for process in both:
            _line_of(process)
        for process in both:
            _tell(process, "go")
        return [tuple(json.loads(_line_of(process))) for process in both]


@contextmanager
def _process(order: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "bench.one_key"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            _tell(process, json.dumps(order))
            yield process
        finally:
            process.kill()


def _tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def _line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"a process ended early: exit code {process.wait(LIMIT_S)}")
    return line


async def _work(order: dict[str, Any]) -> tuple[float, float]:
    """Make the calls of one process."""
    left, home = int(order["calls"]), Path(order["home"])
    at_a_time = left if order["like"] == WINDOW else PER_COMMAND
    began = time.monotonic()
    while left:
        now = min(left, at_a_time)
        async with running_stack(order["told"], home) as stack:
            await _calls(stack, order["key"], int(order["tasks"]), now)
        left -= now
    return began, time.monotonic()


async def _calls(stack: Stack, key: dict[str, Any], tasks: int, calls: int) -> None:
    signer = stack.signer(key)
    left = calls

    async def work() -> None:
        nonlocal left
        while left:
            left -= 1
            await stack.spot.balances(signer)

    async with asyncio.TaskGroup() as group:
        for _ in range(tasks):
            group.create_task(work())


def main() -> None:
    """Be one of the two processes: told what to do on standard input, begin when told."""
    order = json.loads(sys.stdin.readline())
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(asyncio.run(_work(order))), flush=True)


if __name__ == "__main__":
    main()
