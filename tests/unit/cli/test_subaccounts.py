"""`accounts note/tag`, `subaccounts` and `stop` as commands on real services."""

from __future__ import annotations

from pathlib import Path

import pytest

from kraken_desk.domain.errors import ForbiddenError, OutcomeUnknownError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.subaccounts import LinkedSubaccount
from tests.helpers.builders import CANARY, a_public_key, futures_info
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench


@pytest.fixture
def desk(world: World) -> World:
    async def futures(bench: Bench) -> None:
        await bench.key(3, name="futures", venue=Venue.FUTURES, info=futures_info("FULL_ACCESS"))

    world.furnish(futures)
    return world


def test_notes_and_tags_are_kept(world: World) -> None:
    """Each command shows what is kept; tags are added, taken off one by one, and all at once."""
    note = world("accounts", "note", "Carry", "Call Ann", "--json").json["account"]["note"]
    added = world("accounts", "tag", "Carry", "Basis", "hft", "--json").json["account"]["tags"]
    more = world("accounts", "tag", "Carry", "trend", "--json").json["account"]["tags"]
    fewer = world("accounts", "tag", "Carry", "hft", "--remove", "--json").json["account"]["tags"]
    listed = world("accounts", "list").out
    none = world("accounts", "tag", "Carry", "--remove", "--json").json["account"]["tags"]

    assert (note, added, more) == ("Call Ann", ["basis", "hft"], ["basis", "hft", "trend"])
    assert (fewer, none) == (["basis", "trend"], [])
    assert "#basis  #trend" in listed
    assert world("accounts", "note", "Carry").out == "Call Ann\n"
    assert world("accounts", "note", "Carry", "").out == "Carry has no note.\n"


@pytest.mark.parametrize(
    "words", [("tag", "Carry", "a/b"), ("note", "Carry", CANARY), ("tag", "Nobody", "x")]
)
def test_what_cannot_be_kept_is_refused(world: World, words: tuple[str, ...]) -> None:
    """With the code of wrong input, and no secret is repeated."""
    answer = world("accounts", *words, "--json")

    assert answer.code == 2
    assert CANARY not in answer.out + answer.err


def test_a_creation_answers_how_it_ended(desk: World) -> None:
    """Done, refused and unknown have their own codes; the list tells all of them."""

    def trouble(bench: Bench) -> None:
        bench.subaccount_calls.errors["create_subaccount"] = [trouble_now] if trouble_now else []

    trouble_now: Exception | None = None
    desk.script.append(trouble)
    done = desk("subaccounts", "create", "One", "one@d.example", "--yes", "--json")
    trouble_now = ForbiddenError("no", kraken=("EGeneral:Permission denied",))
    refused = desk("subaccounts", "create", "Two", "two@d.example", "--yes")
    trouble_now = OutcomeUnknownError("lost")
    unknown = desk("subaccounts", "create", "Three", "three@d.example", "--yes", "--json")
    unasked = desk("subaccounts", "create", "Four", "four@d.example", "--json")
    listed = desk("subaccounts", "list", "--json").json["creations"]

    assert [a.code for a in (done, refused, unknown, unasked)] == [0, 3, 4, 2]
    assert "institutional clients" in refused.err
    assert "EGeneral:Permission denied" in refused.err
    assert {c["username"]: c["state"] for c in listed} == {
        "One": "created",
        "Two": "refused",
        "Three": "unknown",
    }


def test_the_list_asks_kraken_when_told_to(desk: World) -> None:
    """What Kraken lists and the desk does not know stands beside the desk's own."""

    def listed(bench: Bench) -> None:
        bench.subaccount_calls.listed = (LinkedSubaccount("uid-2"), LinkedSubaccount("u-9", "Stranger"))
        bench.subaccount_calls.trading["u-9"] = False

    desk.script.append(listed)

    told = desk("subaccounts", "list", "--ask", "--json").json

    assert [(s["label"], s["trading_enabled"]) for s in told["subaccounts"]] == [("Carry", True)]
    assert told["unknown_here"] == [{"futures_uid": "u-9", "name": "Stranger", "trading_enabled": False}]
    assert "Stranger (not in this desk)" in desk("subaccounts", "list", "--ask").out


def test_a_linking_is_led_through(desk: World) -> None:
    """Each step is marked by name, the ticket shown when it is due, and Kraken's list ends it."""
    words = ("Options", "--master-email", "m@d.example", "--email", "o@d.example")
    assert desk("subaccounts", "link", "start", *words).code == 0
    early = desk("subaccounts", "link", "done", "Options", "ticket", "--json")
    desk("subaccounts", "link", "done", "Options", "account")
    shown = desk("subaccounts", "link", "done", "Options", "futures").out
    missing = desk("subaccounts", "link", "look", "Options", "--json")

    assert (early.code, missing.code) == (2, 2)
    assert "ticket: Ticket sent to Kraken's support [next]" in shown
    assert "Subaccount: o@d.example" in shown


def test_a_stop_is_shown_done_and_recorded(desk: World, tmp_path: Path) -> None:
    """The dry run does nothing; done, the record is a page; shown again it is the same."""
    plan = desk("stop", "--dry-run", "--json").json["stop"]
    untouched = desk("stop", "--show", "--json")
    page = tmp_path / "stop.html"
    done = desk("stop", "--yes", "--record", str(page), "--json")
    shown = desk("stop", "--show", "--json").json["stop"]

    assert (untouched.code, untouched.category) == (2, "UnknownNameError")
    assert [s["kind"] for s in plan["steps"]][:2] == ["disable trading", "find unknown subaccounts"]
    assert (done.code, done.json["stop"]["failed"], done.json["stop"]["left_to_you"]) == (0, 0, 3)
    assert shown == done.json["stop"]
    assert "Disable Futures trading of Carry" in page.read_text()


def test_a_stop_wants_the_name_typed(desk: World) -> None:
    """At a terminal a wrong name does nothing; without one, --yes is asked for."""
    wrong = desk("stop", stdin="production\n", terminal=True)
    right = desk("stop", stdin="lab\n", terminal=True)

    assert (wrong.code, right.code) == (2, 0)
    assert "Nothing was done." in wrong.err
    assert "✓ Disable Futures trading of Carry" in right.err
    assert desk("stop", "--json").code == 2


def test_failures_of_a_stop_have_their_code(desk: World) -> None:
    """Done with failed steps is 1, so that a script hears of it."""

    def failing(bench: Bench) -> None:
        bench.subaccount_calls.errors["set_trading"] = [ForbiddenError("The key may not", "It reads only.")]

    desk.script.append(failing)

    answer = desk("stop", "--yes")

    assert answer.code == 1
    assert "✕ Disable Futures trading of Carry (0.00 s): The key may not. It reads only." in answer.out


def test_a_key_outside_the_list_is_not_called(desk: World) -> None:
    """Only keys of the last stop's list are proven."""
    before = desk("stop", "--prove", "treasury", "--json")

    assert before.code == 2
    assert a_public_key(1) not in desk.calls("ask_once")
