"""PlainTable: rows of text that are only read, as high as its rows up to a limit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from kraken_desk.ui.figures import cut_at_point

MOST_ROWS = 9
_PAD = 7
_ROW = 28


_AFTER_POINT = Qt.ItemDataRole.UserRole + 1
"""Of a figure: how much wider than its own the widest rest after a point in its column is, in pixels."""

Index = QModelIndex | QPersistentModelIndex


class PlainTable(QTableWidget):
    """The column `stretch` takes the room that is left; the columns in `right` hold figures.

    Figures stand point below point. `spoken` is what the table is called.
    """

    def __init__(
        self,
        name: str,
        heads: Sequence[str],
        *,
        spoken: str,
        right: Iterable[int] = (),
        stretch: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(0, len(heads), parent)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self._right = frozenset(right)
        self.setHorizontalHeaderLabels(list(heads))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, head in enumerate(heads):
            item = self.horizontalHeaderItem(column)
            if item is not None and not head:
                item.setData(Qt.ItemDataRole.AccessibleTextRole, "Number")  # the eye needs no head for it
        for column in self._right:
            self.setItemDelegateForColumn(column, _PointDelegate(self))
            item = self.horizontalHeaderItem(column)
            if item is not None:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def fill(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows instead of the former."""
        self.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                side = Qt.AlignmentFlag.AlignRight if column in self._right else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)
        for column in self._right:
            self._set_points(column)
        shown = min(len(rows), MOST_ROWS)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + shown * _ROW + 4)

    def _set_points(self, column: int) -> None:
        """Tell each figure of a column how far it stands from the side."""
        advance = self.fontMetrics().horizontalAdvance
        cells = [self.model().index(row, column) for row in range(self.rowCount())]
        rests = [advance(cut_at_point(str(cell.data()))[1]) for cell in cells]
        for cell, rest in zip(cells, rests, strict=True):
            self.model().setData(cell, max(rests) - rest, _AFTER_POINT)


class _PointDelegate(QStyledItemDelegate):
    """Draws a figure as far from the side as its point needs."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.text = ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        room = option.rect.adjusted(_PAD, 0, -_PAD - int(index.data(_AFTER_POINT) or 0), 0)
        painter.save()
        painter.setPen(option.palette.color(option.palette.ColorRole.Text))
        text = option.fontMetrics.elidedText(str(index.data()), Qt.TextElideMode.ElideLeft, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        figure = option.fontMetrics.horizontalAdvance(str(index.data()))
        return QSize(figure + int(index.data(_AFTER_POINT) or 0) + 2 * _PAD + 2, hint.height())
