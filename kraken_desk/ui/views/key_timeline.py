"""The timeline of one key: what lies ahead of it, and everything that has happened to its slot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.horizon import Milestone, Nearness
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.slot_history import EventKind, SlotEvent
from kraken_desk.domain.transfers import JournalSnapshot
from kraken_desk.ui.formatting import ago, day, moment, until
from kraken_desk.ui.theme import Theme, Tone
from kraken_desk.ui.views.details_parts import Page, section
from kraken_desk.ui.views.key_facts import Event, history
from kraken_desk.ui.widgets.facts import Fact, FactGrid


@dataclass(frozen=True, slots=True)
class Past:
    """What the store keeps of a key's past."""

    events: tuple[SlotEvent, ...] = ()
    leases: tuple[Lease, ...] = ()


def ahead(node: KeyNode, stones: tuple[Milestone, ...], now: datetime) -> tuple[Fact, ...]:
    """Return what lies ahead of a key, the nearest first."""
    own = tuple(stone for stone in stones if stone.slot_id == node.slot.slot_id)
    if not own:
        return (Fact("Ahead", "no date known", Tone.MUTED),)
    return tuple(
        Fact(
            until(now, stone.at),
            f"{stone.kind.label} (assumed)" if stone.assumed else stone.kind.label,
            Tone.WARN if stone.nearness(now) in (Nearness.PAST, Nearness.SOON) else Tone.PLAIN,
            note=f"{day(stone.at)}. {stone.why}",
        )
        for stone in own
    )


def whole_history(node: KeyNode, journal: JournalSnapshot, past: Past) -> tuple[Event, ...]:
    """Return everything that is known to have happened to a slot, newest first."""
    told = [
        e
        for e in past.events
        if e.kind is not EventKind.ADDED  # the slot itself tells of it
        and not (e.kind is EventKind.CHECKED and node.check and e.at == node.check.checked_at)
    ]
    events = [Event(e.at, e.text) for e in told]
    events += [*history(node, journal), *_lease_events(past.leases)]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


def _lease_events(leases: tuple[Lease, ...]) -> list[Event]:
    events = []
    for lease in leases:
        pid = lease.child.pid if lease.child else lease.holder.pid
        who = f"{lease.command} (process {pid} on {lease.host})"
        events.append(Event(lease.since, f"Handed over to {who}"))
        if lease.ended_at is not None:
            events.append(Event(lease.ended_at, f"Given back by {who}"))
    return events


class KeyTimeline(Page):
    """The page of the details; the kept past is asked for when the page is looked at.

    Signals:
        past_wanted: the page shows this slot and has not been given its past as it is now.
    """

    past_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("key-timeline", parent)
        self._ahead, self._behind = FactGrid(theme), FactGrid(theme)
        self._slot_id = SlotId("")
        self._node: KeyNode | None = None
        self._past = Past()
        for widget in (section("Ahead"), self._ahead, section("So far"), self._behind):
            self.column.addWidget(widget)
        self.column.addStretch()

    def show_key(
        self, node: KeyNode, journal: JournalSnapshot, stones: tuple[Milestone, ...], now: datetime
    ) -> None:
        """Show a key as it is now; a kept past stays until another one is given."""
        if node.slot.slot_id != self._slot_id:
            self._slot_id, self._past = node.slot.slot_id, Past()
        changed, self._node = node != self._node, node
        self._ahead.show_facts(ahead(node, stones, now))
        events = whole_history(node, journal, self._past)
        self._behind.show_facts(tuple(Fact(ago(now, e.at), e.text, note=moment(e.at)) for e in events))
        if changed and self.isVisible():
            self.past_wanted.emit(self._slot_id)

    def take_past(self, slot_id: SlotId, past: Past) -> bool:
        """Take the kept past of a slot; False when it is shown already or another slot is."""
        if slot_id != self._slot_id or past == self._past:
            return False
        self._past = past
        return True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._slot_id:
            self.past_wanted.emit(self._slot_id)
