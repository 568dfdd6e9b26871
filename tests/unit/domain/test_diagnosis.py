"""One rejection and what is known lead to ordered causes, and a diagnosis says when that is not enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.diagnosis import Diagnosis, Known, diagnose
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.health import assess
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, Problem, Venue
from tests.helpers.builders import NOW, a_lease, a_slot, futures_info, spot_info

LONG_AGO = NOW - timedelta(days=30)
OLD: dict[str, Any] = {
    "created_time": LONG_AGO,
    "modified_time": LONG_AGO,
    "last_used": NOW - timedelta(days=1),
}
INVALID_KEY = Problem("AuthRejectedError", "Refused", kraken=("EAPI:Invalid key",))
INVALID_SIGNATURE = Problem("AuthRejectedError", "Refused", kraken=("EAPI:Invalid signature",))
INVALID_NONCE = Problem("NonceStaleError", "Overtaken", kraken=("EAPI:Invalid nonce",))
DENIED = Problem("ForbiddenError", "Denied", "It lacks query-ledger.", kraken=("EGeneral:Permission denied",))
LOCKED = Problem("LockedOutError", "Locked out", kraken=("EGeneral:Temporary lockout",))


def refused(problem: Problem, **facts: Any) -> KeyNode:
    """Return a key that worked before, with these facts, and now was refused."""
    slot = a_slot(process="bot", client="ccxt", added_at=LONG_AGO)
    check = KeyCheck(slot.key_id, NOW, CheckOutcome.REJECTED, spot_info(**{**OLD, **facts}), problem)
    return KeyNode(slot, check, assess(check, NOW))


def never_accepted(problem: Problem) -> KeyNode:
    slot = a_slot(process="bot", client="ccxt", added_at=LONG_AGO)
    check = KeyCheck(slot.key_id, NOW, CheckOutcome.REJECTED, None, problem)
    return KeyNode(slot, check, assess(check, NOW))


def first(node: KeyNode, **known: Any) -> tuple[str, bool]:
    found = diagnose(Known(node, NOW, **known))
    return found.causes[0].title, found.enough


@pytest.mark.parametrize(
    ("node", "address", "title"),
    [
        (refused(INVALID_KEY, valid_until=NOW - timedelta(hours=1)), "", "The key has expired"),
        (refused(INVALID_KEY), "198.51.100.9", "The address is not on the allowlist"),
        (
            refused(INVALID_KEY, modified_time=NOW - timedelta(minutes=5)),
            "",
            "The key is new or was just edited",
        ),
        (
            refused(INVALID_KEY, last_used=NOW - timedelta(days=200)),
            "203.0.113.7",
            "The key was disabled for lying idle",
        ),
        (refused(INVALID_SIGNATURE), "", "The key asks for a second factor"),
        (never_accepted(INVALID_SIGNATURE), "", "The secret does not belong to this key"),
        (
            refused(INVALID_NONCE, nonce=1_795_176_000_000_000_000),
            "",
            "The declared client is not the key's",
        ),
        (
            refused(INVALID_NONCE, nonce=1_795_176_000_000 + 7_200_000),
            "",
            "The key's counter is ahead of the clock",
        ),
        (replace(refused(INVALID_NONCE), lease=a_lease()), "", "Another process uses the key"),
        (refused(DENIED), "", "A permission is missing"),
        (refused(LOCKED), "", "Kraken has locked this address out"),
    ],
)
def test_a_fact_puts_its_cause_first(node: KeyNode, address: str, title: str) -> None:
    """Where something is known that tells, its cause leads and the diagnosis is sure of it."""
    assert first(node, address=address) == (title, True)


@pytest.mark.parametrize(
    "node",
    [refused(INVALID_KEY), never_accepted(INVALID_KEY), refused(INVALID_NONCE, nonce=1_795_175_000_000)],
)
def test_without_a_telling_fact_it_says_so(node: KeyNode) -> None:
    """Several causes remain, each with its next step."""
    found = diagnose(Known(node, NOW))

    assert not found.enough
    assert len(found.causes) >= 2
    assert all(cause.next_step for cause in found.causes)


def test_an_open_key_is_not_suspected_of_its_allowlist() -> None:
    """A key without a list works from everywhere, so the list comes last."""
    found = diagnose(Known(refused(INVALID_KEY, ip_allowlist=IpAllowlist()), NOW))

    assert found.causes[-1].title == "This machine's address is not on the key's allowlist"
    assert found.causes[-1].weight == 0


def test_a_futures_refusal_may_be_key_or_signature() -> None:
    """Futures answers both alike, so both kinds of causes are listed."""
    slot = a_slot(venue=Venue.FUTURES, process="bot", added_at=LONG_AGO)
    problem = Problem("AuthRejectedError", "Refused", kraken=("authenticationError",))
    check = KeyCheck(slot.key_id, NOW, CheckOutcome.REJECTED, futures_info(created_time=LONG_AGO), problem)
    titles = {cause.title for cause in diagnose(Known(KeyNode(slot, check, assess(check, NOW)), NOW)).causes}

    assert "The secret does not belong to this key" in titles
    assert "The key was deleted or disabled at Kraken" in titles


def test_a_lockout_says_when_it_ends() -> None:
    """Fifteen minutes after the refusal."""
    [cause] = diagnose(Known(refused(LOCKED), NOW)).causes

    assert "until 12:15 UTC" in cause.next_step


def test_trouble_on_the_way_is_not_the_keys_fault() -> None:
    """An unreachable exchange says nothing about the key."""
    unreached = Problem("UnreachableError", "No connection")

    assert first(refused(unreached)) == ("No connection", True)


def test_nothing_failed_is_nothing_to_diagnose() -> None:
    """An accepted key has no causes, nor one that was never checked."""
    accepted = KeyNode(
        a_slot(), KeyCheck(a_slot().key_id, NOW, CheckOutcome.ACCEPTED, spot_info()), assess(None, NOW)
    )

    assert diagnose(Known(accepted, NOW)) == Diagnosis()
    assert diagnose(Known(KeyNode(a_slot(), None, assess(None, NOW)), NOW)) == Diagnosis()
    assert Diagnosis().enough
