"""LockoutStrip: one line that counts a lockout down, hidden while there is none."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.connections import Connections
from kraken_desk.ui.formatting import countdown, moment
from kraken_desk.ui.theme import Tone, metrics, set_role

TICK_MS = 1_000


class LockoutStrip(QWidget):
    """Says that Kraken refuses the address, until when, and that nothing need be done."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._connections = Connections()
        self.setObjectName("lockout-strip")
        self.setAccessibleName("Lockout")
        set_role(self, "panel")
        card = QFrame()
        card.setProperty("role", "card")
        card.setProperty("tone", Tone.DANGER.value)
        self._text = QLabel()
        self._text.setObjectName("lockout-text")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        set_role(self._text, "strong")
        around = QVBoxLayout(self)
        around.setContentsMargins(12, metrics.GAP, 12, metrics.GAP)
        around.addWidget(card)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(12, metrics.GAP, 12, metrics.GAP)
        layout.addWidget(self._text)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.refresh)
        self.hide()

    def open(self) -> None:
        self._connections.listen(self.refresh, self._bridge.status_changed)
        self.refresh()

    def close_down(self) -> None:
        """Stop listening, stop the timer."""
        self._timer.stop()
        self._connections.close()

    def refresh(self) -> None:
        """Count down, and hide when it is over; the timer runs only meanwhile."""
        now, end = self._bridge.now(), self._bridge.status.locked_out_until
        locked = end is not None and end > now
        if locked and end is not None:
            self._text.setText(
                f"Kraken refuses calls from this address for {countdown(now, end)}, until {moment(end)}. "
                "Nothing signed is sent meanwhile; keys and balances are safe."
            )
            self.setAccessibleDescription(self._text.text())
        self.setVisible(locked)
        if locked and not self._timer.isActive():
            self._timer.start()
        elif not locked:
            self._timer.stop()
