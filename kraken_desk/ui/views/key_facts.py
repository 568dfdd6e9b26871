"""What the details say about a key: every fact Kraken reports, as label and value; pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.allowlist import AllowlistStatus, IpAllowlist
from kraken_desk.domain.badges import LABELS, badges
from kraken_desk.domain.clients import scale_of
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import (
    ApiKeyInfo,
    CheckOutcome,
    KeyCheck,
    Permissions,
    SpotPermission,
    SpotPermissions,
)
from kraken_desk.domain.levels import EXPIRING
from kraken_desk.domain.reported import NOT_REPORTED, NotReported
from kraken_desk.domain.rotation import NEXT_STEP, words
from kraken_desk.domain.transfers import JournalSnapshot
from kraken_desk.ui.delegates.badge_painter import allowlist_look, permission_look
from kraken_desk.ui.formatting import ago, day, moment, until
from kraken_desk.ui.models.fleet_rows import lease_words
from kraken_desk.ui.theme import Tone
from kraken_desk.ui.widgets.facts import Fact

_OUT = frozenset(
    {
        SpotPermission.WITHDRAW_FUNDS,
        SpotPermission.ADD_WITHDRAW_ADDRESS,
        SpotPermission.UPDATE_WITHDRAW_ADDRESS,
    }
)
"""Rights by which money leaves Kraken, or goes elsewhere."""

NOT_REPORTED_WORDS = "not reported by Kraken"
NOT_ASKED = "not checked yet"
NOT_ACCEPTED = "unknown: no check was accepted yet"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a key, for its history."""

    at: datetime
    text: str


def key_facts(node: KeyNode, account: Account, now: datetime) -> tuple[Fact, ...]:
    """Return the overview: what we keep about the key, then what Kraken reports, then when it was read."""
    slot, check = node.slot, node.check
    info = check.info if check else None
    own = (
        Fact("Process", slot.process or "none assigned", _tone(bool(slot.process))),
        *_lease_facts(node),
        *_rotation_facts(node, now),
        Fact("Role", slot.role or "none", _tone(bool(slot.role))),
        _client_fact(node),
    )
    reported = _reported_facts(info, now) if info else (unread_fact(check),)
    return (
        *own,
        *reported,
        Fact("Account", account.label, note=account.iiban or ""),
        Fact("API key", slot.masked_api_key(), mono=True, tip="The public half, shortened"),
        Fact("Added", day(slot.added_at), tip=moment(slot.added_at)),
        *_kraken_facts(check),
        _checked_fact(node, now),
    )


def unread_fact(check: KeyCheck | None) -> Fact:
    """Say why nothing is known about a key: it was never asked about, or never accepted."""
    return Fact("At Kraken", NOT_ASKED if check is None else NOT_ACCEPTED, Tone.MUTED)


def _lease_facts(node: KeyNode) -> tuple[Fact, ...]:
    """Return who uses the key at the moment, when that is known."""
    if node.lease is None:
        return ()
    return (Fact("In use", "leased", Tone.OK, note=lease_words(node.lease)),)


def _rotation_facts(node: KeyNode, now: datetime) -> tuple[Fact, ...]:
    """Return where the key's rotation stands, and what comes next."""
    if node.rotation is None:
        return ()
    where = words(node.rotation, now).removeprefix("rotation: ")
    return (Fact("Rotation", where, Tone.ACCENT, note=NEXT_STEP[node.rotation.stage]),)


def _kraken_facts(check: KeyCheck | None) -> tuple[Fact, ...]:
    """Return Kraken's own strings of the last refusal, which its support asks for."""
    problem = check.problem if check else None
    if problem is None or not problem.kraken:
        return ()
    return (Fact("Kraken said", ", ".join(problem.kraken), mono=True),)


def _client_fact(node: KeyNode) -> Fact:
    client = node.slot.signing_client
    scale = scale_of(client)
    note = f"nonces in {scale.name}"
    if not client:
        return Fact("Signs with", "not declared", Tone.MUTED, note=f"checks use {note}")
    return Fact("Signs with", client, note=note)


def _reported_facts(info: ApiKeyInfo, now: datetime) -> tuple[Fact, ...]:
    return (
        _permissions_fact(info.permissions),
        _allowlist_fact(info),
        _plain_fact("Nonce window", info.nonce_window),
        _expiry_fact(info.valid_until, now),
        _limit_fact("Data from", info.query_from),
        _limit_fact("Data until", info.query_to),
        _past_fact("Last used", info.last_used, now),
        _past_fact("Created", info.created_time, now),
        _past_fact("Modified", info.modified_time, now),
        _plain_fact("Name at Kraken", info.api_key_name),
        *_identity_facts(info),
    )


def _permissions_fact(permissions: Permissions) -> Fact:
    found = badges(permissions)
    looks = tuple((permission_look(badge), "\n".join(badge.rights)) for badge in found)
    return Fact("Permissions", "" if found else "none", badges=looks)


def _allowlist_fact(info: ApiKeyInfo) -> Fact:
    listed = info.ip_allowlist
    if not isinstance(listed, IpAllowlist):
        return _not_reported("IP allowlist")
    status = listed.status
    text = "Open to any address" if status is AllowlistStatus.OPEN else listed.summary
    look = allowlist_look(status, text)
    return Fact("IP allowlist", note="\n".join(listed.entries), badges=((look, status.value),))


def _expiry_fact(end: datetime | NotReported | None, now: datetime) -> Fact:
    if end is NOT_REPORTED:
        return _not_reported("Expires")
    if end is None:
        return Fact("Expires", "never")
    tone = Tone.DANGER if end <= now else Tone.WARN if end - now <= EXPIRING else Tone.PLAIN
    words = f"expired {until(now, end)}" if end <= now else until(now, end)
    return Fact("Expires", words, tone, note=moment(end))


def _limit_fact(label: str, limit: datetime | NotReported | None) -> Fact:
    if limit is NOT_REPORTED:
        return _not_reported(label)
    return Fact(label, "no limit" if limit is None else moment(limit))


def _past_fact(label: str, then: datetime | NotReported | None, now: datetime) -> Fact:
    if then is NOT_REPORTED:
        return _not_reported(label)
    if then is None:
        return Fact(label, "never")
    return Fact(label, ago(now, then), note=moment(then))


def _plain_fact(label: str, value: str | int | NotReported) -> Fact:
    if value is NOT_REPORTED:
        return _not_reported(label)
    return Fact(label, str(value) or "none", Tone.PLAIN if str(value) else Tone.MUTED)


def _identity_facts(info: ApiKeyInfo) -> tuple[Fact, ...]:
    facts = [Fact("IIBAN", info.iiban, mono=True) if info.iiban else _not_reported("IIBAN")]
    if info.account_uid:
        facts.append(Fact("Account uid", info.account_uid, mono=True))
    return tuple(facts)


def _checked_fact(node: KeyNode, now: datetime) -> Fact:
    check = node.check
    if check is None:
        return Fact("Read", "never", Tone.MUTED)
    if check.outcome is CheckOutcome.ACCEPTED:
        return Fact("Read", f"{ago(now, check.checked_at)}, from Kraken", note=moment(check.checked_at))
    refused = check.outcome is CheckOutcome.REJECTED
    tone = Tone.DANGER if refused else Tone.WARN
    words = "refused" if refused else "not reached"
    if node.health.settling:
        words, tone = "settling", Tone.MUTED
    read = f"facts above read {ago(now, check.info.read_at)}" if check.info else "nothing has been read yet"
    return Fact("Last check", f"{words}, {ago(now, check.checked_at)}", tone, note=read)


def _not_reported(label: str) -> Fact:
    return Fact(label, NOT_REPORTED_WORDS, Tone.MUTED)


def _tone(known: bool) -> Tone:
    return Tone.PLAIN if known else Tone.MUTED


def right_facts(permissions: Permissions) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """Return the granted and the missing rights, each with Kraken's label and its wire string."""
    if not isinstance(permissions, SpotPermissions):
        levels = (("General API", permissions.general), ("Withdrawal API", permissions.transfer))
        looks = [permission_look(badge) for badge in badges(permissions)]
        held = tuple(
            Fact(label, level, mono=True, badges=((look, label),))
            for (label, level), look in zip(levels, looks, strict=True)
        )
        return held, ()
    granted = tuple(
        Fact(LABELS[p], p.value, Tone.MUTED, mono=True, label_tone=Tone.DANGER if p in _OUT else Tone.PLAIN)
        for p in SpotPermission
        if p in permissions.known
    )
    unknown = tuple(
        Fact("Unknown right", text, Tone.WARN, "Kraken has not documented it", mono=True)
        for text in permissions.unknown
    )
    missing = tuple(
        Fact(LABELS[p], p.value, Tone.MUTED, mono=True) for p in SpotPermission if p not in permissions.known
    )
    return (*granted, *unknown), missing


def nonce_facts(node: KeyNode) -> tuple[Fact, ...]:
    """Return what decides which nonce Kraken accepts next."""
    info = node.check.info if node.check else None
    reported = (
        (_plain_fact("Last nonce", info.nonce), _plain_fact("Nonce window", info.nonce_window))
        if info
        else (unread_fact(node.check),)
    )
    return (*reported, _client_fact(node))


def history(node: KeyNode, journal: JournalSnapshot) -> tuple[Event, ...]:
    """Return what is known to have happened to a key, newest first."""
    slot, check = node.slot, node.check
    events = [Event(slot.added_at, "Added to Kraken Desk")]
    if check:
        events.append(Event(check.checked_at, f"Checked: {check.outcome.value}"))
    info = check.info if check else None
    if info:
        told = (
            (info.last_used, "Last used, Kraken reports"),
            (info.modified_time, "Modified at Kraken"),
            (info.created_time, "Created at Kraken"),
        )
        events += [Event(at, text) for at, text in told if isinstance(at, datetime)]
    events += [
        Event(record.changed_at, f"Transfer to {record.destination_label}: {record.state.value}")
        for record in journal.records
        if record.key_id == slot.key_id
    ]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))
