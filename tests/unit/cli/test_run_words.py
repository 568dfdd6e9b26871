"""Plain words of `run` are read without click, and mean exactly what they mean to click."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kraken_desk.cli.parser import answer_error, run
from kraken_desk.cli.run_words import plain_run
from kraken_desk.domain.errors import LeaseHeldError
from kraken_desk.domain.handover import RunRequest
from kraken_desk.domain.handover_form import HandOverForm, VariableNames

HERE = str(Path(__file__).parent)
FILE = str(Path(__file__))


class Asked:
    """A runtime that notes which run it is asked for, and may fail."""

    def __init__(self, error: Exception | None = None) -> None:
        self.runs: list[tuple[Path | None, str | None, RunRequest]] = []
        self._error = error

    def run_slot(self, home: Path | None, environment: str | None, request: RunRequest) -> int:
        self.runs.append((home, environment, request))
        if self._error is not None:
            raise self._error
        return 42


@pytest.mark.parametrize(
    ("words", "home", "environment", "request_"),
    [
        (["run", "mm", "--", "bot"], None, None, RunRequest("mm", ("bot",))),
        (
            ["--home", HERE, "--environment", "lab", "run", "mm", "--pipe", "--", "bot", "-x", "--", "y"],
            Path(HERE),
            "lab",
            RunRequest("mm", ("bot", "-x", "--", "y"), HandOverForm.PIPE),
        ),
        (
            ["run", "--preset", "ccxt", "mm", "--mask", "--environment", "lab", "--", "bot"],
            None,
            "lab",
            RunRequest("mm", ("bot",), preset="ccxt", mask=True),
        ),
        (
            ["run", "--env-key", "A", "--env-secret", "B", "--anyway", "mm", "--", "run"],
            None,
            None,
            RunRequest("mm", ("run",), names=VariableNames("A", "B"), anyway=True),
        ),
        (
            ["--json", "run", "mm", "--ws-token", "--", "b"],
            None,
            None,
            RunRequest("mm", ("b",), ws_token=True),
        ),
    ],
)
def test_plain_words_are_read(
    words: list[str], home: Path | None, environment: str | None, request_: RunRequest
) -> None:
    """What operators and their service files write is understood."""
    read = plain_run(words, {})

    assert read is not None
    assert (read.home, read.environment, read.request) == (home, environment, request_)
    assert read.as_json is ("--json" in words)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["run"],
        ["run", "mm"],
        ["run", "mm", "--"],
        ["run", "--", "mm", "bot"],
        ["run", "mm", "bot", "--", "x"],
        ["run", "--help", "mm", "--", "bot"],
        ["--pipe", "run", "mm", "--", "bot"],
        ["run", "--preset=ccxt", "mm", "--", "bot"],
        ["run", "--preset", "nobody", "mm", "--", "bot"],
        ["run", "--pipe", "--file", "mm", "--", "bot"],
        ["run", "--env-key", "A", "mm", "--", "bot"],
        ["run", "--env-key", "--env-secret", "mm", "--", "bot"],
        ["run", "--mask", "--mask", "mm", "--", "bot"],
        ["--home", HERE, "run", "--home", HERE, "mm", "--", "bot"],
        ["--home", FILE, "run", "mm", "--", "bot"],
        ["--home", HERE + "/no", "run", "mm", "--", "bot"],
        ["sweep", "run", "--", "bot"],
        ["run", "-", "--", "bot"],
    ],
)
def test_everything_else_is_clicks(words: list[str]) -> None:
    """Help, mistakes, contradictions, other spellings and other commands are not guessed at."""
    assert plain_run(words, {}) is None


@pytest.mark.parametrize(
    ("variables", "read"),
    [
        ({"KRAKEN_DESK_HOME": HERE}, True),
        ({"KRAKEN_DESK_HOME": FILE}, False),
        ({"KRAKEN_DESK_HOME": ""}, True),
        ({"_KRAKEN_DESK_COMPLETE": "bash_complete"}, False),
    ],
)
def test_the_environment_counts(variables: dict[str, str], read: bool) -> None:
    """A home that is none is click's to tell, and so is a shell that asks for completions."""
    assert (plain_run(["run", "mm", "--", "bot"], variables) is not None) is read


SHARED = [("--json",), ("--home", HERE), ("--environment", "lab")]
OWN = ["--pipe", "--file", "--preset ccxt", "--env-key A --env-secret B", "--ws-token", "--mask", "--anyway"]
WRONG = [
    "--no",
    "-",
    "x",
    "--preset nobody",
    "--env-key 1A",
    "--env-secret",
    "-h",
    "--pipe=1",
    f"--home {FILE}",
]

BEFORE = st.sampled_from([*SHARED, *SHARED, ("-h",), ("keys",), ("--pipe",)])
WITHIN = st.sampled_from([*SHARED, *[tuple(text.split()) for text in (*OWN, *OWN, *WRONG)]])
AFTER = st.sampled_from(["bot", "--", "--json", "-x", "run", ""])


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(BEFORE, max_size=2),
    st.lists(WITHIN, max_size=3),
    st.lists(WITHIN, max_size=2),
    st.lists(AFTER, min_size=1, max_size=3),
)
def test_what_is_read_is_what_click_reads(
    capsys: pytest.CaptureFixture[str],
    before: list[tuple[str, ...]],
    within: list[tuple[str, ...]],
    then: list[tuple[str, ...]],
    after: list[str],
) -> None:
    """Of any words, those that are read plainly mean the same run to click, and an error is told alike."""
    words = [*chain(*before), "run", *chain(*within), "mm", *chain(*then), "--", *after]
    read = plain_run(words, os.environ)
    if read is None:
        return
    error = LeaseHeldError("The key is in use", "“bot” holds “mm”.", "End it first.")
    by_click, failing = Asked(), Asked(error)

    code = run(by_click, words)  # type: ignore[arg-type]  # all of the runtime that a run needs
    failed = run(failing, words), *capsys.readouterr()  # type: ignore[arg-type]
    told = answer_error(failing, words, error, as_json=read.as_json), *capsys.readouterr()  # type: ignore[arg-type]

    assert code == 42
    assert by_click.runs == [(read.home, read.environment, read.request)]
    assert told == failed
