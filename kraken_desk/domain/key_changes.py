"""What differs between a key and its successor, in plain words, the gravest first."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.badges import LABELS
from kraken_desk.domain.keys import ApiKeyInfo, FuturesAccess, FuturesLevel, SpotPermission, SpotPermissions
from kraken_desk.domain.levels import Level
from kraken_desk.domain.nonces import seconds_in, span_text
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.values import dataclass

NOT_REPORTED_TEXT = "not reported by Kraken"
_LEVELS = (FuturesLevel.NO_ACCESS, FuturesLevel.READ_ONLY, FuturesLevel.FULL_ACCESS)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact of both keys side by side; FINE when they agree, `text` says what a difference means."""

    label: str
    old: str
    new: str
    level: Level = Level.FINE
    text: str = ""

    @property
    def differs(self) -> bool:
        return self.level is not Level.FINE


def compare(old: ApiKeyInfo | None, new: ApiKeyInfo, client: str, now: datetime) -> tuple[Comparison, ...]:
    """Set the successor beside the old key; without facts of the old one, everything is to be looked at.

    The window is told in the time that it means for `client`, which declares the nonce scale.
    """
    if old is None:
        return tuple(
            Comparison(c.label, "never read", c.new, Level.LOW, f"{c.label}: the old key's was never read.")
            for c in compare(new, new, client, now)
        )
    return (
        *_rights(old, new),
        _allowlist(old, new),
        _window(old, new, client),
        _expiry(old, new, now),
        _limit("Data from", old.query_from, new.query_from, later_is_narrower=True),
        _limit("Data until", old.query_to, new.query_to, later_is_narrower=False),
    )


def _rights(old: ApiKeyInfo, new: ApiKeyInfo) -> tuple[Comparison, ...]:
    before, after = old.permissions, new.permissions
    if isinstance(before, SpotPermissions) and isinstance(after, SpotPermissions):
        return (_spot_rights(before, after),)
    if isinstance(before, FuturesAccess) and isinstance(after, FuturesAccess):
        return (
            _level("General API", before.general, after.general),
            _level("Withdrawal API", before.transfer, after.transfer),
        )
    text = "The two keys are of different venues."
    return (Comparison("Rights", old.venue.label, new.venue.label, Level.HIGH, text),)


def _spot_rights(old: SpotPermissions, new: SpotPermissions) -> Comparison:
    before, after = set(old.strings()), set(new.strings())
    parts = []
    if missing := [right for right in old.strings() if right not in after]:
        parts.append(f"Missing: {_named(missing)}; the process's calls that need it will be refused.")
    if surplus := [right for right in new.strings() if right not in before]:
        parts.append(f"Surplus: {_named(surplus)}; the new key may do more than the old one.")
    level = Level.FINE if not parts else Level.HIGH if missing or _dangerous(surplus) else Level.MEDIUM
    return Comparison("Rights", _listed(old), _listed(new), level, " ".join(parts))


def _dangerous(rights: list[str]) -> bool:
    harmless = {
        SpotPermission.QUERY_FUNDS,
        SpotPermission.QUERY_OPEN_TRADES,
        SpotPermission.QUERY_CLOSED_TRADES,
        SpotPermission.QUERY_LEDGER,
        SpotPermission.EXPORT_DATA,
        SpotPermission.CREATE_WS_TOKEN,
    }
    return bool(set(rights) - {right.value for right in harmless})


def _listed(rights: SpotPermissions) -> str:
    return _named(list(rights.strings())) or "none"


def _named(rights: list[str]) -> str:
    labels = {right.value: label for right, label in LABELS.items()}
    return ", ".join(labels.get(right, right) for right in rights)


def _level(label: str, old: str, new: str) -> Comparison:
    if old == new:
        return Comparison(label, old, new)
    if (
        old in _LEVELS
        and new in _LEVELS
        and _LEVELS.index(FuturesLevel(new)) < _LEVELS.index(FuturesLevel(old))
    ):
        return Comparison(
            label, old, new, Level.HIGH, f"{label}: lower; calls that need more will be refused."
        )
    return Comparison(
        label, old, new, Level.HIGH, f"{label}: higher; the new key may do more than the old one."
    )


def _allowlist(old: ApiKeyInfo, new: ApiKeyInfo) -> Comparison:
    before, after = old.ip_allowlist, new.ip_allowlist
    label = "IP allowlist"
    if not isinstance(before, IpAllowlist) or not isinstance(after, IpAllowlist):
        same = before is NOT_REPORTED and after is NOT_REPORTED
        level = Level.FINE if same else Level.LOW
        text = "" if same else f"{label}: Kraken reports it for one key only."
        return Comparison(label, _entries(before), _entries(after), level, text)
    wider, narrower = not before.covers(after), not after.covers(before)
    level, text = Level.FINE, ""
    if wider and narrower:
        level, text = Level.HIGH, "other addresses; the process's host may be shut out."
    elif wider:
        level, text = Level.MEDIUM, "wider; the new key can be used from more places."
    elif narrower:
        level, text = Level.MEDIUM, "narrower; make sure that the process's host is still inside."
    return Comparison(label, _entries(before), _entries(after), level, text and f"{label}: {text}")


def _entries(allowlist: object) -> str:
    if not isinstance(allowlist, IpAllowlist):
        return NOT_REPORTED_TEXT
    return ", ".join(allowlist.entries) or "any address"


def _window(old: ApiKeyInfo, new: ApiKeyInfo, client: str) -> Comparison:
    label = "Nonce window"
    before, after = old.nonce_window, new.nonce_window
    if not isinstance(before, int) or not isinstance(after, int):
        return Comparison(label, _ticks(before, client), _ticks(after, client))
    if before == after:
        return Comparison(label, _ticks(before, client), _ticks(after, client))
    change = "shorter" if after < before else "longer"
    text = f"{label}: {change}, {_span(after, client)} instead of {_span(before, client)}."
    if after < before:
        text += " Requests that overtake each other may be refused."
    return Comparison(
        label,
        _ticks(before, client),
        _ticks(after, client),
        Level.MEDIUM if after < before else Level.LOW,
        text,
    )


def _ticks(window: object, client: str) -> str:
    return f"{window} ({_span(window, client)})" if isinstance(window, int) else NOT_REPORTED_TEXT


def _span(ticks: int, client: str) -> str:
    try:
        return span_text(seconds_in(ticks, client))
    except (ArithmeticError, ValueError):
        return span_text(Decimal(0))


def _expiry(old: ApiKeyInfo, new: ApiKeyInfo, now: datetime) -> Comparison:
    label = "Expires"
    before, after = old.valid_until, new.valid_until
    shown = _time(before, "never"), _time(after, "never")
    if not isinstance(after, datetime):
        lost = after is None and isinstance(before, datetime)
        text = "Expires: never; the old key had an end." if lost else ""
        return Comparison(label, *shown, Level.LOW if lost else Level.FINE, text)
    if after <= now:
        return Comparison(label, *shown, Level.HIGH, "Expires: the new key's end is over already.")
    if before is None or (isinstance(before, datetime) and after < before - _A_DAY):
        return Comparison(label, *shown, Level.MEDIUM, "Expires: earlier than the old key.")
    return Comparison(label, *shown)


def _limit(label: str, old: object, new: object, *, later_is_narrower: bool) -> Comparison:
    shown = _time(old, "no limit"), _time(new, "no limit")
    if old == new:
        return Comparison(label, *shown)
    if not isinstance(new, datetime):
        return Comparison(label, *shown, Level.LOW, f"{label}: the old key's limit is gone.")
    narrower = not isinstance(old, datetime) or (new > old) is later_is_narrower
    text = "the new key sees less history." if narrower else "the new key sees more history."
    return Comparison(label, *shown, Level.MEDIUM if narrower else Level.LOW, f"{label}: {text}")


def _time(value: object, none: str) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return NOT_REPORTED_TEXT if value is NOT_REPORTED else none
