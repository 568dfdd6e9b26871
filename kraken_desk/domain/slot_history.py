"""What happens to a slot: what was edited, and what Kraken answered otherwise than before.

History hangs on the slot, so it survives rotation.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.keys import ApiKeyInfo, KeyCheck, KeySlot, Permissions, SlotId, SpotPermissions
from kraken_desk.domain.values import dataclass


class EventKind(StrEnum):
    """What kind of thing has happened."""

    ADDED = "added"
    EDITED = "edited"
    ROTATED = "rotated"
    CHECKED = "checked"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class SlotEvent:
    """One thing that has happened to a slot, in words."""

    slot_id: SlotId
    at: datetime
    kind: EventKind
    text: str


_EDITABLE = ("name", "process", "role", "client")


def edits(before: KeySlot | None, after: KeySlot, at: datetime) -> tuple[SlotEvent, ...]:
    """Return what saving a slot has changed; the first time it was added."""

    def event(kind: EventKind, text: str) -> SlotEvent:
        return SlotEvent(after.slot_id, at, kind, text)

    if before is None:
        return (event(EventKind.ADDED, "Added to Kraken Desk"),)
    found = [
        event(EventKind.EDITED, f"{name.capitalize()}: {_named(old)} → {_named(new)}")
        for name in _EDITABLE
        if (old := getattr(before, name)) != (new := getattr(after, name))
    ]
    if before.account_id != after.account_id:
        found.append(event(EventKind.EDITED, "Moved to another account"))
    if before.only_here != after.only_here:
        said = "runs on this machine only" if after.only_here else "may run on other machines"
        found.append(event(EventKind.EDITED, f"Declared: {said}"))
    if before.hand_over != after.hand_over:
        way = after.hand_over.form.value if after.hand_over else "none"
        found.append(event(EventKind.EDITED, f"Way of handing over: {way}"))
    if before.key_id != after.key_id:
        text = f"Key replaced: {before.masked_api_key()} → {after.masked_api_key()}"
        found.append(event(EventKind.ROTATED, text))
    return tuple(found)


def check_changes(slot_id: SlotId, before: KeyCheck | None, after: KeyCheck) -> tuple[SlotEvent, ...]:
    """Return what a check shows that the last one did not: another outcome, other facts of the key."""
    found = []
    if before is None or before.outcome is not after.outcome:
        why = f": {after.problem.title}" if after.problem else ""
        text = f"Check {after.outcome.value}{why}"
        found.append(SlotEvent(slot_id, after.checked_at, EventKind.CHECKED, text))
    old, new = before.info if before else None, after.info
    if old is not None and new is not None and old.api_key == new.api_key:
        found += [
            SlotEvent(slot_id, after.checked_at, EventKind.CHANGED, text) for text in _fact_changes(old, new)
        ]
    return tuple(found)


def _fact_changes(old: ApiKeyInfo, new: ApiKeyInfo) -> list[str]:
    texts = []
    if old.permissions != new.permissions:
        texts.append(_rights_change(old.permissions, new.permissions))
    if old.ip_allowlist != new.ip_allowlist:
        texts.append(f"IP allowlist at Kraken: {_allowed(old)} → {_allowed(new)}")
    for what, was, now in (
        ("Expiry", old.valid_until, new.valid_until),
        ("Nonce window", old.nonce_window, new.nonce_window),
        ("Name at Kraken", old.api_key_name, new.api_key_name),
    ):
        if was != now:
            texts.append(f"{what}: {_told(was)} → {_told(now)}")
    return texts


def _rights_change(old: Permissions, new: Permissions) -> str:
    if isinstance(old, SpotPermissions) and isinstance(new, SpotPermissions):
        gone, come = set(old.strings()) - set(new.strings()), set(new.strings()) - set(old.strings())
        changes = [f"with {right}" for right in sorted(come)] + [f"without {right}" for right in sorted(gone)]
        return f"Permissions at Kraken: {', '.join(changes)}"
    return f"Permissions at Kraken: {old} → {new}"


def _allowed(info: ApiKeyInfo) -> str:
    allowed = info.ip_allowlist
    if not isinstance(allowed, IpAllowlist):
        return "not reported"
    return ", ".join(allowed.entries) or "any address"


def _told(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return "never" if value is None else str(value)


def _named(text: str) -> str:
    return f"“{text}”" if text else "none"
