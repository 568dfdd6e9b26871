"""`keys diagnose`: causes with their next steps, from what is stored alone."""

from __future__ import annotations

from datetime import timedelta

from kraken_desk.domain.keys import CheckOutcome, KeyCheck, KeyId, Problem
from tests.helpers.builders import NOW, a_public_key, spot_info
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench

PROBLEM = Problem("AuthRejectedError", "Kraken refused the key", kraken=("EAPI:Invalid key",))


def with_a_refused_key(world: World) -> World:
    async def refused(bench: Bench) -> None:
        info = spot_info(api_key=a_public_key(3), valid_until=NOW - timedelta(hours=1))
        check = KeyCheck(KeyId("key-3"), NOW, CheckOutcome.REJECTED, info, PROBLEM)
        await bench.key(3, info=info, check=check, name="old bot", process="bot")

    world.furnish(refused)
    return world


def test_a_refused_key_is_diagnosed_without_a_call(world: World) -> None:
    """The likeliest cause comes first, with exit code 1 for findings."""
    answer = with_a_refused_key(world)("keys", "diagnose", "old bot", "--json")

    assert answer.code == 1
    assert answer.json["enough_is_known"] is True
    assert answer.json["causes"][0]["title"] == "The key has expired"
    assert answer.json["problem"]["kraken"] == ["EAPI:Invalid key"]
    assert world.calls("check_key") == []


def test_causes_are_told_in_words(world: World) -> None:
    """Numbered, each with the reason and the next step."""
    answer = with_a_refused_key(world)("keys", "diagnose", "old bot")

    assert "1. The key has expired" in answer.out
    assert "→ Make a new key, or extend it at Kraken." in answer.out


def test_an_accepted_key_has_nothing_to_diagnose(world: World) -> None:
    """Nothing failed, so the answer is short and the code 0."""
    answer = world("keys", "diagnose", "treasury")

    assert answer.code == 0
    assert answer.out == "Kraken accepted treasury at its last check.\n"


def test_an_unusable_address_is_refused(world: World) -> None:
    """An address is compared with the allowlist, so it must be one."""
    answer = world("keys", "diagnose", "treasury", "--address", "here", "--json")

    assert (answer.code, answer.category) == (2, "InputError")
