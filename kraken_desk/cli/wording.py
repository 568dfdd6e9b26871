"""Short texts that several commands print."""

from __future__ import annotations

from datetime import datetime

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.badges import badges
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import ApiKeyInfo
from kraken_desk.domain.reported import NOT_REPORTED


def key_line(node: KeyNode) -> str:
    """Describe a key in one line of the tree."""
    slot = node.slot
    info = node.check.info if node.check else None
    parts = [f"- {slot.name}", slot.venue.label]
    if info is not None:
        parts.append(" ".join(f"[{badge.text}]" for badge in badges(info.permissions)))
        parts.append(f"IP: {allowlist_text(info)}")
        parts.append(f"expires: {moment(info.valid_until, 'never')}")
    parts.append(f"process: {slot.process or 'none'}")
    parts.append(f"[{node.health.level.word}]")
    return "  ".join(parts)


def allowlist_text(info: ApiKeyInfo) -> str:
    if not isinstance(info.ip_allowlist, IpAllowlist):
        return "not reported"
    return info.ip_allowlist.summary


def moment(value: object, none: str) -> str:
    """Write a time, the word for None, or that Kraken reports none."""
    if value is NOT_REPORTED:
        return "not reported by Kraken"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return none
