"""What a screen reader would say: names, roles, descriptions, and the cells of tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QTextEdit,
    QTreeView,
    QWidget,
)

from kraken_desk.ui.widgets.action_button import ActionButton
from kraken_desk.ui.widgets.sign import Sign
from kraken_desk.ui.widgets.skeleton import SkeletonRows
from tests.ui.access.parts import below, called, description_of, name_of, operable, paints_itself, role_of

SILENT_ROLES = (QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Window)
DECORATION = (SkeletonRows, Sign)
"""Painted, and saying nothing that the words beside it do not say."""
MOST_ROWS = 6
_COPIED = 3
"""So many channels and lines may differ in a cell that shows nothing: a hairline, a state's ground."""


def unheard(root: QWidget) -> list[str]:
    """Return one sentence for each widget that cannot be understood by ear."""
    found = [problem for widget in operable(root) for problem in _about(widget)]
    found += [problem for widget in below(root) for problem in _painted(widget)]
    found += list(_same_names(root))
    for view in below(root):
        if isinstance(view, (QTreeView, QTableView)) and view.isVisible():
            found += list(_table(view))
    return found


def _about(widget: QWidget) -> Iterator[str]:
    name, role = name_of(widget), role_of(widget)
    unused = isinstance(widget, QAbstractButton) and widget.isHidden() and not widget.text()
    if not name and not unused:
        yield f"{called(widget)}: no name"
    elif name == type(widget).__name__ or name == widget.objectName() or "_" in name:
        yield f"{called(widget)}: named {name!r}, a word of the code"
    elif widget.objectName() and name.islower() and name == _spelled(widget.objectName()):
        yield f"{called(widget)}: named {name!r}, after its object name"
    if role in SILENT_ROLES:
        yield f"{called(widget)}: its role is {role.name}"
    if isinstance(widget, QAbstractButton) and widget.isVisible() and not (widget.text() or widget.toolTip()):
        yield f"{called(widget)}: a picture alone, without a tip"
    if isinstance(widget, (QLineEdit, QComboBox, QPlainTextEdit, QTextEdit)) and not _labelled(widget):
        yield f"{called(widget)}: named {name!r}, which no label beside it says"


def _spelled(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def _labelled(field: QWidget) -> bool:
    """Say whether the eye finds a field's name too: in a label or in the empty field."""
    read = isinstance(field, (QPlainTextEdit, QTextEdit)) and field.isReadOnly()
    if read or (field.accessibleName() and _placeholder(field)):
        return True  # a text to be read is its own label
    labels = [w for w in below(field.window()) if isinstance(w, QLabel) and w.buddy() is field]
    name = name_of(field).casefold()
    return any(name.startswith(label.text().replace("&", "").strip().casefold()) for label in labels) or (
        isinstance(field, QComboBox) and bool(field.toolTip())
    )


def _placeholder(field: QWidget) -> str:
    return str(field.property("placeholderText") or "")


def _painted(widget: QWidget) -> Iterator[str]:
    """Ask a widget with a picture of its own what it says."""
    if isinstance(widget, DECORATION) or type(widget).__module__.startswith("PySide6"):
        if isinstance(widget, QLabel) and not widget.text() and not widget.pixmap().isNull():
            yield from _decorates(widget)
        return
    if isinstance(widget, QLabel) and not widget.text():
        return
    own = paints_itself(widget)
    if own and not isinstance(widget, QAbstractItemView) and widget.isVisible() and not name_of(widget):
        yield f"{called(widget)}: painted, and silent"


def _decorates(widget: QLabel) -> Iterator[str]:
    if widget.toolTip() and not name_of(widget):
        yield f"{called(widget)}: a picture with a tip and no name"


def _same_names(root: QWidget) -> Iterator[str]:
    """Find acts that sound alike and differ: shown together, one name must be enough to choose."""
    named: dict[str, list[QAbstractButton]] = defaultdict(list)
    for widget in operable(root):
        if isinstance(widget, QAbstractButton) and widget.isVisible():
            named[f"{name_of(widget)}|{description_of(widget)}"].append(widget)
    for spoken, buttons in named.items():
        if len({_act(button) for button in buttons}) > 1:
            yield f"{len(buttons)} buttons sound like {spoken!r}: {', '.join(map(called, buttons))}"


def _act(button: QAbstractButton) -> object:
    return button.objectName() if isinstance(button, ActionButton) else id(button)


def _table(view: QTreeView | QTableView) -> Iterator[str]:
    model = view.model()
    header = view.header() if isinstance(view, QTreeView) else view.horizontalHeader()
    for column in range(model.columnCount()):
        if not view.isColumnHidden(column) and header.isVisible():
            yield from _head(view, header, column)
    for index in _shown(view):
        if not _cell_name(view, index) and not _headed(view, index) and _is_painted(view, index):
            yield f"{called(view)}: the cell {index.row()}, {index.column()} is painted, and silent"


def _head(view: QAbstractItemView, header: QHeaderView, column: int) -> Iterator[str]:
    model = view.model()
    for role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole):
        if str(model.headerData(column, header.orientation(), role) or "").strip():
            return
    yield f"{called(view)}: column {column} has no head"


def _shown(view: QTreeView | QTableView) -> Iterator[QModelIndex]:
    model = view.model()
    row, rows = view.indexAt(view.viewport().rect().topLeft()), 0
    while row.isValid() and rows < MOST_ROWS:
        for column in range(model.columnCount(row.parent())):
            cell = row.siblingAtColumn(column)
            if not view.isColumnHidden(column) and not _spanned(view, cell):
                yield cell
        row, rows = view.indexAt(view.visualRect(row).bottomLeft() + QPoint(1, 2)), rows + 1


def _spanned(view: QTreeView | QTableView, cell: QModelIndex) -> bool:
    spans = isinstance(view, QTreeView) and view.isFirstColumnSpanned(cell.row(), cell.parent())
    return spans and cell.column() > 0


def _headed(view: QTreeView | QTableView, index: QModelIndex) -> bool:
    """Say whether the row's first cell speaks for all of it, as the head of a group does."""
    others = range(1, view.model().columnCount(index.parent()))
    silent = all(not _said(index.siblingAtColumn(column)) for column in others)
    return silent and bool(_said(index.siblingAtColumn(0)))


def _said(cell: QModelIndex) -> str:
    spoken = cell.data(Qt.ItemDataRole.AccessibleTextRole)
    return str(spoken or cell.data() or "").strip()


def _cell_name(view: QAbstractItemView, index: QModelIndex) -> str:
    """Return what is read aloud for a cell, asked for by its place as a screen reader does."""
    middle = view.visualRect(index).center()
    if not view.viewport().rect().contains(middle):
        return _said(index)  # scrolled out: there is no place to ask
    at = view.viewport().mapToGlobal(middle)
    cell = QAccessible.queryAccessibleInterface(view).childAt(at.x(), at.y())
    return cell.text(QAccessible.Text.Name).strip()


def _is_painted(view: QAbstractItemView, index: QModelIndex) -> bool:
    """Say whether there is anything to see in a cell but its ground."""
    box = view.visualRect(index).intersected(view.viewport().rect()).adjusted(6, 4, -6, -4)
    if box.width() < 4 or box.height() < 4:
        return False
    image = view.viewport().grab(box).toImage().convertToFormat(QImage.Format.Format_RGB32)
    seen = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    return len(seen) > _COPIED
