"""Tables that are only read: figures stand point below point."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from kraken_desk.ui.figures import cut_at_point
from kraken_desk.ui.widgets.plain_table import PlainTable

AMOUNTS = ("1 200.75 USD", "48 999.0235 USD", "5 BTC")


def inked(table: PlainTable, row: int) -> tuple[int, int]:
    """Return the first and last column of pixels in which a cell's delegate draws something."""
    index, option = table.model().index(row, 1), QStyleOptionViewItem()
    option.rect = QRect(0, 0, 300, 28)
    option.font, option.fontMetrics = table.font(), table.fontMetrics()
    image = QImage(300, 28, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    table.itemDelegateForColumn(1).paint(painter, option, index)
    painter.end()
    drawn = [x for x in range(300) if any(image.pixelColor(x, y).alpha() > 60 for y in range(28))]
    return drawn[0], drawn[-1]


def test_a_figure_is_cut_at_its_point() -> None:
    """What has no point has its unit behind the whole number."""
    assert [cut_at_point(text) for text in (*AMOUNTS, "0.75", "7", "")] == [
        ("1 200", ".75 USD"),
        ("48 999", ".0235 USD"),
        ("5", " BTC"),
        ("0", ".75"),
        ("7", ""),
        ("", ""),
    ]


def test_points_stand_below_each_other(qtbot: QtBot) -> None:
    """The longest fraction reaches the side; the others end as much before it as they are shorter."""
    table = PlainTable("legs", ("", "Amount"), spoken="Legs", right={1})
    qtbot.addWidget(table)
    table.fill([("1", text) for text in AMOUNTS])

    ends = [inked(table, row)[1] for row in range(3)]

    advance = table.fontMetrics().horizontalAdvance
    rests = [advance(cut_at_point(text)[1]) for text in AMOUNTS]
    assert [ends[1] - end for end in ends] == pytest.approx([max(rests) - rest for rest in rests], abs=2)
    assert table.model().index(0, 1).data() == "1 200.75 USD"
