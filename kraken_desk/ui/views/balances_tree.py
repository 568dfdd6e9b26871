"""BalancesTree: assets and their places in dense rows, figures aligned at the decimal point."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from kraken_desk.ui.models.balances import (
    FIGURES,
    NOT_VALUED,
    UNKNOWN_TEXT,
    BalanceColumn,
    BalancesModel,
    is_faint,
)
from kraken_desk.ui.models.balances_rows import BalanceLine
from kraken_desk.ui.theme import Theme, Tone, metrics
from kraken_desk.ui.views.balances_paint import draw_point_aligned, figure_width, fraction_length
from kraken_desk.ui.widgets.heads import keep_height
from kraken_desk.ui.widgets.row_focus import RowFocus
from kraken_desk.ui.widgets.row_pixmaps import RowPixmaps, fill_beside_rows

Index = QModelIndex | QPersistentModelIndex
_MARKED = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver
"""The states of a cell that have a ground of their own; asking the style costs as much as the text."""

PAD = 8
INDENT = 20

WIDTHS: dict[BalanceColumn, int] = {
    BalanceColumn.ASSET: 72,
    BalanceColumn.PLACE: 100,
    BalanceColumn.TOTAL: 96,
    BalanceColumn.AVAILABLE: 96,
    BalanceColumn.HOLD: 80,
    BalanceColumn.VALUE: 96,
    BalanceColumn.AS_OF: 80,
}
"""The least width of each column; contents get what they need, the place what is left."""

LEAST_PLACE = 64
"""To this the place shrinks, elided, before the table scrolls sideways."""


def fit_columns(room: int, needed: dict[BalanceColumn, int]) -> dict[BalanceColumn, int]:
    """Give every column what it needs and the place what is left.

    Where that is too little, what is on hold gives way: total and available tell it as well.
    """
    widths = dict(needed)
    if sum(widths.values()) > room:
        del widths[BalanceColumn.HOLD]
    spare = room - sum(widths.values())
    widths[BalanceColumn.PLACE] = max(LEAST_PLACE, widths[BalanceColumn.PLACE] + spare)
    return widths


@dataclass(frozen=True, slots=True, eq=False)
class RowLook:
    """What a row shows; equal to another by what can be seen, so that its picture need not be made anew."""

    texts: tuple[str, ...]
    line: BalanceLine
    opens: bool | None
    top: bool

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowLook) and self._seen() == other._seen()

    def __hash__(self) -> int:
        return hash(self._seen())

    def _seen(self) -> tuple[object, ...]:
        """Return the texts and what else decides on a colour: a figure may be written like zero, or be it."""
        faint = tuple(is_faint(self.line, column) for column in FIGURES)
        return self.texts, bool(self.line.stale), faint, self.opens, self.top


class BalancesTree(QTreeView):
    """Draws hairlines, selection edge and chevrons itself; figures are never cut."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._decimals = dict.fromkeys(FIGURES, 0)
        self._needed = dict(WIDTHS)
        self.setObjectName("balances-tree")
        self.setAccessibleName("Balances")
        self.setProperty("role", "list")
        self.setUniformRowHeights(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAllColumnsShowFocus(True)
        self.setExpandsOnDoubleClick(True)
        self._cells, self._pictures = BalanceCell(theme, self._decimals, self), RowPixmaps()
        self._columns: tuple[tuple[BalanceColumn, int, int], ...] = ()
        self._frame: tuple[object, ...] = ()
        self._mouse = QPoint(-1, -1)
        self.setItemDelegate(self._cells)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        header = self.header()
        header.setAccessibleName("Columns")
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(48)
        keep_height(header, self._theme)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._focus = RowFocus(self, theme)
        theme.changed.connect(self.viewport().update)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Draw nothing: the first cell shows the chevron."""

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """Draw a row from its picture while nothing has changed; one that stands out cell by cell."""
        rect = QRect(0, options.rect.top(), self.viewport().width(), options.rect.height())
        model = self.model()
        if not isinstance(model, BalancesModel):
            return
        line = model.line(index)
        selected = self.selectionModel().isRowSelected(index.row(), index.parent())
        if line is None or selected or rect.contains(self._mouse):
            painter.fillRect(rect, self._theme.tokens.surface)
            super().drawRow(painter, options, index)
            self._draw_lines(painter, rect, selected=selected)
            return
        opens = self.isExpanded(index) if line.places else None
        look = RowLook(model.texts_at(index), line, opens, top=not index.parent().isValid())

        def draw(on: QPainter, where: QRect) -> None:
            on.fillRect(where, self._theme.tokens.surface)
            for column, left, width in self._columns:
                cell = QRect(left + PAD, where.top(), width - 2 * PAD, where.height())
                self._cells.draw(on, cell, look, column)
            self._draw_lines(on, where, selected=False)

        says = (look, tuple(self._decimals.values()))
        self._pictures.show(painter, rect, (line.line_id, look.top), says, self._frame, draw)

    def _draw_lines(self, painter: QPainter, rect: QRect, *, selected: bool) -> None:
        tokens = self._theme.tokens
        painter.fillRect(QRect(0, rect.bottom(), rect.width(), 1), tokens.border)
        if selected:
            painter.fillRect(QRect(0, rect.top(), metrics.SELECTION_EDGE, rect.height()), tokens.accent)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open and close an asset by its chevron."""
        position = event.position().toPoint()
        index = self.indexAt(position)
        chevron = index.isValid() and index.column() == 0 and index.model().hasChildren(index)
        if chevron and position.x() < PAD + metrics.ICON + metrics.STEP:
            self.setExpanded(index, not self.isExpanded(index))
            return
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        viewport = self.viewport()
        fill_beside_rows(self, event.rect(), self._theme.tokens.surface)
        self._mouse = viewport.mapFromGlobal(self.cursor().pos()) if viewport.underMouse() else QPoint(-1, -1)
        self._columns = tuple(
            (column, self.columnViewportPosition(column), self.columnWidth(column))
            for column in BalanceColumn
            if not self.isColumnHidden(column)
        )
        self._frame = (self._columns, self._theme.scheme, self._theme.fonts.body.key())
        self._pictures.begin()
        super().paintEvent(event)
        self._pictures.finish(self)
        self._focus.draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def measure(self, texts: dict[BalanceColumn, list[str]]) -> None:
        """Take over the texts of each column: where the figures' points stand, how wide all are."""
        font = QFontMetrics(self._theme.fonts.strong)
        chevron = metrics.ICON + metrics.STEP
        before = dict(self._needed), dict(self._decimals)
        for column, shown in texts.items():
            if column in FIGURES:
                self._decimals[column] = fraction_length(shown)
                needed = figure_width(font, shown, self._decimals[column]) + 2
            else:
                needed = max((font.horizontalAdvance(text) for text in set(shown)), default=0) + 1
                needed += chevron if column is BalanceColumn.ASSET else 0
            head = self.header().fontMetrics().horizontalAdvance(self._head(column)) + 1
            self._needed[column] = max(WIDTHS[column], max(head, needed) + 2 * PAD)
        if (self._needed, self._decimals) != before:
            self.fit()
            self.viewport().update()

    def _head(self, column: BalanceColumn) -> str:
        return str(self.model().headerData(column, Qt.Orientation.Horizontal))

    def fit(self) -> None:
        """Fit the columns to the viewport."""
        if self.model() is None:
            return
        widths = fit_columns(self.viewport().width(), self._needed)
        for column in BalanceColumn:
            self.setColumnHidden(column, column not in widths)
            if column in widths:
                self.setColumnWidth(column, widths[column])


class BalanceCell(QStyledItemDelegate):
    """Draws one cell: figures at their point, unknown and zero quiet, stale in amber words."""

    def __init__(
        self, theme: Theme, decimals: dict[BalanceColumn, int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._decimals = decimals

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(2 * PAD, self._theme.row(metrics.ROW_COMPACT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the cell of a row that stands out, on the style's ground."""
        if option.state & _MARKED:
            blank = QStyleOptionViewItem(option)
            self.initStyleOption(blank, index)
            blank.text = ""
            style = option.widget.style()
            style.drawControl(style.ControlElement.CE_ItemViewItem, blank, painter, option.widget)
        model, tree = index.model(), self.parent()
        if not isinstance(model, BalancesModel) or not isinstance(tree, QTreeView):
            return
        line = model.line(index)
        if line is None:
            return
        opens = tree.isExpanded(index.sibling(index.row(), 0)) if line.places else None
        look = RowLook(model.texts_at(index), line, opens, top=not index.parent().isValid())
        painter.save()
        self.draw(painter, option.rect.adjusted(PAD, 0, -PAD, 0), look, BalanceColumn(index.column()))
        painter.restore()

    def draw(self, painter: QPainter, rect: QRect, look: RowLook, column: BalanceColumn) -> None:
        """Draw what a column says of a row."""
        text = look.texts[column]
        painter.setPen(self._theme.tokens.tone(_tone(look, column)))
        strong = look.top and column in (BalanceColumn.ASSET, BalanceColumn.TOTAL)
        painter.setFont(self._theme.fonts.strong if strong else self._theme.fonts.body)
        if column in FIGURES:
            draw_point_aligned(painter, rect, text, self._decimals[column])
            return
        if column is BalanceColumn.ASSET:
            self._draw_chevron(painter, rect, look.opens)
            rect = rect.adjusted(metrics.ICON + metrics.STEP, 0, 0, 0)
        if column is BalanceColumn.PLACE and not look.top:
            rect = rect.adjusted(metrics.PADDING, 0, 0, 0)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _draw_chevron(self, painter: QPainter, rect: QRect, opens: bool | None) -> None:
        if opens is None:
            return
        name = "chevron-down" if opens else "chevron-right"
        ratio = painter.device().devicePixelRatio()
        pixmap = self._theme.pixmap(name, self._theme.tokens.muted, metrics.ICON, ratio)
        painter.drawPixmap(QPoint(rect.left(), rect.center().y() - metrics.ICON // 2 + 1), pixmap)


def _tone(look: RowLook, column: BalanceColumn) -> Tone:
    stale, text = bool(look.line.stale), look.texts[column]
    if column is BalanceColumn.AS_OF:
        return Tone.WARN if stale else Tone.MUTED
    if column is BalanceColumn.VALUE and text == NOT_VALUED:
        return Tone.WARN
    if column in FIGURES and (stale or text == UNKNOWN_TEXT or is_faint(look.line, column)):
        return Tone.MUTED
    return Tone.MUTED if column is BalanceColumn.PLACE else Tone.PLAIN
