"""NotesStrip: accounts whose figures are stale or missing; in full for one account, in short for many."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from kraken_desk.ui.models.balances_rows import BalanceNote
from kraken_desk.ui.plain import plain_tip
from kraken_desk.ui.theme import Tone, metrics, set_property
from kraken_desk.ui.widgets.flow import FlowRow
from kraken_desk.ui.widgets.pill import Pill

MOST_ALONE = 2
"""More notes than these with one reason are told together."""


class NotesStrip(QWidget):
    """Shows notes and hides itself when there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("balances-notes")
        self._shown: tuple[tuple[BalanceNote, ...], bool] | None = None
        self._pills = FlowRow()
        self._text = QLabel()
        self._text.setObjectName("balances-note-text")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(metrics.PADDING - 4, 2, metrics.PADDING - 4, metrics.STEP + 2)
        layout.setSpacing(metrics.STEP)
        layout.addWidget(self._pills)
        layout.addWidget(self._text)
        self.hide()

    def show_notes(self, notes: tuple[BalanceNote, ...], *, in_full: bool) -> None:
        """Show these notes; widgets are made anew only for others than before."""
        if (notes, in_full) == self._shown:
            return
        self._shown = (notes, in_full)
        self._pills.setVisible(not in_full)
        self._text.setVisible(in_full)
        groups = _by_reason(notes)
        if in_full:
            self._text.setText("\n".join(_line(group) for group in groups))
            self._text.setToolTip(plain_tip(_tip(notes)))
            stale = any(note.stale for note in notes)
            set_property(self._text, "tone", (Tone.WARN if stale else Tone.MUTED).value)
        else:
            self._pills.fill([pill for group in groups for pill in _pills(group)])
        self.setVisible(bool(notes))


def _by_reason(notes: tuple[BalanceNote, ...]) -> list[list[BalanceNote]]:
    """Group notes of one cause, stale apart from missing, in the order of their first."""
    groups: dict[tuple[bool, str], list[BalanceNote]] = {}
    for note in notes:
        groups.setdefault((note.stale, note.reason), []).append(note)
    return list(groups.values())


def _line(group: list[BalanceNote]) -> str:
    """Say one cause once for all venues of an account that it concerns."""
    first = group[0]
    venues = " and ".join(note.venue.label for note in group)
    return f"{venues}: {first.what}. {first.short}"


def _pills(group: list[BalanceNote]) -> list[QWidget]:
    tone = Tone.WARN if group[0].stale else Tone.MUTED
    if len(group) <= MOST_ALONE:
        return [Pill(note.title, tone, note.full) for note in group]
    what = "readings stale" if group[0].stale else "without figures"
    together = f"{len(group)} {what}: {group[0].reason}"
    return [Pill(together, tone, _tip(tuple(group)))]


def _tip(notes: tuple[BalanceNote, ...]) -> str:
    return "\n".join(f"{note.title}. {note.full}" for note in notes)
