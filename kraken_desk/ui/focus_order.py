"""The Tab key's way round a window whose parts are built late and rebuilt: always as one reads.

Qt appends what is made late to the end of its own round. This one goes by the layouts instead: line
by line as they hold their parts, panes beside each other from the top and from the left.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
    QLayout,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QWidget,
)


def lead_on(root: QWidget, *, forward: bool) -> bool:
    """Give the focus to what follows the focused widget inside `root`, round and round."""
    order = list(in_reading_order(root))
    here = _place_of(QApplication.focusWidget(), order)
    way = [*order[here + 1 :], *order[:here]] if forward else [*order[:here][::-1], *order[:here:-1]]
    following = next(filter(_takes_focus, way), None)
    if following is None:
        return False
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    following.setFocus(reason)
    return True


def in_reading_order(root: QWidget) -> Iterator[QWidget]:
    """Return a widget and the visible ones inside it, in the order in which one reads them."""
    yield root
    for part in _parts(root):
        if part.isVisible() and not part.isWindow():
            yield from in_reading_order(part)


def _parts(widget: QWidget) -> list[QWidget]:
    if isinstance(widget, QSplitter):
        return sorted(_panes(widget), key=lambda pane: _corner(pane, widget))
    if isinstance(widget, QTabWidget):
        return [widget.tabBar(), *_present(widget.currentWidget())]
    if isinstance(widget, QStackedWidget):
        return _present(widget.currentWidget())
    if isinstance(widget, QScrollArea):
        return _present(widget.widget())
    layout = widget.layout()
    laid = list(_widgets_of(layout)) if layout is not None else []
    known = set(map(id, laid))
    return laid + [c for c in widget.children() if isinstance(c, QWidget) and id(c) not in known]


def _panes(splitter: QSplitter) -> Iterator[QWidget]:
    """Return what lies in a splitter and in those inside it."""
    for number in range(splitter.count()):
        pane = splitter.widget(number)
        if isinstance(pane, QSplitter):
            yield from _panes(pane)
        elif pane is not None:
            yield pane


def _corner(pane: QWidget, root: QWidget) -> tuple[int, int]:
    at = pane.mapTo(root, QPoint(0, 0))
    return at.y(), at.x()


def _present(widget: QWidget | None) -> list[QWidget]:
    return [widget] if widget is not None else []


def _widgets_of(layout: QLayout) -> Iterator[QWidget]:
    for number in range(layout.count()):
        item = layout.itemAt(number)
        if item is None:
            continue
        inner, widget = item.layout(), item.widget()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _widgets_of(inner)


def _takes_focus(widget: QWidget) -> bool:
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(by_tab) and widget.isEnabled() and widget.focusProxy() is None


def _place_of(focused: QWidget | None, order: list[QWidget]) -> int:
    """Return the place of the focused widget, or of what it belongs to; the window's own is the first."""
    while focused is not None and focused not in order:
        focused = focused.parentWidget()
    return order.index(focused) if focused is not None else 0
