"""Label and value pairs: changed in place, selectable, never marked up."""

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.ui.delegates.badge_painter import BadgeLook
from kraken_desk.ui.theme import Theme, Tone
from kraken_desk.ui.widgets.badge import BadgeLabel
from kraken_desk.ui.widgets.fact_lines import FigureLine
from kraken_desk.ui.widgets.facts import Fact, FactGrid
from kraken_desk.ui.widgets.id_label import IdLabel


@pytest.fixture
def grid(theme: Theme, qtbot: QtBot) -> FactGrid:
    grid = FactGrid(theme)
    qtbot.addWidget(grid)
    grid.show()
    return grid


def shown(grid: FactGrid) -> list[str]:
    QCoreApplication.sendPostedEvents()
    return [label.text() for label in grid.findChildren(QLabel) if label.isVisible()]


def test_labels_and_values_stand_side_by_side(grid: FactGrid) -> None:
    """Each fact has its label, its value and, where given, a remark below."""
    grid.show_facts((Fact("Expires", "in 3 d", Tone.WARN, note="2026-11-23"), Fact("Created", "never")))

    assert shown(grid) == ["Expires", "in 3 d", "2026-11-23", "Created", "never"]
    assert grid.text_of("Expires") == "in 3 d"


def test_an_ageing_value_keeps_its_widget(grid: FactGrid) -> None:
    """A new text under the same label changes the label in place, so that a selection is not lost."""
    grid.show_facts((Fact("Read", "12 s ago"),))
    before = next(label for label in grid.findChildren(QLabel) if label.text() == "12 s ago")

    grid.show_facts((Fact("Read", "17 s ago"),))

    assert before.text() == "17 s ago"


def test_other_labels_rebuild_the_grid(grid: FactGrid) -> None:
    """Facts of another key replace the old ones without a trace."""
    grid.show_facts((Fact("Read", "12 s ago"), Fact("Created", "never")))

    grid.show_facts((Fact("At Kraken", "not checked yet"),))

    assert shown(grid) == ["At Kraken", "not checked yet"]


def test_badges_come_and_go(grid: FactGrid) -> None:
    """A value of badges shows them, and none is left when they are gone."""
    look = BadgeLook("Read", Tone.MUTED)
    grid.show_facts((Fact("Permissions", badges=((look, "Query Funds"),)),))
    QCoreApplication.sendPostedEvents()
    badges = [badge.accessibleName() for badge in grid.findChildren(BadgeLabel) if badge.isVisible()]

    grid.show_facts((Fact("Permissions", "none"),))

    assert badges == ["Read: Query Funds"]
    assert shown(grid) == ["Permissions", "none"]


def test_values_are_plain_and_can_be_copied(grid: FactGrid) -> None:
    """Markup in a value is text, and a mouse can select it."""
    grid.show_facts((Fact("Name at Kraken", "<b>bot</b>"),))
    value = next(label for label in grid.findChildren(QLabel) if label.text() == "<b>bot</b>")

    assert value.textFormat() is Qt.TextFormat.PlainText
    assert value.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    assert value.accessibleName() == "Name at Kraken"


def test_an_id_is_broken_between_its_groups_and_copied_whole(theme: Theme, qtbot: QtBot) -> None:
    """A long id takes as many lines as it needs; what is copied has no break in it."""
    label = IdLabel()
    qtbot.addWidget(label)
    label.setText("bc163e0a-7472-481a-bd01-40097755c41d")
    width = label.fontMetrics().horizontalAdvance("bc163e0a-7472-481a-bd01-") + 1

    label.actions()[0].trigger()

    assert label.lines(width) == ["bc163e0a-7472-481a-bd01-", "40097755c41d"]
    assert label.heightForWidth(width) == 2 * label.fontMetrics().lineSpacing()
    assert QGuiApplication.clipboard().text() == "bc163e0a-7472-481a-bd01-40097755c41d"


def point_of(grid: FactGrid, text: str) -> int:
    """Return where the decimal point of a figure stands, in pixels from the grid's left."""
    label = next(label for label in grid.findChildren(QLabel) if label.text() == text and label.isVisible())
    advance = label.fontMetrics().horizontalAdvance
    whole = advance(text.partition(".")[0])
    if label.alignment() & Qt.AlignmentFlag.AlignRight:
        left = label.width() - label.indent() - advance(text)
    else:
        left = label.indent()
    return label.mapTo(grid, label.rect().topLeft()).x() + left + whole


@pytest.mark.parametrize("words", ["", "available"])
def test_figures_stand_point_below_point(grid: FactGrid, words: str) -> None:
    """Amounts of different length have their decimal points in one line, with words and without."""
    grid.resize(340, 200)
    grid.show_facts(
        (
            Fact("Spot holds", figures=(FigureLine("5.10 BTC", words), FigureLine("418707.525 USD", words))),
            Fact("Read", "just now"),
        )
    )
    QCoreApplication.processEvents()

    assert abs(point_of(grid, "5.10 BTC") - point_of(grid, "418707.525 USD")) <= 1


def test_many_reasons_are_counted_and_stand_in_the_tooltip(grid: FactGrid) -> None:
    """The worst reasons are shown one by one; the rest does not push the other facts away."""
    reasons = tuple(f"reason {number}" for number in range(8))

    grid.show_facts((Fact("Health", "0 of 100", points=reasons),))

    texts = [text for text in shown(grid) if text != "\u2022"]
    assert texts == ["Health", "0 of 100", "reason 0", "reason 1", "reason 2", "reason 3", "and 4 more"]
    assert any(part.toolTip() == "\n".join(reasons) for part in grid.findChildren(QWidget))
