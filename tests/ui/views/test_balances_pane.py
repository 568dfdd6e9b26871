"""The balances pane: scope, refresh on request and by timer, stale and missing figures, copying."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest_asyncio
from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.domain.balances import BalancesSnapshot
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.ui.bridge import FIRST_GROUP, Bridge
from kraken_desk.ui.models.balances import BalanceColumn
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.balances import BalancesPane
from kraken_desk.ui.views.balances_tree import BalancesTree
from kraken_desk.ui.widgets.pill import Pill
from tests.helpers.wait import wait_until
from tests.ui.dialogs.fakes import child
from tests.ui.drawing import drawn
from tests.ui.fake_desk import FakeDesk
from tests.ui.money_samples import (
    ACCOUNTS,
    BASIS,
    DEMO,
    MASTER,
    MOMENTUM,
    a_balance,
    a_fleet,
    a_sheet,
    balances_of,
)

FAILED = Problem(
    "UnavailableError", "Kraken did not answer", "No answer within 15 s.", "Try again in a moment."
)
NO_KEY = Problem("NoKey", "No key reads these balances", "The Spot keys here belong to other processes.")
FIGURES = balances_of(
    a_sheet(MASTER, a_balance("BTC", "1.25", "1"), a_balance("USD", "48210.55", "48210.55")),
    a_sheet(MOMENTUM, a_balance("USD", "103992.1", "103992.1"), problem=FAILED),
    a_sheet(BASIS, as_of=None, problem=NO_KEY),
)


class Stage:
    """A pane on a fake desk, shown."""

    def __init__(self, qtbot: QtBot, theme: Theme, fleet: FleetSnapshot) -> None:
        self.desk = FakeDesk(DEMO, fleet)
        self.bridge = Bridge(self.desk.desk)
        self.bridge.open()
        self.selection = Selection()
        self.pane = BalancesPane(self.bridge, self.selection, theme)
        self.widget = self.pane.widget()
        qtbot.addWidget(self.widget)
        self.widget.resize(1000, 320)
        self.seen: list[object] = []
        self.bridge.balances_changed.connect(self.seen.append)
        self.pane.open()
        self.widget.show()

    async def publish(self, snapshot: BalancesSnapshot) -> None:
        """Publish figures and wait until the pane has drawn them."""
        self.desk.balances.snapshot.publish(snapshot)
        await wait_until(lambda: self.seen and self.seen[-1] is snapshot)
        await drawn(self.pane)

    @property
    def tree(self) -> BalancesTree:
        return child(self.widget, BalancesTree, "balances-tree")

    @property
    def timer(self) -> QTimer:
        [timer] = self.pane.findChildren(QTimer, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return timer

    @property
    def page(self) -> str:
        [stack] = self.widget.findChildren(QStackedWidget)
        shown = stack.currentWidget()
        return shown.objectName() if shown is not None else ""

    def text(self, name: str) -> str:
        return child(self.widget, QLabel, name).text()

    def column(self, column: BalanceColumn) -> list[str]:
        model = self.tree.model()
        return [str(model.index(row, column).data()) for row in range(model.rowCount(QModelIndex()))]


Opener = Callable[..., Stage]


@pytest_asyncio.fixture
async def opened(qtbot: QtBot, theme: Theme) -> AsyncIterator[Opener]:
    stages: list[Stage] = []

    def open_stage(fleet: FleetSnapshot | None = None) -> Stage:
        stage = Stage(qtbot, theme, fleet or a_fleet())
        stages.append(stage)
        return stage

    yield open_stage
    for stage in stages:
        stage.pane.close()
        stage.bridge.close()
        await stage.desk.scope.close()


async def test_the_whole_tree_adds_up(opened: Opener) -> None:
    """Without a selection every asset is summed over the accounts."""
    stage = opened()

    await stage.publish(FIGURES)

    assert stage.text("balances-scope") == "All accounts"
    assert stage.text("balances-age") == "oldest figure 14:02:11 · 2 assets"
    assert stage.column(BalanceColumn.ASSET) == ["BTC", "USD"]
    assert stage.column(BalanceColumn.TOTAL) == ["1.25", "152\u2009202.65"]
    assert stage.column(BalanceColumn.PLACE) == ["Meridian Capital · Spot", "2 places"]


async def test_a_selected_account_shows_its_own_figures(opened: Opener) -> None:
    """Selecting an account narrows the pane to it and names it."""
    stage = opened()
    await stage.publish(FIGURES)

    stage.selection.select_account(MASTER.account_id)

    assert stage.text("balances-scope") == "Meridian Capital, master"
    assert stage.column(BalanceColumn.TOTAL) == ["1.25", "48\u2009210.55"]


async def test_a_failed_account_keeps_its_figures_and_says_why(opened: Opener) -> None:
    """Stale figures stay on screen, marked, with the reason in words."""
    stage = opened()
    await stage.publish(FIGURES)

    stage.selection.select_account(MOMENTUM.account_id)

    assert stage.column(BalanceColumn.TOTAL) == ["103\u2009992.10"]
    assert stage.column(BalanceColumn.AS_OF)[0].endswith("· stale")
    assert stage.text("balances-note-text") == (
        "Spot: stale figures. Kraken did not answer. Try again in a moment."
    )
    tip = child(stage.widget, QLabel, "balances-note-text").toolTip()
    assert "No answer within 15 s." in tip


async def test_troubled_accounts_are_named_beside_the_totals(opened: Opener) -> None:
    """In the whole tree each stale or unread account has a word of its own, with the reason as its tip."""
    stage = opened()

    await stage.publish(FIGURES)

    notes = child(stage.widget, QWidget, "balances-notes")
    shown = [(pill.text(), pill.property("tone")) for pill in notes.findChildren(Pill)]
    assert shown == [("Momentum, Spot: stale figures", "warn"), ("Basis, Spot: no figures", "muted")]


async def test_one_trouble_of_many_accounts_is_told_once(opened: Opener) -> None:
    """When Kraken is down the pane does not repeat itself; the tip lists the accounts."""
    stage = opened()

    await stage.publish(
        balances_of(*(a_sheet(account, a_balance("USD", "1", "1"), problem=FAILED) for account in ACCOUNTS))
    )

    [pill] = child(stage.widget, QWidget, "balances-notes").findChildren(Pill)
    assert pill.text() == "3 readings stale: Kraken did not answer"
    assert [line.partition(",")[0] for line in pill.toolTip().splitlines()] == [
        "Meridian Capital",
        "Momentum",
        "Basis",
    ]


async def test_both_venues_of_an_account_share_one_line(opened: Opener) -> None:
    """One cause that concerns Spot and Futures is said once."""
    stage = opened()
    stage.selection.select_account(MASTER.account_id)

    await stage.publish(
        balances_of(
            a_sheet(MASTER, a_balance("USD", "1", "1"), problem=FAILED),
            a_sheet(MASTER, a_balance("USD", "2", "2", wallet="cash"), venue=Venue.FUTURES, problem=FAILED),
        )
    )

    assert stage.text("balances-note-text") == (
        "Spot and Futures: stale figures. Kraken did not answer. Try again in a moment."
    )


async def test_an_account_without_a_key_says_which_would_do(opened: Opener) -> None:
    """Instead of an empty table the pane names the missing right."""
    stage = opened()
    await stage.publish(FIGURES)

    stage.selection.select_account(BASIS.account_id)

    assert stage.page == "balances-unreadable"
    assert "Query Funds" in stage.text("balances-note-text")


async def test_what_the_start_will_read_is_shown_as_loading(opened: Opener) -> None:
    """While the desk is still starting, nobody is asked to press Refresh."""
    stage = opened()
    started = asyncio.Event()

    stage.bridge.start(FIRST_GROUP, started.wait())
    assert stage.page == "balances-loading"

    started.set()
    await wait_until(lambda: stage.page == "balances-not-read")


async def test_the_faces_of_the_pane(opened: Opener) -> None:
    """No accounts, nothing read yet, loading and nothing held are pages of their own."""
    nobody, stage = opened(a_fleet(accounts=())), opened()
    pages = [nobody.page, stage.page]

    await stage.publish(balances_of(refreshing=True))
    pages.append(stage.page)
    await stage.publish(balances_of(a_sheet(MASTER)))
    pages.append(stage.page)

    assert pages == [
        "balances-no-accounts",
        "balances-not-read",
        "balances-loading",
        "balances-nothing-held",
    ]


async def test_refresh_asks_for_what_is_shown(opened: Opener) -> None:
    """The button reads the selected account, or everything without a selection, as a person's wish."""
    stage = opened()
    await stage.publish(FIGURES)
    button = child(stage.widget, QPushButton, "button-refresh-shown")

    button.click()
    await wait_until(lambda: len(stage.desk.balances.asked) == 1 and button.isEnabled())
    stage.selection.select_account(MASTER.account_id)
    button.click()
    await wait_until(lambda: len(stage.desk.balances.asked) == 2)

    assert stage.desk.balances.asked == [(None, False), ((MASTER.account_id,), False)]


async def test_the_timer_refreshes_with_the_desk_s_own_keys_only(opened: Opener) -> None:
    """What no person asked for is asked automatically, so that no process's key is used."""
    stage = opened()

    stage.timer.timeout.emit()
    await wait_until(lambda: bool(stage.desk.balances.asked))

    assert stage.timer.isActive()
    assert stage.timer.interval() == 60_000
    assert stage.desk.balances.asked == [(None, True)]


async def test_a_closed_pane_asks_nothing_and_shows_nothing_new(opened: Opener) -> None:
    """After closing neither timer nor snapshot reaches the pane."""
    stage = opened()
    stage.pane.close()

    await stage.publish(FIGURES)

    assert stage.tree.model().rowCount(QModelIndex()) == 0
    assert not stage.timer.isActive()


async def test_expansion_and_selection_survive_a_refresh(opened: Opener) -> None:
    """New figures do not close what was opened nor lose what was selected."""
    stage = opened()
    await stage.publish(FIGURES)
    usd = stage.tree.model().index(1, 0)
    stage.tree.expand(usd)
    stage.tree.setCurrentIndex(usd)

    await stage.publish(
        balances_of(
            a_sheet(MASTER, a_balance("AAVE", "1", "1"), a_balance("USD", "1", "1")),
            a_sheet(MOMENTUM, a_balance("USD", "2", "2")),
        )
    )

    now = stage.tree.model().index(1, 0)
    assert now.data() == "USD"
    assert stage.tree.isExpanded(now)
    assert stage.tree.currentIndex() == now


async def test_zeros_can_be_hidden(opened: Opener) -> None:
    """The box takes away what is neither held nor on hold."""
    stage = opened()
    await stage.publish(balances_of(a_sheet(MASTER, a_balance("EUR", "0", "0"), a_balance("USD", "1", "1"))))

    child(stage.widget, QCheckBox, "hide-zeros").setChecked(True)

    assert stage.column(BalanceColumn.ASSET) == ["USD"]


async def test_selected_rows_are_copied(opened: Opener) -> None:
    """Ctrl+C in the table copies the selected rows with a head."""
    stage = opened()
    await stage.publish(FIGURES)
    stage.tree.setCurrentIndex(stage.tree.model().index(0, 0))
    stage.widget.activateWindow()
    stage.tree.setFocus()
    await wait_until(stage.widget.isActiveWindow)

    QTest.keyClick(stage.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Asset\tWhere\tTotal")
    assert lines[1].startswith("BTC\tMeridian Capital · Spot\t1.25\t1\tnot reported\t")


async def test_no_figure_is_cut(opened: Opener) -> None:
    """Columns are as wide as their longest figure, however many digits it has."""
    stage = opened()
    long = "123456789.000000000000000001"

    await stage.publish(balances_of(a_sheet(MASTER, a_balance("SHIB", long, long))))

    text = stage.column(BalanceColumn.TOTAL)[0]
    width = stage.tree.fontMetrics().horizontalAdvance(text)
    assert text == "123\u2009456\u2009789.000000000000000001"
    assert stage.tree.columnWidth(BalanceColumn.TOTAL) > width


async def test_painting_every_state_raises_nothing(opened: Opener) -> None:
    """Stale, zero, unknown, long and nested rows are drawn without an error."""
    stage = opened()
    await stage.publish(FIGURES)
    stage.tree.expandAll()
    stage.tree.selectAll()

    assert not stage.widget.grab().isNull()
