"""The facts of one key as text."""

from __future__ import annotations

from kraken_desk.cli.wording import moment
from kraken_desk.domain.abilities import what_it_can_do
from kraken_desk.domain.accounts import Account
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.badges import single_badges
from kraken_desk.domain.drift import DriftEvent
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import ApiKeyInfo
from kraken_desk.domain.reported import NOT_REPORTED

_CHANGES = 5
_SIGNS = 5
"""Changes and signs of use that are shown, the newest first; --json has them all."""


def sentence_of(node: KeyNode, account: Account) -> str:
    """Say what the key can do; "" while Kraken has not been asked about it."""
    info = node.check.info if node.check is not None else None
    return what_it_can_do(info.permissions, account.kind) if info is not None else ""


def facts_table(node: KeyNode, account: Account, drift: tuple[DriftEvent, ...] = ()) -> str:
    """Write every fact with its label; what Kraken does not report says so."""
    slot = node.slot
    pairs = [
        ("Name", slot.name),
        ("Account", f"{account.label} ({account.kind.value})"),
        ("Environment", slot.environment),
        ("Venue", slot.venue.label),
        ("API key", slot.masked_api_key()),
        ("Process", slot.process or "none assigned"),
        ("Role", slot.role or "none assigned"),
        ("Client", slot.client or "not declared"),
        ("State", node.health.level.word),
    ]
    if node.check is not None:
        outcome = "settling" if node.health.settling else node.check.outcome.value
        pairs.append(("Last check", f"{outcome}, {moment(node.check.checked_at, '')}"))
    if node.check is not None and node.check.info is not None:
        pairs.append(("Can", sentence_of(node, account)))
        pairs += _reported(node.check.info)
    pairs += [("Changed", f"{moment(event.seen_at, '')}: {event.change.text}") for event in drift[:_CHANGES]]
    if node.use is not None:
        pairs.append(("Use", f"{node.use.state.value}. {node.use.words}"))
        pairs += [("Evidence", f"{sign.text} {sign.why}") for sign in node.use.signs[:_SIGNS]]
    width = max(len(label) for label, _ in pairs)
    lines = [f"{label.ljust(width)}  {text}" for label, text in pairs]
    lines += [f"! {remark.title}: {remark.detail} {remark.hint}".rstrip() for remark in node.health.remarks]
    return "\n".join(lines)


def _reported(info: ApiKeyInfo) -> list[tuple[str, str]]:
    return [
        ("Permissions", ", ".join(badge.text for badge in single_badges(info.permissions)) or "none"),
        ("IP allowlist", _allowlist(info)),
        ("Name at Kraken", _plain(info.api_key_name)),
        ("IIBAN", info.iiban or "not reported by Kraken"),
        ("Futures uid", info.account_uid or "not reported by Kraken"),
        ("Nonce", _plain(info.nonce)),
        ("Nonce window", _plain(info.nonce_window)),
        ("Expires", moment(info.valid_until, "never")),
        ("Query from", moment(info.query_from, "no limit")),
        ("Query to", moment(info.query_to, "no limit")),
        ("Created", moment(info.created_time, "not reported by Kraken")),
        ("Modified", moment(info.modified_time, "not reported by Kraken")),
        ("Last used", moment(info.last_used, "never used")),
        ("Read", f"{moment(info.read_at, '')}, from Kraken"),
    ]


def _plain(value: object) -> str:
    return "not reported by Kraken" if value is NOT_REPORTED else str(value)


def _allowlist(info: ApiKeyInfo) -> str:
    if not isinstance(info.ip_allowlist, IpAllowlist):
        return "not reported by Kraken"
    entries = ", ".join(info.ip_allowlist.entries)
    return f"{info.ip_allowlist.status.value}: {entries}" if entries else "open to any address"
