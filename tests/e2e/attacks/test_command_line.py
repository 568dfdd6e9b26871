"""Processes that are killed, run at once or are misused: money, keys and secrets stay where they belong."""

from __future__ import annotations

import base64
import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.processes import PROGRAM, CommandLine, CommandsHere, SimulatorProcess

DESK = "Kraken Desk"
TRANSFER = "/0/private/AccountTransfer"
CHECK = "/0/private/GetApiKeyInfo"
MOVE = (
    "transfer", "--from", "Momentum", "--to", "Meridian Capital", "--asset", "USD", "--amount", "100",
    "--yes", "--json",
)  # fmt: skip


@pytest.fixture
def desk(desk: CommandLine) -> CommandLine:
    """Take what comes before and after an attack into this process; what is attacked is `start`ed."""
    return CommandsHere(desk.home, desk.variables, desk.environment)


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


Started = list[subprocess.Popen[str]]


def wait_blocking(condition: Callable[[], bool], limit_s: float = 30) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def start(desk: CommandLine, started: Started, *words: str, secret: str = "") -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [*PROGRAM, "--home", str(desk.home), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=desk.variables,
    )
    started.append(process)
    assert process.stdin is not None
    process.stdin.write(secret)
    process.stdin.close()
    process.stdin = None
    return process


def adding(desk: CommandLine, key: dict[str, str], name: str) -> tuple[str, ...]:
    client = ("--client", key["client"]) if key.get("client") else ()
    return (
        "keys", "add", "--environment", desk.environment, "--venue", "spot", "--name", name,
        "--api-key", key["api_key"], "--secret-stdin", "--json", *client,
    )  # fmt: skip


def requests(simulator: SimulatorProcess, path: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = simulator.control("GET", "/requests?limit=10000")["requests"]
    return [request for request in found if request["path"] == path]


def a_treasury(desk: CommandLine, simulator: SimulatorProcess) -> None:
    for name in ("desk monitor", "desk treasury", "momentum monitor"):
        assert desk.add_key(simulator.key(name), process=DESK).code == 0
    for label in ("Meridian Capital", "Momentum"):
        assert desk("accounts", "rename", simulator.account(label)["iiban"], label).code == 0


def age(desk: CommandLine) -> None:
    """Let the open transfers be older than any send can take."""
    with sqlite3.connect(desk.home / "kraken-desk.sqlite3") as database:
        database.execute("UPDATE transfers SET changed_at = '2026-01-01T00:00:00.000000+00:00'")
    database.close()


def test_a_killed_transfer_is_never_sent_again(
    desk: CommandLine, simulator: SimulatorProcess, started: Started
) -> None:
    """Killed while its answer is awaited, it blocks the route, is called unknown, and outlives its keys."""
    a_treasury(desk, simulator)
    simulator.control(
        "POST", "/faults", {"name": "late_reply", "path": TRANSFER, "delay_s": 30, "executed": True}
    )
    process = start(desk, started, *MOVE)
    wait_blocking(lambda: len(requests(simulator, TRANSFER)) == 1)
    process.kill()
    process.wait()

    at_once = desk(*MOVE)
    state_at_once = desk("journal", "list", "--json").json["transfers"][0]["state"]
    age(desk)
    later = desk(*MOVE)
    record = desk("journal", "list", "--json").json["transfers"][0]
    for name in ("desk monitor", "desk treasury", "momentum monitor"):
        assert desk("keys", "remove", name, "--yes").code == 0
    removed = desk("environments", "remove", desk.environment, "--json")

    assert (state_at_once, record["state"]) == ("sent", "unknown")
    assert (at_once.category, later.category) == ("RouteBlockedError", "RouteBlockedError")
    assert removed.code == 2
    assert len(requests(simulator, TRANSFER)) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_transfer_asked_to_end_says_that_its_outcome_is_unknown(
    desk: CommandLine, simulator: SimulatorProcess, started: Started, number: signal.Signals
) -> None:
    """A shutdown, a closed terminal or Ctrl-C: journal and answer tell at once that money may have moved."""
    a_treasury(desk, simulator)
    simulator.control(
        "POST", "/faults", {"name": "late_reply", "path": TRANSFER, "delay_s": 30, "executed": True}
    )
    process = start(desk, started, *MOVE)
    wait_blocking(lambda: len(requests(simulator, TRANSFER)) == 1)
    process.send_signal(number)
    out, _ = process.communicate()

    assert process.returncode == 4
    assert json.loads(out)["error"]["category"] == "OutcomeUnknownError"
    assert desk("journal", "list", "--json").json["transfers"][0]["state"] == "unknown"


def test_pastes_killed_before_the_answer_keep_the_lockout_away(
    desk: CommandLine, simulator: SimulatorProcess, started: Started
) -> None:
    """Wrong pairs broken off one after another are refused by us before Kraken locks the address out."""
    simulator.control(
        "POST",
        "/faults",
        {"name": "late_reply", "path": CHECK, "delay_s": 20, "executed": True, "count": None},
    )
    key = simulator.key("desk monitor")
    wrong = base64.b64encode(b"w" * 64).decode()
    codes = []
    for number in range(6):
        before = len(requests(simulator, CHECK))
        process = start(desk, started, *adding(desk, key, f"wrong {number}"), secret=wrong)
        wait_blocking(_sent_or_ended(simulator, process, before))
        process.send_signal(2 if number % 2 else 9)
        codes.append(process.wait())

    assert len(requests(simulator, CHECK)) == 4
    assert codes[4:] == [7, 7]


def _sent_or_ended(
    simulator: SimulatorProcess, process: subprocess.Popen[str], before: int
) -> Callable[[], bool]:
    return lambda: process.poll() is not None or len(requests(simulator, CHECK)) > before


def test_keys_of_a_new_account_added_at_once_make_one_account(
    desk: CommandLine, simulator: SimulatorProcess, started: Started
) -> None:
    """Several processes meet the account at the same moment; a second record would have routes of its own."""
    account = simulator.account("Market making")
    keys = [key for key in account["keys"] if key["venue"] == "spot"][:3]
    simulator.control(
        "POST", "/faults", {"name": "late_reply", "path": CHECK, "delay_s": 1.5, "executed": True, "count": 3}
    )

    processes = [
        start(desk, started, *adding(desk, key, key["name"]), secret=key["api_secret"]) for key in keys
    ]
    answers = [json.loads(process.communicate()[0]) for process in processes]
    tree = desk("accounts", "list", "--environment", desk.environment, "--json").json["accounts"]

    assert [answer.get("error") for answer in answers] == [None] * 3
    assert [(a["iiban"], len(a["keys"])) for a in tree] == [(account["iiban"], 3)]


def test_a_secret_given_as_an_argument_is_not_used(desk: CommandLine, simulator: SimulatorProcess) -> None:
    """Swapped halves on the command line are refused: the secret stands in the process list."""
    key = simulator.key("desk monitor")
    swapped = {**key, "api_key": key["api_secret"]}

    answer = desk(*adding(desk, swapped, "swapped"), secret=key["api_key"])

    assert (answer.code, answer.category) == (2, "InputError")
    assert key["api_secret"] not in answer.stdout + answer.stderr
    assert requests(simulator, CHECK) == []


@pytest.mark.parametrize("home", ["", "~nobody-of-this-name/desk"])
def test_an_unusable_home_is_wrong_input(desk: CommandLine, home: str) -> None:
    """An unset variable or an unknown user names no directory, and nothing is made anywhere."""
    done = subprocess.run(
        [*PROGRAM, "--home", home, "keys", "list", "--json"],
        capture_output=True, text=True, check=False, env=desk.variables,
    )  # fmt: skip

    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["category"] == "InputError"
