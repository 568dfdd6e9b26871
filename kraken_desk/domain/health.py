"""The health of a key: its remarks, the worst of them, and how they roll up to accounts.

A short list for the tree; the full audit judges against roles and processes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from kraken_desk.domain.allowlist import AllowlistStatus, IpAllowlist
from kraken_desk.domain.foreign_use import UseFinding, UseState
from kraken_desk.domain.keys import (
    ApiKeyInfo,
    CheckOutcome,
    FuturesAccess,
    FuturesLevel,
    KeyCheck,
    SpotPermission,
    SpotPermissions,
)
from kraken_desk.domain.settling import is_settling, settles_until

EXPIRING = timedelta(days=7)
STALE = timedelta(days=2)


class Level(IntEnum):
    """How bad a state is; the highest wins when rows roll up."""

    FINE = 0
    UNCHECKED = 1
    NOTICE = 2
    WARNING = 3
    HIGH = 4

    @property
    def word(self) -> str:
        return ("fine", "unchecked", "notice", "warning", "high")[self]


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know about a key: what it is, what it means, the next step."""

    level: Level
    title: str
    detail: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class KeyHealth:
    """The remarks on a key, worst first."""

    level: Level
    remarks: tuple[Remark, ...] = ()
    settling: bool = False


def assess(
    check: KeyCheck | None,
    now: datetime,
    *,
    use: UseFinding | None = None,
    added_at: datetime | None = None,
) -> KeyHealth:
    """Judge a key by its last check, by its use, and by how new it is."""
    if check is None:
        return KeyHealth(
            Level.UNCHECKED,
            (Remark(Level.UNCHECKED, "Not checked yet", "Kraken has not been asked about this key."),),
        )
    settling = added_at is not None and is_settling(check, added_at, now)
    remarks = [_settling_remark(check)] if settling else _check_remarks(check, now)
    if check.info is not None:
        remarks += _info_remarks(check.info, now)
    remarks += _use_remarks(use)
    remarks.sort(key=lambda remark: -remark.level)
    return KeyHealth(remarks[0].level if remarks else Level.FINE, tuple(remarks), settling)


def next_change(check: KeyCheck | None, added_at: datetime, now: datetime) -> datetime | None:
    """Return when time alone changes what `assess` says; None when it never does."""
    if check is None:
        return None
    times = [settles_until(check, added_at), check.checked_at + STALE]
    if check.info is not None and isinstance(check.info.valid_until, datetime):
        times += [check.info.valid_until, check.info.valid_until - EXPIRING]
    return min((time for time in times if time is not None and time >= now), default=None)


def worst(levels: list[Level]) -> Level:
    return max(levels, default=Level.FINE)


def _check_remarks(check: KeyCheck, now: datetime) -> list[Remark]:
    problem = check.problem
    expired = check.info is not None and check.info.expired(now)
    if check.outcome is CheckOutcome.REJECTED and not expired:
        title = problem.title if problem else "Kraken refused the key"
        return [Remark(Level.HIGH, title, problem.detail if problem else "", problem.hint if problem else "")]
    if check.outcome is CheckOutcome.UNREACHED and problem:
        return [Remark(Level.NOTICE, problem.title, problem.detail, problem.hint)]
    if check.outcome is CheckOutcome.ACCEPTED and now - check.checked_at > STALE:
        return [
            Remark(
                Level.NOTICE,
                "Checked long ago",
                "These facts are more than two days old.",
                "Check the key again.",
            )
        ]
    return []


def _settling_remark(check: KeyCheck) -> Remark:
    said = f" ({', '.join(check.problem.kraken)})" if check.problem and check.problem.kraken else ""
    return Remark(
        Level.NOTICE,
        "Settling at Kraken",
        f"Kraken refused it{said}, but new or edited keys may need minutes there.",
        "Nothing to do yet: it is asked again slowly, and called refused only after half an hour.",
    )


def _use_remarks(use: UseFinding | None) -> list[Remark]:
    if use is None or not use.is_foreign:
        return []
    sign = next(sign for sign in use.signs if sign.state is UseState.FOREIGN)
    return [
        Remark(
            Level.HIGH,
            "Used by somebody else",
            f"{sign.text} {sign.why}",
            "Find out who holds its secret. If nobody should, delete the key at Kraken and make a new one.",
        )
    ]


def _info_remarks(info: ApiKeyInfo, now: datetime) -> list[Remark]:
    return [*_expiry_remarks(info, now), *_permission_remarks(info), *_allowlist_remarks(info)]


def _expiry_remarks(info: ApiKeyInfo, now: datetime) -> list[Remark]:
    if info.expired(now):
        return [
            Remark(
                Level.HIGH,
                "Expired",
                "Kraken refuses this key since its expiry.",
                "Make a new key at Kraken and add it here.",
            )
        ]
    if info.expires_within(now, EXPIRING):
        return [
            Remark(
                Level.WARNING,
                "Expires soon",
                "The process stops when the key does.",
                "Make its successor now.",
            )
        ]
    return []


def _permission_remarks(info: ApiKeyInfo) -> list[Remark]:
    rights = info.permissions
    if isinstance(rights, SpotPermissions):
        if rights.unknown:
            names = ", ".join(rights.unknown)
            return [
                Remark(
                    Level.WARNING,
                    "Unknown right",
                    f"Kraken reports {names}, which this program does not know.",
                    "Treat the key as dangerous until you have looked it up at Kraken.",
                )
            ]
        return []
    levels = set(FuturesLevel)
    odd = [level for level in (rights.general, rights.transfer) if level not in levels]
    return [Remark(Level.WARNING, "Unknown right", f"Kraken reports {', '.join(odd)}.")] if odd else []


def _allowlist_remarks(info: ApiKeyInfo) -> list[Remark]:
    if not isinstance(info.ip_allowlist, IpAllowlist):
        return []
    status = info.ip_allowlist.status
    if status is AllowlistStatus.OPEN and _can_take_money_out(info):
        return [
            Remark(
                Level.HIGH,
                "Can withdraw from anywhere",
                "Withdraw rights and no IP allowlist: whoever has the secret can take money out.",
                "Restrict the key to your addresses at Kraken, or replace it by one without the right.",
            )
        ]
    if status is AllowlistStatus.OPEN and _can_trade(info):
        return [
            Remark(
                Level.WARNING,
                "Can trade from anywhere",
                "No IP allowlist: whoever holds the secret can trade from any address.",
                "Restrict the key to the address of its process at Kraken.",
            )
        ]
    if status is AllowlistStatus.OPEN:
        return [
            Remark(
                Level.NOTICE,
                "No IP allowlist",
                "The key can be used from any address.",
                "Restrict it at Kraken.",
            )
        ]
    if status is AllowlistStatus.WIDE:
        return [
            Remark(
                Level.WARNING,
                "Wide IP allowlist",
                f"The allowlist {', '.join(info.ip_allowlist.entries)} covers far more than one host.",
                "Name the single addresses of the hosts that use the key.",
            )
        ]
    return []


def _can_take_money_out(info: ApiKeyInfo) -> bool:
    rights = info.permissions
    if isinstance(rights, FuturesAccess):
        return rights.transfer == FuturesLevel.FULL_ACCESS
    dangerous = {
        SpotPermission.WITHDRAW_FUNDS,
        SpotPermission.ADD_WITHDRAW_ADDRESS,
        SpotPermission.UPDATE_WITHDRAW_ADDRESS,
    }
    return bool(dangerous & rights.known)


def _can_trade(info: ApiKeyInfo) -> bool:
    rights = info.permissions
    if isinstance(rights, FuturesAccess):
        return rights.general == FuturesLevel.FULL_ACCESS
    return SpotPermission.MODIFY_TRADES in rights.known
