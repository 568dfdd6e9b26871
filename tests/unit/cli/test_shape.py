"""The shape of the command line: where options stand, what errors look like, one document at most."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from kraken_desk import __version__
from kraken_desk.cli.exit_codes import ExitCode, code_for, code_for_category
from kraken_desk.cli.parser import root
from kraken_desk.domain import errors
from kraken_desk.domain.errors import KrakenDeskError, StoreCorruptError
from kraken_desk.services.doctor import Diagnosis
from tests.helpers.builders import CANARY, a_public_key
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench

EVERY_COMMAND = [
    ("environments", "list"),
    ("accounts", "list"),
    ("keys", "list"),
    ("keys", "show", "treasury"),
    ("keys", "check", "treasury"),
    ("keys", "check", "--all"),
    ("balances",),
    ("transfer", "--from", "Main", "--to", "Carry", "--asset", "USD", "--amount", "5", "--yes"),
    ("journal", "list"),
    ("doctor",),
]


@pytest.mark.parametrize("words", EVERY_COMMAND, ids=" ".join)
def test_every_command_answers_in_both_forms(
    world: World, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Text for people, one JSON document for programs, and nothing on standard error."""
    monkeypatch.setenv("DISPLAY", ":0")

    text, document = world(*words), world(*words, "--json")

    assert (text.code, document.code) == (0, 0)
    assert (text.err, document.err) == ("", "")
    assert text.out.strip()
    assert isinstance(document.json, dict)
    assert document.out.isascii()


@pytest.mark.parametrize(
    "words",
    [
        ("--json", "--environment", "lab", "keys", "list"),
        ("keys", "--json", "--environment", "lab", "list"),
        ("keys", "list", "--json", "--environment", "lab"),
        ("--environment", "lab", "keys", "list", "--json"),
    ],
    ids=["before", "between", "after", "mixed"],
)
def test_shared_options_stand_anywhere(world: World, words: tuple[str, ...]) -> None:
    """Before the command, after its first word, or at the end."""
    assert len(world(*words).json["keys"]) == 2


def test_every_group_takes_the_shared_options() -> None:
    """Behind the first word of a group, and behind that of a group within it."""
    context = click.Context(root)
    groups = [root.get_command(context, name) for name in root.list_commands(context)]
    within = [c for g in groups if isinstance(g, click.Group) for c in (g, *g.commands.values())]

    lacking = [
        group.name
        for group in within
        if isinstance(group, click.Group) and not {"home", "environment", "as_json"} <= _parameters(group)
    ]

    assert len([g for g in within if isinstance(g, click.Group)]) > 10
    assert lacking == []


def _parameters(group: click.Group) -> set[str]:
    return {str(parameter.name) for parameter in group.params}


def test_the_later_option_wins(world: World) -> None:
    """What stands nearer to the command's end counts."""
    assert world("--environment", "production", "keys", "list", "--environment", "lab", "--json").json["keys"]


def test_home_is_handed_on(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an option or from the variable."""
    world("keys", "list", "--home", str(tmp_path / "asked"))
    monkeypatch.setenv("KRAKEN_DESK_HOME", str(tmp_path / "set"))
    world("keys", "list")

    assert world.started == [("profile", tmp_path / "asked"), ("profile", tmp_path / "set")]


def test_no_word_opens_the_window(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the asked home and environment; the window's exit code is the program's."""
    monkeypatch.delenv("KRAKEN_DESK_HOME")
    world.start = lambda: 6

    assert world("--environment", "lab").code == 6
    assert world.started == [("window", None, "lab")]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("nonsense",), "No such command 'nonsense'."),
        (("keys", "nonsense"), "No such command 'nonsense'."),
        (("keys", "list", "--nonsense"), "No such option"),
        (("keys", "list", "extra"), "Got unexpected extra argument (extra)"),
        (("transfer", "--from", "Main"), "Missing option '--to'."),
        (("environments", "add", "x"), "Missing option '--spot-url'."),
        (("keys", "show"), "Missing argument 'NAME'."),
        (("journal", "resolve", "x"), "Missing option '--executed'"),
        (("simulate", "--port", "many"), "Invalid value for '--port'"),
    ],
    ids=str,
)
def test_wrong_usage_is_answered_in_the_asked_form(world: World, words: tuple[str, ...], title: str) -> None:
    """Exit code 2; the document carries the category, the text goes to standard error."""
    text, document = world(*words), world(*words, "--json")

    assert (text.code, text.out) == (2, "")
    assert title in text.err
    assert document.code == 2
    assert document.category == "InputError"
    assert document.json["error"]["title"].startswith(title)
    assert set(document.json["error"]) == {"category", "title", "detail", "hint", "kraken"}
    assert "--help" in document.json["error"]["hint"]


def test_a_group_without_a_word_shows_its_words(world: World) -> None:
    """The help is no result, so it goes to standard error with code 2."""
    answer = world("keys")

    assert (answer.code, answer.out) == (2, "")
    assert "check" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ("keys", "add", "--venue", "spot", "--name", "x", "--api-key", a_public_key(5), CANARY),
        ("keys", "add", "--venue", "spot", "--name", "x", "--secret-fd", CANARY),
        ("keys", "add", "--venue", "spot", "--name", "x", f"--secret={CANARY}"),
        ("keys", "add", "--venue", "spot", "--name", "x", "--secret", CANARY),
        ("keys", "add", "--venue", CANARY),
        (CANARY,),
        ("keys", CANARY),
        ("keys", "show", CANARY),
        ("environments", "remove", CANARY),
        ("transfer", "--from", CANARY, "--to", "x", "--asset", "USD", "--amount", "1"),
        ("transfer", "--from", "Main", "--to", "Carry", "--asset", CANARY, "--amount", "1"),
        ("transfer", "--from", "Main", "--to", "Carry", "--asset", "USD", "--amount", CANARY),
        ("journal", "evidence", CANARY),
    ],
    ids=lambda words: " ".join(words[:3]).replace(CANARY, "SECRET"),
)
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_a_secret_typed_as_an_argument_is_refused_unquoted(
    world: World, words: tuple[str, ...], form: tuple[str, ...]
) -> None:
    """There is no option for it, and no message repeats it on the screen or in a log."""
    answer = world(*words, *form)

    assert answer.code == 2
    assert CANARY[:12] not in answer.out + answer.err


def test_a_defect_has_its_own_code_and_category(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Exit code 70; one document even then, and the traceback in the log."""

    def broken(bench: Bench) -> None:
        bench.spot.answer("check_key", ZeroDivisionError("defect"), api_key=a_public_key(1))

    world.script.append(broken)

    text, document = world("keys", "check", "treasury"), world("keys", "check", "treasury", "--json")

    assert (text.code, document.code) == (70, 70)
    assert text.out == ""
    assert "defect" in text.err
    assert document.category == "Defect"
    assert "ZeroDivisionError" in caplog.text


def test_an_error_after_the_answer_prints_no_second_document(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When closing the profile fails, the answer stands and the code tells."""
    opened = world.open_profile

    class Failing:
        def __init__(self, home: Path | None) -> None:
            self.inner = opened(home)

        async def __aenter__(self) -> Any:
            return await self.inner.__aenter__()

        async def __aexit__(self, *error: Any) -> None:  # noqa: PYI036  # handed on as they come
            await self.inner.__aexit__(*error)
            raise StoreCorruptError("The database is damaged")

    monkeypatch.setattr(world, "open_profile", Failing)

    answer = world("keys", "list", "--json")

    assert answer.code == 6
    assert len(answer.json["keys"]) == 2
    assert "damaged" in answer.err


def test_a_store_that_cannot_open_is_answered(world: World) -> None:
    """Unavailable, with what is wrong with it."""
    (world.home / "desk.sqlite3").write_bytes(b"this is no database, but long enough to be read as one" * 40)

    answer = world("keys", "list", "--json")

    assert (answer.code, answer.category) == (6, "StoreCorruptError")


def test_a_terminal_without_the_character_gets_its_code(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer must not fail while it is printed: the money may have moved already."""
    bare = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", bare)

    code = world(
        "transfer", "--from", "Main", "--to", "Carry", "--asset", "USD", "--amount", "5", "--dry-run"
    ).code
    bare.flush()

    assert code == 0
    assert b"1\\u2009000.00 before" in bare.buffer.getvalue()


def test_an_interrupt_has_the_code_that_shells_expect(world: World) -> None:
    """Ctrl-C ends with 130, answered in the asked form, once."""

    def interrupted() -> int:
        raise KeyboardInterrupt

    world.start = interrupted

    answer = world("demo", "--json")

    assert (answer.code, answer.category) == (130, "InputError")


CODES = {
    "InputError": 2,
    "UnknownNameError": 2,
    "RejectedError": 3,
    "AuthRejectedError": 3,
    "LockedOutError": 3,
    "OutcomeUnknownError": 4,
    "KeychainLockedError": 5,
    "UnsafeKeychainError": 5,
    "UnreachableError": 6,
    "UnavailableError": 6,
    "UnreadableReplyError": 6,
    "StoreBusyError": 6,
    "RuleError": 7,
    "KeyRestingError": 7,
    "RouteBlockedError": 7,
    "EnvironmentSealError": 7,
}


@pytest.mark.parametrize(("category", "code"), CODES.items())
def test_each_branch_has_its_code(world: World, category: str, code: int) -> None:
    """Raised by a command, the error's branch decides the exit code."""
    kind: type[KrakenDeskError] = getattr(errors, category)

    def failing() -> int:
        raise kind("Title", "Detail.", "Hint.")

    world.start = failing

    assert world("demo").code == code_for(kind) == code_for_category(category) == code


def test_a_category_of_our_own_is_a_rule() -> None:
    """Words that are no class name, as in kept problems."""
    assert code_for_category("NeverSent") is ExitCode.RULE
    assert code_for(KrakenDeskError) is ExitCode.DEFECT


def test_the_demo_answers_in_both_forms(world: World, tmp_path: Path) -> None:
    """With --json its own words go to standard error, and the document tells where the pictures are."""
    text = world("demo", "--snapshot", str(tmp_path))
    document = world("demo", "--snapshot", str(tmp_path), "--json")

    assert (text.code, text.out) == (0, "pictures\n")
    assert document.json == {"snapshot": str(tmp_path), "exit_code": 0}
    assert document.err == "pictures\n"
    assert world.started == [("demo", tmp_path), ("demo", tmp_path)]


def test_an_error_of_the_demo_is_answered(world: World) -> None:
    """A directory that cannot be made, for instance."""

    def failing() -> int:
        raise errors.InputError("No such directory")

    world.start = failing

    assert (world("demo", "--json").category, world("demo").code) == ("InputError", 2)


def test_the_simulator_gets_its_options(world: World, tmp_path: Path) -> None:
    """Its ready line is JSON by itself, so --json is taken and changes nothing."""
    ready = tmp_path / "ready.json"

    world("simulate", "--population", "large:5", "--seed", "7", "--ready-file", str(ready), "--json")

    assert world.started == [("simulate", "large:5", 7, 0, ready)]


def test_the_version_is_told(world: World) -> None:
    """Name and number, code 0."""
    answer = world("--version")

    assert (answer.code, answer.out) == (0, f"kraken-desk, version {__version__}\n")
    assert world("--help").code == 0
    assert json.dumps(answer.err) == '""'


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 70)])
def test_the_self_test_ends_with_a_code(world: World, ok: bool, code: int) -> None:
    """An installation that lacks something is a defect, said part by part, and needs no profile."""
    world.self_tests = (
        Diagnosis("icons", True, "32 icons draw"),
        Diagnosis("plugins", ok, "found", "Again."),
    )

    answer = world("--self-test", "--json")

    assert answer.code == code
    assert answer.json["ok"] is ok
    assert [check["name"] for check in answer.json["checks"]] == ["icons", "plugins"]
    assert world.started == [("self-test",)]
