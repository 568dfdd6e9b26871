"""HeldInput: clicks and keys of a window that is painted already but cannot do anything yet.

They are kept in their order and carried out once the window is whole, as if they had come then: none is
lost, and none meets a button without its act.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QMouseEvent, QWheelEvent, QWindow
from PySide6.QtWidgets import QWidget

_HELD = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.KeyPress,
    QEvent.Type.KeyRelease,
    QEvent.Type.Wheel,
)


class HeldInput(QObject):
    """Stands between the desktop and one shown window until `release`."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._kept: list[QEvent] = []
        handle = widget.windowHandle()
        if handle is None:
            raise RuntimeError("a window that is not shown hears nothing")
        self._window: QWindow = handle
        handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._window or event.type() not in _HELD:
            return False
        if isinstance(event, QKeyEvent | QMouseEvent | QWheelEvent):
            self._kept.append(event.clone())
        return True

    def release(self) -> None:
        """Carry out what was held, and hold nothing more."""
        self._window.removeEventFilter(self)
        kept, self._kept = self._kept, []
        for event in kept:
            act = self._act_of(event)
            if act is not None:
                act.trigger()
            else:
                QCoreApplication.sendEvent(self._window, event)

    def _act_of(self, event: QEvent) -> QAction | None:
        """Return the act whose keys were pressed: keys that no desktop has sent start none."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return None
        keys = QKeySequence(event.keyCombination())
        found = (act for act in self._widget.actions() if act.isEnabled() and keys in act.shortcuts())
        return next(found, None)
