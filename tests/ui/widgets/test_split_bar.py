"""The bar of words and acts: side by side where there is room, and nothing cut where there is none."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.elided_label import ElidedLabel
from kraken_desk.ui.widgets.split_bar import SplitBar


@pytest.mark.parametrize(("width", "lines"), [(900, 1), (300, 2), (170, 3)])
def test_figures_and_buttons_are_never_cut(qtbot: QtBot, theme: Theme, width: int, lines: int) -> None:
    """The acts go below the words, and below each other, before anything loses its end."""
    del theme  # it dresses them
    figure, acts = QLabel("447 486.49"), (QPushButton("Export table"), QPushButton("Refresh"))
    bar = SplitBar((figure, ElidedLabel("prices 2 s ago")), acts)
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(bar)
    column.addStretch()

    window.resize(width, 400)
    window.show()
    QApplication.processEvents()

    tops = {part.mapTo(bar, part.rect().center()).y() for part in (figure, *acts)}
    assert len(tops) == lines
    assert all(part.width() >= part.minimumSizeHint().width() for part in (figure, *acts))
    assert all(part.mapTo(bar, part.rect().topRight()).x() < width for part in (figure, *acts))
