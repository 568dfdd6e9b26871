"""RowPixmaps: rows drawn once and shown again, until what they show or how they look has changed."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap

MOST = 160
"""More rows than any window shows; the ones that were not needed longest go first."""

BUDGET_S = 0.002
"""A paint takes no longer for new pictures of rows that it has shown before: the next one takes the rest."""

CLOSE_S, ALONE_S = 0.5, 0.004
"""A paint that does not follow another that closely takes this long."""

LATER_MS = 20
"""When rows that a paint had no time for are painted."""

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
        """Where the paint under way shows an old picture."""
        self._begun_at = self._until = 0.0

    def clear(self) -> None:
        self._kept.clear()

    def begin(self) -> None:
        """Begin a paint."""
        now = time.perf_counter()
        close = now - self._begun_at < CLOSE_S
        self._until = time.thread_time() + (BUDGET_S if close else ALONE_S)
        self._begun_at, self.postponed = now, []

    def show(
        self, painter: QPainter, rect: QRect, row: Hashable, says: object, frame: object, draw: Draw
    ) -> None:
        """Show a row; `draw` is called only when what it says, or the frame it stands in, has changed.

        Out of time, it shows what the row said before, in the same frame, and notes where in `postponed`.
        """
        ratio = painter.device().devicePixelRatioF()
        if ratio != int(ratio):  # between whole pixels a picture would be blurred
            self.drawn += 1
            draw(painter, rect)
            return
        frame = (frame, rect.size(), ratio)
        kept = self._kept.get(row)
        if kept is None or kept.frame != frame or (kept.says != says and not self._is_late(rect)):
            self.drawn += 1
            kept = self._kept[row] = _Kept(says, frame, _picture(rect, ratio, draw))
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        self._kept.move_to_end(row)
        painter.drawPixmap(rect.topLeft(), kept.picture)

    def _is_late(self, rect: QRect) -> bool:
        late = time.thread_time() > self._until
        if late:
            self.postponed.append(QRect(rect))
        return late


def _picture(rect: QRect, ratio: float, draw: Draw) -> QPixmap:
    picture = QPixmap(rect.size() * ratio)
    picture.setDevicePixelRatio(ratio)
    painter = QPainter(picture)
    painter.translate(-rect.topLeft())
    draw(painter, rect)
    painter.end()
    return picture
