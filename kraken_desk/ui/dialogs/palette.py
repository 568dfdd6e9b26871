"""PaletteDialog: one line to type in and the best of what fits below it; the keyboard is enough."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from kraken_desk.domain.quick_find import Entry, Index
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.palette_entries import Offer, offers
from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.theme.room import room_of
from kraken_desk.ui.use_counts import UseCounts

WIDTH = 660
ROWS = 11
KIND_WIDTH = 78
TOP = 76
"""How far below the window's upper edge the palette stands."""

ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}
_LEADS = "Commands, accounts, keys, processes, hosts and findings"

AnyIndex = QModelIndex | QPersistentModelIndex


class PaletteDialog(QDialog):
    """Offers entries and names the one that was chosen; it does nothing itself.

    Signals:
        chosen: the Entry; the palette is closed by then.
    """

    chosen = Signal(object)

    def __init__(
        self, find: Callable[[str], tuple[Entry, ...]], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self.setWindowTitle("Commands")
        self.setAccessibleName("Commands")
        self._find = find
        self._line = QLineEdit()
        self._rows = _Rows()
        self._list = QListView()
        self._nothing = QLabel("Nothing has this name. Fewer letters find more.")
        self._lay_out(theme)
        self._line.textChanged.connect(self.refresh)
        self._list.clicked.connect(self._on_chosen)
        self.refresh()

    @property
    def shown(self) -> tuple[Entry, ...]:
        """Return what is offered now, best first."""
        return self._rows.entries

    @property
    def current(self) -> Entry | None:
        row = self._list.currentIndex().row()
        return self._rows.entries[row] if 0 <= row < len(self._rows.entries) else None

    def refresh(self) -> None:
        """Look again for what is typed, and go to the best of it."""
        self._rows.show_entries(self._find(self._line.text()))
        self._nothing.setVisible(not self._rows.entries)
        self._list.setVisible(bool(self._rows.entries))
        self._go_to(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the keys that move in the list do so from the line."""
        if watched is self._line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in _MOVES:
                self._go_to(self._list.currentIndex().row() + _MOVES[key])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._on_chosen()
                return True
        return super().eventFilter(watched, event)

    def place(self, over: QWidget) -> None:
        """Stand in the middle of a window, near its upper edge."""
        across = max(0, (over.width() - self.width()) // 2)
        self.move(over.mapToGlobal(QPoint(across, min(TOP, over.height() // 6))))

    def take_keyboard(self) -> None:
        self._line.setFocus(Qt.FocusReason.PopupFocusReason)

    def _go_to(self, row: int) -> None:
        last = len(self._rows.entries) - 1
        if last >= 0:
            self._list.setCurrentIndex(self._rows.index(min(max(row, 0), last)))
        current = self.current
        self._line.setAccessibleDescription(_spoken(current) if current else self._nothing.text())

    def _on_chosen(self) -> None:
        entry = self.current
        if entry is not None and entry.possible:
            self.accept()
            self.chosen.emit(entry)

    def _lay_out(self, theme: Theme) -> None:
        self._line.setObjectName("palette-line")
        self._line.setPlaceholderText(_LEADS)
        self._line.setAccessibleName("What to do or to find")
        self._line.installEventFilter(self)
        lens = self._line.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        theme.dress(lens, "search", "muted")
        self._list.setObjectName("palette-list")
        self._list.setAccessibleName("Found")
        self._list.setModel(self._rows)
        self._list.setItemDelegate(_RowDelegate(theme, self))
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMouseTracking(True)
        set_role(self._list, "list")
        row = _row_height(theme)
        self._list.setFixedHeight(ROWS * row + 2)
        self._nothing.setObjectName("palette-nothing")
        self._nothing.setContentsMargins(metrics.GAP, metrics.GAP, metrics.GAP, metrics.GAP)
        set_role(self._nothing, "muted")
        frame = QFrame()
        set_role(frame, "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(metrics.GAP, metrics.GAP, metrics.GAP, metrics.GAP)
        for widget in (self._line, self._list, self._nothing):
            column.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        self.setFixedWidth(min(metrics.for_font(WIDTH, theme.fonts.body_px), room_of(self).width()))


class _Rows(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.entries: tuple[Entry, ...] = ()

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(entry)
        return entry if role == ENTRY_ROLE else None


class _RowDelegate(QStyledItemDelegate):
    """Draws the kind, the title, the details, and a shortcut at the end."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        del option, index
        return QSize(100, _row_height(self._theme))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        entry = index.data(ENTRY_ROLE)
        tokens, fonts = self._theme.tokens, self._theme.fonts
        painter.save()
        rect = QRect(option.rect)
        if option.state & option.widget.style().StateFlag.State_Selected:
            painter.fillRect(rect, tokens.sel)
            painter.fillRect(
                QRect(rect.left(), rect.top(), metrics.SELECTION_EDGE, rect.height()), tokens.accent
            )
        rect.adjust(metrics.GAP + 4, 0, -metrics.GAP, 0)
        kind_width = metrics.for_font(KIND_WIDTH, fonts.body_px)
        painter.setFont(fonts.small)
        painter.setPen(tokens.faint)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect, middle, entry.kind.value)
        if entry.note:
            painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, entry.note)
            rect.setRight(
                rect.right() - painter.fontMetrics().horizontalAdvance(entry.note) - 2 * metrics.GAP
            )
        rect.setLeft(rect.left() + kind_width)
        self._draw_words(painter, rect, entry)
        painter.restore()

    def _draw_words(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        tokens, fonts = self._theme.tokens, self._theme.fonts
        painter.setFont(fonts.body)
        painter.setPen(tokens.text if entry.possible else tokens.faint)
        measure, middle = painter.fontMetrics(), Qt.AlignmentFlag.AlignVCenter
        title = measure.elidedText(entry.title, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, middle, title)
        rest = rect.adjusted(measure.horizontalAdvance(title) + metrics.GAP + 4, 0, 0, 0)
        if rest.width() > KIND_WIDTH // 2:
            painter.setPen(tokens.muted if entry.possible else tokens.faint)
            painter.drawText(
                rest, middle, measure.elidedText(entry.detail, Qt.TextElideMode.ElideRight, rest.width())
            )


def _row_height(theme: Theme) -> int:
    return metrics.for_font(metrics.ROW_COMPACT + 4, theme.fonts.body_px)


def _spoken(entry: Entry) -> str:
    return ", ".join(part for part in (entry.title, entry.kind.value, entry.detail, entry.note) if part)


def open_dialog(kit: Kit) -> None:
    """Show the palette over the window; what is chosen is done once it has closed."""
    uses, now = UseCounts(kit.settings), kit.bridge.now()
    found: list[Offer] = list(offers(kit))
    by_ref = {entry.ref: act for entry, act in found}
    index, counted = Index(entry for entry, _ in found), uses.of(by_ref)
    dialog = PaletteDialog(lambda typed: index.find(typed, counted, now), kit.theme, kit.window)

    def on_chosen(entry: Entry) -> None:
        uses.note(entry.ref, now)
        by_ref[entry.ref]()

    dialog.chosen.connect(on_chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.adjustSize()
    dialog.place(kit.window)
    dialog.show()
    dialog.take_keyboard()
