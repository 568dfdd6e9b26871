"""Whether everything has the room that it needs: no text cut off, nothing upon something else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QTableView,
    QToolButton,
    QTreeView,
    QWidget,
)

from kraken_desk.ui.widgets.elided_label import ElidedLabel
from tests.ui.access.parts import below, called, is_private, paints_itself

SCREEN = QSize(1280, 800)
SLACK = 1
_SMALLER = 0.85
"""Heads are written in the smaller of the fonts."""
MOST_ROWS = 6


def cramped(root: QWidget) -> list[str]:
    """Return one sentence for each text that is cut off and each widget upon another."""
    found: list[str] = []
    if root.width() > SCREEN.width() or root.height() > SCREEN.height():
        found.append(f"{called(root)}: {root.width()} by {root.height()} does not fit the screen")
    for widget in below(root):
        if widget.isVisible() and not is_private(widget):
            found += _text(widget)
            found += _inside(widget)
            if isinstance(widget, QScrollArea):
                found += _sideways(widget)
    for parent in (root, *below(root)):
        if parent.isVisible():
            found += _overlaps(parent)
    return found


def _text(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, ElidedLabel):
        if _wide(widget, widget.text()) > widget.width() and not widget.toolTip():
            yield f"{called(widget)}: {widget.text()!r} is elided, without a tip"
    elif isinstance(widget, QLabel):
        yield from _label(widget)
    elif isinstance(widget, (QPushButton, QToolButton, QCheckBox, QRadioButton)):
        yield from _button(widget)
    elif isinstance(widget, QComboBox):
        yield from _combo(widget)
    elif isinstance(widget, QLineEdit):
        yield from _line(widget)
    elif isinstance(widget, QTabBar):
        yield from _tabs(widget)
    elif isinstance(widget, QHeaderView):
        yield from _header(widget)
    elif isinstance(widget, (QTreeView, QTableView)):
        yield from _cells(widget)


def _wide(widget: QWidget, text: str) -> int:
    return widget.fontMetrics().horizontalAdvance(text)


def _label(label: QLabel) -> Iterator[str]:
    if not label.text() or paints_itself(label):
        return
    need = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
    if need > label.height() + SLACK:
        yield f"{called(label)}: {label.text()[:60]!r} needs {need} px of height, has {label.height()}"
    least = label.minimumSizeHint().width() if label.wordWrap() else label.sizeHint().width()
    if least > label.width() + SLACK and not label.toolTip():
        yield f"{called(label)}: {label.text()[:60]!r} needs {least} px of width, has {label.width()}"


def _button(button: QWidget) -> Iterator[str]:
    hint = button.sizeHint()
    if hint.width() > button.width() + SLACK:
        yield f"{called(button)}: needs {hint.width()} px of width, has {button.width()}"
    if hint.height() > button.height() + SLACK:
        yield f"{called(button)}: needs {hint.height()} px of height, has {button.height()}"


def _combo(box: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    room = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
    )
    text = box.currentText() or box.placeholderText()
    if _wide(box, text) > room.width() + SLACK and not box.toolTip():
        yield f"{called(box)}: {text!r} needs {_wide(box, text)} px of width, has {room.width()}"
    if box.fontMetrics().height() > room.height() + SLACK:
        yield f"{called(box)}: needs {box.fontMetrics().height()} px of height, has {room.height()}"


def _line(line: QLineEdit) -> Iterator[str]:
    if isinstance(line.parentWidget(), QComboBox):
        return
    margins = line.textMargins()
    inner = line.contentsRect().width() - margins.left() - margins.right() - 4
    if not line.text() and _wide(line, line.placeholderText()) > inner and not line.toolTip():
        yield f"{called(line)}: {line.placeholderText()!r} does not fit into {inner} px"
    if line.fontMetrics().height() > line.height():
        yield f"{called(line)}: needs {line.fontMetrics().height()} px of height, has {line.height()}"


def _tabs(bar: QTabBar) -> Iterator[str]:
    for number in range(bar.count()):
        room = bar.tabRect(number)
        need = _wide(bar, bar.tabText(number))
        if need > room.width() + SLACK and not bar.tabToolTip(number):
            yield f"{called(bar)}: the tab {bar.tabText(number)!r} needs {need} px, has {room.width()}"
        if room.right() > bar.width() + SLACK and not bar.usesScrollButtons():
            yield f"{called(bar)}: the tab {bar.tabText(number)!r} sticks out"


def _header(header: QHeaderView) -> Iterator[str]:
    view = header.parentWidget()
    if header.orientation() is Qt.Orientation.Vertical or view is None:
        return
    for number in range(header.count()):
        text = str(header.model().headerData(number, header.orientation()) or "")
        room = header.sectionSize(number)
        tip = header.model().headerData(number, header.orientation(), Qt.ItemDataRole.ToolTipRole)
        if not header.isSectionHidden(number) and _wide(header, text) > room - 8 and not tip:
            yield f"{called(view)}: the head {text!r} has {room} px and no tip"
    if header.height() < header.fontMetrics().height() * _SMALLER:
        yield f"{called(view)}: the heads are {header.height()} px high"


def _cells(view: QTreeView | QTableView) -> Iterator[str]:
    if view.model() is None:
        return
    row, rows = view.indexAt(view.viewport().rect().topLeft()), 0
    while row.isValid() and rows < MOST_ROWS:
        for column in range(view.model().columnCount(row.parent())):
            if not view.isColumnHidden(column):
                yield from _cell(view, row.siblingAtColumn(column))
        row, rows = (
            view.indexAt(view.visualRect(row).bottomLeft() + ONE_DOWN),
            rows + 1,
        )


def _cell(view: QAbstractItemView, cell: QModelIndex) -> Iterator[str]:
    box, text = view.visualRect(cell), str(cell.data() or "")
    if view.fontMetrics().height() > box.height() + SLACK:
        yield f"{called(view)}: {text!r} stands in a row of {box.height()} px"
    cut = _wide(view, text) > box.width() - 8
    if text and cut and not cell.data(Qt.ItemDataRole.ToolTipRole):
        yield f"{called(view)}: the cell {text!r} has {box.width()} px and no tip"


def _inside(widget: QWidget) -> Iterator[str]:
    """Find what sticks out of its parent, unless one can scroll to it."""
    parent = widget.parentWidget()
    if parent is None or isinstance(parent, (QAbstractScrollArea, QComboBox, QLineEdit, QTabBar)):
        return
    if isinstance(parent.parentWidget(), QAbstractScrollArea) or widget.size().isEmpty():
        return
    if not parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(widget.geometry()):
        yield f"{called(widget)}: {_box(widget.geometry())} sticks out of {_box(parent.rect())}"


def _sideways(area: QScrollArea) -> Iterator[str]:
    """Find what one cannot scroll to: contents that are wider than their view."""
    shut = area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    inner = area.widget()
    if shut and inner is not None and inner.width() > area.viewport().width() + SLACK:
        yield f"{called(area)}: {inner.width()} px of contents in {area.viewport().width()} px"


def _overlaps(parent: QWidget) -> Iterator[str]:
    if isinstance(parent, (QAbstractScrollArea, QComboBox, QLineEdit, QTabBar)):
        return
    children = [c for c in parent.children() if isinstance(c, QWidget) and c.isVisible() and not c.isWindow()]
    laid = [c for c in children if not c.size().isEmpty() and not c.testAttribute(_THROUGH)]
    for one, other in combinations(laid, 2):
        both = one.geometry().intersected(other.geometry())
        if both.width() > SLACK + 1 and both.height() > SLACK + 1:
            yield f"{called(one)} and {called(other)} lie upon each other: {_box(both)}"


ONE_DOWN = QPoint(1, 2)
_THROUGH = Qt.WidgetAttribute.WA_TransparentForMouseEvents


def _box(box: QRect) -> str:
    return f"({box.x()}, {box.y()}, {box.width()} by {box.height()})"
