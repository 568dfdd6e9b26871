"""Health: the worst thing about a key decides its row, and the rows above it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.fleet import build_fleet, unjudged_fleet
from kraken_desk.domain.health import KeyHealth, Level, assess, worst
from kraken_desk.domain.keys import ApiKeyInfo, CheckOutcome, Problem
from kraken_desk.domain.reported import NOT_REPORTED
from tests.helpers.builders import (
    LAB,
    NOW,
    a_check,
    a_master,
    a_slot,
    an_account,
    futures_info,
    spot_info,
)

OPEN = IpAllowlist()
PROBLEM = Problem("AuthRejectedError", "Kraken refused the key", "It is unknown.", "Look it up.")


def judged(info: ApiKeyInfo) -> KeyHealth:
    return assess(a_check(info=info), NOW)


def told(health: KeyHealth) -> list[tuple[Level, str]]:
    return [(remark.level, remark.title) for remark in health.remarks]


def test_a_good_key_has_nothing_to_tell() -> None:
    """Accepted, narrow, not expiring."""
    assert judged(spot_info()) == KeyHealth(Level.FINE, ())


def test_an_unchecked_key_says_so() -> None:
    """Unknown is not fine."""
    assert told(assess(None, NOW)) == [(Level.UNCHECKED, "Not checked yet")]


@pytest.mark.parametrize(
    ("info", "level", "title"),
    [
        (spot_info("withdraw-funds", ip_allowlist=OPEN), Level.CRITICAL, "Can withdraw from anywhere"),
        (spot_info("add-withdraw-address", ip_allowlist=OPEN), Level.CRITICAL, "Can withdraw from anywhere"),
        (
            futures_info("READ_ONLY", "FULL_ACCESS", ip_allowlist=OPEN),
            Level.CRITICAL,
            "Can withdraw from anywhere",
        ),
        (
            spot_info("withdraw-funds", ip_allowlist=IpAllowlist(("0.0.0.0/1", "128.0.0.0/1"))),
            Level.CRITICAL,
            "Can withdraw from anywhere",
        ),
        (spot_info("modify-trades", ip_allowlist=OPEN), Level.MEDIUM, "Can trade from anywhere"),
        (futures_info("FULL_ACCESS", ip_allowlist=OPEN), Level.MEDIUM, "Can trade from anywhere"),
        (spot_info(ip_allowlist=OPEN), Level.LOW, "No IP allowlist"),
        (spot_info(ip_allowlist=IpAllowlist(("10.0.0.0/8",))), Level.MEDIUM, "Wide IP allowlist"),
        (spot_info("brew-coffee"), Level.MEDIUM, "Unknown right"),
        (futures_info("ROOT"), Level.MEDIUM, "Unknown right"),
        (spot_info(valid_until=NOW), Level.HIGH, "Expired"),
        (spot_info(valid_until=NOW + timedelta(days=7)), Level.MEDIUM, "Expires soon"),
    ],
)
def test_what_is_wrong_is_told(info: ApiKeyInfo, level: Level, title: str) -> None:
    """Each finding has its level and its name."""
    assert told(judged(info)) == [(level, title)]


@pytest.mark.parametrize(
    "info",
    [
        spot_info(valid_until=NOW + timedelta(days=7, seconds=1)),
        spot_info(valid_until=NOT_REPORTED),
        futures_info(ip_allowlist=NOT_REPORTED),
        spot_info("withdraw-funds"),
    ],
)
def test_what_is_not_known_or_not_wrong_is_not_told(info: ApiKeyInfo) -> None:
    """Not reported is no finding, nor is a dangerous right behind a narrow allowlist."""
    assert told(judged(info)) == []


def test_the_worst_comes_first() -> None:
    """All remarks are kept, sorted by how bad they are."""
    info = spot_info("withdraw-funds", "brew-coffee", ip_allowlist=OPEN, valid_until=NOW + timedelta(days=1))

    health = judged(info)

    assert health.level is Level.CRITICAL
    assert [level for level, _ in told(health)] == [Level.CRITICAL, Level.MEDIUM, Level.MEDIUM]


def test_a_refused_key_is_high_with_krakens_reason() -> None:
    """Also when its last facts looked fine."""
    check = a_check(outcome=CheckOutcome.REJECTED, problem=PROBLEM)

    assert told(assess(check, NOW)) == [(Level.HIGH, "Kraken refused the key")]


def test_an_expired_key_that_is_refused_is_expired() -> None:
    """The refusal is explained by the expiry, so it is told once."""
    info = spot_info(valid_until=NOW - timedelta(days=1))
    check = a_check(info=info, outcome=CheckOutcome.REJECTED, problem=PROBLEM)

    assert told(assess(check, NOW)) == [(Level.HIGH, "Expired")]


def test_an_unreached_key_is_a_notice() -> None:
    """Kraken did not answer, which says little about the key."""
    check = a_check(outcome=CheckOutcome.UNREACHED, problem=replace(PROBLEM, title="No answer"))

    assert told(assess(check, NOW)) == [(Level.LOW, "No answer")]


def test_old_facts_say_how_old_they_are() -> None:
    """After two days an accepted check is stale."""
    assert told(assess(a_check(), NOW + timedelta(days=2))) == []
    assert told(assess(a_check(), NOW + timedelta(days=2, seconds=1))) == [(Level.LOW, "Checked long ago")]


def test_the_worst_state_rolls_up_to_the_master() -> None:
    """A subaccount's worst key shows on its own row and on the master's, not on its sister's."""
    accounts = (a_master(1), an_account(2), an_account(3))
    slots = tuple(a_slot(n, account_id=accounts[n - 1].account_id) for n in (1, 2, 3))
    checks = {
        slots[0].key_id: a_check("key-1"),
        slots[1].key_id: a_check("key-2", spot_info(valid_until=NOW)),
        slots[2].key_id: a_check("key-3", spot_info(ip_allowlist=OPEN)),
    }

    [master] = build_fleet(LAB.name, accounts, slots, checks, NOW).masters

    assert master.keys[0].health.level is Level.FINE
    assert [sub.worst for sub in master.subaccounts] == [Level.HIGH, Level.LOW]
    assert master.worst is Level.HIGH


def test_levels_have_words_and_an_order() -> None:
    """The highest wins; nothing at all is fine."""
    assert worst([]) is Level.FINE
    assert worst([Level.LOW, Level.MEDIUM, Level.UNCHECKED]) is Level.MEDIUM
    assert [level.word for level in Level] == ["fine", "unchecked", "low", "medium", "high", "critical"]


def test_a_fleet_can_be_joined_before_it_is_judged() -> None:
    """It has the same accounts, keys and checks as the judged one, and no remark on any of them."""
    slot, check = a_slot(), a_check()
    facts = (LAB.name, (a_master(),), (slot,), {slot.key_id: check}, NOW)

    unjudged, whole = unjudged_fleet(*facts), build_fleet(*facts)

    [key], [judged_key] = unjudged.keys(), whole.keys()
    assert (key.slot, key.check, key.health.judged, key.health.remarks) == (slot, check, False, ())
    assert replace(judged_key, health=key.health) == key
