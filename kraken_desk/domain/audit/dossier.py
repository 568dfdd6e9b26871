"""The dossier: an audit's findings with the inventory of keys that they are about, ready to be written.

It holds texts only, in one order whatever the order of the facts, so that the same facts make the
same report byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import AuditReport
from kraken_desk.domain.environments import EnvironmentKind
from kraken_desk.domain.money import Amount
from kraken_desk.domain.nonces import span_text
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.rights import in_order, label_of
from kraken_desk.domain.values import dataclass, field

NOT_CHECKED = "never checked"
NOT_REPORTED_TEXT = "not reported"


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key as the inventory lists it; `worst_case` is what its thief could take, "" if not reckoned.

    `allowlist` () means that any address may use the key where `width` says “open”; `api_key` is
    masked in any case.
    """

    ref: str
    account: str
    name: str
    venue: str
    process: str
    role: str
    client: str
    api_key: str
    rights: tuple[str, ...]
    allowlist: tuple[str, ...]
    width: str
    nonce_window: str
    expires: str
    last_used: str
    checked: str
    score: int | None
    worst_case: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a report is written from. `known_ids` are texts that a redaction of ids takes out."""

    report: AuditReport
    kind: EnvironmentKind
    keys: tuple[KeyLine, ...] = ()
    known_ids: tuple[str, ...] = field(default=(), repr=False)
    redacted: tuple[str, ...] = ()


def dossier_of(facts: FleetFacts, report: AuditReport, worst: Mapping[str, Amount] | None = None) -> Dossier:
    """Put report and inventory together; `worst` is the worst case in money by slot."""
    figures = worst or {}
    lines = [_line(key, report, figures.get(key.slot.slot_id)) for key in facts.keys]
    lines.sort(key=lambda line: (line.account, line.name, line.ref))
    return Dossier(report, facts.kind, tuple(lines), _known_ids(facts))


def _line(key: KeyFacts, report: AuditReport, worst: Amount | None) -> KeyLine:
    slot, check = key.slot, key.check
    info = check.info if check is not None else None
    return KeyLine(
        ref=slot.slot_id,
        account=key.subject.account,
        name=slot.name,
        venue=slot.venue.label,
        process=slot.process,
        role=key.role.name if key.role else slot.role,
        client=slot.signing_client,
        api_key=slot.masked_api_key(),
        rights=(*map(label_of, in_order(key.rights)), *key.unknown) if info else (),
        allowlist=tuple(sorted(key.allowlist.entries)) if info and key.allowlist else (),
        width=key.width.word if info and key.width is not None else NOT_REPORTED_TEXT if info else "",
        nonce_window=_window(key) if info else "",
        expires=_time(info.valid_until, "never") if info else "",
        last_used=_time(info.last_used, "never") if info else "",
        checked=f"{check.outcome.value} {_time(check.checked_at, '')}" if check else NOT_CHECKED,
        score=report.score(slot.slot_id).value,
        worst_case=str(worst) if worst is not None else "",
    )


def _window(key: KeyFacts) -> str:
    ticks = key.info.nonce_window
    if not isinstance(ticks, int):
        return NOT_REPORTED_TEXT
    seconds: Decimal | None = key.window_s
    return str(ticks) if seconds is None else f"{ticks} ({span_text(seconds)})"


def _time(value: object, none: str) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return NOT_REPORTED_TEXT if value is NOT_REPORTED else none


def _known_ids(facts: FleetFacts) -> tuple[str, ...]:
    """Return every id of ours and Kraken's, the longest first, so that none is left in part."""
    found: set[str] = set()
    for account in facts.accounts:
        iiban = account.iiban or ""
        found |= {account.account_id, iiban, iiban.replace(" ", ""), account.futures_uid or ""}
    for key in facts.keys:
        slot = key.slot
        found |= {slot.slot_id, slot.key_id, slot.api_key, slot.masked_api_key()}
        info = key.check.info if key.check is not None else None
        if info is not None:
            found |= {info.iiban or "", info.account_uid or ""}
    return tuple(sorted((text for text in found if len(text) > 1), key=lambda text: (-len(text), text)))
