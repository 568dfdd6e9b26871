"""When keys are checked by themselves: computed from stored times alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from kraken_desk.domain.check_times import PROCESS_JITTER, due_at, jitter
from kraken_desk.domain.fleet import KeyNode, key_node
from kraken_desk.domain.keys import CheckOutcome, KeyId, Problem
from tests.helpers.builders import NOW, a_check, a_lease, a_slot, an_unchecked_key, spot_info

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def a_node(process: str = "bot", lease: Any = None, added_at: datetime = NOW - DAY, **check: Any) -> KeyNode:
    slot = a_slot(1, process=process, added_at=added_at)
    return key_node(slot, a_check("key-1", **check), NOW, lease=lease)


def due(node: KeyNode, now: datetime = NOW, *, processes: bool = True) -> datetime | None:
    return due_at(node, now, processes=processes)


def test_a_desk_key_is_due_every_quarter_of_an_hour() -> None:
    """Whatever is set for the keys of processes."""
    assert due(a_node("Kraken Desk"), processes=False) == NOW + 15 * MINUTE


def test_a_process_key_is_due_once_a_day_at_its_own_moment() -> None:
    """Not before a day is over, and within six hours after it."""
    at = due(a_node())

    assert at == NOW + DAY + jitter(KeyId("key-1"))
    assert at == due(a_node(), NOW + 5 * HOUR)


def test_jitter_differs_between_keys_and_never_for_one() -> None:
    """A hundred keys are spread over the six hours."""
    moments = [jitter(KeyId(f"key-{n}")) for n in range(100)]

    assert moments == [jitter(KeyId(f"key-{n}")) for n in range(100)]
    assert len(set(moments)) == 100
    assert min(moments) < PROCESS_JITTER / 10
    assert max(moments) > PROCESS_JITTER * 0.9
    assert all(timedelta(0) <= moment < PROCESS_JITTER for moment in moments)


def test_process_keys_are_not_due_when_that_is_switched_off() -> None:
    """Then only a person's request checks them, also while they settle."""
    assert due(a_node(), processes=False) is None
    assert due(an_unchecked_key(1, process="bot"), processes=False) is None


def test_a_leased_key_is_never_due() -> None:
    """A process is using it at the moment."""
    assert due(a_node(lease=a_lease())) is None


def test_an_expired_key_is_never_due() -> None:
    """Kraken would refuse it."""
    assert due(a_node(info=spot_info(valid_until=NOW - HOUR))) is None


def test_a_refused_key_is_left_to_a_person() -> None:
    """One failure and no second, unless the key settles."""
    problem = Problem("AuthRejectedError", "x", kraken=("EAPI:Invalid key",))
    refused: dict[str, Any] = {"outcome": CheckOutcome.REJECTED, "problem": problem}
    old = spot_info(created_time=NOW - 9 * DAY, modified_time=NOW - 9 * DAY)

    assert due(a_node(info=old, **refused)) is None
    assert due(a_node(info=old, added_at=NOW, **refused)) == NOW + 2 * MINUTE


@pytest.mark.parametrize(
    ("category", "span"), [("UnreachableError", HOUR), ("UnavailableError", DAY + jitter(KeyId("key-1")))]
)
def test_a_check_that_was_not_sent_is_tried_again_the_same_day(category: str, span: timedelta) -> None:
    """One that may have been sent has spent its nonce, and waits for the next day."""
    node = a_node(outcome=CheckOutcome.UNREACHED, problem=Problem(category, "x"))

    assert due(node) == NOW + span


def test_a_check_of_the_future_does_not_silence_the_schedule() -> None:
    """A clock that was a year ahead noted it; small differences of clocks are everyday life."""
    assert due(a_node(checked_at=NOW + 365 * DAY)) == NOW
    assert due(a_node("Kraken Desk", checked_at=NOW + MINUTE)) == NOW + 16 * MINUTE
