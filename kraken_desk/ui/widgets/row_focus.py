"""RowFocus: a ring around the current row of a view, while the keyboard is what moves it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView

from kraken_desk.ui.theme import Theme
from kraken_desk.ui.theme.metrics import FOCUS_RING

_BY_KEY = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class RowFocus(QObject):
    """Watches a view's events; the view calls `draw` at the end of its own painting."""

    def __init__(self, view: QAbstractItemView, theme: Theme) -> None:
        super().__init__(view)
        self._view = view
        self._theme = theme
        self._shown = False
        self._drawn = QRect()
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    @property
    def shown(self) -> bool:
        return self._shown and self._view.hasFocus() and self._view.currentIndex().isValid()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._show(shown=False)
        elif watched is self._view and kind == QEvent.Type.KeyPress:
            self._view.viewport().update(self._drawn)  # a view repaints no cell that only the ring lies on
            self._show(shown=True)
        elif watched is self._view and isinstance(event, QFocusEvent) and event.gotFocus():
            self._show(shown=event.reason() in _BY_KEY)
        return super().eventFilter(watched, event)

    def draw(self) -> None:
        """Draw the ring around the whole row, whatever column is current."""
        if not self.shown:
            return
        viewport = self._view.viewport()
        row = self._view.visualRect(self._view.currentIndex())
        self._drawn = QRect(0, row.top(), viewport.width(), row.height())
        painter = QPainter(viewport)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.tokens.accent, FOCUS_RING))
        ring = QRectF(1, row.top() + 1, viewport.width() - 2, row.height() - 3)
        painter.drawRoundedRect(ring, 4, 4)
        painter.end()

    def _show(self, *, shown: bool) -> None:
        if shown != self._shown:
            self._shown = shown
            self._view.viewport().update()
