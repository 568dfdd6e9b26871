"""The first key of a profile: what it may be for, and what to tick for that in Kraken's form.

There is no account yet to make a guide for, so the wish is made of the role alone; addresses, expiry
and nonce window are left to the operator.
"""

from __future__ import annotations

from collections.abc import Iterable

from kraken_desk.domain.key_form import KeyWish
from kraken_desk.domain.keys import DESK_PROCESS, Venue
from kraken_desk.domain.rights import permissions_of
from kraken_desk.domain.roles import STARTING_ROLES, Role

USUAL = "desk-monitor"
"""A reading key of the desk's own: it can neither trade nor withdraw."""

_NAMES = {"desk-monitor": "kraken-desk-monitor", "desk-treasury": "kraken-desk-treasury"}


def purposes(venue: Venue, roles: Iterable[Role] = STARTING_ROLES) -> tuple[Role, ...]:
    """Return what a key of a venue may be for, the desk's own first; roles that need none are left out."""
    able = [role for role in roles if role.needed(venue)]
    return tuple(sorted(able, key=lambda role: not role.for_desk))


def process_of(role: Role) -> str:
    """Return the process that a key of the role belongs to; "" where only the operator knows it."""
    return DESK_PROCESS if role.for_desk else ""


def first_wish(role: Role, venue: Venue) -> KeyWish:
    """Return the smallest key for a role, with a name for Kraken's form."""
    return KeyWish(
        venue=venue,
        name=_NAMES.get(role.role_id, role.role_id),
        permissions=permissions_of(venue, role.needed(venue)),
    )
