"""The window calculator on the command line."""

from __future__ import annotations

import pytest

from tests.helpers.builders import a_public_key, spot_info
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench


def test_seconds_become_ticks_for_every_client(empty: World) -> None:
    """Ten seconds are another number for each scale."""
    answer = empty("nonce-window", "--seconds", "10", "--json")

    ticks = {row["client"]: row["ticks"] for row in answer.json["windows"]}
    assert answer.code == 0
    assert (ticks["hummingbot"], ticks["ccxt"]) == (10, 10_000)
    assert (ticks["kraken.net"], ticks["kraken-cli"]) == (100_000_000, 10_000_000_000)


def test_ticks_become_time_for_one_client(empty: World) -> None:
    """The reverse, in words and as JSON; a client is named in any case."""
    document = empty("nonce-window", "--ticks", "5000", "--client", "Kraken.Net", "--json").json
    text = empty("nonce-window", "--ticks", "5000", "--client", "Kraken.Net").out

    assert document["windows"] == [
        {
            "client": "kraken.net",
            "scale": "100 ns since year 1",
            "ticks": 5000,
            "seconds": "0.0005",
            "span": "0.5 ms",
        }
    ]
    assert "0.5 ms" in text


def test_a_keys_own_window_is_read_at_its_clients_scale(world: World) -> None:
    """The window that Kraken last reported, for the client that the key declares."""

    async def windowed(bench: Bench) -> None:
        info = spot_info(api_key=a_public_key(3), nonce_window=5000)
        await bench.key(3, info=info, name="mm bot", process="mm", client="kraken.net")

    world.furnish(windowed)

    answer = world("nonce-window", "--key", "mm bot", "--json")

    assert [(row["ticks"], row["span"]) for row in answer.json["windows"]] == [(5000, "0.5 ms")]
    assert world.calls("check_key") == []


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--seconds", "1", "--ticks", "1"),
        ("--seconds", "soon"),
        ("--seconds", "-1"),
        ("--ticks", "-5"),
        ("--ticks", "1", "--client", "nobody"),
        ("--key", "nothing"),
    ],
)
def test_unusable_input_is_refused(world: World, words: tuple[str, ...]) -> None:
    """One question at a time, with numbers and names that exist."""
    answer = world("nonce-window", *words, "--json")

    assert answer.code == 2
    assert issubclass_of_input(answer.category)


def test_an_unreported_window_is_said_to_be_unknown(world: World) -> None:
    """A key that was never checked has no window to calculate with."""

    async def unchecked(bench: Bench) -> None:
        await bench.key(3, name="new bot", process="new", checked=False)

    world.furnish(unchecked)

    answer = world("nonce-window", "--key", "new bot", "--json")

    assert (answer.code, answer.category) == (2, "InputError")


def issubclass_of_input(category: str) -> bool:
    return category in ("InputError", "UnknownNameError")
