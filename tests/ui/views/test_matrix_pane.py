"""The matrix pane: states, filters, the branch, sorting, the frozen column, copies and exports."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton, QStackedWidget
from pytestqt.qtbot import QtBot

from kraken_desk.domain.audit.matrix import Mark
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot
from kraken_desk.domain.keys import KeyId, SlotId, SpotPermissions
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.delegates.matrix_cell import MatrixCell
from kraken_desk.ui.models.matrix import CELL_ROLE, FIRST_RIGHT, CellMark
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.matrix import MatrixPane
from tests.helpers.builders import LAB, NOW, a_key, spot_info
from tests.helpers.judgements import TOP, a_judgement
from tests.helpers.wait import wait_until
from tests.ui.drawing import drawn
from tests.ui.fake_desk import FakeDesk
from tests.unit.domain.audit.facts import SUB, key, role, trader

SURPLUS = trader(
    name="surplus",
    rights=("query-funds", "query-open-trades", "modify-trades", "close-trades", "withdraw-funds"),
)
LACKING = key(
    name="lacking",
    rights=("query-funds",),
    account=TOP,
    declared=role("trading"),
    slot_id=SlotId("s2"),
    key_id=KeyId("k2"),
    api_key="two",
    account_id=TOP.account_id,
)
STRANGE = trader(
    name="strange",
    slot_id=SlotId("s3"),
    key_id=KeyId("k3"),
    api_key="three",
    facts={"permissions": SpotPermissions.from_strings(("query-funds", "fly"))},
)
FOUND = a_judgement(SURPLUS, LACKING, STRANGE)


def _fleet() -> FleetSnapshot:
    """Return the same keys as the tree has them."""
    nodes = {}
    for number, facts in enumerate((SURPLUS, LACKING, STRANGE)):
        nodes[facts.slot.slot_id] = replace(a_key(number, info=spot_info("query-funds")), slot=facts.slot)
    sub = AccountNode(SUB, (nodes[SURPLUS.slot.slot_id], nodes[STRANGE.slot.slot_id]))
    return FleetSnapshot(LAB.name, NOW, (AccountNode(TOP, (nodes[LACKING.slot.slot_id],), (sub,)),))


class Scene:
    """The pane on a fake desk."""

    def __init__(self, theme: Theme, qtbot: QtBot) -> None:
        self.fake = FakeDesk(fleet=_fleet())
        self.bridge = Bridge(self.fake.desk)
        self.selection = Selection()
        self.pane = MatrixPane(self.bridge, self.selection, theme)
        self.bridge.open()
        qtbot.addWidget(self.pane.widget())
        self.pane.widget().resize(800, 240)
        self.pane.open()
        self.pane.widget().show()
        self.table = self.pane._table

    def judge(self) -> None:
        self.fake.judging.judgement.publish(FOUND)

    @property
    def page(self) -> str:
        stack = self.pane.widget().findChild(QStackedWidget)
        assert isinstance(stack, QStackedWidget)
        shown = stack.currentWidget()
        assert shown is not None
        return shown.objectName()

    def names(self) -> list[str]:
        return [row.name for row in self.pane._model.rows]

    def switch(self, name: str) -> None:
        chip = self.pane.widget().findChild(QPushButton, f"matrix-{name}")
        assert isinstance(chip, QPushButton)
        chip.toggle()

    def act(self, name: str) -> QAction:
        return next(action for action in self.pane.actions() if action.objectName() == name)

    def end(self) -> None:
        self.pane.close()
        self.bridge.close()


@pytest.fixture
def scene(theme: Theme, qtbot: QtBot) -> Iterator[Scene]:
    scene = Scene(theme, qtbot)
    yield scene
    scene.end()


def test_no_mark_is_shown_before_the_first_judgement(scene: Scene) -> None:
    """While facts are loading the pane shows that it loads."""
    assert scene.page == "matrix-loading"


@pytest.mark.parametrize(
    ("chip", "names"),
    [("missing", ["lacking", "strange"]), ("surplus", ["surplus", "strange"]), ("dangerous", ["surplus"])],
)
def test_switches_narrow_the_keys(scene: Scene, chip: str, names: list[str]) -> None:
    """Missing, surplus and dangerous keys are found; an unknown right counts as too much."""
    scene.judge()

    scene.switch(chip)

    assert sorted(scene.names()) == sorted(names)


def test_the_branch_is_the_selected_account_and_what_is_below(scene: Scene) -> None:
    """With the switch on, the matrix follows the selection of the tree."""
    scene.judge()
    scene.switch("branch")

    scene.selection.select_account(SUB.account_id)
    below = scene.names()
    scene.selection.select_account(TOP.account_id)

    assert sorted(below) == ["strange", "surplus"]
    assert len(scene.names()) == 3


def test_a_click_on_a_head_sorts_up_then_down_then_not(scene: Scene) -> None:
    """Both views sort as one, and the third click gives the order of accounts back."""
    scene.judge()
    before = scene.names()
    header = scene.table.keys.horizontalHeader()

    orders = []
    for _ in range(3):
        header.sectionClicked.emit(0)
        orders.append(scene.names())

    assert orders == [["lacking", "strange", "surplus"], ["surplus", "strange", "lacking"], before]


def test_a_right_sorts_what_is_too_much_to_the_top(scene: Scene) -> None:
    """Sorted by a right, keys that hold it beyond their role come first."""
    scene.judge()
    column = FIRST_RIGHT + [right.right_id for right in FOUND.matrix.rights].index("withdraw-funds")  # type: ignore[arg-type]  # a new type of text

    scene.table.rights.horizontalHeader().sectionClicked.emit(column)

    assert scene.names()[0] == "surplus"


def test_the_frozen_column_scrolls_with_the_others(scene: Scene, qtbot: QtBot) -> None:
    """Both views show the same rows, and only the right-hand one moves sideways."""
    scene.judge()
    scene.table.resize(500, 90)
    bar = scene.table.rights.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)

    bar.setValue(bar.maximum())

    assert scene.table.keys.verticalScrollBar().value() == bar.value()
    assert scene.table.keys.horizontalScrollBar().maximum() == 0


def test_enter_opens_a_key(scene: Scene) -> None:
    """The key of the row is selected in the whole window."""
    scene.judge()
    scene.table.rights.selectRow(0)
    name = scene.names()[0]

    QTest.keyClick(scene.table.rights, Qt.Key.Key_Return)

    slots = {node.slot.slot_id: node.slot.name for node in scene.bridge.fleet.keys()}  # noqa: SIM118  # no dictionary
    assert scene.selection.slot_id is not None
    assert slots[scene.selection.slot_id] == name


def test_cells_say_what_they_show(scene: Scene) -> None:
    """A screen reader hears key, right and what the role says to it; unknown rights stand in words."""
    scene.judge()
    row = scene.names().index("strange")
    model = scene.pane._model
    last = model.columnCount() - 1

    said = model.index(row, FIRST_RIGHT).data(Qt.ItemDataRole.AccessibleTextRole)

    assert said == "strange: Query Funds held"
    assert model.index(row, last).data() == "fly"


def test_held_surplus_and_missing_differ_by_shape(theme: Theme, scene: Scene) -> None:
    """Without colours, the covered pixels of the signs still differ."""
    painter = MatrixCell(theme)
    marks = (
        CellMark(Mark.HELD),
        CellMark(Mark.HELD, dangerous=True),
        CellMark(Mark.SURPLUS),
        CellMark(Mark.SURPLUS, dangerous=True),
        CellMark(Mark.MISSING),
        CellMark(Mark.NONE),
        CellMark(Mark.NOT_KNOWN),
    )

    shapes = set()
    for mark in marks:
        image = painter.sign(mark, 1.0).toImage()
        covered = [
            image.pixelColor(x, y).alpha() > 127 for x in range(image.width()) for y in range(image.height())
        ]
        shapes.add(tuple(covered))

    assert len(shapes) == len(marks)
    assert scene.pane._model.index(0, FIRST_RIGHT).data(CELL_ROLE) is None


def test_rows_are_copied_with_their_head(scene: Scene) -> None:
    """Without a selection all rows are copied, ready for a spreadsheet."""
    scene.judge()

    scene.act("matrix-copy").trigger()

    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Key\tAccount\tRole\tquery-funds")
    assert len(lines) == 4


async def test_the_keys_shown_are_saved_as_a_table(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row for each key shown, with its sentence."""
    scene.judge()
    scene.switch("dangerous")
    await drawn(scene.pane)
    path = tmp_path / "matrix.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))

    scene.act("matrix-export").trigger()
    await wait_until(lambda: not scene.bridge.work)

    lines = path.read_text("utf-8").splitlines()
    assert lines[0].startswith("Account,Key,Venue,Process,Role,query-funds")
    assert len(lines) == 2
