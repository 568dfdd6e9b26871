"""Reminders are given once in a profile, also after a sleep, and history survives the program."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kraken_desk.domain.errors import StoreBusyError
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.reminders import Reminder
from kraken_desk.domain.roles import Role
from kraken_desk.store import Store
from tests.helpers.builders import NOW, a_check, a_master, spot_info
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench

DAY = timedelta(days=1)


async def move_in(bench: Bench, *days: int) -> None:
    """Store keys that expire so many days from now."""
    await bench.move_in(a_master())
    for number, ahead in enumerate(days, start=1):
        info = spot_info(valid_until=NOW + ahead * DAY, created_time=NOW, last_used=NOW)
        await bench.key(number, info=info)


def told(reminder: Reminder | None) -> list[str]:
    return [stone.name for stone in reminder.milestones] if reminder else []


async def test_a_reminder_is_given_once(bench: Bench) -> None:
    """Looking again says nothing new; the next lead time does."""
    await move_in(bench, 20)

    first, again = await bench.horizon.look(), await bench.horizon.look()
    bench.clock.move(days=8)
    later = await bench.horizon.look()

    assert (told(first), told(again), told(later)) == (["key 1"], [], ["key 1"])
    assert bench.horizon.reminders.value == later


async def test_a_long_sleep_ends_in_one_reminder(bench: Bench) -> None:
    """Everything missed meanwhile is one notice that names each key once."""
    await move_in(bench, 40, 45, 300)

    before = await bench.horizon.look()
    bench.clock.move(days=44)
    after = await bench.horizon.look()

    assert before is None
    assert told(after) == ["key 1", "key 2"]


async def test_another_process_does_not_repeat_it(tmp_path: Path) -> None:
    """What was given before the program was closed stays given, and two programs share it."""
    clock = FakeClock()
    store = await Store.open(tmp_path / "desk.sqlite3")
    bench = Bench(store, clock)
    await move_in(bench, 5)
    first = await bench.horizon.look()
    await store.close()
    reopened = await Store.open(tmp_path / "desk.sqlite3")
    again = Bench(reopened, clock)
    await again.fleet.load()

    second = await again.horizon.look()

    assert (told(first), told(second)) == (["key 1"], [])
    await reopened.close()


async def test_what_is_done_to_a_slot_becomes_its_history(bench: Bench) -> None:
    """Added, edited, and checked with another result; newest first."""
    await bench.move_in(a_master())
    slot = await bench.key(1)
    await bench.fleet.save_slot(replace(slot, role="trading"))
    info = spot_info("query-funds", api_key=slot.api_key)
    await bench.fleet.save_check(a_check(slot.key_id, info))

    events = await bench.horizon.events(slot.slot_id)

    assert [event.text for event in events] == [
        "Permissions at Kraken: without query-ledger",
        "Role: none → “trading”",
    ]


async def test_a_history_that_cannot_be_written_stops_nothing(bench: Bench, clock: FakeClock) -> None:
    """The edit is done; only its line in the history is missing."""

    async def fail(_: object) -> None:
        raise StoreBusyError("Busy", "", "")

    await bench.move_in(a_master())
    slot = await bench.key(1)
    bench.fleet._note = fail

    await bench.fleet.save_slot(replace(slot, role="trading"))

    assert bench.fleet.slot(slot.slot_id).role == "trading"


async def test_edited_roles_move_the_dates(bench: Bench) -> None:
    """What the operator makes of a role counts at the next look."""
    await bench.move_in(a_master())
    await bench.key(1, info=spot_info(created_time=NOW - 10 * DAY, last_used=NOW), role="owl", process="owl")
    await bench.roles.save(Role("owl", "Owl", "Works at night.", rotation_days=12))

    [stone] = await bench.horizon.load()

    assert stone.at == NOW + 2 * DAY


@pytest.mark.parametrize("slot_id", ["slot-1", "gone"])
async def test_a_slot_without_a_past_has_none(bench: Bench, slot_id: str) -> None:
    """Nothing is made up."""
    assert await bench.horizon.events(SlotId(slot_id)) == ()
    assert await bench.horizon.leases(SlotId(slot_id)) == ()
