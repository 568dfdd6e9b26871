"""Tray: the state in the desktop's tray, four quick acts, and native notifications, where there is a tray."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from kraken_desk.domain.notices import Notice
from kraken_desk.domain.places import Place
from kraken_desk.domain.presence import Presence
from kraken_desk.ui.theme import Theme

SHOWN_MS = 12_000
PROGRAM = "Kraken Desk"

_PICTURES = {
    Presence.LOCKED: ("lock", "muted"),
    Presence.UNKNOWN_TRANSFER: ("question", "warn"),
    Presence.OFFLINE: ("warning", "muted"),
    Presence.FINDINGS: ("warning", "warn"),
    Presence.FINE: ("app", "accent"),
}


class Tray(QObject):
    """Shows one state at a time; on Linux the desktop's notification service shows the messages.

    Signals:
        open_requested, lock_requested, check_requested, quit_requested.
        notice_clicked: with the place that the message last shown speaks of.
    """

    open_requested = Signal()
    lock_requested = Signal()
    check_requested = Signal()
    quit_requested = Signal()
    notice_clicked = Signal(object)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._state = theme, Presence.FINE
        self._icon = QSystemTrayIcon(self)
        self.menu = QMenu()
        self.menu.setObjectName("tray-menu")
        self._act("tray-open", "Open", self.open_requested.emit)
        self._lock = self._act("tray-lock", "Lock", self.lock_requested.emit)
        self._check = self._act("tray-check", "Check all keys", self.check_requested.emit)
        self.menu.addSeparator()
        self._act("tray-quit", "Quit", self.quit_requested.emit)
        self._icon.setContextMenu(self.menu)
        self._icon.activated.connect(self._on_activated)
        self._place = Place()
        self._icon.messageClicked.connect(lambda: self.notice_clicked.emit(self._place))
        theme.changed.connect(self._draw)
        self._draw()

    @property
    def words(self) -> str:
        """Return what the tray says about itself."""
        return self._icon.toolTip()

    def show_state(self, state: Presence) -> None:
        """Show another state, in picture and words."""
        self._state = state
        open_now = state is not Presence.LOCKED
        self._lock.setEnabled(open_now)
        self._check.setEnabled(open_now)
        self._draw()

    def appear(self) -> None:
        self._icon.show()

    def tell(self, notice: Notice) -> None:
        """Show a native notification; some desktops would take the body's angle brackets for markup."""
        self._place = notice.place
        body = notice.body.translate({ord("<"): "(", ord(">"): ")"})
        self._icon.showMessage(notice.title, body, msecs=SHOWN_MS)

    def close(self) -> None:
        self._icon.hide()
        self.menu.deleteLater()

    def _act(self, name: str, text: str, do: Callable[[], None]) -> QAction:
        action = QAction(text, self.menu)
        action.setObjectName(name)
        action.triggered.connect(lambda _checked=False: do())
        self.menu.addAction(action)
        return action

    def _draw(self) -> None:
        name, colour = _PICTURES[self._state]
        self._icon.setIcon(self._theme.icon(name, colour, 32))
        self._icon.setToolTip(f"{PROGRAM}: {self._state.value}")

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.open_requested.emit()
