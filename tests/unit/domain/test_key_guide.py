"""The guide to a new key: exact form values for each role, and the comparison with what was made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.environments import PRODUCTION
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.health import Level
from kraken_desk.domain.key_form import LONGEST_NAME
from kraken_desk.domain.key_guide import GuideRequest, guide, made_as_asked
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.rights import permissions_of, right_ids
from kraken_desk.domain.roles import STARTING_ROLES, role_named
from tests.helpers.builders import LAB, NOW, futures_info, spot_info
from tests.unit.domain.audit.facts import BOX, MASTER, SUB, TRADING

REQUEST = GuideRequest(
    role_named("trading", STARTING_ROLES), "grid bot", SUB, Venue.SPOT, "ccxt", (BOX,), ("grid-bot-trading",)
)
WISH = guide(REQUEST, PRODUCTION, NOW).wish
MADE = spot_info(
    *TRADING,
    ip_allowlist=IpAllowlist(("203.0.113.7", "2001:db8::7")),
    nonce_window=10_000,
    valid_until=NOW + timedelta(days=100),
)


def values(**changes: Any) -> dict[str, str]:
    found = guide(replace(REQUEST, **changes), PRODUCTION, NOW)
    return {value.label: value.value for step in found.steps for value in step.values}


def test_a_trading_bots_key_is_told_field_by_field() -> None:
    """In the client's ticks, with the host's addresses and the role's end."""
    found = values()

    assert found["Name"] == "grid-bot-trading-2"
    assert {label for label, value in found.items() if value == "on"} == {
        "Query Funds",
        "Query Open Orders & Trades",
        "Create & Modify Orders",
        "Cancel/Close Orders",
    }
    assert found["IP restriction"] == "203.0.113.7, 2001:db8::7"
    assert found["Custom nonce window"] == "10000"
    assert found["Key expiration"] == "2027-02-28 12:00"
    assert values(client="kraken-cli")["Custom nonce window"] == "10000000000"


def test_the_websocket_right_follows_the_role() -> None:
    """Needed for market making, a remark for trading."""
    assert values(role=role_named("market-making", STARTING_ROLES))["Access WebSocket API"] == "on"
    assert any("private feeds" in note for note in guide(REQUEST, PRODUCTION, NOW).notes)


def test_futures_keys_have_levels() -> None:
    """Neither window nor expiry exists there."""
    found = values(venue=Venue.FUTURES)

    assert (found["General API"], found["Withdrawal API"]) == ("Full Access", "No Access")
    assert "Custom nonce window" not in found


def test_the_steps_lead_to_krakens_page_in_production_only() -> None:
    """A lab's keys are made elsewhere."""
    assert guide(REQUEST, PRODUCTION, NOW).steps[0].link == "https://www.kraken.com/u/security/api"
    assert guide(REQUEST, LAB, NOW).steps[0].link == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hosts": ()}, "No host is named"),
        ({"hosts": (replace(BOX, addresses=("203.0.113.0/24",)),)}, "wider than the role's"),
        ({"client": ""}, "name the client"),
        ({"role": role_named("treasury", STARTING_ROLES)}, "useless on a subaccount"),
    ],
)
def test_what_to_think_about_first_is_said(changes: dict[str, Any], said: str) -> None:
    """One note each."""
    notes = guide(replace(REQUEST, **changes), PRODUCTION, NOW).notes

    assert [note for note in notes if said in note]


def test_a_master_may_hold_the_withdrawal_right() -> None:
    """Then it is of use."""
    treasury = replace(REQUEST, role=role_named("treasury", STARTING_ROLES), account=MASTER)

    assert not [n for n in guide(treasury, PRODUCTION, NOW).notes if "useless" in n]


@pytest.mark.parametrize("role", [r for r in STARTING_ROLES if r.role_id != "market-data"])
@pytest.mark.parametrize("venue", list(Venue))
def test_every_role_is_guided_and_made_as_asked(role: Any, venue: Venue) -> None:
    """A key made by the guide differs in nothing, and its name fits Kraken's form."""
    if not role.needed(venue):
        return
    wish = guide(replace(REQUEST, role=role, venue=venue, process="x" * 60), PRODUCTION, NOW).wish
    shape: dict[str, Any] = {
        "permissions": wish.permissions,
        "ip_allowlist": IpAllowlist(wish.ip_allowlist),
    }
    spot = {**shape, "nonce_window": wish.nonce_window, "valid_until": wish.valid_until}
    made = spot_info(**spot) if venue is Venue.SPOT else futures_info(**shape)

    assert len(wish.name) <= LONGEST_NAME
    assert right_ids(wish.permissions) == role.needed(venue)
    assert [c for c in made_as_asked(wish, made, NOW) if c.differs] == []


def test_market_data_needs_no_key() -> None:
    """Public prices are public."""
    with pytest.raises(InputError, match="needs no key"):
        guide(replace(REQUEST, role=role_named("market-data", STARTING_ROLES)), PRODUCTION, NOW)


@pytest.mark.parametrize(
    ("changes", "label", "level"),
    [
        ({}, "", Level.FINE),
        ({"permissions": spot_info(*TRADING, "withdraw-funds").permissions}, "Rights", Level.HIGH),
        ({"permissions": spot_info(*TRADING[1:]).permissions}, "Rights", Level.HIGH),
        ({"permissions": spot_info(*TRADING, "fly").permissions}, "Rights", Level.HIGH),
        ({"ip_allowlist": IpAllowlist()}, "IP allowlist", Level.HIGH),
        ({"ip_allowlist": IpAllowlist(("203.0.113.7",))}, "IP allowlist", Level.MEDIUM),
        ({"ip_allowlist": IpAllowlist(("203.0.113.0/24",))}, "IP allowlist", Level.HIGH),
        ({"nonce_window": 9_999}, "Nonce window", Level.MEDIUM),
        ({"nonce_window": 10_001}, "Nonce window", Level.MEDIUM),
        ({"valid_until": None}, "Expires", Level.MEDIUM),
        ({"valid_until": NOW}, "Expires", Level.HIGH),
        ({"valid_until": NOW + timedelta(days=98)}, "Expires", Level.MEDIUM),
    ],
)
def test_what_was_made_is_compared_with_what_was_asked(
    changes: dict[str, Any], label: str, level: Level
) -> None:
    """Each difference by itself, and nothing else."""
    found = [c for c in made_as_asked(WISH, replace(MADE, **changes), NOW) if c.differs]

    assert [(c.label, c.level) for c in found] == ([(label, level)] if label else [])
    assert all(c.text for c in found)


def test_a_key_of_the_other_venue_is_told_at_once() -> None:
    """There is nothing further to compare."""
    [found] = made_as_asked(WISH, futures_info(), NOW)

    assert (found.label, found.level) == ("Venue", Level.HIGH)


def test_a_window_of_zero_is_asked_for_as_zero() -> None:
    """Kraken's default, said instead of left open."""
    role = replace(REQUEST.role, window_s=Decimal(0))

    assert values(role=role, client="")["Custom nonce window"] == "0"
    assert permissions_of(Venue.SPOT, role.needed(Venue.SPOT)) == WISH.permissions
