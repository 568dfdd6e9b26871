"""AllowlistStatusDelegate: how far an allowlist narrows its key, as one badge with a shape."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from kraken_desk.ui.delegates.badge_painter import allowlist_look
from kraken_desk.ui.delegates.cell import CellDelegate
from kraken_desk.ui.models.fleet_rows import KeyRow


class AllowlistStatusDelegate(CellDelegate):
    """Draws a filled square, a half square, an empty diamond, or a dashed “not reported”."""

    def draw(self, painter: QPainter, rect: QRect, row: KeyRow, column: int) -> None:
        if row.allowlist is None:
            super().draw(painter, rect, row, column)
            return
        look = allowlist_look(row.allowlist, row.cells[column].text)
        self._badges.draw_row(painter, rect, (look,))
