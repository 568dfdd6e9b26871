"""The bar above everything: what gives way where the width ends, and what never does."""

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.ui.theme import Theme
from kraken_desk.ui.top_bar import TopBar


@pytest.fixture
def bar(theme: Theme, qtbot: QtBot) -> TopBar:
    acts = []
    for text in ("Check all", "Transfer", "Add key"):
        act = QAction(text)
        act.setObjectName(text.lower().replace(" ", "-"))
        act.setIcon(theme.icon("refresh"))
        acts.append(act)
    bar = TopBar(theme, "Kraken Desk", QLabel("DEMO"), QLineEdit(), acts)
    bar.acts_alive = acts  # type: ignore[attr-defined]  # actions belong to nobody here
    qtbot.addWidget(bar)
    bar.setMinimumWidth(1)  # a window of its own would be kept as wide as its contents
    bar.show()
    return bar


def shown(bar: TopBar) -> list[str]:
    """Return the words that can be read, from left to right; an act without words as its name in brackets."""
    parts: list[QLabel | QPushButton] = [*bar.findChildren(QLabel), *bar.findChildren(QPushButton)]
    seen = sorted((part for part in parts if part.isVisible()), key=lambda part: part.x())
    return [part.text() or f"({part.accessibleName()})" for part in seen]


def test_what_has_no_room_gives_way_in_turn(bar: TopBar) -> None:
    """First the words of the acts, then the program's name, then the acts: the environment stays."""
    stages = []
    for width in range(1200, 240, -10):
        bar.resize(width, bar.height())
        stages.append(tuple(shown(bar)))

    assert list(dict.fromkeys(stages)) == [
        ("Kraken Desk", "DEMO", "Check all", "Transfer", "Add key"),
        ("Kraken Desk", "DEMO", "(Check all)", "(Transfer)", "Add key"),
        ("DEMO", "(Check all)", "(Transfer)", "Add key"),
        ("DEMO", "Add key"),
    ]


def test_words_come_back_with_the_room(bar: TopBar) -> None:
    """What gave way stands there again in a wide window."""
    bar.resize(300, bar.height())

    bar.resize(1200, bar.height())

    assert shown(bar) == ["Kraken Desk", "DEMO", "Check all", "Transfer", "Add key"]


def test_nothing_is_cut_with_large_text(bar: TopBar, theme: Theme) -> None:
    """At twice the font every button has the width that its words need, and the bar the height."""
    theme.set_looks(compact=False, font_percent=200, reduced_motion=False)
    bar.resize(900, bar.height())

    buttons = [button for button in bar.findChildren(QPushButton) if button.isVisible()]
    cut = [button.text() for button in buttons if button.sizeHint().width() > button.width() + 1]
    low = [button.text() for button in buttons if button.sizeHint().height() > bar.height()]
    theme.set_looks(compact=False, font_percent=100, reduced_motion=False)
    assert (cut, low) == ([], [])
