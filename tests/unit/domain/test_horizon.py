"""What lies ahead of keys: by what Kraken reports, by our rules, and by what is only assumed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.horizon import Milestone, MilestoneKind, Nearness, milestones, of_key, within
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.roles import Role
from tests.helpers.builders import (
    NOW,
    a_key,
    a_lease,
    a_master_with,
    a_node,
    an_account,
    an_unchecked_key,
    futures_info,
    spot_info,
)

DAY = timedelta(days=1)


def kinds(*found: Milestone) -> list[MilestoneKind]:
    return [stone.kind for stone in found]


def one(node: KeyNode, kind: MilestoneKind) -> Milestone:
    [stone] = [stone for stone in of_key(node, "Main", NOW) if stone.kind is kind]
    return stone


def test_a_fresh_key_is_only_due_for_rotation_one_day() -> None:
    """A key in use without an end has one date: its rotation."""
    node = a_key(1, info=spot_info(created_time=NOW, last_used=NOW), role="trading")

    [stone] = of_key(node, "Main", NOW)

    assert (stone.kind, stone.at) == (MilestoneKind.ROTATION, NOW + 90 * DAY)
    assert (stone.name, stone.account, stone.slot_id) == ("key 1", "Main", node.slot.slot_id)


@pytest.mark.parametrize(
    ("role", "days"), [("treasury", 90), ("bot", 90), ("monitor", 365), ("", 180), ("night owl", 180)]
)
def test_the_role_says_how_old_a_key_may_grow(role: str, days: int) -> None:
    """What moves money is rotated first; a role without an age of its own takes the usual one."""
    node = a_key(1, info=spot_info(created_time=NOW, last_used=NOW), role=role)

    assert one(node, MilestoneKind.ROTATION).at == NOW + days * DAY


def test_roles_can_have_other_ages() -> None:
    """The operator's table counts; a role that asks for no rotation gives no date."""
    node = a_key(1, info=spot_info(created_time=NOW, last_used=NOW), role="trading")
    weekly, never = (
        Role("trading", "Trading", "", rotation_days=7),
        Role("trading", "", "", rotation_days=None),
    )

    assert kinds(*of_key(node, "Main", NOW, (never,))) == []
    assert of_key(node, "Main", NOW, (weekly,))[0].at == NOW + 7 * DAY


def test_age_counts_from_adding_where_kraken_reports_no_creation() -> None:
    """A key of unknown age is as old as we know it."""
    info = futures_info(created_time=NOT_REPORTED)
    node = a_key(1, info=info, venue=Venue.FUTURES, added_at=NOW - 10 * DAY)

    stone = one(node, MilestoneKind.ROTATION)

    assert stone.at == NOW + 170 * DAY
    assert stone.why.startswith("Added here 2026-11-10")


def test_an_expiry_is_krakens_own() -> None:
    """A key that Kraken will end has that date, exactly."""
    node = a_key(1, info=spot_info(valid_until=NOW + 5 * DAY, last_used=NOW))

    stone = one(node, MilestoneKind.EXPIRY)

    assert (stone.at, stone.assumed) == (NOW + 5 * DAY, False)


def test_an_idle_key_may_be_disabled() -> None:
    """Dormancy counts from the last use that Kraken reports, and is marked as assumed."""
    node = a_key(1, info=spot_info(last_used=NOW - 40 * DAY))

    stone = one(node, MilestoneKind.DORMANCY)

    assert (stone.at, stone.assumed) == (NOW + 50 * DAY, True)
    assert "names no number" in stone.why


def test_a_key_never_used_counts_from_its_creation() -> None:
    """“Never used” is dormant since its beginning."""
    node = a_key(1, info=spot_info(last_used=None, created_time=NOW - 60 * DAY))

    assert one(node, MilestoneKind.DORMANCY).at == NOW + 30 * DAY


@pytest.mark.parametrize("used", [NOW - 13 * DAY, NOT_REPORTED])
def test_no_dormancy_is_predicted_of_a_key_in_use_or_unknown(used: object) -> None:
    """A key in use is not dormant, and of one whose use Kraken does not report nothing is known."""
    assert MilestoneKind.DORMANCY not in kinds(*of_key(a_key(1, info=spot_info(last_used=used)), "", NOW))


def test_a_leased_key_is_in_use() -> None:
    """A lease of this machine is use that Kraken's old report does not know of."""
    node = replace(a_key(1, info=spot_info(last_used=NOW - 80 * DAY)), lease=a_lease(1, since=NOW - DAY))

    assert MilestoneKind.DORMANCY not in kinds(*of_key(node, "", NOW))


def test_an_unchecked_key_has_its_rotation_only() -> None:
    """What Kraken has not said is not guessed."""
    assert kinds(*of_key(an_unchecked_key(1), "", NOW)) == [MilestoneKind.ROTATION]


def test_futures_keys_end_with_their_api() -> None:
    """All Futures keys together have one date, the announced end of Derivatives v3."""
    below = a_node(an_account(2), a_key(2, info=futures_info(), venue=Venue.FUTURES))
    fleet = a_master_with(a_key(1, info=futures_info(), venue=Venue.FUTURES), below=(below,))

    [stone] = [s for s in milestones(fleet, NOW) if s.kind is MilestoneKind.SUNSET]

    assert stone.at == datetime(2027, 3, 1, tzinfo=UTC)
    assert stone.why.startswith("2 Futures keys stop working")


def test_dates_come_in_order_and_in_groups() -> None:
    """The nearest first; overdue, soon, within a year, later."""
    fleet = a_master_with(
        a_key(1, info=spot_info(created_time=NOW - 200 * DAY, last_used=NOW)),
        a_key(2, info=spot_info(valid_until=NOW + 400 * DAY, created_time=NOW, last_used=NOW)),
        a_key(3, info=spot_info(valid_until=NOW + 9 * DAY, created_time=NOW, last_used=NOW)),
    )

    found = milestones(fleet, NOW)

    assert [(s.name, s.nearness(NOW)) for s in found] == [
        ("key 1", Nearness.PAST),
        ("key 3", Nearness.SOON),
        ("key 2", Nearness.AHEAD),
        ("key 3", Nearness.AHEAD),
        ("key 2", Nearness.LATER),
    ]
    assert [s.name for s in within(found, NOW, 30 * DAY)] == ["key 1", "key 3"]
    assert (found[0].days_left(NOW), found[1].days_left(NOW)) == (-20, 9)
