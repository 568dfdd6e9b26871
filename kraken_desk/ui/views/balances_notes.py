"""NotesStrip: accounts whose figures are stale or missing; in full for one account, in short for many."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from kraken_desk.ui.models.balances_rows import BalanceNote
from kraken_desk.ui.theme import Tone, metrics, set_property
from kraken_desk.ui.widgets.flow import FlowRow
from kraken_desk.ui.widgets.pill import Pill

MOST_PILLS = 6


class NotesStrip(QWidget):
    """Shows notes and hides itself when there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("balances-notes")
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
        self._pills.setVisible(not in_full)
        self._text.setVisible(in_full)
        if in_full:
            self._text.setText("\n".join(f"{note.title}. {note.text}" for note in notes))
            stale = any(note.stale for note in notes)
            set_property(self._text, "tone", (Tone.WARN if stale else Tone.MUTED).value)
        else:
            self._pills.fill([_pill(note) for note in notes[:MOST_PILLS]] + _rest(notes[MOST_PILLS:]))
        self.setVisible(bool(notes))


def _pill(note: BalanceNote) -> QWidget:
    return Pill(note.title, Tone.WARN if note.stale else Tone.MUTED, note.text)


def _rest(notes: tuple[BalanceNote, ...]) -> list[QWidget]:
    """Stand for the notes that do not fit; their full text is in the tooltip."""
    if not notes:
        return []
    tip = "\n".join(f"{note.title}. {note.text}" for note in notes)
    return [Pill(f"+{len(notes)}", Tone.MUTED, tip)]
