"""The rows of the fleet tree as plain values: every text, tone and shape, ready to be drawn.

Pure functions of a snapshot and the time; the model only stores and compares what they return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.allowlist import AllowlistStatus, IpAllowlist
from kraken_desk.domain.badges import Badge, BadgeKind, badges
from kraken_desk.domain.fleet import AccountNode, KeyNode
from kraken_desk.domain.keys import ApiKeyInfo, CheckOutcome, KeyCheck, SlotId
from kraken_desk.domain.levels import EXPIRING, STALE, Level
from kraken_desk.domain.reported import NOT_REPORTED, NotReported
from kraken_desk.domain.values import dataclass, replace
from kraken_desk.ui.formatting import ago, count, moment, until
from kraken_desk.ui.models.clock_text import age_text
from kraken_desk.ui.theme.tokens import Tone

if TYPE_CHECKING:  # what is not known when a tree is first painted
    from kraken_desk.domain.audit.findings import Score
    from kraken_desk.domain.balances import BalanceSheet
    from kraken_desk.domain.leases import Lease
    from kraken_desk.domain.worth import Worth

NOT_REPORTED_TEXT = "not reported"
NOT_REPORTED_TIP = "Not reported by Kraken"
NEVER_USED = "Never used, Kraken reports"
LOCKED_OUT = "LockedOutError"


class Column(IntEnum):
    """The columns of the tree, in order."""

    NAME = 0
    VENUE = 1
    PERMISSIONS = 2
    ALLOWLIST = 3
    PROCESS = 4
    EXPIRES = 5
    LAST_USED = 6
    CHECKED = 7


BAD_HEALTH, FAIR_HEALTH = 50, 80
"""Health scores below these are drawn as dangerous, and as worth a look."""
MOST_REASONS = 5

HEADS = ("Name", "Venue", "Permissions", "IP allowlist", "Process", "Expires", "Last used", "Checked")


class State(StrEnum):
    """What the shape before a name says."""

    FINE = "fine"
    FINDINGS = "has findings"
    UNCHECKED = "unchecked"
    UNJUDGED = "not judged yet"
    STALE = "checked long ago"
    LOCKED_OUT = "locked out"
    CHECKING = "being checked"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, what the text means, the whole story as tooltip, and how it sorts.

    `reported` is False where Kraken has no such fact, which looks different from every value.
    """

    text: str
    tone: Tone = Tone.MUTED
    tip: str = ""
    sort: str | float = ""
    reported: bool = True


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key's row; `allowlist` is None until Kraken has been asked."""

    slot_id: SlotId
    account_id: AccountId
    cells: tuple[Cell, ...]
    state: State
    level: Level
    badges: tuple[Badge, ...] | None
    allowlist: AllowlistStatus | None
    score: int | None = None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account's row, spanning the columns: name and id left, figure and worst state right."""

    account_id: AccountId
    label: str
    subtitle: str
    state: State
    level: Level
    tally: str
    figure: str
    figure_stale: bool
    tip: str
    tags: tuple[str, ...] = ()


Row = KeyRow | AccountRow


def level_tone(level: Level) -> Tone:
    """Return the tone of a level; unchecked and low stay calm."""
    if level >= Level.HIGH:
        return Tone.DANGER
    return {Level.MEDIUM: Tone.WARN, Level.FINE: Tone.OK}.get(level, Tone.MUTED)


def key_row(node: KeyNode, now: datetime) -> KeyRow:
    info = node.check.info if node.check else None
    return KeyRow(
        slot_id=node.slot.slot_id,
        account_id=node.slot.account_id,
        cells=tuple(cell_of(node, column, now) for column in Column),
        state=_key_state(node, now),
        level=node.health.level,
        badges=badges(info.permissions) if info else None,
        allowlist=_allowlist_status(info) if info else None,
    )


def cell_of(node: KeyNode, column: Column, now: datetime) -> Cell:
    """Return one cell of a key's row."""
    return _CELLS[column](node, now)


def aged(row: KeyRow, node: KeyNode, now: datetime) -> KeyRow:
    """Return a key's row as it reads at a later time; the very same row when nothing reads otherwise."""
    info = node.check.info if node.check else None
    cells = list(row.cells)
    if info is not None:
        cells[Column.EXPIRES] = _expires_cell(info, now)
        cells[Column.LAST_USED] = _past(info.last_used, now, NEVER_USED)
    cells[Column.PROCESS] = _process_cell(node, now)
    cells[Column.CHECKED] = _checked_cell(node, now)
    state, level = _key_state(node, now), node.health.level
    if row.score is not None:
        state, level = _worsened(state, level, row.score)
    if tuple(cells) == row.cells and state is row.state:
        return row
    return replace(row, cells=tuple(cells), state=state, level=level)


def scored(row: KeyRow, score: Score | None) -> KeyRow:
    """Return a key's row with its health and the reasons for it, once it has been judged."""
    if score is None or score.value is None:
        return row
    cells = list(row.cells)
    name = cells[Column.NAME]
    cells[Column.NAME] = replace(name, tip="\n".join((name.tip, *_score_lines(score))))
    state, level = _worsened(row.state, row.level, score.value)
    return replace(row, cells=tuple(cells), score=score.value, state=state, level=level)


def _worsened(state: State, level: Level, value: int) -> tuple[State, Level]:
    """Let a poor health show in the shape before a name: the audit judges by more than the last check."""
    if state is not State.FINE or value >= FAIR_HEALTH:
        return state, level
    return State.FINDINGS, max(level, Level.HIGH if value < BAD_HEALTH else Level.MEDIUM)


def score_words(score: Score) -> str:
    return f"{score.value} of 100"


def score_tone(value: int) -> Tone:
    """Return the tone of a health score: a mild finding stays calm."""
    return Tone.DANGER if value < BAD_HEALTH else Tone.WARN if value < FAIR_HEALTH else Tone.MUTED


def _score_lines(score: Score) -> tuple[str, ...]:
    reasons = tuple(dict.fromkeys(score.reasons))
    more = (f"and {len(reasons) - MOST_REASONS} more",) if len(reasons) > MOST_REASONS else ()
    return (f"Health {score_words(score)}", *(f"· {reason}" for reason in reasons[:MOST_REASONS]), *more)


def account_row(
    node: AccountNode,
    sheets: tuple[BalanceSheet, ...],
    worth: Worth | None = None,
    score: Score | None = None,
) -> AccountRow:
    """Make an account's row; `worth` is that of it and all below, where there are prices."""
    account, level = node.account, node.worst
    figure, stale = _figure(sheets, worth)
    identity = account.iiban or account.futures_uid or ""
    kind = account.kind.value
    tally = _tally(node, level)
    judged = score is not None and score.value is not None
    health = _score_lines(score) if score is not None and judged else ()
    words = (kind, identity, f"health {score.value}" if score is not None and judged else "")
    state = _account_state(node, level)
    if score is not None and score.value is not None:
        state, level = _worsened(state, level, score.value)
    return AccountRow(
        account_id=account.account_id,
        label=account.label,
        subtitle=" · ".join(word for word in words if word),
        state=state,
        level=level,
        tally=tally,
        figure=figure,
        figure_stale=stale,
        tip="\n".join((_account_tip(node, tally), *health)),
        tags=account.tags,
    )


def refigured(row: AccountRow, worth: Worth) -> AccountRow:
    """Return an account's row with another total; the very same row when it reads as before."""
    figure, stale = _figure((), worth)
    same = (figure, stale) == (row.figure, row.figure_stale)
    return row if same else replace(row, figure=figure, figure_stale=stale)


def _figure(sheets: tuple[BalanceSheet, ...], worth: Worth | None) -> tuple[str, bool]:
    if worth is None and not sheets:
        return "", False
    from kraken_desk.ui.models.fleet_figures import main_figure, worth_figure  # no figures at a first paint

    return main_figure(sheets) if worth is None else worth_figure(worth)


def _name_cell(node: KeyNode) -> Cell:
    remarks = "\n".join(f"{r.level.word.capitalize()}: {r.title}" for r in node.health.remarks)
    tip = f"{node.slot.name} · {node.slot.masked_api_key()}"
    return Cell(node.slot.name, Tone.PLAIN, f"{tip}\n{remarks}".strip(), node.slot.name.casefold())


def _missing(check: KeyCheck | None, short: str = "not checked") -> Cell:
    """Return the cell of a fact that Kraken has never told us: unknown, whatever it may be."""
    if check is None:
        return Cell(short, tip="Kraken has not been asked about this key yet.", sort=-1.0)
    return Cell("unknown", tip="No check has been accepted yet, so nothing was reported.", sort=-1.0)


_DANGER = {
    BadgeKind.WITHDRAW: 10_000,
    BadgeKind.UNKNOWN: 10_000,
    BadgeKind.TRADE: 100,
    BadgeKind.FUNDS_IN: 100,
}
"""What a right weighs when keys are sorted by their rights; any other weighs 1."""


def _permissions_cell(found: tuple[Badge, ...]) -> Cell:
    lines = [f"{badge.text}: {', '.join(badge.rights)}" for badge in found]
    danger = sum(_DANGER.get(badge.kind, 1) for badge in found)
    return Cell(", ".join(b.text for b in found) or "none", tip="\n".join(lines), sort=float(danger))


_ALLOWLIST_TONES = {
    AllowlistStatus.OPEN: Tone.DANGER,
    AllowlistStatus.WIDE: Tone.WARN,
    AllowlistStatus.RESTRICTED: Tone.OK,
    AllowlistStatus.NOT_REPORTED: Tone.MUTED,
}
_ALLOWLIST_ORDER = {s: float(i) for i, s in enumerate(reversed(AllowlistStatus))}


def allowlist_tone(status: AllowlistStatus) -> Tone:
    return _ALLOWLIST_TONES[status]


def _allowlist_status(info: ApiKeyInfo) -> AllowlistStatus:
    if isinstance(info.ip_allowlist, IpAllowlist):
        return info.ip_allowlist.status
    return AllowlistStatus.NOT_REPORTED


def _allowlist_cell(info: ApiKeyInfo) -> Cell:
    status = _allowlist_status(info)
    order = _ALLOWLIST_ORDER[status]
    if not isinstance(info.ip_allowlist, IpAllowlist):
        return Cell(NOT_REPORTED_TEXT, tip=NOT_REPORTED_TIP, sort=order, reported=False)
    entries = "\n".join(info.ip_allowlist.entries) or "Usable from any address"
    return Cell(info.ip_allowlist.summary, allowlist_tone(status), entries, order)


def _process_cell(node: KeyNode, now: datetime) -> Cell:
    """Show who uses the key, and where its rotation stands while one is under way."""
    cell = _user_cell(node)
    if node.rotation is None:
        return cell
    from kraken_desk.domain.rotation import words  # few keys are being rotated

    rotation = words(node.rotation, now)
    return replace(cell, text=f"{cell.text} · {rotation}", tone=Tone.ACCENT, tip=f"{cell.tip}\n{rotation}")


def _user_cell(node: KeyNode) -> Cell:
    slot, lease = node.slot, node.lease
    if not slot.process and lease is None:
        return Cell("none", tip="No process is assigned to this key.")
    name = slot.process or (lease.command if lease else "")
    client = f" · signs with {slot.client}" if slot.client else ""
    role = f" · {slot.role}" if slot.role else ""
    tip, sort = f"{name}{role}{client}", name.casefold()
    if lease is None:
        return Cell(name, tip=tip, sort=sort)
    return Cell(f"{name} ● leased", Tone.OK, f"{tip}\n{lease_words(lease)}", sort)


def lease_words(lease: Lease) -> str:
    """Say which process holds a key, and since when."""
    number = lease.child.pid if lease.child else lease.holder.pid
    return f"Held by {lease.command} (process {number} on {lease.host}) since {moment(lease.since)}"


def _expires_cell(info: ApiKeyInfo, now: datetime) -> Cell:
    end = info.valid_until
    if end is NOT_REPORTED:
        return _not_reported()
    if end is None:
        return Cell("never", tip="Kraken reports no expiry", sort=float("inf"))
    tone = Tone.WARN if end - now <= EXPIRING else Tone.MUTED
    text = until(now, end)
    if end <= now:
        tone, text = Tone.DANGER, "expired"
    return Cell(text, tone, f"{moment(end)}, {until(now, end)}", end.timestamp())


def _past(then: datetime | NotReported | None, now: datetime, never: str) -> Cell:
    if then is NOT_REPORTED:
        return _not_reported()
    if then is None:
        return Cell("never", tip=never, sort=0.0)
    return Cell(age_text(then, now), tip=moment(then), sort=then.timestamp())


def _not_reported() -> Cell:
    return Cell("n/r", tip=NOT_REPORTED_TIP, sort=-2.0, reported=False)


def _checked_cell(node: KeyNode, now: datetime) -> Cell:
    check = node.check
    if node.checking:
        return Cell("checking", Tone.ACCENT, "Kraken is being asked", float("inf"))
    if check is None:
        return Cell("never", tip="Never checked", sort=0.0)
    if check.outcome is not CheckOutcome.ACCEPTED:
        return _failed_check(check, now, settling=node.health.settling)
    tone = Tone.WARN if now - check.checked_at > STALE else Tone.MUTED
    age = age_text(check.checked_at, now)
    return Cell(age, tone, moment(check.checked_at), check.checked_at.timestamp())


def _failed_check(check: KeyCheck, now: datetime, *, settling: bool) -> Cell:
    refused = check.outcome is CheckOutcome.REJECTED
    lines = [check.problem.title if check.problem else "", f"{ago(now, check.checked_at)}"]
    if check.info:
        lines.append(f"Facts read {ago(now, check.info.read_at)}")
    tip = "\n".join(line for line in lines if line)
    word, tone = ("refused", Tone.DANGER) if refused else ("failed", Tone.WARN)
    if settling:
        word, tone = "settling", Tone.MUTED
    return Cell(word, tone, tip, check.checked_at.timestamp())


def _key_state(node: KeyNode, now: datetime) -> State:
    check = node.check
    if node.checking:
        return State.CHECKING
    if check is None:
        return State.UNCHECKED
    if check.problem is not None and check.problem.category == LOCKED_OUT:
        return State.LOCKED_OUT
    if not node.health.judged:
        return State.UNJUDGED
    if node.health.level >= Level.MEDIUM:
        return State.FINDINGS
    if check.outcome is CheckOutcome.UNREACHED or now - check.checked_at > STALE:
        return State.STALE
    return State.FINDINGS if node.health.level > Level.UNCHECKED else State.FINE


def _account_state(node: AccountNode, level: Level) -> State:
    if level is Level.FINE:
        return State.FINE
    if level is Level.UNCHECKED:
        return State.UNCHECKED if all(key.health.judged for key in _keys_below(node)) else State.UNJUDGED
    checks = [key.check for key in _keys_below(node)]
    if any(c and c.problem and c.problem.category == LOCKED_OUT for c in checks):
        return State.LOCKED_OUT
    return State.FINDINGS


def _keys_below(node: AccountNode) -> Iterator[KeyNode]:
    return (key for account in node.walk() for key in account.keys)


def _tally(node: AccountNode, level: Level) -> str:
    if level <= Level.LOW:
        return ""
    number = sum(key.health.level is level for key in _keys_below(node))
    return f"{number} {level.word}"


def _account_tip(node: AccountNode, tally: str) -> str:
    keys = sum(len(account.keys) for account in node.walk())
    lines = [node.account.label, node.account.iiban or "", count(keys, "key") + " here and below"]
    if node.account.futures_uid:
        lines.insert(2, f"Futures {node.account.futures_uid}")
    tags = ", ".join(node.account.tags)
    return "\n".join(line for line in (*lines, tally, tags, node.account.note) if line)


def _of_info(
    make: Callable[[ApiKeyInfo, datetime], Cell], short: str = "not checked"
) -> Callable[[KeyNode, datetime], Cell]:
    """Return the maker of a cell whose fact Kraken has reported, or may report."""

    def cell(node: KeyNode, now: datetime) -> Cell:
        info = node.check.info if node.check else None
        return make(info, now) if info is not None else _missing(node.check, short)

    return cell


_CELLS: dict[Column, Callable[[KeyNode, datetime], Cell]] = {
    Column.NAME: lambda node, _: _name_cell(node),
    Column.VENUE: lambda node, _: Cell(node.slot.venue.label, sort=node.slot.venue.value),
    Column.PERMISSIONS: _of_info(lambda info, _: _permissions_cell(badges(info.permissions))),
    Column.ALLOWLIST: _of_info(lambda info, _: _allowlist_cell(info)),
    Column.PROCESS: _process_cell,
    Column.EXPIRES: _of_info(_expires_cell, "unknown"),
    Column.LAST_USED: _of_info(lambda info, now: _past(info.last_used, now, NEVER_USED), "unknown"),
    Column.CHECKED: _checked_cell,
}
