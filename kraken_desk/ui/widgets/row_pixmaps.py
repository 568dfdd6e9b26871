"""RowPixmaps: rows drawn once and shown again, until what they show or how they look has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap

MOST = 160
"""More rows than any window shows; the ones that were not needed longest go first."""

Draw = Callable[[QPainter, QRect], None]


class RowPixmaps:
    """A picture of each row with what it was made of; a table whose figures change all the time is cheap.

    Only for rows that are opaque: text on a transparent picture has coarser edges.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[object, QPixmap]] = OrderedDict()
        self.drawn = 0
        """How many rows have really been drawn."""

    def clear(self) -> None:
        self._kept.clear()

    def show(self, painter: QPainter, rect: QRect, row: Hashable, look: object, draw: Draw) -> None:
        """Show a row; `draw` is called only when its `look`, what it shows and how, has changed."""
        ratio = painter.device().devicePixelRatioF()
        if ratio != int(ratio):  # between whole pixels a picture would be blurred
            self.drawn += 1
            draw(painter, rect)
            return
        look = (look, rect.size(), ratio)
        kept = self._kept.get(row)
        if kept is None or kept[0] != look:
            self.drawn += 1
            kept = self._kept[row] = (look, _picture(rect, ratio, draw))
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        self._kept.move_to_end(row)
        painter.drawPixmap(rect.topLeft(), kept[1])


def _picture(rect: QRect, ratio: float, draw: Draw) -> QPixmap:
    picture = QPixmap(rect.size() * ratio)
    picture.setDevicePixelRatio(ratio)
    painter = QPainter(picture)
    painter.translate(-rect.topLeft())
    draw(painter, rect)
    painter.end()
    return picture
