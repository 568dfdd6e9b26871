"""Rehearsals: what a configuration is, which way promotion goes, and what is never claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kraken_desk.domain.environments import PRODUCTION, UAT, Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.rehearsal import Call, Rehearsal, check_direction, configuration_of, points
from tests.helpers.builders import LAB, NOW, a_slot, spot_info

SLOT = a_slot(1, process="bot", role="Trading", client="ccxt")
WANTED = configuration_of(SLOT, spot_info("query-funds", "modify-trades", nonce_window=10_000))
SEEN = Rehearsal(LAB.name, SlotId("slot-1"), "bot key", WANTED, Call.CHECK, NOW - timedelta(days=2), NOW, 3)
CUSTOM = Environment(EnvironmentName("away"), EnvironmentKind.CUSTOM, "https://away.example")


def missing(*evidence: Rehearsal, source: Environment = LAB) -> list[str]:
    return [p.what for p in points(WANTED, evidence, source, PRODUCTION, NOW) if not p.rehearsed]


def test_what_was_rehearsed_is_told_with_its_times() -> None:
    """And what Kraken Desk cannot see is never called rehearsed."""
    found = {p.what: p for p in points(WANTED, (SEEN,), LAB, PRODUCTION, NOW)}

    assert found["Signed check"].text == "Passed 3 times, from 2026-11-18 12:00 to 2026-11-20 12:00 UTC."
    assert found["Role, rights, allowlist shape, client and window together"].rehearsed
    assert not found["Run by its process"].rehearsed
    assert found["Every right in use"].text.endswith("does with: Create & Modify Orders.")
    assert not found["The same exchange"].rehearsed
    assert not found["The allowlist in force"].rehearsed


@pytest.mark.parametrize(
    "change",
    [
        {"role": "Funding"},
        {"client": "krakenex"},
        {"rights": WANTED.rights[:1]},
        {"width": "wide"},
        {"window": "0"},
    ],
)
def test_another_configuration_is_no_evidence(change: dict[str, object]) -> None:
    """Each part of it counts."""
    other = replace(SEEN, configuration=replace(WANTED, **change))  # type: ignore[arg-type]  # real fields

    assert "Signed check" in missing(other)
    assert "Signed check" not in missing(SEEN)


def test_whose_process_it_was_and_how_the_role_is_spelled_does_not_matter() -> None:
    """A rehearsal may be made under another name."""
    other = replace(SEEN, configuration=replace(WANTED, process="rehearsal", role="TRADING"))

    assert "Signed check" not in missing(other)


def test_an_old_rehearsal_is_none() -> None:
    """Clients and Kraken change."""
    old = replace(SEEN, first_at=NOW - timedelta(days=91), last_at=NOW - timedelta(days=91))

    assert "Signed check" in missing(old)


def test_a_host_elsewhere_is_not_called_local() -> None:
    """What is said of a local exchange is said of loopback only."""
    texts = [p.text for p in points(WANTED, (SEEN,), CUSTOM, PRODUCTION, NOW)]

    assert not any("local exchange" in text for text in texts)
    assert "WebSocket feeds" in missing(SEEN, source=UAT)


@pytest.mark.parametrize(
    ("source", "target"), [(PRODUCTION, UAT), (PRODUCTION, LAB), (UAT, CUSTOM), (LAB, LAB)]
)
def test_nothing_is_promoted_downwards(source: Environment, target: Environment) -> None:
    """Production is no rehearsal for the lab."""
    with pytest.raises(InputError):
        check_direction(source, target)


@pytest.mark.parametrize(("source", "target"), [(LAB, PRODUCTION), (UAT, PRODUCTION), (LAB, CUSTOM)])
def test_promotion_goes_up_or_aside(source: Environment, target: Environment) -> None:
    """From one custom environment to the next as well."""
    check_direction(source, target)
