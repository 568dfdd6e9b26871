"""MatrixTable: the matrix with its first column frozen: two views on one model that scroll as one."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QHeaderView, QTableView, QWidget

from kraken_desk.ui.delegates.matrix_cell import MatrixCell
from kraken_desk.ui.models.matrix import ACCOUNT, KEY, ROLE, MatrixModel
from kraken_desk.ui.theme import Theme, metrics
from kraken_desk.ui.widgets.row_focus import RowFocus
from kraken_desk.ui.widgets.row_pixmaps import RowPixmaps

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
        self.keys = _View(theme, model, "matrix-keys", "Keys")
        self.rights = _View(theme, model, "matrix-rights", "Permission matrix: keys by rights")
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


class _View(QTableView):
    """One of the two views.

    Signals:
        opened: a key is wanted: its row.
    """

    opened = Signal(int)

    def __init__(self, theme: Theme, model: MatrixModel, name: str, accessible_name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setProperty("role", "list")
        self.setModel(model)
        self._matrix = model
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._theme, self._cells, self._pictures = theme, MatrixCell(theme, self), RowPixmaps()
        self.setItemDelegate(self._cells)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(metrics.ROW_COMPACT)
        header = self.horizontalHeader()
        header.setAccessibleName("Columns")
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(24)
        header.setFixedHeight(HEAD_HEIGHT)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._focus = RowFocus(self, theme)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        theme.changed.connect(self.viewport().update)

    def keep_below(self, height: int) -> None:
        """Leave room below the rows."""
        self.setViewportMargins(0, HEAD_HEIGHT, 0, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows from their pictures: a cell at a time would cost Qt and us hundreds of calls."""
        painter, area = QPainter(self.viewport()), event.rect()
        painter.fillRect(area, self._theme.tokens.surface)
        first, last = self.rowAt(area.top()), self.rowAt(area.bottom())
        last = self.model().rowCount() - 1 if last < 0 else last
        columns = self._columns()
        for row in range(first, last + 1) if first >= 0 else ():
            self._paint_row(painter, row, columns)
        painter.end()
        self._focus.draw()

    def _columns(self) -> tuple[tuple[int, int, int], ...]:
        """Return the columns in view with their places and widths."""
        width = self.viewport().width()
        places = (
            (column, self.columnViewportPosition(column), self.columnWidth(column))
            for column in range(self.model().columnCount())
            if not self.isColumnHidden(column)
        )
        return tuple(place for place in places if place[1] < width and place[1] + place[2] > 0)

    def _paint_row(self, painter: QPainter, number: int, columns: tuple[tuple[int, int, int], ...]) -> None:
        row = self._matrix.rows[number]
        selected = self.selectionModel().isRowSelected(number)
        rect = QRect(0, self.rowViewportPosition(number), self.viewport().width(), self.rowHeight(number))
        fonts = self._theme.fonts.body.key()

        def draw(on: QPainter, where: QRect) -> None:
            self._cells.draw_ground(on, where, selected=selected)
            for column, left, width in columns:
                cell = QRect(left, where.top(), width, where.height())
                self._cells.draw_cell(on, cell, self._matrix.index(number, column), selected=selected)

        frame = (row, selected, columns, self._theme.scheme, fonts)
        self._pictures.show(painter, rect, row.ref, None, frame, draw)
