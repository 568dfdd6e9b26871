"""`routes`: the ways money can take, for people and for scripts."""

from __future__ import annotations

from tests.unit.cli.world import World


def test_an_open_way_names_its_legs(world: World) -> None:
    """Code 0; each leg has endpoint and key."""
    answer = world("routes", "--from", "Main", "--to", "Carry", "--asset", "USD", "--json")

    assert answer.code == 0
    route = answer.json["route"]
    assert route["open"] is True
    assert [(leg["endpoint"], leg["key"]) for leg in route["legs"]] == [("AccountTransfer", "treasury")]


def test_a_closed_way_says_why(world: World) -> None:
    """Code 7; the reason is a stable word with a sentence and a hint."""
    answer = world("routes", "--from", "Carry/cash", "--to", "Main", "--json")

    assert answer.code == 7
    assert answer.json["route"]["open"] is False
    assert {reason["obstacle"] for reason in answer.json["route"]["reasons"]} == {"no key"}
    text = world("routes", "--from", "Carry/cash", "--to", "Main").out
    assert "withdrawal, no key signs it" in text
    assert "Add a Futures key of Main" in text


def test_without_ends_every_place_is_listed(world: World) -> None:
    """From every place home and back."""
    answer = world("routes", "--json")

    assert answer.code == 0
    assert all({"from", "to", "open", "legs", "reasons"} <= set(route) for route in answer.json["routes"])
    assert "Carry · Futures cash" in world("routes").out


def test_one_end_alone_is_refused(world: World) -> None:
    """Code 2: a way has two ends; so has a wallet that is not there."""
    assert world("routes", "--from", "Main", "--json").category == "InputError"
    assert world("routes", "--from", "Main/nowhere", "--to", "Carry", "--json").code == 2
