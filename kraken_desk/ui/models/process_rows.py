"""Who holds what, since when: the processes and their keys, worked out without a widget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kraken_desk.domain.abilities import what_it_can_do
from kraken_desk.domain.accounts import AccountKind
from kraken_desk.domain.fleet import FleetSnapshot, KeyNode
from kraken_desk.domain.keys import DESK_PROCESS, SlotId
from kraken_desk.domain.levels import Level
from kraken_desk.ui.formatting import ago, count, moment
from kraken_desk.ui.models.fleet_rows import lease_words, level_tone
from kraken_desk.ui.theme import Tone
from kraken_desk.ui.widgets.grouped_table import Cell, Group, Row

NOBODY = "No process named"


@dataclass(frozen=True, slots=True)
class Myself:
    """Kraken Desk as a process: on which host, under which number."""

    host: str
    pid: int


@dataclass(frozen=True, slots=True)
class Held:
    """A key with its account's label, and what kind of account that is."""

    node: KeyNode
    account: str
    kind: AccountKind


def process_groups(fleet: FleetSnapshot, me: Myself, now: datetime) -> tuple[Group, ...]:
    """Return each process with its keys: Kraken Desk first, then by name, keys of nobody last."""
    owners: dict[str, list[Held]] = {DESK_PROCESS: []}
    for account in fleet.accounts():
        for node in account.keys:
            owners.setdefault(node.slot.process, []).append(
                Held(node, account.account.label, account.account.kind)
            )
    names = sorted((name for name in owners if name not in ("", DESK_PROCESS)), key=str.casefold)
    order = [DESK_PROCESS, *names, *([""] if "" in owners else [])]
    return tuple(_group(name, owners[name], me, now) for name in order)


def summary(fleet: FleetSnapshot) -> str:
    """Say how many processes there are and how many keys are in their hands now."""
    keys = fleet.keys()
    processes = {node.slot.process for node in keys} - {"", DESK_PROCESS}
    held = sum(node.lease is not None for node in keys)
    return f"{count(len(processes), 'process', 'processes')} · {count(held, 'key')} held now"


def _group(name: str, held: list[Held], me: Myself, now: datetime) -> Group:
    rows = tuple(_row(each, me, now) for each in held)
    if name == DESK_PROCESS:
        return Group(name, f"process {me.pid} on {me.host} · {_keys(rows)}", rows)
    running = [each.node.lease for each in held if each.node.lease is not None]
    if running:
        hosts = ", ".join(sorted({lease.host for lease in running}))
        return Group(name or NOBODY, f"running on {hosts} · {_keys(rows)}", rows)
    return Group(name or NOBODY, _keys(rows), rows)


def _keys(rows: tuple[Row, ...]) -> str:
    return count(len(rows), "key") if rows else "no key of its own"


def _row(held: Held, me: Myself, now: datetime) -> Row:
    slot = held.node.slot
    cells = (
        Cell(slot.name, tip=f"{slot.name} on {held.account}\n{_ability(held)}".strip()),
        Cell(held.account, Tone.MUTED),
        Cell(slot.venue.label, Tone.MUTED),
        Cell(slot.signing_client or "not declared", Tone.PLAIN if slot.signing_client else Tone.MUTED),
        *_now(held.node, me, now),
        _last_use(held.node, now),
        _state(held.node),
    )
    return Row(slot.slot_id, cells)


def _ability(held: Held) -> str:
    info = held.node.check.info if held.node.check else None
    return what_it_can_do(info.permissions, held.kind) if info is not None else ""


def _now(node: KeyNode, me: Myself, now: datetime) -> tuple[Cell, Cell]:
    """Return by whom the key is held and on which host."""
    lease = node.lease
    if lease is not None:
        pid = lease.child.pid if lease.child else lease.holder.pid
        words = f"● {lease.command} ({pid}) · {ago(now, lease.since)}"
        return Cell(words, Tone.OK, lease_words(lease)), Cell(lease.host, Tone.MUTED)
    if node.slot.is_desk_key:
        return Cell("used by this program", Tone.MUTED), Cell(me.host, Tone.MUTED)
    tip = "No process of this machine has leased the key; one elsewhere, or without a lease, is not seen."
    return Cell("not held here", Tone.MUTED, tip), Cell("", Tone.MUTED)


def _last_use(node: KeyNode, now: datetime) -> Cell:
    info = node.check.info if node.check else None
    if info is None:
        return Cell("not read yet", Tone.MUTED)
    if isinstance(info.last_used, datetime):
        return Cell(ago(now, info.last_used), tip=f"{moment(info.last_used)}, as Kraken reported")
    if info.last_used is None:
        return Cell("never", tip="Kraken reports no use")
    return Cell("not reported", Tone.MUTED, "Kraken reports no last use for Futures keys")


def _state(node: KeyNode) -> Cell:
    level, remarks = node.health.level, node.health.remarks
    if level is Level.FINE:
        return Cell("fine", Tone.OK)
    first = remarks[0].title if remarks else level.word
    more = f" +{len(remarks) - 1}" if len(remarks) > 1 else ""
    return Cell(f"{first}{more}", level_tone(level), "\n".join(remark.title for remark in remarks))


def owner_of(fleet: FleetSnapshot, slot_id: SlotId) -> KeyNode | None:
    keys = fleet.keys()
    return next((node for node in keys if node.slot.slot_id == slot_id), None)
