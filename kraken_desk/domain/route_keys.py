"""Which key signs a leg, and in plain words why none does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from kraken_desk.domain.fleet import AccountNode, KeyNode
from kraken_desk.domain.keys import (
    CheckOutcome,
    FuturesAccess,
    FuturesLevel,
    Permissions,
    SpotPermissions,
    Venue,
    can_read_balances,
    can_transfer,
)
from kraken_desk.domain.legs import LegKind
from kraken_desk.domain.values import dataclass


class Obstacle(StrEnum):
    """Why a way is closed; the value is the stable word of the command line's JSON."""

    NO_KEY = "no key"
    FOREIGN_KEY = "key of another process"
    UNCHECKED_KEY = "key not checked"
    REFUSED_KEY = "key refused"
    EXPIRED_KEY = "key expired"
    MISSING_RIGHT = "missing right"
    BLOCKED_BY_KRAKEN = "blocked by Kraken"
    ENVIRONMENT = "environment"
    SUNSET = "sunset"
    NO_MASTER = "no master"
    NO_IIBAN = "no IIBAN"
    NO_FUTURES_UID = "no Futures uid"
    NOT_ALLOWED = "not allowed"


@dataclass(frozen=True, slots=True)
class Closure:
    """One reason why a leg is closed, and what opens it."""

    obstacle: Obstacle
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SigningRule:
    """What a kind of leg asks of the key: the right in Kraken's words, and whose key it is."""

    right: str
    able: Callable[[Permissions], bool]
    of_master: bool


def can_withdraw_futures(permissions: Permissions) -> bool:
    """Say whether a Futures key may withdraw to the Spot wallet (Kraken docs: Futures withdrawal)."""
    return isinstance(permissions, FuturesAccess) and permissions.transfer == FuturesLevel.FULL_ACCESS


def can_transfer_wallets(permissions: Permissions) -> bool:
    """Say whether a Spot key may move money to Futures.

    Kraken asks only for the right to query funds (Kraken docs: WalletTransfer).
    """
    return isinstance(permissions, SpotPermissions) and can_read_balances(permissions)


RULES: dict[LegKind, SigningRule] = {
    LegKind.ACCOUNT_TRANSFER: SigningRule("Withdraw Funds", can_transfer, of_master=True),
    LegKind.WALLET_TRANSFER: SigningRule("Query Funds", can_transfer_wallets, of_master=False),
    LegKind.FUTURES_WALLETS: SigningRule("General API Full Access", can_transfer, of_master=False),
    LegKind.FUTURES_ACCOUNTS: SigningRule("General API Full Access", can_transfer, of_master=True),
    LegKind.WITHDRAWAL: SigningRule("Withdrawal API Full Access", can_withdraw_futures, of_master=True),
}


def signing_key(node: AccountNode, kind: LegKind, now: datetime) -> KeyNode | Closure:
    """Choose the key of an account that signs a leg, or say why none of its keys does.

    A treasury key comes first, then the desk's other keys, then keys that no process owns.
    """
    rule = RULES[kind]
    here = [key for key in node.keys if key.slot.venue is kind.venue]
    own = [key for key in here if key.slot.is_desk_key or not key.slot.process]
    usable = [key for key in own if _fault(key, rule, now) is None]
    if usable:
        return min(usable, key=_preference)
    if not own:
        return _no_own_key(node, kind.venue, rule, foreign=bool(here))
    faults = [fault for key in sorted(own, key=_preference) if (fault := _fault(key, rule, now))]
    # the key that comes nearest tells most: one with the right that has expired, say
    return min(faults, key=lambda fault: fault.obstacle is Obstacle.MISSING_RIGHT)


def _fault(key: KeyNode, rule: SigningRule, now: datetime) -> Closure | None:
    """Say why a key cannot sign now; None when it can."""
    name, check = key.slot.name, key.check
    if check is not None and check.outcome is CheckOutcome.REJECTED:
        said = f" ({', '.join(check.problem.kraken)})" if check.problem and check.problem.kraken else ""
        return Closure(
            Obstacle.REFUSED_KEY,
            f"Kraken refused “{name}” at its last check{said}.",
            "See what is wrong with it, mend it at Kraken, and check it again: it may be revoked,"
            " or this machine may be missing on its IP allowlist.",
        )
    if check is None or check.info is None:
        return Closure(
            Obstacle.UNCHECKED_KEY,
            f"“{name}” has never been checked, so its rights are not known.",
            "Check it once.",
        )
    if check.info.expired(now):
        return Closure(
            Obstacle.EXPIRED_KEY, f"“{name}” has expired.", "Renew its expiry at Kraken, or add a successor."
        )
    if not rule.able(check.info.permissions):
        return Closure(
            Obstacle.MISSING_RIGHT,
            f"“{name}” lacks the right {rule.right}.",
            f"Give it {rule.right} at Kraken, or add another key of Kraken Desk that has it.",
        )
    return None


def _no_own_key(node: AccountNode, venue: Venue, rule: SigningRule, *, foreign: bool) -> Closure:
    hint = f"Add a {venue.label} key of {node.account.label} with {rule.right} as a key of Kraken Desk."
    if foreign:
        text = f"The {venue.label} keys of {node.account.label} belong to other processes."
        return Closure(Obstacle.FOREIGN_KEY, text, hint)
    return Closure(Obstacle.NO_KEY, f"No {venue.label} key of {node.account.label} is stored here.", hint)


def _preference(key: KeyNode) -> tuple[bool, bool, str, str]:
    """Prefer the desk's own keys, then treasury keys: a monitor key signs only where it must."""
    info = key.check.info if key.check else None
    treasury = info is not None and can_transfer(info.permissions)
    return (not key.slot.is_desk_key, not treasury, key.slot.name, key.slot.slot_id)
