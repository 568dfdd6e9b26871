"""The words of the search grammar: what each field asks of a key, and the values it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, reduce

from kraken_desk.domain.abilities import Abilities, abilities_of
from kraken_desk.domain.allowlist import AllowlistStatus, IpAllowlist, network_of
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import (
    ApiKeyInfo,
    CheckOutcome,
    KeySlot,
    Permissions,
    SpotPermission,
    SpotPermissions,
    Venue,
)
from kraken_desk.domain.levels import EXPIRING, STALE, Level
from kraken_desk.domain.values import dataclass

KeyTest = Callable[[KeyNode, datetime], bool]
Values = tuple[tuple[str, str], ...]
"""Words with what they mean."""

NONE = "none"
"""The value that means: nothing is entered here."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, what it asks for, its fixed values, and how a value becomes a test.

    `beside` says what else it takes. Where nothing is fixed the values come from the fleet.
    """

    name: str
    about: str
    test: Callable[[str], KeyTest | None]
    values: Values = ()
    beside: str = ""


def _info(node: KeyNode) -> ApiKeyInfo | None:
    return node.check.info if node.check else None


def _outcome(node: KeyNode, outcome: CheckOutcome) -> bool:
    return node.check is not None and node.check.outcome is outcome


def _expired(node: KeyNode, now: datetime) -> bool:
    check = node.check
    return check is not None and check.info is not None and check.info.expired(now)


def _expiring(node: KeyNode, now: datetime) -> bool:
    check = node.check
    return check is not None and check.info is not None and check.info.expires_within(now, EXPIRING)


def _stale(node: KeyNode, now: datetime) -> bool:
    return node.check is not None and now - node.check.checked_at > STALE


def _unused(node: KeyNode, _now: datetime) -> bool:
    info = _info(node)
    return info is not None and info.last_used is None


_IS: dict[str, tuple[str, KeyTest]] = {
    "expired": ("its end has come", _expired),
    "expiring": ("it ends within a week", _expiring),
    "unchecked": ("Kraken was never asked about it", lambda node, _: node.check is None),
    "stale": ("not checked for two days", _stale),
    "refused": ("Kraken refused it at the last check", lambda node, _: _outcome(node, CheckOutcome.REJECTED)),
    "findings": ("the tree's rules find something", lambda node, _: node.health.level > Level.UNCHECKED),
    "critical": ("a finding is critical", lambda node, _: node.health.level is Level.CRITICAL),
    "high": ("a finding is high or critical", lambda node, _: node.health.level >= Level.HIGH),
    "fine": ("nothing is found", lambda node, _: node.health.level is Level.FINE),
    "leased": ("a process on this machine holds it", lambda node, _: node.lease is not None),
    "rotating": ("its rotation is under way", lambda node, _: node.rotation is not None),
    "checking": ("Kraken is being asked", lambda node, _: node.checking),
    "unused": ("never used, Kraken reports", _unused),
    "desk": ("a key of Kraken Desk itself", lambda node, _: node.slot.is_desk_key),
}


def _is(value: str) -> KeyTest | None:
    tests = [test for word, (_, test) in _IS.items() if word.startswith(value)]
    return reduce(_either, tests) if tests else None


def _either(one: KeyTest, other: KeyTest) -> KeyTest:
    """Join two tests; a generator over all of them would cost three times as much for every key."""
    return lambda node, now: one(node, now) or other(node, now)


_CAN: dict[str, tuple[str, Callable[[Abilities], bool]]] = {
    "read": ("balances, orders or the ledger", lambda can: bool(can.reads)),
    "trade": ("place orders", lambda can: can.places_orders),
    "cancel": ("cancel orders", lambda can: can.cancels_orders),
    "withdraw": (
        "holds a right to withdraw, blocked on subaccounts or not",
        lambda can: can.withdraws or can.blocked_withdrawal or can.withdraws_to_spot,
    ),
    "transfer": ("move money between accounts, on a master", lambda can: can.moves_between_accounts),
    "deposit": ("make deposit addresses", lambda can: can.deposits),
    "earn": ("put funds into Earn", lambda can: can.earns),
    "addresses": ("change withdrawal addresses", lambda can: can.changes_addresses),
    "stream": ("open private feeds", lambda can: can.streams),
    "unknown": ("holds a right this program does not know", lambda can: bool(can.unknown)),
}


def _can(value: str) -> KeyTest | None:
    """Ask by a power, or by one of Kraken's own rights as it is spelled on the wire."""
    powers = [power for word, (_, power) in _CAN.items() if word.startswith(value)]
    rights = frozenset(r for r in SpotPermission if r.value.startswith(value) or _gives(r, powers))
    if not powers and not rights:
        return None

    @lru_cache(maxsize=64)
    def grants(permissions: Permissions) -> bool:
        can = abilities_of(permissions)
        return any(power(can) for power in powers)

    def test(node: KeyNode, _now: datetime) -> bool:
        check = node.check
        if check is None or check.info is None:
            return False
        permissions = check.info.permissions
        if isinstance(permissions, SpotPermissions) and not permissions.unknown:
            return not rights.isdisjoint(permissions.known)
        return grants(permissions)

    return test


def _gives(right: SpotPermission, powers: list[Callable[[Abilities], bool]]) -> bool:
    """Say whether a single right gives one of the powers; on Spot none takes two rights."""
    can = abilities_of(SpotPermissions(frozenset({right})))
    return any(power(can) for power in powers)


_IP: dict[str, str] = {
    AllowlistStatus.OPEN.value: "usable from any address",
    AllowlistStatus.WIDE.value: "a range wider than an office's network",
    AllowlistStatus.RESTRICTED.value: "a few addresses or a small network",
    "unknown": "not checked, or not reported by Kraken",
}


def _ip(value: str) -> KeyTest | None:
    """Ask how far an allowlist goes, or whether it lets an address in by an entry of its own."""
    words = frozenset(word for word in _IP if word.startswith(value))
    if words:
        return lambda node, _now: _ip_word(node) in words
    if network_of(value) is None and not any(sign in value for sign in ".:"):
        return None

    @lru_cache(maxsize=4096)
    def lets_in(entries: tuple[str, ...]) -> bool:
        begins = any(entry.casefold().startswith(value) for entry in entries)
        return begins or (bool(entries) and IpAllowlist(entries).allows(value))

    return lambda node, _now: lets_in(_entries(node))


def _ip_word(node: KeyNode) -> str:
    info = _info(node)
    if info is None or not isinstance(info.ip_allowlist, IpAllowlist):
        return "unknown"
    return _status_word(info.ip_allowlist.entries)


@lru_cache(maxsize=4096)
def _status_word(entries: tuple[str, ...]) -> str:
    return IpAllowlist(entries).status.value


def _entries(node: KeyNode) -> tuple[str, ...]:
    """Return what stands in an allowlist; nothing where it is open, unknown or not reported."""
    info = _info(node)
    listed = None if info is None else info.ip_allowlist
    return listed.entries if isinstance(listed, IpAllowlist) else ()


def _venue(value: str) -> KeyTest | None:
    venues = tuple(venue for venue in Venue if venue.value.startswith(value))
    return (lambda node, _now: node.slot.venue in venues) if venues else None


def _text(read: Callable[[KeySlot], str]) -> Callable[[str], KeyTest | None]:
    """Return how a field of free text is asked: by a part of it, or by `none`."""

    def build(value: str) -> KeyTest:
        if value == NONE:
            return lambda node, _now: not read(node.slot)
        return lambda node, _now: value in read(node.slot).casefold()

    return build


def _nothing(_value: str) -> None:
    """`account:` is asked of accounts."""


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("is", "its state", _is, tuple((word, about) for word, (about, _) in _IS.items())),
        Field(
            "can",
            "what it may do",
            _can,
            tuple((word, about) for word, (about, _) in _CAN.items()),
            ", and Kraken's rights such as query-ledger",
        ),
        Field("ip", "from where", _ip, tuple(_IP.items()), ", or an address"),
        Field("venue", "Spot or Futures", _venue, tuple((v.value, f"{v.label} keys") for v in Venue)),
        Field("process", "who uses it", _text(lambda slot: slot.process)),
        Field("role", "what its process does", _text(lambda slot: slot.role)),
        Field("client", "the library it signs with", _text(lambda slot: slot.client)),
        Field("account", "an account's label or id", _nothing),
        Field("tag", "a strategy tag of its account", _nothing),
    )
}
