"""WindowKeeper: shows the main window or the lock, never both.

Locked, the main window does not exist: names and amounts are in no widget and no accessibility tree,
feeds have ended, and nothing is asked of Kraken. What is acting at Kraken, such as a transfer, is seen to
its end first, out of sight, because cancelling it would make its outcome unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from kraken_desk.app.session_signals import SessionSignals
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.locking import LockPolicy, LockReason, LockState
from kraken_desk.domain.places import Place
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.services.desk import Desk
from kraken_desk.services.locking import LockService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.activity import ActivityWatch
from kraken_desk.ui.clipboard import clipboard_guard
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.theme import Theme

if TYPE_CHECKING:
    from kraken_desk.ui.lock_window import LockWindow

SEEN_TO_THEIR_END = ("transfer", "plans:run", "stop:", "subaccounts:", "keys:rotate")
"""Work that acts at Kraken: to cancel it on its way would make its outcome unknown."""

FINISH_WITHIN_S = 40.0
"""No transfer's connection, sending and answer can take longer than their time limits together."""


GIVE_WAY_WITHIN_S = 2.0
"""What was cancelled may still look at its widgets; then they go, with the names in them."""

LISTEN_AFTER_MS = 1_000
"""The buses are asked once the window is painted."""

WATCH_AFTER_MS = 4_000
"""Touches are looked for among the events once the panes stand: each sends a thousand while it is built."""

_COVER_SIZE = (900, 620)


class Present(Protocol):
    """What stands in the desktop's tray while the program runs."""

    def open(self) -> None: ...

    async def close(self) -> None: ...


class WindowKeeper(QObject):
    """Follows a lock: builds and removes windows, starts and stops what a window does by itself."""

    def __init__(
        self,
        desk: Desk,
        lock: LockService,
        build: Callable[[], MainWindow],
        start_work: Callable[[], None],
        theme: Theme,
        leave: Callable[[], None],
    ) -> None:
        super().__init__()
        self._desk, self._lock, self._build, self._start_work = desk, lock, build, start_work
        self._theme, self._leave = theme, leave
        self.dress_cover: Callable[[], None] = lambda: None
        self.make_presence: Callable[[], Present | None] = lambda: None
        self._presence: Present | None = None
        self._scope = TaskScope("window")
        self._window: MainWindow | None = None
        self._cover: LockWindow | None = None
        self._covered: list[MainWindow] = []  # hidden by a lock, until their work has ended
        self._wanted: Place | None = None
        self._numbers = count()
        self._closing = False
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.activity = ActivityWatch(app, self, later=True)
        self.session = SessionSignals(self)
        self._watch()
        self._unsubscribe = [
            lock.state.subscribe(self._on_state),
            lock.policy.subscribe(self._on_policy),
        ]

    @property
    def window(self) -> MainWindow | None:
        """Return the main window; None while it is locked."""
        return self._window

    @property
    def cover(self) -> LockWindow | None:
        return self._cover

    def open(self) -> None:
        """Show what the lock's state asks for."""
        self._on_state(self._lock.state.value)
        QTimer.singleShot(LISTEN_AFTER_MS, self.session, self.session.listen)
        QTimer.singleShot(LISTEN_AFTER_MS, self, self._appear)
        QTimer.singleShot(WATCH_AFTER_MS, self.activity, self.activity.start)

    def _appear(self) -> None:
        if self._closing:
            return
        self._presence = self.make_presence()
        if self._presence is not None:
            self._presence.open()
        self._scope.start("motion", self._follow_motion())

    async def _follow_motion(self) -> None:
        from kraken_desk.app.motion import motion_is_reduced  # nothing of it before the first painting

        self._theme.follow_motion(reduced=bool(await motion_is_reduced()))

    def leave(self) -> None:
        """End the program as its windows do."""
        self._leave()

    def come_to_front(self) -> None:
        """Show the window there is above others, as far as the desktop allows it."""
        shown = self._cover or self._window
        if shown is not None:
            shown.setWindowState(shown.windowState() & ~Qt.WindowState.WindowMinimized)
            shown.raise_()
            shown.activateWindow()

    def visit(self, place: Place) -> None:
        """Show a place in the window, once it is unlocked."""
        self.come_to_front()
        if self._window is not None:
            self._window.visit_requested.emit(place)
        else:
            self._wanted = place

    async def close(self) -> None:
        """End all work, transfers last and in peace, and close whatever window there is."""
        self._closing = True
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        if self._presence is not None:
            await self._presence.close()
        await self._scope.close()
        self._desk.treasury.plans.end_after_leg()
        await self._desk.scope.finish(SEEN_TO_THEIR_END, within_s=FINISH_WITHIN_S)
        await self._desk.scope.close()
        clipboard_guard().clear()
        if self._cover is not None:
            self._cover.close_for_good()
        for window in (self._window, *self._covered):
            if window is not None:
                window.close_for_good()
        self._cover = self._window = None
        self._covered.clear()

    def _watch(self) -> None:
        self.activity.idle.connect(lambda: self._lock.lock(LockReason.IDLE))
        self.activity.slept.connect(lambda: self._on_asked(LockReason.SUSPEND))
        self.session.screen_locked.connect(lambda: self._on_asked(LockReason.SCREEN))
        self.session.about_to_sleep.connect(lambda: self._on_asked(LockReason.SUSPEND))

    def _on_asked(self, reason: LockReason) -> None:
        policy = self._lock.policy.value
        wanted = policy.on_suspend if reason is LockReason.SUSPEND else policy.on_screen_lock
        if wanted:
            self._lock.lock(reason)

    def _on_policy(self, policy: LockPolicy) -> None:
        self.activity.set_limit(policy.idle.total_seconds() if policy.idle else None)

    def _on_state(self, state: LockState) -> None:
        if not state.locked:
            self._uncover()
        elif self._cover is not None:
            self._cover.take(state)
        else:
            self._put_cover(state)

    def _put_cover(self, state: LockState) -> None:
        from kraken_desk.ui.lock_window import LockWindow  # most starts never need it

        if self._window is None:
            self._theme.style()
        self.dress_cover()
        self._cover = LockWindow(state, self._theme, self._desk.clock)
        self._cover.unlock_requested.connect(self._on_unlock)
        self._cover.system_requested.connect(self._on_system)
        self._cover.close_requested.connect(self._leave)
        clipboard_guard().clear()
        window, self._window = self._window, None
        if window is None:
            self._cover.resize(*_COVER_SIZE)
        else:
            self._cover.setGeometry(window.geometry())
            _hide(window)
            self._covered.append(window)
            self._end_own_work()  # before anything of it can open a dialog
            # each window's own: the end of an earlier one may still be waiting for a transfer
            self._scope.start(f"cover:{next(self._numbers)}", self._end_work(window))
        self._cover.show()

    async def _end_work(self, window: MainWindow) -> None:
        await self._desk.scope.give_way(within_s=GIVE_WAY_WITHIN_S)
        self._covered.remove(window)
        window.close_for_good()
        await self._desk.scope.finish(SEEN_TO_THEIR_END, within_s=FINISH_WITHIN_S)
        self._end_own_work()  # also what the window has started since

    def _end_own_work(self) -> None:
        """Cancel what serves the window only."""
        if self._window is None:
            for group in self._desk.scope.groups.value:
                if not group.startswith(SEEN_TO_THEIR_END):
                    self._desk.scope.cancel(group)

    def _on_unlock(self, passphrase: Passphrase | None) -> None:
        self._scope.start("unlock", self._unlock(passphrase), replace=True, on_error=self._on_refused)

    def _on_system(self) -> None:
        self._scope.start("unlock", self._lock.unlock_by_system(), on_error=self._on_refused)

    async def _unlock(self, passphrase: Passphrase | None) -> None:
        await self._lock.unlock(passphrase)

    def _on_refused(self, error: KrakenDeskError) -> None:
        if self._cover is not None:
            self._cover.show_failure(error)

    def _uncover(self) -> None:
        if self._window is not None:
            return
        self._window = window = self._build()
        window.close_requested.connect(self._leave)
        window.lock_requested.connect(lambda: self._lock.lock(LockReason.REQUEST))
        window.when_painted(lambda: self._on_painted(window))
        window.show()
        cover, self._cover = self._cover, None
        if cover is not None:
            cover.close_for_good()

    def _on_painted(self, window: MainWindow) -> None:
        """Start the window's work, unless it is locked again, and go where somebody wanted to meanwhile."""
        if window is not self._window:
            return
        self._start_work()
        place, self._wanted = self._wanted, None
        if place is not None:
            window.visit_requested.emit(place)


def _hide(window: MainWindow) -> None:
    """Take the window, its dialogs, menus and tips from the screen; a dialog that can be given up is."""
    for dialog in window.findChildren(QDialog):
        dialog.reject()
        dialog.hide()
    window.hide()
    for other in QApplication.topLevelWidgets():
        if other.isVisible():
            other.hide()
