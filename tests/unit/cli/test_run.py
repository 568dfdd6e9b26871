"""What `run` and `leases` understand and answer on the command line."""

from __future__ import annotations

import asyncio

import pytest

from kraken_desk.domain.errors import LeaseHeldError
from kraken_desk.domain.handover import RunRequest
from kraken_desk.domain.handover_form import HandOverForm, VariableNames
from kraken_desk.services.leases import HeldLease
from tests.helpers.builders import LAB
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench


def request(world: World) -> RunRequest:
    [(word, _, _, asked)] = world.started
    assert word == "run"
    assert isinstance(asked, RunRequest)
    return asked


def test_everything_after_the_dashes_is_the_childs(empty: World) -> None:
    """The command's own options are not ours, whatever they are called."""
    answer = empty("run", "mm", "--", "bot", "--json", "--home", "x", "-h")

    assert answer.code == 0
    assert request(empty).command == ("bot", "--json", "--home", "x", "-h")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), RunRequest("mm", ("bot",))),
        (("--pipe",), RunRequest("mm", ("bot",), HandOverForm.PIPE)),
        (("--file", "--mask"), RunRequest("mm", ("bot",), HandOverForm.FILE, mask=True)),
        (("--preset", "ccxt", "--anyway"), RunRequest("mm", ("bot",), preset="ccxt", anyway=True)),
        (
            ("--env-key", "A", "--env-secret", "B"),
            RunRequest("mm", ("bot",), names=VariableNames("A", "B")),
        ),
        (("--ws-token",), RunRequest("mm", ("bot",), ws_token=True)),
    ],
)
def test_the_forms_are_asked_for_by_options(
    empty: World, options: tuple[str, ...], expected: RunRequest
) -> None:
    """Pipe, file, presets, names of one's own, a token."""
    empty("run", "mm", *options, "--", "bot")

    assert request(empty) == expected


@pytest.mark.parametrize(
    "options",
    [
        ("--pipe", "--file"),
        ("--pipe", "--preset", "ccxt"),
        ("--preset", "ccxt", "--env-key", "A", "--env-secret", "B"),
        ("--env-key", "A"),
        ("--env-secret", "B"),
        ("--env-key", "1A", "--env-secret", "B"),
        ("--ws-token", "--env-key", "A", "--env-secret", "B"),
        ("--preset", "nobody"),
    ],
)
def test_contradictions_start_nothing(empty: World, options: tuple[str, ...]) -> None:
    """Two forms at once or half a pair of names is wrong usage."""
    answer = empty("run", "mm", *options, "--json", "--", "bot")

    assert answer.code == 2
    assert empty.started == []


def test_the_childs_exit_code_is_ours(empty: World) -> None:
    """Whatever the child ends with passes through."""
    empty.start = lambda: 143

    assert empty("run", "mm", "--", "bot").code == 143


def test_a_held_key_is_refused_with_seven(empty: World) -> None:
    """A rule of ours refuses, with one document in JSON."""

    def held() -> int:
        raise LeaseHeldError("The key is in use", "“bot” holds “mm”.", "End it first.")

    empty.start = held

    answer = empty("run", "mm", "--json", "--", "bot")

    assert (answer.code, answer.category) == (7, "LeaseHeldError")


def test_leases_tell_who_holds_which_key(world: World) -> None:
    """Key, command, process and time; an environment without any lists none."""

    async def leased(bench: Bench) -> None:
        slot = await bench.key(3, name="mm bot", process="mm")
        async with world.open_profile(None) as profile:
            held.append(await profile.leases.take(slot, "freqtrade"))

    held: list[HeldLease] = []
    world.furnish(leased)

    document = world("leases", "list", "--json").json
    text = world("leases").out
    elsewhere = world("leases", "--environment", "production", "--json").json
    asyncio.run(_release(held[0]))

    [lease] = document["leases"]
    assert (lease["key"], lease["command"], lease["environment"]) == ("mm bot", "freqtrade", LAB.name)
    assert lease["since"] == "2026-11-20T12:00:00Z"
    assert "freqtrade" in text
    assert elsewhere == {"leases": []}
    assert world("leases", "--json").json == {"leases": []}


async def _release(held: HeldLease) -> None:
    import os

    os.close(held.descriptor)
