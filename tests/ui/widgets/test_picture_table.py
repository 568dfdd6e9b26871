"""Tables painted from pictures: what is drawn, when, and that nothing is left blank."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PySide6.QtCore import QRect, QStringListModel, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets import row_pixmaps
from kraken_desk.ui.widgets.picture_table import PictureTable, Place, RowPicture
from tests.helpers.wait import wait_until

ROW, ROWS, IN_VIEW = 20, 200, 10


class Table(PictureTable):
    """Two hundred rows of which ten can be seen, each red when it is drawn."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, ROW)
        self.drawn: list[int] = []
        self.horizontalHeader().hide()
        self.setModel(QStringListModel([str(number) for number in range(ROWS)], self))
        self.setFrameShape(self.Shape.NoFrame)
        self.resize(200, ROW * IN_VIEW)

    def row_picture(self, number: int, columns: tuple[Place, ...]) -> RowPicture:
        def draw(on: QPainter, where: QRect) -> None:
            self.drawn.append(number)
            on.fillRect(where, QColor("red"))

        return RowPicture(number, columns, draw, QColor("black"))

    def is_red(self) -> bool:
        image = self.viewport().grab().toImage()
        return all(image.pixelColor(5, ROW * row + 5) == QColor("red") for row in range(IN_VIEW))


@pytest_asyncio.fixture
async def table(qtbot: QtBot, theme: Theme) -> AsyncIterator[Table]:
    made = Table(theme)
    qtbot.addWidget(made)
    made.show()
    await wait_until(lambda: len(made.drawn) >= IN_VIEW)
    yield made
    made.hide()


async def test_rows_beyond_the_view_are_drawn_ahead(table: Table) -> None:
    """Scrolling by a page then draws nothing in its paint."""
    await wait_until(lambda: len(set(table.drawn)) == 2 * IN_VIEW)
    before = len(table.drawn)

    table.verticalScrollBar().setValue(ROW * IN_VIEW)
    red = table.is_red()

    assert sorted(set(table.drawn)) == list(range(2 * IN_VIEW))
    assert len(table.drawn) == before
    assert red


async def test_both_sides_of_the_view_are_drawn_ahead(table: Table) -> None:
    """In the middle, a page above and a page below."""
    table.verticalScrollBar().setValue(100 * ROW)

    await wait_until(lambda: {90, 119} <= set(table.drawn))

    assert not {89, 120} & set(table.drawn)


async def test_no_row_stays_blank(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """A paint without time draws one row, the next ones the others, wherever the view is by then."""
    monkeypatch.setattr(row_pixmaps, "NEW_S", -1.0)

    table.verticalScrollBar().setValue(100 * ROW)
    await wait_until(lambda: 100 in table.drawn)
    table.verticalScrollBar().setValue(120 * ROW)

    await wait_until(lambda: set(range(120, 120 + IN_VIEW)) <= set(table.drawn))
    assert table.is_red()


async def test_enter_opens_a_row(table: Table) -> None:
    """As a double click does."""
    opened: list[int] = []
    table.opened.connect(opened.append)
    table.setCurrentIndex(table.model().index(3, 0))

    QTest.keyClick(table, Qt.Key.Key_Return)

    assert opened == [3]
