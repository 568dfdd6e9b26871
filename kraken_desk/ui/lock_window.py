"""LockWindow: stands in place of the locked main window; it knows no account and no amount."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.locking import LockState
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.services.ports import Clock
from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.widgets.secret_field import SecretField

CARD_WIDTH = 380
PICTURE = 40
TICK_MS = 500


class LockWindow(QWidget):
    """A card with the reason, a field for the passphrase where there is one, and one button.

    Signals:
        unlock_requested: with a Passphrase, or None where a click is enough.
        system_requested: the operating system is to ask.
        close_requested: the operator wants to leave the program.
    """

    unlock_requested = Signal(object)
    system_requested = Signal()
    close_requested = Signal()

    def __init__(self, state: LockState, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self._theme, self._clock, self._state, self._busy = theme, clock, state, False
        self.setObjectName("lock-window")
        self.setWindowTitle("Kraken Desk · locked")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(CARD_WIDTH + 2 * metrics.PADDING, 420)
        self.setWindowIcon(theme.icon("app", "accent", 64))
        self._asking = False
        self._field = SecretField(theme)
        self._button, self._system = QPushButton("Unlock"), QPushButton("Unlock by the system's login")
        self._said = QLabel()
        self._lay_out()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._show)
        self._field.returnPressed.connect(self._on_unlock)
        self._button.clicked.connect(self._on_unlock)
        self._system.clicked.connect(self._on_system)
        self._draw_picture()
        theme.changed.connect(self._draw_picture)
        self.take(state)

    def take(self, state: LockState) -> None:
        """Show a new state of the lock."""
        self._state = state
        self._field.setVisible(state.has_passphrase)
        self._button.setVisible(state.has_passphrase or state.by_click)
        self._system.setVisible(state.by_system)
        self._show()

    def show_failure(self, error: KrakenDeskError) -> None:
        """Say why it stays locked, beside the field, and let the next try begin."""
        self._asking = False
        self.set_busy(False)
        self._said.setText(f"{error.title}. {error.detail}".strip().rstrip(".") + ".")
        self._field.setFocus()

    def set_busy(self, busy: bool) -> None:
        """Take no further try while one is being checked."""
        self._busy = busy
        if busy:
            self._said.setText("Checking …")
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        state = self._state
        (self._field if state.has_passphrase else self._button if state.by_click else self._system).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button that has the keyboard, as in a dialog, which this is not."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            for button in (self._button, self._system):
                if button.hasFocus():
                    button.click()
                    return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.close_requested.emit()

    def close_for_good(self) -> None:
        """Disappear, leaving nothing typed behind."""
        self._tick.stop()
        self._field.forget()
        self.hide()
        self.deleteLater()

    def _lay_out(self) -> None:
        card = QFrame()
        card.setObjectName("lock-card")
        card.setFixedWidth(metrics.for_font(CARD_WIDTH, self._theme.fonts.body_px))
        column = QVBoxLayout(card)
        column.setSpacing(metrics.GAP)
        self._picture, title, self._why = QLabel(), QLabel("Kraken Desk is locked"), QLabel()
        set_role(title, "title")
        set_role(self._why, "muted")
        set_role(self._button, "primary")
        self._why.setWordWrap(True)
        self._said.setWordWrap(True)
        self._said.setObjectName("lock-said")
        set_role(self._said, "muted")
        for label in (self._picture, title, self._why, self._said):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._field.setObjectName("passphrase")
        self._field.setAccessibleName("Passphrase")
        self._field.setPlaceholderText("Passphrase")
        self._button.setObjectName("unlock")
        self._button.setAccessibleName("Unlock")
        self._system.setObjectName("unlock-by-system")
        self._system.setAccessibleName("Unlock by the system's login")
        for label in (self._picture, title, self._why):
            column.addWidget(label)
        column.addSpacing(metrics.GAP)
        column.addWidget(self._field)
        column.addWidget(self._button)
        column.addWidget(self._system)
        column.addWidget(self._said)
        line = QHBoxLayout()
        line.addStretch()
        line.addWidget(card)
        line.addStretch()
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(line)
        outer.addStretch(3)

    def _draw_picture(self) -> None:
        self._picture.setPixmap(self._theme.icon("lock", "accent", PICTURE).pixmap(PICTURE, PICTURE))

    def _show(self) -> None:
        waits = _seconds_left(self._state.wait_until, self._clock.now())
        self._why.setText(_why(self._state))
        free = not self._busy and not waits
        self._field.setEnabled(free)
        self._button.setEnabled(free)
        self._system.setEnabled(not self._busy and not self._asking)
        if waits and not self._busy:
            self._said.setText(f"The next try is possible in {waits} s.")
            self._tick.start()
        elif self._tick.isActive():
            self._tick.stop()
            self._said.clear()
            self._field.setFocus()

    def _on_unlock(self) -> None:
        if self._button.isEnabled():
            typed = Passphrase(self._field.take()) if self._state.has_passphrase else None
            self.set_busy(True)
            self.unlock_requested.emit(typed)

    def _on_system(self) -> None:
        """Let the system ask; the passphrase may be typed meanwhile."""
        self._asking = True
        self._said.setText("The system asks who you are …")
        self._show()
        self.system_requested.emit()


def _why(state: LockState) -> str:
    if state.reason is None or state.since is None:
        return ""
    return f"Since {state.since.astimezone():%H:%M}: {state.reason.value}. Live data is stopped."


def _seconds_left(until: datetime | None, now: datetime) -> int:
    return max(0, round((until - now).total_seconds() + 0.5)) if until is not None and until > now else 0
