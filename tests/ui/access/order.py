"""Where the Tab key leads: to everything, once, in the order in which one reads, and back to the start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import cast

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QButtonGroup,
    QLayout,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QWidget,
)

from tests.ui.access.parts import called, operable, place, reachable

MOST_STOPS = 200


def lost(root: QWidget) -> list[str]:
    """Return one sentence for each fault of the Tab key's way round a window that is shown and active."""
    start = next((w for w in operable(root) if reachable(w)), None)
    if start is None:
        return []
    stops = _round(start, Qt.Key.Key_Tab)
    wanted = [w for w in operable(root) if reachable(w)]  # of an exclusive group Qt now lets one be reached
    found = [f"{called(w)}: the Tab key does not reach it" for w in wanted if not _visited(w, stops)]
    found += [
        f"{called(w)}: the Tab key stops here, and nobody can act on it" for w in stops if w not in wanted
    ]
    if len(stops) >= MOST_STOPS:
        found.append(f"{called(stops[-1])}: the Tab key goes round without coming back")
    back = _round(start, Qt.Key.Key_Backtab)
    if set(back) != set(stops):
        found.append(f"backwards the Tab key takes another way: {_names(set(back) ^ set(stops))}")
    return found + list(_out_of_order(root, stops))


def _round(start: QWidget, key: Qt.Key) -> list[QWidget]:
    """Press a key until it comes back to where it began, and return where it stopped."""
    start.setFocus(Qt.FocusReason.TabFocusReason)
    stops: list[QWidget] = []
    while len(stops) < MOST_STOPS:
        now = QApplication.focusWidget()
        if now is None or now in stops:
            break
        stops.append(now)
        QTest.keyClick(now, key)
    now = QApplication.focusWidget()
    if now is not None and stops and now is not stops[0] and len(stops) < MOST_STOPS:
        stops += [now] * (MOST_STOPS - len(stops))  # a trap: it came back, but not to the start
    return stops


def _visited(widget: QWidget, stops: Sequence[QWidget]) -> bool:
    """Say whether a stop is the widget, or the one of its exclusive group that Tab leads to."""
    if widget in stops:
        return True
    if not isinstance(widget, QAbstractButton):
        return False
    group, parent = cast("QButtonGroup | None", widget.group()), widget.parentWidget()
    if group is not None:
        return group.exclusive() and any(button in stops for button in group.buttons())
    kin = parent.children() if parent is not None and widget.autoExclusive() else []
    return any(k in stops for k in kin if isinstance(k, QAbstractButton) and k.autoExclusive())


def _names(widgets: set[QWidget]) -> str:
    return ", ".join(sorted(map(called, widgets)))


def _out_of_order(root: QWidget, stops: Sequence[QWidget]) -> Iterator[str]:
    """Compare the stops with the groups that the layouts make, from the largest to the smallest."""
    start = min(range(len(stops)), key=lambda n: _reading(place(stops[n], root)), default=0)
    way = [*stops[start:], *stops[:start]]
    yield from _in_group(_group(root), way, root)


def _in_group(group: Sequence[object], way: Sequence[QWidget], root: QWidget) -> Iterator[str]:
    runs: list[tuple[object, list[QWidget]]] = []
    for stop in way:
        part = next((p for p in group if _holds(p, stop)), None)
        if part is None:
            continue
        if runs and runs[-1][0] is part:
            runs[-1][1].append(stop)
        else:
            runs.append((part, [stop]))
    seen: list[object] = []
    for (one, stops), (other, following) in pairwise(runs):
        seen.append(one)
        if other in seen:
            yield f"{called(following[0])}: the Tab key comes back to a group that it had left"
        elif not _before(_box(one, root), _box(other, root)):
            yield f"{called(following[0])}: comes after {called(stops[-1])}, and stands before it"
    for part, stops in runs:
        if len(stops) > 1:
            inner = _group(part)
            if inner:
                yield from _in_group(inner, stops, root)


def _group(part: object) -> list[object]:
    """Return what a widget or a layout consists of, widgets without a layout of their own as they lie."""
    if isinstance(part, QSplitter):
        found: list[object] = []
        for number in range(part.count()):
            inner = part.widget(number)
            found += _group(inner) if isinstance(inner, QSplitter) else [inner]
        return found
    if isinstance(part, QTabWidget):
        return [part.tabBar(), part.currentWidget()]
    if isinstance(part, QStackedWidget):
        return [part.currentWidget()]
    if isinstance(part, QScrollArea):
        return [part.widget()]
    if isinstance(part, QAbstractScrollArea):
        return []
    layout = part.layout() if isinstance(part, QWidget) else part
    return _items(layout) if isinstance(layout, QLayout) else []


def _items(layout: QLayout) -> list[object]:
    found: list[object] = []
    for number in range(layout.count()):
        item = layout.itemAt(number)
        if item is not None and (item.widget() is not None or item.layout() is not None):
            found.append(item.widget() or item.layout())
    return found


def _holds(part: object, stop: QWidget) -> bool:
    if isinstance(part, QWidget):
        return part is stop or part.isAncestorOf(stop)
    return any(_holds(inner, stop) for inner in _group(part))


def _box(part: object, root: QWidget) -> QRect:
    if isinstance(part, QWidget):
        return place(part, root)
    boxes = [
        _box(inner, root) for inner in _group(part) if not isinstance(inner, QWidget) or inner.isVisible()
    ]
    box = QRect()
    for each in boxes:
        box = box.united(each)
    return box


def _before(one: QRect, other: QRect) -> bool:
    """Say whether one reads one box before the other: higher, or left of it in the same line."""
    same_line = abs(one.top() - other.top()) <= min(one.height(), other.height()) // 2
    middles = abs(one.center().y() - other.center().y()) <= min(one.height(), other.height()) // 2
    if same_line or middles:
        return one.left() <= other.left()
    return one.top() <= other.top()


def _reading(box: QRect) -> tuple[int, int]:
    return box.top() // 16, box.left()
