"""ReminderStrip: dates that are near, as one notice below the top bar; never modal."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from kraken_desk.domain.reminders import Reminder
from kraken_desk.ui.theme import Theme, Tone, metrics, set_role

SHOWN = 3
"""Dates written out; the timeline has them all."""


class ReminderStrip(QWidget):
    """Stays until it is dismissed, replaced, or the timeline is opened from it.

    Signals:
        timeline_requested: the operator wants to see the dates.
    """

    timeline_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reminder-strip")
        self._told: Reminder | None = None
        set_role(self, "panel")
        card = QFrame()
        card.setProperty("role", "card")
        card.setProperty("tone", Tone.WARN.value)
        self._title, self._text = QLabel(), QLabel()
        self._title.setObjectName("reminder-title")
        self._text.setObjectName("reminder-text")
        set_role(self._title, "strong")
        for label in (self._title, self._text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._text)
        timeline = QPushButton("Show timeline")
        timeline.setObjectName("reminder-timeline")
        set_role(timeline, "small")
        timeline.clicked.connect(self._on_timeline)
        dismiss = QToolButton()
        dismiss.setObjectName("reminder-dismiss")
        dismiss.setAccessibleName("Dismiss the reminder")
        dismiss.setToolTip("Dismiss")
        theme.dress(dismiss, "close", "muted")
        dismiss.clicked.connect(self._on_dismiss)
        around = QVBoxLayout(self)
        around.setContentsMargins(12, metrics.GAP, 12, metrics.GAP)
        around.addWidget(card)
        layout = QHBoxLayout(card)
        layout.setContentsMargins(12, metrics.GAP, metrics.GAP, metrics.GAP)
        layout.setSpacing(metrics.GAP)
        layout.addLayout(words, 1)
        layout.addWidget(timeline, alignment=Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(dismiss, alignment=Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_reminder(self, reminder: Reminder | None) -> None:
        """Show a reminder together with what has not been dismissed; None changes nothing."""
        if reminder is None:
            return
        before = self._told.milestones if self._told else ()
        kept = tuple(stone for stone in before if stone not in reminder.milestones)
        self._told = reminder = Reminder(reminder.at, (*kept, *reminder.milestones))
        lines = reminder.lines()
        more = f" · and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
        text = " · ".join(lines[:SHOWN]) + more if len(lines) > 1 else ""
        self._title.setText(reminder.title())
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(f"Reminder: {reminder.title()}. {text}")
        self.show()

    def _on_dismiss(self) -> None:
        self._told = None
        self.hide()

    def _on_timeline(self) -> None:
        self._on_dismiss()
        self.timeline_requested.emit()
