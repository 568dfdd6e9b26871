"""RowPixmaps: rows drawn once and shown again, until what they show or how they look has changed."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from PySide6.QtCore import QPoint, QRect, QSize, QTimer
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QTreeView

from kraken_desk.domain.values import dataclass
from kraken_desk.ui.turn import present_turn

MOST = 160
"""More rows than any window shows; the ones that were not needed longest go first."""

BUDGET_S = 0.002
"""A paint spends no more on new pictures of rows that it has shown before: the next one takes the rest."""

CLOSE_S, ALONE_S = 0.5, 0.004
"""A paint that does not follow another that closely may spend this."""

NEW_S = 0.004
"""Rows that were never shown are left blank in a turn of which this much is used, where the view allows it.

Each paint draws one of them at least.
"""

LATER_MS = 20
"""When rows that a paint showed with an old picture are painted; blank ones follow at once."""

Draw = Callable[[QPainter, QRect], None]


@dataclass(frozen=True, slots=True)
class _Kept:
    says: object
    frame: object
    picture: QPixmap


class RowPixmaps:
    """A picture of each row with what it was made of; a table whose figures change all the time is cheap.

    Only for rows that are opaque: text on a transparent picture has coarser edges.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self.drawn = 0
        """How many rows have really been drawn."""
        self.postponed: list[QRect] = []
        """Where the paint under way shows an old picture, or none."""
        self.blank = False
        """Whether the paint under way has left a row blank."""
        self._begun_at = self._spent = 0.0
        self._room, self._room_new = ALONE_S, NEW_S

    def clear(self) -> None:
        self._kept.clear()

    def begin(self) -> None:
        """Begin a paint."""
        now = time.perf_counter()
        self._room = BUDGET_S if now - self._begun_at < CLOSE_S else ALONE_S
        self._room_new = NEW_S - present_turn().used_s()
        self._begun_at, self.postponed, self.blank, self._spent = now, [], False, 0.0

    def show(
        self,
        painter: QPainter,
        rect: QRect,
        row: Hashable,
        says: object,
        frame: object,
        draw: Draw,
        ground: QColor | None = None,
    ) -> None:
        """Show a row; `draw` is called only when what it says, or the frame it stands in, has changed.

        Out of time, it shows what the row said before, in the same frame, and notes where in `postponed`.
        With a `ground`, a row that has not been shown in this frame may also be left blank for a moment.
        """
        ratio = painter.device().devicePixelRatioF()
        if ratio != int(ratio):  # between whole pixels a picture would be blurred
            self.drawn += 1
            draw(painter, rect)
            return
        frame = (frame, rect.size(), ratio)
        kept = self._kept.get(row)
        fits = kept is not None and kept.frame == frame
        if not fits and ground is not None and 0 < self._spent > self._room_new:
            self.postponed.append(QRect(rect))
            self.blank = True
            painter.fillRect(rect, ground)
            return
        if kept is None or not fits or (kept.says != says and not self._is_late(rect)):
            started = time.thread_time()
            kept = self._keep(row, _Kept(says, frame, _picture(rect, ratio, draw)))
            self._spent += time.thread_time() - started
        self._kept.move_to_end(row)
        painter.drawPixmap(rect.topLeft(), kept.picture)

    def prepare(
        self, size: QSize, ratio: float, row: Hashable, says: object, frame: object, draw: Draw
    ) -> None:
        """Make the picture of a row that may be shown soon, unless it is there."""
        whole = (frame, size, ratio)
        kept = self._kept.get(row)
        if ratio == int(ratio) and (kept is None or kept.frame != whole or kept.says != says):
            self._keep(row, _Kept(says, whole, _picture(QRect(QPoint(0, 0), size), ratio, draw)))

    def finish(self, view: QAbstractItemView) -> None:
        """Have painted anew what the paint had no time for: all of it, if the view has scrolled by then."""
        if self.postponed:
            rects, place = tuple(self.postponed), _place(view)

            def paint() -> None:
                for rect in rects if _place(view) == place else (view.viewport().rect(),):
                    view.viewport().update(rect)

            QTimer.singleShot(0 if self.blank else LATER_MS, view, paint)

    def _keep(self, row: Hashable, kept: _Kept) -> _Kept:
        self.drawn += 1
        self._kept[row] = kept
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return kept

    def _is_late(self, rect: QRect) -> bool:
        late = self._spent >= self._room
        if late:
            self.postponed.append(QRect(rect))
        return late


def fill_beside_rows(view: QTreeView, area: QRect, ground: QColor) -> None:
    """Fill an area that rows do not cover to its end; filling what they cover takes longer than they do."""
    if not view.indexAt(area.bottomLeft()).isValid() or not view.indexAt(area.topLeft()).isValid():
        painter = QPainter(view.viewport())
        painter.fillRect(area, ground)
        painter.end()


def _place(view: QAbstractItemView) -> tuple[int, int]:
    return view.horizontalScrollBar().value(), view.verticalScrollBar().value()


def _picture(rect: QRect, ratio: float, draw: Draw) -> QPixmap:
    picture = QPixmap(rect.size() * ratio)
    picture.setDevicePixelRatio(ratio)
    painter = QPainter(picture)
    painter.translate(-rect.topLeft())
    draw(painter, rect)
    painter.end()
    return picture
