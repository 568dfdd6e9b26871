"""The secret reaches the child in the asked form, and is found nowhere else."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.test_light_run import HEAVY
from tests.e2e.leases.conftest import Bench

SPY = str(Path(__file__).with_name("spy.py"))


def spied(bench: Bench, *options: str) -> dict[str, Any]:
    done = bench.run(*options, "--", sys.executable, SPY)
    assert done.returncode == 0, done.stderr
    bench.line.said += [done.stdout, done.stderr]
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize(
    ("options", "in_variables"),
    [((), True), (("--env-key", "KRAKEN_APIKEY", "--env-secret", "KRAKEN_SECRET"), True),
     (("--pipe",), False), (("--file",), False)],
)  # fmt: skip
def test_the_child_gets_the_pair_and_nobody_else(
    bench: Bench, options: tuple[str, ...], in_variables: bool
) -> None:
    """In every form the pair arrives whole; with pipe and file it is not in the child's environment."""
    report = spied(bench, *options)

    assert report["given"] == ["api_key", "api_secret"]
    assert report["api_key"] == bench.key["api_key"]
    assert report["sha256"] == hashlib.sha256(bench.key["api_secret"].encode()).hexdigest()
    assert report["in_own_variables"] is in_variables
    assert not report["in_parents_variables"]
    assert not report["in_command_lines"]


def test_a_file_is_private_and_gone_afterwards(bench: Bench) -> None:
    """Only its owner may read it, and it does not outlive the child."""
    report = spied(bench, "--file")

    assert report["file_mode"] == "0o600"
    assert not Path(report["file"]).exists()


def test_a_token_comes_without_the_pair(bench: Bench) -> None:
    """With --ws-token the child can open live connections and sign nothing."""
    report = spied(bench, "--ws-token")

    assert report["given"] == ["ws_token"]
    assert report["sha256"] != hashlib.sha256(bench.key["api_secret"].encode()).hexdigest()


def test_the_mask_hides_the_secret_in_both_streams(bench: Bench) -> None:
    """What the child prints of its own secret is masked, and everything else passes."""
    done = bench.run(
        "--mask", "--", "sh", "-c", 'echo "out $KRAKEN_SECRET."; echo "err $KRAKEN_SECRET." >&2; exit 3'
    )

    assert done.returncode == 3
    assert done.stdout == "out [secret masked].\n"
    assert done.stderr == "err [secret masked].\n"


def test_the_profile_and_our_words_hold_no_secret(bench: Bench) -> None:
    """After all forms, neither the database nor any answer contains the planted secret."""
    secret = bench.key["api_secret"].encode()
    spied(bench, "--pipe")
    bench.line("leases", "--json")
    files = [path for path in bench.line.home.rglob("*") if path.is_file()]

    assert any(path.suffix == ".sqlite3" for path in files)
    assert [path for path in files if secret in path.read_bytes()] == []
    assert [text for text in bench.line.said if secret.decode() in text] == []


def test_a_pipe_does_not_come_as_standard_input(bench: Bench) -> None:
    """Started with the usual three closed, as by some daemons, the pipe still has a number of its own."""
    words = bench.words("--pipe", "--", "sh", "-c", "exit $KRAKEN_DESK_CREDENTIALS_FD")

    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *words], env=bench.line.variables, check=False, timeout=50
    )

    assert 3 <= done.returncode <= 9


def test_a_run_loads_nothing_heavy_on_its_way(bench: Bench) -> None:
    """From the call to the end, with database and keychain: no event loop, no library of commands."""
    variables = {**bench.line.variables, "PYTHONPROFILEIMPORTTIME": "1"}

    done = subprocess.run(
        bench.words("--file", "--", "true"),
        env=variables,
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )

    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "kraken_desk.keychain.session_key" in loaded
    assert loaded & HEAVY == set()
