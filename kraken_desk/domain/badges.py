"""Permission badges: the few words that stand for a key's rights, in a fixed order."""

from __future__ import annotations

from enum import StrEnum

from kraken_desk.domain.keys import FuturesLevel, Permissions, SpotPermission, SpotPermissions
from kraken_desk.domain.rights import SPOT_RIGHTS
from kraken_desk.domain.values import dataclass

P = SpotPermission


class BadgeKind(StrEnum):
    """What a badge says by its shape; colour only repeats it."""

    READ = "read"
    TRADE = "trade"
    FUNDS_IN = "funds-in"
    WITHDRAW = "withdraw"
    WEBSOCKET = "websocket"
    NEUTRAL = "neutral"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge's text, its kind, and the single rights it stands for in Kraken's words."""

    text: str
    kind: BadgeKind
    rights: tuple[str, ...] = ()


LABELS: dict[SpotPermission, str] = {P(right.right_id): right.label for right in SPOT_RIGHTS}
"""Kraken's labels on the key form; their wording varies by release, so the wire string stands beside."""

_GROUPS: tuple[tuple[str, BadgeKind, tuple[SpotPermission, ...]], ...] = (
    ("Read", BadgeKind.READ, (P.QUERY_FUNDS, P.QUERY_OPEN_TRADES, P.QUERY_CLOSED_TRADES)),
    ("Trade", BadgeKind.TRADE, (P.MODIFY_TRADES, P.CLOSE_TRADES)),
    ("Deposit", BadgeKind.FUNDS_IN, (P.ADD_FUNDS,)),
    ("Earn", BadgeKind.FUNDS_IN, (P.EARN_FUNDS,)),
    ("Withdraw", BadgeKind.WITHDRAW, (P.WITHDRAW_FUNDS,)),
    ("Addresses", BadgeKind.WITHDRAW, (P.ADD_WITHDRAW_ADDRESS, P.UPDATE_WITHDRAW_ADDRESS)),
    ("Ledger", BadgeKind.READ, (P.QUERY_LEDGER, P.EXPORT_DATA)),
    ("WS", BadgeKind.WEBSOCKET, (P.CREATE_WS_TOKEN,)),
)


def badges(permissions: Permissions) -> tuple[Badge, ...]:
    """Group rights into badges: read, trade, funds in, withdraw, others, unknown last."""
    if isinstance(permissions, SpotPermissions):
        return _spot_badges(permissions)
    return (_general_badge(permissions.general), _withdrawal_badge(permissions.transfer))


def single_badges(permissions: Permissions) -> tuple[Badge, ...]:
    """Return one badge for every single right, for the details."""
    if not isinstance(permissions, SpotPermissions):
        return badges(permissions)
    kinds = {p: kind for _, kind, members in _GROUPS for p in members}
    order = [p for _, _, members in _GROUPS for p in members]
    known = tuple(Badge(LABELS[p], kinds[p], (p.value,)) for p in order if p in permissions.known)
    return (*known, *(_unknown(text) for text in permissions.unknown))


def _spot_badges(permissions: SpotPermissions) -> tuple[Badge, ...]:
    found = []
    for text, kind, members in _GROUPS:
        held = tuple(p for p in members if p in permissions.known)
        if held:
            found.append(Badge(text, kind, tuple(f"{LABELS[p]} ({p.value})" for p in held)))
    found += [_unknown(text) for text in permissions.unknown]
    return tuple(found)


def _unknown(text: str) -> Badge:
    return Badge(
        f"? {text}",
        BadgeKind.UNKNOWN,
        (f"{text}: a right this program does not know; treat it as dangerous",),
    )


def _general_badge(level: str) -> Badge:
    if level == FuturesLevel.FULL_ACCESS:
        return Badge(
            "Full",
            BadgeKind.TRADE,
            ("General API: Full Access; trades and moves money between own accounts",),
        )
    if level == FuturesLevel.READ_ONLY:
        return Badge("Read", BadgeKind.READ, ("General API: Read Only",))
    if level == FuturesLevel.NO_ACCESS:
        return Badge("No access", BadgeKind.NEUTRAL, ("General API: No Access",))
    return _unknown(level)


def _withdrawal_badge(level: str) -> Badge:
    if level == FuturesLevel.FULL_ACCESS:
        return Badge(
            "Withdraw", BadgeKind.WITHDRAW, ("Withdrawal API: Full Access; moves funds to the Spot wallet",)
        )
    if level == FuturesLevel.NO_ACCESS:
        return Badge("No withdrawal", BadgeKind.NEUTRAL, ("Withdrawal API: No Access",))
    return _unknown(level)
