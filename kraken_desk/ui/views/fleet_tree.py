"""FleetTree: the tree widget; it draws whole rows, fits its columns and shows where the keyboard is."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTreeView, QWidget

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.keys import DESK_PROCESS
from kraken_desk.ui.delegates.account_row import AccountRowPainter
from kraken_desk.ui.delegates.allowlist_status import AllowlistStatusDelegate
from kraken_desk.ui.delegates.cell import PAD, CellDelegate
from kraken_desk.ui.delegates.name import NameDelegate
from kraken_desk.ui.delegates.permission_badges import PermissionBadgesDelegate
from kraken_desk.ui.models.account_tree import ROW_ROLE, AccountTreeModel
from kraken_desk.ui.models.fleet_rows import HEADS, AccountRow, Column, KeyRow
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.theme.metrics import FOCUS_RING, ICON, SELECTION_EDGE, for_font
from kraken_desk.ui.widgets.heads import keep_height
from kraken_desk.ui.widgets.row_pixmaps import RowPixmaps, fill_beside_rows

Index = QModelIndex | QPersistentModelIndex

INDENT = 18
NOWHERE = QPoint(-1, -1)

HAIRLINE = 0.6
"""Rows are parted more softly than panels."""

WIDTHS: dict[Column, tuple[int, int]] = {
    Column.NAME: (160, 250),
    Column.VENUE: (66, 72),
    Column.PERMISSIONS: (132, 226),
    Column.ALLOWLIST: (108, 126),
    Column.PROCESS: (80, 130),
    Column.EXPIRES: (66, 84),
    Column.LAST_USED: (68, 80),
    Column.CHECKED: (66, 80),
}
"""The least and the ideal width of each column; room beyond goes to name, rights and process."""

OFTEN: dict[Column, tuple[str, ...]] = {
    Column.ALLOWLIST: ("not checked",),
    Column.PROCESS: (DESK_PROCESS,),
    Column.EXPIRES: ("unknown", "in 999 d"),
    Column.LAST_USED: ("unknown",),
    Column.CHECKED: ("checking", "refused"),
}
"""Words that are shown whole in any font."""

GIVING_WAY = (Column.LAST_USED, Column.PROCESS, Column.VENUE)
"""Columns that a narrow window leaves to the details, the first one first."""

_GROWING = {Column.NAME: 3, Column.PERMISSIONS: 2, Column.PROCESS: 1}


def fit_columns(room: int, wanted: dict[Column, int]) -> dict[Column, int]:
    """Share `room` among the columns: at least `wanted`, up to the ideal, then what is left.

    A column missing from the answer has given way.
    """
    least = dict(wanted)
    for column in GIVING_WAY:
        if room < sum(least.values()):
            del least[column]
    ideal = {column: max(WIDTHS[column][1], width) for column, width in least.items()}
    spare = room - sum(least.values())
    wish = sum(ideal.values()) - sum(least.values())
    if spare <= 0:
        return dict(least)
    if spare < wish:
        return {c: least[c] + (ideal[c] - least[c]) * spare // wish for c in least}
    left = spare - wish
    shares = sum(_GROWING.values())
    grown = {c: ideal[c] + left * _GROWING.get(c, 0) // shares for c in least}
    grown[Column.NAME] += room - sum(grown.values())
    return grown


class FleetTree(QTreeView):
    """A flat, dense tree: account rows span the columns, key rows show their cells.

    Signals:
        menu_requested: a context menu is wanted at a point of the viewport.
    """

    menu_requested = Signal(QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._account_painter = AccountRowPainter(theme)
        self.pictures = RowPixmaps()
        self._columns: tuple[object, ...] = ()
        self._mouse = NOWHERE
        self._by_keyboard = False
        self._fitted_by_hand = False
        self._fitting = False
        self.setViewport(_Ground())
        self.setObjectName("fleet-tree")
        self.setAccessibleName("Accounts and keys")
        self.setUniformRowHeights(True)
        self.setIndentation(INDENT)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # or a search moves the columns
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAllColumnsShowFocus(True)
        self._set_delegates()
        self._set_header()
        theme.changed.connect(self._on_theme_changed)

    def _set_delegates(self) -> None:
        self._cell = CellDelegate(self._theme, self)
        self._name = NameDelegate(self._theme, self)
        self._permissions = PermissionBadgesDelegate(self._theme, self)
        self._allowlist = AllowlistStatusDelegate(self._theme, self)
        self._delegates: dict[Column, CellDelegate] = {
            Column.NAME: self._name,
            Column.PERMISSIONS: self._permissions,
            Column.ALLOWLIST: self._allowlist,
        }
        self.setItemDelegate(self._cell)

    def _set_header(self) -> None:
        header = self.header()
        header.setObjectName("fleet-header")
        header.setAccessibleName("Columns")
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(48)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        keep_height(header, self._theme)
        header.sectionResized.connect(self._on_section_resized)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the row below the mouse, or of the present one when a key was pressed."""
        typed = event.reason() is QContextMenuEvent.Reason.Keyboard
        self.menu_requested.emit(self.visualRect(self.currentIndex()).center() if typed else event.pos())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill what no row covers; the viewport paints all of itself, so that scrolling can shift it."""
        fill_beside_rows(self, event.rect(), self._theme.tokens.bg)
        places = ((self.columnViewportPosition(c), self.columnWidth(c)) for c in Column)
        self._columns = (self.horizontalOffset(), *places)
        viewport = self.viewport()
        self._mouse = viewport.mapFromGlobal(self.cursor().pos()) if viewport.underMouse() else NOWHERE
        self.pictures.begin()
        super().paintEvent(event)
        self.pictures.finish(self)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Shift what is painted; the row that was under the mouse and the one that is now paint anew.

        Qt takes a step of more pixels than there are rows in view for a jump and paints everything.
        """
        viewport = self.viewport()
        if dx or abs(dy) >= viewport.height():
            super().scrollContentsBy(dx, dy)
            return
        viewport.scroll(0, dy)
        if viewport.underMouse():
            here = viewport.mapFromGlobal(self.cursor().pos())
            for y in (here.y(), here.y() + dy):
                row = self.visualRect(self.indexAt(QPoint(here.x(), y)))
                viewport.update(0, row.top(), viewport.width(), row.height())

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """Draw background, branch and contents of a whole row, from its picture while nothing has changed."""
        row = index.data(ROW_ROLE)
        rect = QRect(0, options.rect.top(), self.viewport().width(), options.rect.height())
        if not isinstance(row, AccountRow | KeyRow):
            return
        account = isinstance(row, AccountRow)
        ground = self._ground(rect, index, on_surface=account)
        opens = self.isExpanded(index) if account and index.model().hasChildren(index) else None
        depth = self._depth(index)
        identity = row.account_id if isinstance(row, AccountRow) else row.slot_id
        frame = (ground.rgba(), opens, depth, self._columns)

        def draw(on: QPainter, where: QRect) -> None:
            self._draw_ground(on, where, ground)
            self._draw_branch(on, where, opens, depth)
            if isinstance(row, AccountRow):
                left = (depth + 1) * INDENT + PAD - 4 - self.horizontalOffset()
                self._account_painter.draw(on, where.adjusted(left, 0, -PAD - 4, 0), row)
            else:
                self._draw_cells(on, where, row, (depth + 1) * INDENT)

        self.pictures.show(painter, rect, identity, row, frame, draw)
        self._draw_focus(painter, rect, index)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Draw nothing: the row has done it."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._by_keyboard = event.reason() in (*by_key, Qt.FocusReason.ShortcutFocusReason)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keyboard = True
        super().keyPressEvent(event)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        super().mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def open_all_but(self, closed: frozenset[AccountId]) -> None:
        """Open all accounts but some, for the price of one layout.

        Qt opens all that stand below one row far sooner than we can name them one by one.
        """
        model = self.model()
        if not isinstance(model, AccountTreeModel):
            return
        self.blockSignals(True)
        self.scheduleDelayedItemsLayout()
        shown = model.shown_accounts()
        most_open = 2 * len(shown & closed) <= len(shown)
        for above in model.parents() if most_open else ():
            self.expandRecursively(above, 1)
        if not most_open:
            self.collapseAll()
        for index in model.account_indexes(shown & closed if most_open else shown - closed):
            self.setExpanded(index, not most_open)
        self.executeDelayedItemsLayout()
        self.blockSignals(False)

    def fit(self) -> None:
        """Fit the columns to the viewport unless the operator has set them."""
        if self._fitted_by_hand or self.model() is None:
            return
        self._fitting = True
        widths = fit_columns(self.viewport().width(), self._least())
        for column in Column:
            self.setColumnHidden(column, column not in widths)
            if column in widths:
                self.setColumnWidth(column, widths[column])
        self._fitting = False

    def _least(self) -> dict[Column, int]:
        """Return what each column needs in the present fonts: its head, and the words it often says."""
        heads, body = self.header().fontMetrics(), QFontMetrics(self._theme.fonts.body)
        least = {}
        for column in Column:
            words = max((body.horizontalAdvance(word) for word in OFTEN.get(column, ())), default=0)
            room = max(words + 1, heads.horizontalAdvance(HEADS[column])) + 2 * PAD
            least[column] = max(for_font(WIDTHS[column][0], self._theme.fonts.body_px), room)
        return least

    def _on_section_resized(self) -> None:
        if not self._fitting and self.isVisible():
            self._fitted_by_hand = True

    def _ground(self, rect: QRect, index: Index, *, on_surface: bool) -> QColor:
        tokens = self._theme.tokens
        if self.selectionModel().isRowSelected(index.row(), index.parent()):
            return tokens.sel
        if rect.contains(self._mouse):
            return tokens.hover
        return tokens.surface if on_surface else tokens.bg

    def _draw_ground(self, painter: QPainter, rect: QRect, ground: QColor) -> None:
        tokens = self._theme.tokens
        painter.fillRect(rect, ground)
        hairline = QColor(tokens.border)
        hairline.setAlphaF(HAIRLINE)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), hairline)
        if ground == tokens.sel:
            painter.fillRect(QRect(rect.left(), rect.top(), SELECTION_EDGE, rect.height()), tokens.accent)

    def _on_theme_changed(self) -> None:
        self.pictures.clear()
        self.viewport().update()

    def _on_range_changed(self, least: int, most: int) -> None:
        """Keep the bar's room and hide its handle while all rows are in view."""
        self.verticalScrollBar().setEnabled(most > least)

    def _draw_branch(self, painter: QPainter, rect: QRect, opens: bool | None, depth: int) -> None:
        if opens is None:
            return
        name = "chevron-down" if opens else "chevron-right"
        ratio = painter.device().devicePixelRatio()
        left = depth * INDENT + (INDENT - ICON) // 2 + 2 - self.horizontalOffset()
        top = rect.center().y() - ICON // 2 + 1
        painter.drawPixmap(QPoint(left, top), self._theme.pixmap(name, self._theme.tokens.muted, ICON, ratio))

    def _draw_cells(self, painter: QPainter, rect: QRect, row: object, indent: int) -> None:
        """Let the delegates draw; they keep inside their rectangles, so nothing needs to be clipped."""
        if not isinstance(row, KeyRow):
            return
        for column in Column:
            width = self.columnWidth(column)
            if not width:
                continue
            inset = indent if column is Column.NAME else 0
            left = self.columnViewportPosition(column) + inset + PAD
            cell = QRect(left, rect.top(), width - inset - 2 * PAD, rect.height())
            self._delegates.get(column, self._cell).draw(painter, cell, row, column)

    def _draw_focus(self, painter: QPainter, rect: QRect, index: Index) -> None:
        if not (self._by_keyboard and self.hasFocus()):
            return
        current = self.currentIndex()
        if current.row() != index.row() or current.parent() != index.parent():
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.tokens.accent, FOCUS_RING))
        painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -2), 4, 4)
        painter.restore()

    def _depth(self, index: Index) -> int:
        depth, above = 0, index.parent()
        while above.isValid():
            depth, above = depth + 1, above.parent()
        return depth


class _Ground(QWidget):
    """The tree's viewport, made here and not by Qt.

    Handed a widget that Qt has made, PySide6 looks for its class among all there are, and makes every one
    of them with its enums: a tenth of a bare window's start.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("qt_scrollarea_viewport")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
