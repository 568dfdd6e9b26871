"""`horizon`: the dates ahead, for people and for scripts."""

from __future__ import annotations

from datetime import timedelta

from tests.helpers.builders import NOW, a_master, spot_info
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench


async def two_dates(bench: Bench) -> None:
    info = spot_info(valid_until=NOW + timedelta(days=5), created_time=NOW, last_used=NOW)
    await bench.move_in(a_master())
    await bench.key(1, info=info, role="treasury")


def test_the_dates_are_listed_by_nearness(empty: World) -> None:
    """One line for each, with how far away it is."""
    empty.furnish(two_dates)

    lines = empty("horizon").out.splitlines()

    assert [line.split()[:3] for line in lines[2:]] == [
        ["2026-11-25", "5", "d"],
        ["2027-02-18", "90", "d"],
    ]


def test_scripts_get_the_same_as_a_document(empty: World) -> None:
    """With what it is, whether it is certain, and why."""
    empty.furnish(two_dates)

    [first, second] = empty("horizon", "--json").json["horizon"]

    assert (first["kind"], first["days_left"], first["overdue"], first["assumed"]) == (
        "expiry",
        5,
        False,
        False,
    )
    assert (first["at"], first["name"], first["account"]) == ("2026-11-25T12:00:00Z", "key 1", "Main")
    assert second["kind"] == "rotation"


def test_how_far_to_look_can_be_said(empty: World) -> None:
    """Fewer days leave the later dates out; nonsense is wrong usage."""
    empty.furnish(two_dates)

    assert len(empty("horizon", "--days", "30", "--json").json["horizon"]) == 1
    assert empty("horizon", "--days", "-1").code == 2


def test_an_empty_fleet_has_no_dates(empty: World) -> None:
    """Said in a sentence, and as an empty list."""
    assert empty("horizon").out == "Nothing lies within 365 days.\n"
    assert empty("horizon", "--json").json == {"horizon": []}
