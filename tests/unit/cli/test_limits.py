"""`limits` and `read-only`: rules that the command line sets and keeps."""

from __future__ import annotations

import pytest

from tests.unit.cli.world import World

WORDS = ("transfer", "--from", "Main", "--to", "Carry", "--asset", "USD", "--amount", "5")


def test_a_limit_is_set_kept_listed_and_removed(world: World) -> None:
    """A transfer above it ends with code 7 and the category of limits."""
    limit = world("limits", "set", "per-transfer", "--amount", "4", "--currency", "usd", "--json").json[
        "limit"
    ]

    refused = world(*WORDS, "--yes", "--json")
    listed = world("limits", "list", "--json").json["limits"]
    world("limits", "remove", limit["id"])

    assert (refused.code, refused.category) == (7, "RuleError")
    assert [(row["kind"], row["amount"], row["currency"]) for row in listed] == [("per-transfer", "4", "USD")]
    assert world(*WORDS, "--yes", "--json").code == 0
    assert "No limits are set." in world("limits", "list").out


def test_a_typed_confirmation_lifts_what_asks_for_it(world: World) -> None:
    """--yes alone is not enough above the threshold; the destination's label is."""
    world("limits", "set", "typed-above", "--amount", "1", "--currency", "USD")

    assert world(*WORDS, "--yes", "--json").category == "LimitError"
    assert world(*WORDS, "--yes", "--confirm", "Carry", "--json").code == 0


def test_yes_confirms_a_first_use(world: World) -> None:
    """The design's spelling works on a fresh profile; the destination is then known."""
    world("limits", "forget", "Carry")

    assert world(*WORDS, "--yes", "--json").code == 0
    known = world("limits", "list", "--json").json["destinations"]
    assert "Carry" in [row["account"] for row in known]


@pytest.mark.parametrize(
    "words",
    [
        ("set", "per-day"),
        ("set", "cooling-off", "--time", "soon"),
        ("set", "allowed-route"),
        ("set", "per-day", "--amount", "-1", "--currency", "USD"),
        ("remove", "nothing"),
        ("confirm", "Nobody"),
    ],
)
def test_unusable_rules_are_input_errors(world: World, words: tuple[str, ...]) -> None:
    """Code 2, and nothing is stored."""
    assert world("limits", *words, "--json").code == 2
    assert world("limits", "list", "--json").json["limits"] == []


def test_read_only_refuses_with_code_7(world: World) -> None:
    """On, no transfer goes; off again, it does; the status is told."""
    assert world("read-only", "status", "--json").json == {"read_only": False}
    world("read-only", "on")

    refused = world(*WORDS, "--yes", "--json")
    assert (refused.code, refused.category) == (7, "ReadOnlyError")
    assert world("read-only", "status").out == "Read-only is on: Kraken Desk moves no money.\n"
    assert world("read-only", "off", "--json").json == {"read_only": False}
    assert world(*WORDS, "--yes", "--json").code == 0


def test_a_one_time_password_comes_from_standard_input(world: World) -> None:
    """Without need it is refused before anything is sent; empty it is a usage error."""
    needless = world(*WORDS, "--yes", "--otp-stdin", "--json", stdin="123456\n")

    assert (needless.code, needless.category) == (2, "OneTimePasswordError")
    assert world(*WORDS, "--yes", "--otp-stdin", stdin="").code == 2
    assert world("journal", "list", "--json").json["transfers"] == []
