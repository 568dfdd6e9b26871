"""The command line's guide to new keys, and promotion."""

from __future__ import annotations

from typing import Any

import pytest

from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench

GUIDE = ("keys", "guide", "--role", "trading", "--process", "grid", "--account", "Carry", "--venue", "spot")


@pytest.fixture
def hosted(world: World) -> World:
    """Return the small fleet with a host, a bot's key, and an environment above the lab."""

    async def add(bench: Bench) -> None:
        live = Environment(EnvironmentName("live"), EnvironmentKind.PRODUCTION, "https://live.example")
        await bench.store.metadata.save_environment(live)
        await bench.hosts.add("box", ("203.0.113.7",))
        await bench.key(3, "query-funds", "modify-trades", name="grid", process="grid", client="ccxt")

    world.furnish(add)
    return world


def test_the_guide_gives_the_forms_values(hosted: World) -> None:
    """For a person step by step, for a program as one document."""
    text = hosted(*GUIDE, "--client", "ccxt", "--host", "box")
    found: dict[str, Any] = hosted(*GUIDE, "--client", "ccxt", "--host", "BOX", "--json").json["guide"]

    values = {value["label"]: value["value"] for value in found["steps"][1]["values"]}
    assert (values["Name"], values["IP restriction"]) == ("grid-trading", "203.0.113.7")
    assert values["Custom nonce window"] == "10000"
    assert found["wish"]["nonce_window"] == 10_000
    assert "2. Fill in the form" in text.out
    assert "   kraken-desk keys add --venue spot --name grid-trading --process " in text.out
    assert found["command"].endswith(" --role trading --client ccxt --api-key KEY --secret-stdin")
    assert "Create & Modify Orders" in text.out


@pytest.mark.parametrize(
    "words",
    [
        (*GUIDE[:3], "flying", *GUIDE[4:]),
        (*GUIDE, "--host", "nowhere"),
        (*GUIDE, "--client", "netscape"),
        (*GUIDE[:7], "Nobody", *GUIDE[8:]),
        (*GUIDE[:3], "market-data", *GUIDE[4:]),
        (*GUIDE[:5], " ", *GUIDE[6:]),
    ],
)
def test_a_guide_for_what_is_not_there_is_refused(hosted: World, words: tuple[str, ...]) -> None:
    """With the names that are known."""
    answer = hosted(*words, "--json")

    assert answer.code == 2
    assert answer.json["error"]["title"]


def test_a_promotion_shows_what_was_not_rehearsed(hosted: World) -> None:
    """And makes nothing."""
    words = ("keys", "promote", "grid", "--to", "live", "--host", "box", "--environment", "lab")
    found = hosted(*words, "--json").json["promotion"]

    points = {point["what"]: point["rehearsed"] for point in found["points"]}
    assert (found["from"], found["to"]) == ("lab", "live")
    assert points["Signed check"] is True
    assert points["The same exchange"] is False
    assert found["evidence"][0]["call"] == "signed check"
    assert "Nothing is made or sent." in hosted(*words).out
    assert hosted("keys", "list", "--environment", "live", "--json").json["keys"] == []


def test_a_promotion_downwards_is_refused(hosted: World) -> None:
    """By the domain's word."""
    answer = hosted("keys", "promote", "grid", "--to", "lab", "--environment", "lab", "--json")

    assert (answer.code, answer.json["error"]["title"]) == (2, "The same environment")
