"""The processes and timeline panes: they follow the fleet, lead to keys, and say something when empty."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QStackedWidget
from pytestqt.qtbot import QtBot

from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.processes import ProcessesPane
from kraken_desk.ui.views.timeline import TimelinePane
from kraken_desk.ui.widgets.grouped_table import GroupedTable
from tests.helpers.builders import LAB, NOW, a_key, a_lease, a_master_with, spot_info
from tests.ui.fake_desk import FakeDesk

SOON = spot_info(valid_until=NOW + timedelta(days=3), last_used=NOW, created_time=NOW)
FLEET = a_master_with(a_key(1), a_key(2, process="bot", info=SOON))


class Scene:
    """Both panes on a fake desk, shown one at a time."""

    def __init__(self, theme: Theme, qtbot: QtBot, fleet: FleetSnapshot = FLEET) -> None:
        self.fake = FakeDesk(fleet=fleet)
        self.bridge = Bridge(self.fake.desk)
        self.selection = Selection()
        self.act = QAction("Hand over…")
        self.act.setObjectName("hand-over")
        self.processes = ProcessesPane(self.bridge, self.selection, theme, (self.act,))
        self.timeline = TimelinePane(self.bridge, self.selection, theme)
        self.bridge.open()
        for pane in (self.processes, self.timeline):
            qtbot.addWidget(pane.widget())
            pane.widget().resize(1000, 300)
            pane.open()
            pane.widget().show()

    def table(self, pane: ProcessesPane | TimelinePane) -> GroupedTable:
        found = pane.widget().findChild(GroupedTable)
        assert isinstance(found, GroupedTable)
        return found

    def page(self, pane: ProcessesPane | TimelinePane) -> str:
        widget = pane.widget()
        stack = widget if isinstance(widget, QStackedWidget) else widget.findChild(QStackedWidget)
        assert isinstance(stack, QStackedWidget)
        shown = stack.currentWidget()
        assert shown is not None
        return shown.objectName()

    def end(self) -> None:
        for pane in (self.processes, self.timeline):
            pane.close()
        self.bridge.close()


@pytest.fixture
def scene(theme: Theme, qtbot: QtBot) -> Iterator[Scene]:
    scene = Scene(theme, qtbot)
    yield scene
    scene.end()


def test_empty_panes_say_what_will_stand_there(theme: Theme, qtbot: QtBot) -> None:
    """Before the first key there is a sentence in each."""
    scene = Scene(theme, qtbot, FleetSnapshot(LAB.name, NOW))

    pages = (scene.page(scene.processes), scene.page(scene.timeline))

    assert pages == ("processes-empty", "timeline-empty")
    scene.end()


def test_a_lease_appears_in_the_pane_and_on_its_tab(scene: Scene, qtbot: QtBot) -> None:
    """As soon as a process holds a key the pane says so."""
    badge = QSignalSpy(scene.processes.badge_changed)
    held = a_master_with(a_key(1), replace(a_key(2, process="bot"), lease=a_lease(2)))

    scene.fake.fleet.snapshot.publish(held)
    qtbot.waitUntil(lambda: badge.count() > 0 and badge.at(badge.count() - 1)[0] == "· 1 held")

    label = scene.processes.widget().findChild(QLabel, "processes-summary")
    assert isinstance(label, QLabel)
    assert label.text() == "1 process · 1 key held now"


def test_choosing_a_row_selects_its_key(scene: Scene) -> None:
    """From both panes the selection goes to the key, and the processes pane follows the others."""
    scene.table(scene.processes).select("slot-2")
    from_processes = scene.selection.slot_id
    scene.selection.clear()
    emptied = scene.table(scene.processes).selected_key
    scene.table(scene.timeline).select("expiry:key-2")

    assert (from_processes, emptied) == (SlotId("slot-2"), "")
    assert scene.selection.slot_id == SlotId("slot-2")
    assert scene.table(scene.processes).selected_key == "slot-2"


def test_the_timeline_counts_what_is_near(scene: Scene, qtbot: QtBot) -> None:
    """The remark on the tab is the number of dates overdue or within 30 days."""
    badge = QSignalSpy(scene.timeline.badge_changed)

    scene.timeline.refresh()

    assert badge.at(0)[0] == "· 1"


def test_rows_keep_their_selection_while_figures_change(scene: Scene) -> None:
    """New facts neither move nor unselect the row."""
    table = scene.table(scene.processes)
    table.select("slot-2")

    scene.fake.clock.move(minutes=3)
    scene.processes.refresh()

    assert table.selected_key == "slot-2"


def test_enter_opens_a_row(scene: Scene, qtbot: QtBot) -> None:
    """The keyboard reaches what a double click does."""
    table = scene.table(scene.processes)
    table.select("slot-1")

    with qtbot.waitSignal(table.opened) as opened:
        QTest.keyClick(table, Qt.Key.Key_Return)

    assert opened.args == ["slot-1"]


def test_narrow_panes_keep_the_columns_that_matter(scene: Scene) -> None:
    """Optional columns give way, the last first; nothing needs a scroll bar."""
    table = scene.table(scene.timeline)
    table.resize(520, 200)
    table.fit()
    shown = [
        table.model().headerData(n, Qt.Orientation.Horizontal)
        for n in range(table.model().columnCount())
        if not table.isColumnHidden(n)
    ]

    assert shown == ["Date", "In", "What", "Key"]


def test_dates_are_drawn_on_the_line(scene: Scene, theme: Theme) -> None:
    """The sign of an expiry within days stands at the left in the colour of a warning."""
    table = scene.table(scene.timeline)
    image: QImage = table.viewport().grab().toImage()
    warn = theme.tokens.warn.rgb()

    coloured = [x for x in range(image.width()) for y in range(image.height()) if image.pixel(x, y) == warn]

    bar = table.columnViewportPosition(5)
    assert [x for x in coloured if bar <= x <= bar + 40]
