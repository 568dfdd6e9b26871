"""CellDelegate: the text of a cell in its tone, elided, with nothing of the style's own painting.

The tree draws row backgrounds, selection and focus itself, so delegates draw contents only.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from kraken_desk.ui.delegates.badge_painter import BadgePainter, not_reported_look
from kraken_desk.ui.delegates.elided_texts import ElidedTexts
from kraken_desk.ui.models.account_tree import RIGHT_ALIGNED, ROW_ROLE
from kraken_desk.ui.models.fleet_rows import Cell, KeyRow
from kraken_desk.ui.theme import Theme, Tone

PAD = 8
Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """Draws one cell of a key's row; subclasses draw badges instead of text."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._badges = BadgePainter(theme)
        self._elided = ElidedTexts(theme)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(2 * PAD, self._theme.row())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, KeyRow):
            rect: QRect = option.rect
            self.draw(painter, rect.adjusted(PAD, 0, -PAD, 0), row, index.column())

    def draw(self, painter: QPainter, rect: QRect, row: KeyRow, column: int) -> None:
        cell = row.cells[column]
        right = column in RIGHT_ALIGNED
        if not cell.reported:
            self._draw_not_reported(painter, rect, cell, right=right)
            return
        self.draw_text(painter, rect, cell.text, cell.tone, right=right)

    def draw_text(
        self,
        painter: QPainter,
        rect: QRect,
        text: str,
        tone: Tone,
        *,
        right: bool = False,
        font: QFont | None = None,
    ) -> None:
        """Draw one line of text, elided at its end."""
        font = font or self._theme.fonts.body
        painter.setFont(font)
        painter.setPen(self._theme.tokens.tone(tone))
        shown = self._elided.text(text, font, rect.width())
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, shown)

    def _draw_not_reported(self, painter: QPainter, rect: QRect, cell: Cell, *, right: bool) -> None:
        look = not_reported_look(cell.text)
        if right:
            rect = rect.adjusted(max(0, rect.width() - self._badges.width(look)), 0, 0, 0)
        self._badges.draw_row(painter, rect, (look,))
