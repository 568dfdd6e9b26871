"""Roles: the smallest rights of each kind of process, editable, and one file of them all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kraken_desk.domain.allowlist import Width
from kraken_desk.domain.errors import InputError, UnknownNameError
from kraken_desk.domain.keys import DESK_PROCESS, Venue
from kraken_desk.domain.rights import GENERAL_FULL, GENERAL_READ, RightId
from kraken_desk.domain.role_file import FileForm, roles_from, roles_text
from kraken_desk.domain.roles import (
    STARTING_ROLES,
    Role,
    Streaming,
    checked,
    merged,
    role_named,
    role_of,
    smallest_role_with,
)
from tests.helpers.builders import a_slot

OWN = Role("vaults", "Vaults", "Moves funds into vaults.", spot=frozenset({RightId("earn-funds")}))


def a_role(name: str) -> Role:
    return role_named(name, STARTING_ROLES)


@pytest.mark.parametrize(
    ("name", "venue", "rights"),
    [
        ("market data", Venue.SPOT, set()),
        ("dashboard", Venue.SPOT, {"query-funds", "query-open-trades", "query-closed-trades"}),
        ("reconciliation", Venue.SPOT, {"query-funds", "query-closed-trades", "query-ledger"}),
        ("trading", Venue.SPOT, {"query-funds", "query-open-trades", "modify-trades", "close-trades"}),
        (
            "market making",
            Venue.SPOT,
            {"query-funds", "query-open-trades", "modify-trades", "close-trades", "create-ws-token"},
        ),
        ("funding", Venue.SPOT, {"query-funds", "add-funds", "withdraw-funds"}),
        ("treasury", Venue.SPOT, {"query-funds", "query-ledger", "withdraw-funds"}),
        ("kraken desk monitor", Venue.SPOT, {"query-funds", "query-ledger", "create-ws-token"}),
        ("kraken desk treasury", Venue.FUTURES, {GENERAL_READ, GENERAL_FULL}),
        ("dashboard", Venue.FUTURES, {GENERAL_READ}),
    ],
)
def test_each_role_needs_what_its_endpoints_need(name: str, venue: Venue, rights: set[str]) -> None:
    """And nothing more."""
    assert a_role(name).needed(venue) == rights


def test_every_starting_role_can_be_meant() -> None:
    """No right of the wrong venue, no name twice."""
    for role in STARTING_ROLES:
        assert checked(role, STARTING_ROLES) == role


def test_optional_rights_are_neither_missing_nor_too_much() -> None:
    """Trading may read its past trades, and may open feeds."""
    trading = a_role("trading")

    assert trading.tolerated(Venue.SPOT) - trading.needed(Venue.SPOT) == {
        "query-closed-trades",
        "create-ws-token",
    }


@pytest.mark.parametrize(
    ("process", "role", "found"),
    [
        ("bot", "trading", "trading"),
        ("bot", " Market  Making ", "market-making"),
        ("bot", "monitor", "dashboard"),
        (DESK_PROCESS, "monitor", "desk-monitor"),
        (DESK_PROCESS, "treasury", "desk-treasury"),
        (DESK_PROCESS, "accounting", "accounting"),
        ("sweeper", "treasury", "treasury"),
        ("bot", "research", None),
        ("bot", " ", None),
    ],
)
def test_a_keys_role_is_found_by_what_was_typed(process: str, role: str, found: str | None) -> None:
    """The desk's own keys mean the desk's own roles; an unknown role is none."""
    role_found = role_of(a_slot(process=process, role=role), STARTING_ROLES)

    assert (role_found.role_id if role_found else None) == found


def test_an_unknown_role_is_refused_with_the_known_ones() -> None:
    """The hint lists them."""
    with pytest.raises(UnknownNameError) as caught:
        a_role("wizard")

    assert "market-making" in caught.value.hint


def test_the_smallest_role_with_a_right() -> None:
    """Who lacks Withdraw Funds is pointed at the role with the fewest rights that has it."""
    found = smallest_role_with(RightId("withdraw-funds"), Venue.SPOT, STARTING_ROLES)

    assert found is not None
    assert found.role_id == "desk-treasury"
    assert smallest_role_with(RightId("fly"), Venue.SPOT, STARTING_ROLES) is None


def test_edited_roles_stand_in_their_places_and_own_ones_after() -> None:
    """The table's order does not jump."""
    changed = replace(a_role("trading"), rotation_days=30)

    table = merged((OWN, changed))

    assert [role.role_id for role in table] == [*(r.role_id for r in STARTING_ROLES), "vaults"]
    assert role_named("trading", table).rotation_days == 30


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"role_id": "Two Words"}, "small letters"),
        ({"role_id": ""}, "small letters"),
        ({"name": "  "}, "1 to 60"),
        ({"spot": frozenset({RightId("fly")})}, "not a Spot right"),
        ({"spot": frozenset({GENERAL_READ})}, "not a Spot right"),
        ({"futures": frozenset({RightId("query-funds")})}, "not a Futures right"),
        ({"futures": frozenset({GENERAL_FULL})}, "includes reading"),
        ({"window_s": Decimal("NaN")}, "0 to 3600"),
        ({"window_s": Decimal(-1)}, "0 to 3600"),
        ({"window_s": Decimal(3601)}, "0 to 3600"),
        ({"rotation_days": 0}, "rotation"),
        ({"expiry_days": 3651}, "expiry"),
        ({"aliases": ("trading",)}, "means the role trading"),
    ],
)
def test_a_role_that_cannot_be_meant_is_refused(changes: dict[str, object], why: str) -> None:
    """Wrong venues, impossible spans, and names that mean another role."""
    with pytest.raises(InputError) as caught:
        checked(replace(OWN, **changes), STARTING_ROLES)  # type: ignore[arg-type]  # of parametrize

    assert why in caught.value.detail


@pytest.mark.parametrize("form", list(FileForm))
def test_the_file_holds_everything(form: FileForm) -> None:
    """Writing and reading give the same roles, in both forms."""
    roles = (*STARTING_ROLES, OWN)

    assert roles_from(roles_text(roles, form), form) == roles


def test_a_small_file_is_enough() -> None:
    """Fields that are left out have plain values; rights may be given by any of Kraken's names."""
    text = '[[role]]\nid = "cold"\nspot = ["Query Funds", "funds_withdraw"]\nnonce_window_s = 2.5\n'

    [role] = roles_from(text, FileForm.TOML)

    assert role.name == "cold"
    assert role.spot == {"query-funds", "withdraw-funds"}
    assert (role.width, role.streaming, role.window_s) == (Width.HOST, Streaming.NONE, Decimal("2.5"))
    assert (role.rotation_days, role.expiry_days) == (None, None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "list “role”"),
        ("role = 3", "list “role”"),
        ("[[role]]\nid = 3", "no id"),
        ('[[role]]\nid = "a"\n[[role]]\nid = "a"', "twice"),
        ('[[role]]\nid = "a"\n[other]\nb = 1', "list “role”"),
        ('[[role]]\nid = "a"\nspto = []', "“spto”"),
        ('[[role]]\nid = "a"\nspot = "query-funds"', "no list of texts"),
        ('[[role]]\nid = "a"\nspot = ["fly"]', "“fly”"),
        ('[[role]]\nid = "a"\nallowlist = "wide open"', "is one of"),
        ('[[role]]\nid = "a"\nrotation_days = 1.5', "whole number"),
        ('[[role]]\nid = "a"\nrotation_days = true', "whole number"),
        ('[[role]]\nid = "a"\nnonce_window_s = "soon"', "number of seconds"),
        ('[[role]]\nid = "a"\nfor_desk = "yes"', "neither true nor false"),
        ("[[role", "no TOML"),
        ("x" * 1_000_001, "too long"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(text: str, why: str) -> None:
    """A typing mistake must not weaken a role silently."""
    with pytest.raises(InputError) as caught:
        roles_from(text, FileForm.TOML)

    assert why in caught.value.detail


def test_hostile_json_is_refused() -> None:
    """Neither depth nor a wrong shape gets through."""
    for text in ("[" * 100_000, "[]", '{"role": [[]]}', "{"):
        with pytest.raises(InputError):
            roles_from(text, FileForm.JSON)
