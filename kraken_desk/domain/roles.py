"""Roles: what a process of a kind needs of its key, and not more.

The starting table follows Kraken's published use cases (Kraken docs: API key permissions by use
case) and, where they contradict it, the endpoints' own pages: moving money between master and
subaccounts needs Withdraw Funds on the master's key.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from kraken_desk.domain.allowlist import Width
from kraken_desk.domain.errors import InputError, UnknownNameError
from kraken_desk.domain.keys import DESK_PROCESS, KeySlot, SpotPermission, Venue
from kraken_desk.domain.plain_names import plain_line, plain_name
from kraken_desk.domain.rights import (
    GENERAL_FULL,
    GENERAL_READ,
    SPOT_RIGHTS,
    TRANSFER_FULL,
    RightId,
    is_of,
    right_of,
)
from kraken_desk.domain.values import dataclass

P = SpotPermission


class Streaming(StrEnum):
    """Whether a role uses private WebSocket feeds (on Spot: the right to a token)."""

    NEEDED = "needed"
    ALLOWED = "allowed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Role:
    """The smallest set of rights for a kind of process, on both venues, and the shape of its key.

    `spot` and `futures` are needed; `optional` are rights that neither lack nor are too much. On
    Futures, full access includes reading. `width` is the widest allowlist that fits; `window_s` the
    longest nonce window in seconds of the process's own scale; `rotation_days` the age at which the
    key is replaced, `expiry_days` the furthest end that it may have, None where none is asked.
    """

    role_id: str
    name: str
    about: str
    spot: frozenset[RightId] = frozenset()
    futures: frozenset[RightId] = frozenset()
    optional: frozenset[RightId] = frozenset()
    streaming: Streaming = Streaming.NONE
    width: Width = Width.HOST
    window_s: Decimal = Decimal(0)
    rotation_days: int | None = 180
    expiry_days: int | None = None
    aliases: tuple[str, ...] = ()
    for_desk: bool = False

    def needed(self, venue: Venue) -> frozenset[RightId]:
        if venue is Venue.FUTURES:
            return self.futures
        token = frozenset({RightId(P.CREATE_WS_TOKEN)})
        return self.spot | token if self.streaming is Streaming.NEEDED else self.spot

    def tolerated(self, venue: Venue) -> frozenset[RightId]:
        """Return the rights on a venue that are not too much: the needed and the optional ones."""
        allowed = self.needed(venue) | self.optional
        if self.streaming is not Streaming.NONE:
            allowed |= {RightId(P.CREATE_WS_TOKEN)}
        return frozenset(right_id for right_id in allowed if is_of(right_id, venue))

    def answers_to(self, name: str) -> bool:
        wanted = _squeezed(name)
        return wanted in {_squeezed(text) for text in (self.role_id, self.name, *self.aliases)}


def _rights(*permissions: SpotPermission) -> frozenset[RightId]:
    return frozenset(RightId(permission.value) for permission in permissions)


_READ_ORDERS = (P.QUERY_FUNDS, P.QUERY_OPEN_TRADES, P.QUERY_CLOSED_TRADES)
_TRADING = _rights(P.QUERY_FUNDS, P.QUERY_OPEN_TRADES, P.MODIFY_TRADES, P.CLOSE_TRADES)
_READ = frozenset({GENERAL_READ})
_FULL = frozenset({GENERAL_READ, GENERAL_FULL})

STARTING_ROLES: tuple[Role, ...] = (
    Role(
        "market-data",
        "Market data",
        "Reads public prices; public endpoints need no key at all.",
        rotation_days=365,
        aliases=("prices",),
    ),
    Role(
        "dashboard",
        "Monitoring dashboard",
        "Shows balances, open orders and past trades.",
        spot=_rights(*_READ_ORDERS),
        futures=_READ,
        streaming=Streaming.ALLOWED,
        rotation_days=365,
        aliases=("monitoring", "monitor", "read-only"),
    ),
    Role(
        "accounting",
        "Accounting and reconciliation",
        "Reads the ledger, past trades and exports; never open orders.",
        spot=_rights(P.QUERY_FUNDS, P.QUERY_CLOSED_TRADES, P.QUERY_LEDGER),
        futures=_READ,
        optional=_rights(P.EXPORT_DATA),
        rotation_days=365,
        expiry_days=400,
        aliases=("reconciliation", "accounting/reconciliation", "recon", "bookkeeping"),
    ),
    Role(
        "trading",
        "Trading",
        "Places and cancels orders and watches its own.",
        spot=_TRADING,
        futures=_FULL,
        optional=_rights(P.QUERY_CLOSED_TRADES),
        streaming=Streaming.ALLOWED,
        window_s=Decimal(10),
        rotation_days=90,
        expiry_days=100,
        aliases=("algorithmic trading", "execution", "bot"),
    ),
    Role(
        "market-making",
        "Market making",
        "Trading with private feeds, many orders in flight.",
        spot=_TRADING,
        futures=_FULL,
        optional=_rights(P.QUERY_CLOSED_TRADES),
        streaming=Streaming.NEEDED,
        window_s=Decimal(10),
        rotation_days=90,
        expiry_days=100,
        aliases=("mm",),
    ),
    Role(
        "funding",
        "Funding",
        "Deposits, and withdrawals to saved addresses.",
        spot=_rights(P.QUERY_FUNDS, P.ADD_FUNDS, P.WITHDRAW_FUNDS),
        futures=frozenset({GENERAL_READ, TRANSFER_FULL}),
        optional=_rights(P.QUERY_LEDGER),
        rotation_days=90,
        expiry_days=100,
        aliases=("funding operations", "withdrawals"),
    ),
    Role(
        "treasury",
        "Treasury",
        "Moves money between master and subaccounts, from the master.",
        spot=_rights(P.QUERY_FUNDS, P.QUERY_LEDGER, P.WITHDRAW_FUNDS),
        futures=_FULL,
        rotation_days=90,
        expiry_days=100,
        aliases=("subaccount management", "subaccount transfers"),
    ),
    Role(
        "desk-monitor",
        "Kraken Desk monitor",
        "Kraken Desk's own reading key: balances, ledger and live feeds of one account.",
        spot=_rights(P.QUERY_FUNDS, P.QUERY_LEDGER),
        futures=_READ,
        optional=_rights(P.QUERY_OPEN_TRADES),
        streaming=Streaming.NEEDED,
        rotation_days=365,
        aliases=("desk monitor",),
        for_desk=True,
    ),
    Role(
        "desk-treasury",
        "Kraken Desk treasury",
        "Kraken Desk's own key on the master, for journalled transfers.",
        spot=_rights(P.QUERY_FUNDS, P.QUERY_LEDGER, P.WITHDRAW_FUNDS),
        futures=_FULL,
        width=Width.FEW,
        rotation_days=90,
        expiry_days=100,
        aliases=("desk treasury",),
        for_desk=True,
    ),
    Role(
        "full",
        "Full access",
        "Every right there is. For emergencies; no process needs it.",
        spot=frozenset(right.right_id for right in SPOT_RIGHTS) - _rights(P.CREATE_WS_TOKEN),
        futures=frozenset({GENERAL_READ, GENERAL_FULL, TRANSFER_FULL}),
        streaming=Streaming.ALLOWED,
        rotation_days=30,
        expiry_days=31,
        aliases=("full institutional access", "everything"),
    ),
)


def role_of(slot: KeySlot, roles: tuple[Role, ...]) -> Role | None:
    """Return the role that a key is declared to have; None when it has none, or one not in the table.

    “monitor” and “treasury” mean Kraken Desk's own roles on the desk's own keys.
    """
    return role_called(slot.role, slot.process, roles)


def role_called(name: str, process: str, roles: tuple[Role, ...]) -> Role | None:
    """Return the role that a process's key means by a name; see `role_of`."""
    if not name.strip():
        return None
    if process == DESK_PROCESS:
        own = next((r for r in roles if r.for_desk and r.answers_to(f"desk {name}")), None)
        if own is not None:
            return own
    return next((role for role in roles if role.answers_to(name)), None)


def role_named(name: str, roles: tuple[Role, ...]) -> Role:
    """Find a role by id, name or alias; raises UnknownNameError."""
    found = next((role for role in roles if role.answers_to(name)), None)
    if found is None:
        known = ", ".join(role.role_id for role in roles)
        raise UnknownNameError("No such role", f"No role is called “{name.strip()}”.", f"Known: {known}.")
    return found


def smallest_role_with(right_id: RightId, venue: Venue, roles: tuple[Role, ...]) -> Role | None:
    """Return the role with the fewest rights among those that need a right."""
    able = [role for role in roles if right_id in role.needed(venue)]
    return min(able, key=lambda role: (len(role.needed(venue)), role.role_id), default=None)


def merged(edited: tuple[Role, ...]) -> tuple[Role, ...]:
    """Return the starting roles with the edited ones in their places, and new ones after them."""
    changed = {role.role_id: role for role in edited}
    kept = tuple(changed.pop(role.role_id, role) for role in STARTING_ROLES)
    return (*kept, *(changed[name] for name in sorted(changed)))


def id_from(name: str) -> str:
    """Return an id for a new role of this name: its letters and digits in small, parted by hyphens."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in name.casefold()).split()
    return "-".join(words)[:60]


def checked(role: Role, others: tuple[Role, ...] = ()) -> Role:
    """Return the role in its normal form; raises InputError for one that cannot be meant.

    `others` are the roles beside it: two roles must not answer to one name.
    """
    if not role.role_id or _squeezed(role.role_id) != role.role_id.replace("-", ""):
        raise _unusable(role.role_id, "its id consists of small letters, digits and hyphens")
    clean = replace(
        role,
        name=plain_name(role.name, what="A role's name"),
        about=plain_line(role.about, what="A role's description", longest=200),
        aliases=tuple(plain_name(alias, what="An alias") for alias in role.aliases),
    )
    _check_rights(clean)
    for other in others:
        names = (clean.role_id, clean.name, *clean.aliases)
        taken = next((name for name in names if other.answers_to(name)), None)
        if other.role_id != clean.role_id and taken is not None:
            raise _unusable(role.role_id, f"“{taken}” means the role {other.role_id} already")
    return clean


def _check_rights(role: Role) -> None:
    for venue, rights in ((Venue.SPOT, role.spot), (Venue.FUTURES, role.futures), (None, role.optional)):
        for right_id in sorted(rights):
            known = right_of(right_id)
            if known is None or (venue is not None and known.venue is not venue):
                where = f"a {venue.label} right" if venue else "a right"
                raise _unusable(role.role_id, f"“{right_id}” is not {where}")
    if GENERAL_FULL in role.futures and GENERAL_READ not in role.futures:
        raise _unusable(role.role_id, "full access on Futures includes reading, so list both")
    if not role.window_s.is_finite() or not 0 <= role.window_s <= 3600:
        raise _unusable(role.role_id, "a nonce window is 0 to 3600 seconds")
    for what, days in (("rotation", role.rotation_days), ("expiry", role.expiry_days)):
        if days is not None and not 1 <= days <= 3650:
            raise _unusable(role.role_id, f"{what} is 1 to 3650 days, or left out")


def _unusable(role_id: str, why: str) -> InputError:
    return InputError("Not a usable role", f"Role “{role_id[:60]}”: {why}.", "Nothing was changed.")


def _squeezed(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum() or c == "/")
