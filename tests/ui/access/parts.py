"""The widgets of a window that a person meets, without those that Qt makes for itself."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTabWidget,
    QTextEdit,
    QWidget,
)

OPERABLE = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
)
_PRIVATE = ("qt_", "ScrollLeftButton", "ScrollRightButton")


def below(root: QWidget) -> Iterator[QWidget]:
    """Return the widgets inside a window, itself left out, as they were made; no other window's."""
    for child in root.children():
        if isinstance(child, QWidget) and not child.isWindow():
            yield child
            yield from below(child)


def operable(root: QWidget) -> list[QWidget]:
    """Return what a person can act on, hidden pages included; a combo box counts as one."""
    return [w for w in below(root) if _is_operable(w)]


def _is_operable(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    if is_private(widget) or isinstance(widget, (QHeaderView, QScrollBar, QMenu, QTabWidget)):
        return False
    if isinstance(parent, QLineEdit):
        return _focus(widget) is not Qt.FocusPolicy.NoFocus  # else a sign that Qt shows in the field
    if isinstance(parent, (QComboBox, QAbstractSpinBox, QAbstractItemView, QTabBar)):
        return False  # a part that Qt makes: an editor's line, a corner
    if isinstance(widget, OPERABLE):
        return not (isinstance(widget, QAbstractItemView) and _focus(widget) is Qt.FocusPolicy.NoFocus)
    return bool(_focus(widget) & Qt.FocusPolicy.TabFocus) and not isinstance(widget, QAbstractScrollArea)


def reachable(widget: QWidget) -> bool:
    """Say whether the Tab key may stop at a widget now."""
    return widget.isVisible() and widget.isEnabled() and bool(_focus(widget) & Qt.FocusPolicy.TabFocus)


def _focus(widget: QWidget) -> Qt.FocusPolicy:
    return widget.focusPolicy()


def name_of(widget: QWidget) -> str:
    """Return what a screen reader calls a widget; of a combo box Qt tells some systems its text instead."""
    if isinstance(widget, QComboBox):
        return widget.accessibleName().strip()
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name).strip()


def description_of(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Description).strip()


def role_of(widget: QWidget) -> QAccessible.Role:
    return QAccessible.queryAccessibleInterface(widget).role()


def place(widget: QWidget, root: QWidget) -> QRect:
    """Return where a widget lies in its window."""
    return QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())


def is_private(widget: QWidget) -> bool:
    """Say whether Qt has made a widget for itself; the bar of a tab widget is met all the same."""
    return widget.objectName().startswith(_PRIVATE) and not isinstance(widget, QTabBar)


def paints_itself(widget: QWidget) -> bool:
    """Say whether the program draws a widget, not Qt."""
    kind = type(widget)
    return "paintEvent" in vars(kind) and not kind.__module__.startswith("PySide6")


def called(widget: QWidget) -> str:
    """Return words by which a developer finds a widget."""
    own, parent = widget, widget.parentWidget()
    name = own.objectName()
    while not name and parent is not None:
        name, parent = f"…{parent.objectName()}" if parent.objectName() else "", parent.parentWidget()
    return f"{type(widget).__name__} {name}".strip()
