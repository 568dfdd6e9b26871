"""The ring around the current row: there for the keyboard, gone for the mouse."""

import pytest
from PySide6.QtCore import QPoint, QStringListModel, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.row_focus import RowFocus


class Rows(QListView):
    """A list with a ring."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._rows = QStringListModel(["one", "two"])
        self.setModel(self._rows)
        self.ring = RowFocus(self, theme)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        super().paintEvent(event)
        self.ring.draw()


@pytest.fixture
def rows(qtbot: QtBot, theme: Theme) -> Rows:
    view = Rows(theme)
    qtbot.addWidget(view)
    view.resize(200, 100)
    view.show()
    view.activateWindow()
    assert QTest.qWaitForWindowActive(view)
    return view


def test_a_key_shows_the_ring_and_a_click_takes_it_away(rows: Rows) -> None:
    """Who moves by keyboard sees where; who clicks sees the selection."""
    rows.setFocus()
    rows.setCurrentIndex(rows.model().index(0, 0))

    QTest.keyClick(rows, Qt.Key.Key_Down)
    by_key = rows.ring.shown
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))

    assert by_key
    assert not rows.ring.shown


def test_the_ring_is_drawn_in_the_accent(rows: Rows, theme: Theme) -> None:
    """The ring is really painted around the row."""
    rows.setFocus()
    rows.setCurrentIndex(rows.model().index(0, 0))

    QTest.keyClick(rows, Qt.Key.Key_Down)
    row = rows.visualRect(rows.currentIndex())
    picture = rows.viewport().grab().toImage()

    assert rows.ring.shown
    assert picture.pixelColor(100, row.top() + 1) == theme.tokens.accent
