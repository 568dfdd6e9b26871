"""Details beside a table, or below it in a narrow pane."""

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.beside import BesideLayout


@pytest.fixture
def pane(theme: Theme, qtbot: QtBot) -> QWidget:
    pane = QWidget()
    pane.setMinimumSize(1, 1)
    pane.setLayout(BesideLayout(QWidget(), QWidget(), theme))
    qtbot.addWidget(pane)
    pane.show()
    return pane


def boxes(pane: QWidget) -> list[tuple[int, int, int, int]]:
    QCoreApplication.processEvents()
    shown = (child.geometry() for child in pane.findChildren(QWidget))
    return [(box.x(), box.y(), box.width(), box.height()) for box in shown]


def test_in_a_wide_pane_the_details_stand_beside(pane: QWidget) -> None:
    """They keep their width, the table has the rest."""
    pane.resize(900, 500)

    assert boxes(pane) == [(0, 0, 560, 500), (560, 0, 340, 500)]


def test_in_a_narrow_pane_the_details_stand_below(pane: QWidget) -> None:
    """Both have the whole width, the table the larger part of the height; widened, all is as before."""
    pane.resize(500, 500)
    narrow = boxes(pane)
    pane.resize(900, 500)

    assert narrow == [(0, 0, 500, 300), (0, 300, 500, 200)]
    assert boxes(pane)[1] == (560, 0, 340, 500)


def test_in_a_low_pane_they_stay_beside(pane: QWidget) -> None:
    """Below each other neither would have a few rows."""
    pane.resize(500, 240)

    assert boxes(pane)[1][:2] == (160, 0)
