"""MatrixTable: the matrix with its first column frozen: two views on one model that scroll as one."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QHeaderView, QWidget

from kraken_desk.ui.delegates.matrix_cell import MatrixCell
from kraken_desk.ui.models.matrix import ACCOUNT, KEY, ROLE, MatrixModel
from kraken_desk.ui.theme import Theme, metrics
from kraken_desk.ui.widgets.picture_table import PictureTable, Place, RowPicture

KEY_WIDTH = 190
WIDTHS = {ACCOUNT: 140, ROLE: 130}
RIGHT_WIDTH = 58
UNKNOWN_WIDTH = 150
HEAD_HEIGHT = 42


class MatrixTable(QFrame):
    """Sorts by a click on a head; the keyboard moves in the right-hand view.

    Signals:
        opened: a key is wanted, by double click or Enter: its row.
    """

    opened = Signal(int)

    def __init__(self, theme: Theme, model: MatrixModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrix-table")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._model = model
        self.keys = _View(theme, model, "matrix-keys", "Keys", self)
        self.rights = _View(theme, model, "matrix-rights", "Permission matrix: keys by rights", self)
        self.keys.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.keys.horizontalHeader().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.keys.setFixedWidth(KEY_WIDTH)
        self.keys.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.keys.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.keys.setSelectionModel(self.rights.selectionModel())
        self.setFocusProxy(self.rights)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.keys)
        layout.addWidget(self.rights, 1)
        self._sorted_by = (-1, Qt.SortOrder.AscendingOrder)
        left, right = self.keys.verticalScrollBar(), self.rights.verticalScrollBar()
        right.valueChanged.connect(left.setValue)
        left.valueChanged.connect(right.setValue)
        right.rangeChanged.connect(lambda _low, _high: self._fit())
        self.rights.horizontalScrollBar().rangeChanged.connect(lambda _low, _high: self._fit())
        for view in (self.keys, self.rights):
            view.opened.connect(self.opened)
            view.horizontalHeader().sectionClicked.connect(self._on_head)
        model.modelReset.connect(self._arrange)
        self._arrange()

    def chosen_rows(self) -> tuple[int, ...]:
        rows = {index.row() for index in self.rights.selectionModel().selectedIndexes()}
        return tuple(sorted(rows))

    def _arrange(self) -> None:
        """Give each view its columns."""
        for column in range(self._model.columnCount()):
            self.keys.setColumnHidden(column, column != KEY)
            self.rights.setColumnHidden(column, column == KEY)
            self.rights.setColumnWidth(column, WIDTHS.get(column, RIGHT_WIDTH))
        self.rights.setColumnWidth(self._model.columnCount() - 1, UNKNOWN_WIDTH)
        self.keys.setColumnWidth(KEY, KEY_WIDTH)

    def _fit(self) -> None:
        """Leave below the keys the room that the other view's scroll bar takes."""
        bar = self.rights.horizontalScrollBar()
        shown = bar.maximum() > bar.minimum()
        self.keys.keep_below(bar.sizeHint().height() if shown else 0)

    def _on_head(self, column: int) -> None:
        """Sort upwards, then downwards, then as the tree does."""
        last, order = self._sorted_by
        ascending, descending = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        if column != last:
            self._sorted_by = (column, ascending)
        else:
            self._sorted_by = (column, descending) if order is ascending else (-1, ascending)
        by, way = self._sorted_by
        for view in (self.keys, self.rights):
            header = view.horizontalHeader()
            header.setSortIndicatorShown(by >= 0)
            header.setSortIndicator(by, way)
        self._model.sort(by, way)


class _View(PictureTable):
    """One of the two views."""

    def __init__(
        self, theme: Theme, model: MatrixModel, name: str, accessible_name: str, parent: QWidget
    ) -> None:
        super().__init__(theme, metrics.ROW_COMPACT, parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setModel(model)
        self._matrix, self._cells = model, MatrixCell(theme)
        header = self.horizontalHeader()
        header.setAccessibleName("Columns")
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(24)
        header.setFixedHeight(self._head_height())
        theme.changed.connect(lambda: header.setFixedHeight(self._head_height()))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _head_height(self) -> int:
        return metrics.for_font(HEAD_HEIGHT, self._theme.fonts.body_px)

    def keep_below(self, height: int) -> None:
        """Leave room below the rows."""
        self.setViewportMargins(0, self._head_height(), 0, height)

    def row_picture(self, number: int, columns: tuple[Place, ...]) -> RowPicture:
        row, rights = self._matrix.rows[number], self._matrix.rights
        selected = self.selectionModel().isRowSelected(number)

        def draw(on: QPainter, where: QRect) -> None:
            self._cells.draw_row(on, where, row, rights, columns, selected=selected)

        frame = (row, selected, columns, self._theme.scheme, self._theme.fonts.body.key())
        return RowPicture(row.ref, frame, draw, self._cells.ground(selected=selected))
