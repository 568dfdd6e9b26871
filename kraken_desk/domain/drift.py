"""Drift: which facts of a key have changed since the last check, in words.

The order of lists means nothing, and neither do facts that change by using the key: its nonce, its
last use, and when it was read.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.keys import ApiKeyInfo, KeyId, SpotPermissions
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.rights import label_of
from kraken_desk.domain.values import dataclass

LIVELY = frozenset({"read_at", "nonce", "last_used"})
"""Facts that change whenever the key is used; the nonce and the last use are judged elsewhere."""

NAMES = {
    "venue": "venue",
    "api_key": "public key",
    "permissions": "rights",
    "ip_allowlist": "IP allowlist",
    "api_key_name": "name at Kraken",
    "iiban": "account",
    "account_uid": "Futures account",
    "nonce_window": "nonce window",
    "valid_until": "expiry",
    "query_from": "query start date",
    "query_to": "query end date",
    "created_time": "time of creation",
    "modified_time": "time of the last edit",
}
"""The facts of a key as a person calls them."""

_NEVER = {"valid_until": "never", "query_from": "no limit", "query_to": "no limit"}


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that is different now: its name in `ApiKeyInfo`, and both values in words."""

    fact: str
    before: str
    after: str

    @property
    def name(self) -> str:
        return NAMES.get(self.fact, self.fact)

    @property
    def text(self) -> str:
        """Say what has changed in one line: `rights: + Withdraw Funds, - Earn`."""
        if self.fact in ("permissions", "ip_allowlist"):
            return f"{self.name}: {_difference(self.before, self.after)}"
        return f"{self.name}: {self.before} → {self.after}"


@dataclass(frozen=True, slots=True)
class DriftEvent:
    """A change as it was noticed by the check at `seen_at`."""

    key_id: KeyId
    seen_at: datetime
    change: Change


def changes(before: ApiKeyInfo | None, after: ApiKeyInfo | None) -> tuple[Change, ...]:
    """Return what differs between two readings of a key; nothing while one of them is missing."""
    if before is None or after is None:
        return ()
    found = []
    for name in (field.name for field in fields(ApiKeyInfo)):
        old, new = fact_text(name, getattr(before, name)), fact_text(name, getattr(after, name))
        if name not in LIVELY and old != new:
            found.append(Change(name, old, new))
    return tuple(found)


def fact_text(name: str, value: object) -> str:
    """Write a fact so that equal facts read equal, whatever the order of their lists."""
    if value is NOT_REPORTED:
        return "not reported by Kraken"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, SpotPermissions):
        return ", ".join(label_of(right) for right in value.strings()) or "none"
    if isinstance(value, IpAllowlist):
        return ", ".join(sorted(set(value.entries))) or "any address"
    if value is None:
        return _NEVER.get(name, "none")
    general, transfer = getattr(value, "general", None), getattr(value, "transfer", None)
    if general is not None:
        return f"General API {general}, Withdrawal API {transfer}"
    return str(value)


def _difference(before: str, after: str) -> str:
    old, new = before.split(", "), after.split(", ")
    added = [f"+ {item}" for item in new if item not in old]
    gone = [f"- {item}" for item in old if item not in new]
    return ", ".join([*added, *gone])
