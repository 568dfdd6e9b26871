"""The tree widget: how columns share the room, and what a row paints."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.ui.models.account_tree import AccountTreeModel
from kraken_desk.ui.models.fleet_rows import Column
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.fleet_tree import WIDTHS, FleetTree, fit_columns
from tests.helpers.builders import NOW, a_key, a_master_with, a_node, an_account

LEAST = {column: WIDTHS[column][0] for column in Column}
SUM_LEAST = sum(LEAST.values())
SUM_IDEAL = sum(ideal for _, ideal in WIDTHS.values())


@pytest.mark.parametrize("room", [SUM_LEAST, SUM_LEAST + 57, SUM_IDEAL, SUM_IDEAL + 311])
def test_all_columns_stay_inside_the_room(room: int) -> None:
    """From the least sum on every column is shown and none reaches beyond the window."""
    widths = fit_columns(room, LEAST)

    assert set(widths) == set(Column)
    assert sum(widths.values()) <= room
    assert all(widths[column] >= LEAST[column] for column in Column)


def test_spare_room_goes_to_the_longest_texts() -> None:
    """In a wide window name, rights and process grow and dates do not."""
    widths = fit_columns(SUM_IDEAL + 600, LEAST)

    assert sum(widths.values()) == SUM_IDEAL + 600
    assert widths[Column.NAME] > widths[Column.PERMISSIONS] > WIDTHS[Column.PERMISSIONS][1]
    assert widths[Column.CHECKED] == WIDTHS[Column.CHECKED][1]


def test_last_used_gives_way_first() -> None:
    """A window too narrow for all columns leaves the last use to the details, then process and venue."""
    narrow = fit_columns(SUM_LEAST - 1, LEAST)
    narrower = fit_columns(SUM_LEAST - LEAST[Column.LAST_USED] - 1, LEAST)

    narrowest = fit_columns(100, LEAST)

    assert set(Column) - set(narrow) == {Column.LAST_USED}
    assert set(Column) - set(narrowest) == {Column.LAST_USED, Column.PROCESS, Column.VENUE}
    assert set(Column) - set(narrower) == {Column.LAST_USED, Column.PROCESS}


def test_the_rest_scrolls() -> None:
    """What may not give way keeps its least width, however narrow the window."""
    widths = fit_columns(100, LEAST)

    assert widths[Column.NAME] == WIDTHS[Column.NAME][0]
    assert Column.PERMISSIONS in widths


@pytest.mark.parametrize("closed", [set(), {3}, {1}, {2, 3}, {1, 2, 3}])
def test_all_accounts_are_open_but_some(theme: Theme, qtbot: QtBot, closed: set[int]) -> None:
    """Few or many closed ones come to the same, and nobody hears of the program's own opening."""
    tree, model = FleetTree(theme), AccountTreeModel()
    qtbot.addWidget(tree)
    tree.setModel(model)
    below = (a_node(an_account(2), a_key(2)), a_node(an_account(3), a_key(3)))
    model.apply(a_master_with(a_key(1), below=below), NOW)
    heard = QSignalSpy(tree.expanded)

    tree.open_all_but(frozenset(AccountId(f"account-{number}") for number in closed))

    places = model.account_indexes(model.shown_accounts())
    assert [tree.isExpanded(index) for index in places] == [number not in closed for number in (1, 2, 3)]
    assert heard.count() == 0


def test_a_turn_of_the_wheel_paints_only_what_comes_into_view(theme: Theme, qtbot: QtBot) -> None:
    """Rows that stay in view are shifted, not painted again; Qt alone would paint all of them."""
    painted: list[int] = []

    class WatchedTree(FleetTree):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
            strips = list(event.region())  # type: ignore[call-overload]  # the stub lacks its iterator
            painted.append(sum(strip.height() for strip in strips))
            super().paintEvent(event)

    tree, model = WatchedTree(theme), AccountTreeModel()
    qtbot.addWidget(tree)
    tree.setModel(model)
    model.apply(a_master_with(*(a_key(number) for number in range(1, 200))), NOW)
    tree.open_all_but(frozenset())
    tree.resize(900, 600)
    with qtbot.waitExposed(tree):
        tree.show()
    qtbot.wait(50)  # everything that showing a window paints
    tree.verticalScrollBar().setValue(30)  # the first step shows the scroll bar's new place as well
    QApplication.processEvents()
    painted.clear()

    tree.verticalScrollBar().setValue(90)
    QApplication.processEvents()

    under_the_mouse = 2 * tree.visualRect(tree.indexAt(QPoint(10, 100))).height()  # one left, one met
    assert painted
    assert 60 <= sum(painted) <= 60 + under_the_mouse
