"""Drives the real window as hands would, by object names, and keeps pictures of what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QTreeView,
    QWidget,
)

from kraken_desk.services.desk import Desk
from kraken_desk.ui.main_window import MainWindow

W = TypeVar("W", bound=QWidget)

FOR_GOOD = ("desk:", "journal:", "dialogs:")
"""Groups of work that run as long as the window, or wait for a person; all others end by themselves."""

PATIENCE_S = 20.0
PAINT_S = 0.25
"""Longer than any animation and debounce of the window."""


class ScreenDriver:
    """One window on one desk, and the directory for its pictures."""

    def __init__(self, window: MainWindow, desk: Desk, directory: Path, prefix: str) -> None:
        self.window = window
        self._desk = desk
        self._directory = directory
        self._prefix = prefix
        self.saved: list[Path] = []

    async def picture(self, name: str, widget: QWidget | None = None, *, at_once: bool = False) -> None:
        """Save the window or one widget as PNG: `at_once`, or when nothing moves any more."""
        if not at_once:
            await self.settle()
        path = self._directory / f"{self._prefix}-{len(self.saved) + 1:02}-{name}.png"
        if not (widget or self.window).grab().save(str(path)):
            raise OSError(f"{path} could not be written")
        self.saved.append(path)

    async def settle(self) -> None:
        """Wait until work that ends by itself has ended and the window has painted."""
        await self.until(lambda: all(g.startswith(FOR_GOOD) for g in self._desk.scope.groups.value))
        await asyncio.sleep(PAINT_S)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():  # noqa: ASYNC110  # widgets announce nothing that could be awaited
                await asyncio.sleep(0.01)

    def act(self, action: str) -> None:
        """Trigger an action by its object name."""
        found = next((a for a in self.window.actions() if a.objectName() == action), None)
        found = found or self.window.findChild(QAction, action)
        if found is None:
            raise LookupError(f"no action {action}")
        found.trigger()

    async def dialog(self) -> QDialog:
        """Return the dialog that is open, once it is."""
        await self.until(lambda: _open_dialog() is not None)
        return self.open_dialog()

    def open_dialog(self) -> QDialog:
        dialog = _open_dialog()
        if dialog is None:
            raise LookupError("no dialog is open")
        return dialog

    def find(self, kind: type[W], name: str, inside: QWidget | None = None) -> W:
        found = (inside or self.window).findChild(kind, name)
        if found is None:
            raise LookupError(f"no {kind.__name__} {name}")
        return found

    def type(self, name: str, text: str, inside: QWidget) -> None:
        field = self.find(QLineEdit, name, inside)
        field.setText(text)
        field.textEdited.emit(text)

    async def click(self, name: str, inside: QWidget) -> None:
        """Press a button once it can be pressed: shown and enabled."""
        button = self.find(QAbstractButton, name, inside)
        await self.until(lambda: button.isVisible() and button.isEnabled())
        button.click()

    def press(self, name: str, inside: QWidget) -> None:
        """Press a button that can be pressed now."""
        self.find(QAbstractButton, name, inside).click()

    def shows(self, text: str, inside: QWidget) -> bool:
        """Say whether a visible label has this text."""
        return any(text in label.text() for label in inside.findChildren(QLabel) if label.isVisible())

    def shown_in_tree(self) -> set[str]:
        """Return the texts of all cells of the tree."""
        model = self.find(QTreeView, "fleet-tree").model()
        return _texts_below(model, QModelIndex())

    async def close(self, dialog: QDialog) -> None:
        dialog.reject()
        await self.dialog_gone()

    async def dialog_gone(self) -> None:
        await self.until(lambda: _open_dialog() is None)

    def choose(self, name: str, text: str, inside: QWidget) -> None:
        """Choose an entry of a combo box by its text."""
        box = self.find(QComboBox, name, inside)
        row = box.findText(text)
        if row < 0:
            raise LookupError(f"{name} offers no {text}")
        box.setCurrentIndex(row)

    def select(self, name: str) -> None:
        """Select the row of an account or key by its name."""
        tree = self.find(QTreeView, "fleet-tree")
        index = _row_named(tree, name, QModelIndex())
        if index is None:
            raise LookupError(f"no row {name}")
        tree.setCurrentIndex(index)
        tree.scrollTo(index)


def _open_dialog() -> QDialog | None:
    shown = (w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible())
    return next(shown, None)


def _row_named(tree: QTreeView, name: str, parent: QModelIndex) -> QModelIndex | None:
    model = tree.model()
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        if str(index.data(Qt.ItemDataRole.DisplayRole)) == name:
            return index
        below = _row_named(tree, name, index)
        if below is not None:
            return below
    return None


def _texts_below(model: QAbstractItemModel, parent: QModelIndex) -> set[str]:
    texts: set[str] = set()
    for row in range(model.rowCount(parent)):
        cells = [model.index(row, column, parent) for column in range(model.columnCount(parent))]
        texts |= {str(cell.data()) for cell in cells}
        texts |= _texts_below(model, cells[0])
    return texts
