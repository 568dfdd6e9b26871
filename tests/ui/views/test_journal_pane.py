"""The journal pane: rows, the remark on its tab, and settling an unknown transfer from its row."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.journal import ChainFinding, ChainReport, TransferMove
from kraken_desk.domain.transfers import Evidence, JournalId, JournalSnapshot, TransferRecord, TransferState
from kraken_desk.reports.journal_lines import verify_file
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.dialogs.settle import SettleDialog
from kraken_desk.ui.models.journal import JournalColumn
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.journal import SETTLE_GROUP, JournalPane
from kraken_desk.ui.views.journal_bar import JournalBar
from kraken_desk.ui.views.journal_table import JournalTable
from tests.helpers.wait import wait_until
from tests.ui.dialogs.fakes import FakeSettling, child
from tests.ui.fake_desk import FakeDesk, SilentTransfers
from tests.ui.money_samples import DEMO, INSUFFICIENT, LOST_REPLY, NOW, a_record

UNKNOWN = a_record(TransferState.UNKNOWN, "u", problem=LOST_REPLY)
CONFIRMED = a_record(TransferState.CONFIRMED, "c", transfer_id="TOH3AS2-LPCWR8-JDQGEU")
REJECTED = a_record(TransferState.REJECTED, "r", problem=INSUFFICIENT)


class SettlingTransfers(SilentTransfers):
    """Answers the settle dialog."""

    def __init__(self) -> None:
        super().__init__(DEMO)
        self.fake = FakeSettling(UNKNOWN, Evidence(JournalId("u"), NOW, (), ()))

    async def evidence(self, journal_id: str) -> Evidence:
        return await self.fake.read(JournalId(journal_id))

    async def settle(
        self, journal_id: str, *, executed: bool, note: str = "", evidence: object = None
    ) -> None:
        assert evidence is None or isinstance(evidence, Evidence)
        await self.fake.settle(JournalId(journal_id), executed=executed, note=note, evidence=evidence)


class Stage:
    """A pane on a fake desk, shown."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.transfers = SettlingTransfers()
        self.fake = FakeDesk(DEMO)
        desk = self.fake.desk
        object.__setattr__(desk, "transfers", self.transfers)
        self.bridge = Bridge(desk)
        self.bridge.open()
        self.selection = Selection()
        self.pane = JournalPane(self.bridge, self.selection, theme)
        self.badges: list[str] = []
        self.pane.badge_changed.connect(self.badges.append)
        self.widget = self.pane.widget()
        qtbot.addWidget(self.widget)
        self.widget.resize(1000, 260)
        self.pane.open()
        self.widget.show()

    @property
    def table(self) -> JournalTable:
        return child(self.widget, JournalTable, "journal-table")

    @property
    def settle_enabled(self) -> bool:
        [action] = [a for a in self.pane.actions() if a.objectName() == "settle"]
        return action.isEnabled()

    def show(self, *records: TransferRecord) -> None:
        self.transfers.journal.publish(JournalSnapshot(DEMO.name, records))

    def dialog(self) -> SettleDialog | None:
        shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, SettleDialog) and w.isVisible()]
        return shown[0] if shown else None


@pytest_asyncio.fixture
async def stage(qtbot: QtBot, theme: Theme) -> AsyncIterator[Stage]:
    made = Stage(qtbot, theme)
    yield made
    made.pane.close()
    made.bridge.close()
    await made.fake.scope.close()


async def test_an_empty_journal_says_what_it_will_hold(stage: Stage) -> None:
    """Before the first transfer the pane explains itself."""
    assert child(stage.widget, QWidget, "journal-empty").isVisible()


async def test_unknown_outcomes_are_counted_on_the_tab(stage: Stage) -> None:
    """The tab says how many are unknown, and nothing once they are settled."""
    stage.show(UNKNOWN, CONFIRMED)
    stage.show(CONFIRMED)

    assert stage.badges == ["", "· 1 unknown", ""]


async def test_only_a_single_unknown_row_can_be_settled(stage: Stage) -> None:
    """The act is off for other states and for several rows at once."""
    stage.show(UNKNOWN, CONFIRMED, REJECTED)

    enabled = []
    for row in range(3):
        stage.table.selectRow(row)
        enabled.append(stage.settle_enabled)
    stage.table.selectAll()
    enabled.append(stage.settle_enabled)

    assert enabled == [True, False, False, False]


async def test_enter_on_an_unknown_row_settles_it(stage: Stage) -> None:
    """Enter opens the settle dialog; the decision goes to the service."""
    stage.show(CONFIRMED, UNKNOWN)
    stage.table.setCurrentIndex(stage.table.model().index(1, 0))

    QTest.keyClick(stage.table, Qt.Key.Key_Return)
    await wait_until(lambda: (d := stage.dialog()) is not None and not d.busy)
    dialog = stage.dialog()
    assert dialog is not None
    child(dialog, QRadioButton, "not_executed").click()
    child(dialog, QCheckBox, "sure").click()
    dialog.primary_button.click()
    await wait_until(lambda: not stage.fake.scope.running(SETTLE_GROUP))

    assert stage.transfers.fake.settled == [(JournalId("u"), False, "")]
    assert stage.dialog() is None


async def test_a_click_on_settle_opens_the_dialog_once(stage: Stage) -> None:
    """The link in the row opens one dialog, also when it is clicked twice."""
    stage.show(UNKNOWN)
    cell = stage.table.visualRect(stage.table.model().index(0, JournalColumn.ACTION))

    for _ in range(2):
        QTest.mouseClick(
            stage.table.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            QPoint(cell.left() + 12, cell.center().y()),
        )
    await wait_until(lambda: (d := stage.dialog()) is not None and not d.busy)
    dialog = stage.dialog()
    assert dialog is not None
    dialog.reject()
    await wait_until(lambda: not stage.fake.scope.running(SETTLE_GROUP))

    assert stage.transfers.fake.reads == 1
    assert stage.dialog() is None


async def test_enter_on_any_other_row_does_nothing(stage: Stage) -> None:
    """A confirmed transfer offers no act."""
    stage.show(CONFIRMED)
    stage.table.setCurrentIndex(stage.table.model().index(0, 0))

    QTest.keyClick(stage.table, Qt.Key.Key_Return)

    assert not stage.fake.scope.running(SETTLE_GROUP)


async def test_rows_are_copied(stage: Stage) -> None:
    """Ctrl+C copies the selected rows with their head."""
    stage.show(CONFIRMED)
    stage.table.selectRow(0)
    stage.widget.activateWindow()
    stage.table.setFocus()
    await wait_until(stage.widget.isActiveWindow)

    QTest.keyClick(stage.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0].startswith("Time\tTransfer\tAmount")
    assert copied[1].endswith("✓ confirmed\tTOH3AS2-LPCWR8-JDQGEU\tdesk treasury")


async def test_painting_every_state_raises_nothing(stage: Stage) -> None:
    """Every state is drawn, selected or not."""
    stage.show(*(a_record(state, state.name, problem=LOST_REPLY) for state in TransferState))
    stage.table.selectAll()

    assert not stage.widget.grab().isNull()


async def test_chips_words_and_the_selected_account_narrow_the_list(stage: Stage) -> None:
    """State chips and the search narrow what is shown; the tab's remark counts all of the journal."""
    stage.show(UNKNOWN, CONFIRMED, REJECTED)

    child(stage.widget, QPushButton, "journal-open").click()
    assert stage.table.model().rowCount() == 1
    child(stage.widget, QPushButton, "journal-all").click()
    child(stage.widget, QLineEdit, "journal-words").setText("toh3as2")
    assert stage.table.model().rowCount() == 1
    assert child(stage.widget, QLabel, "journal-shown").text() == "1 of 3 transfers"
    child(stage.widget, QLineEdit, "journal-words").setText("no such thing")
    assert child(stage.widget, QWidget, "journal-nothing").isVisible()
    assert stage.badges[-1] == "· 1 unknown"

    child(stage.widget, QLineEdit, "journal-words").clear()
    stage.selection.select_account(AccountId("somebody else"))
    assert stage.table.model().rowCount() == 0
    stage.selection.select_account(CONFIRMED.request.route.source)
    assert stage.table.model().rowCount() == 3


async def test_a_selected_transfer_shows_its_lines(stage: Stage) -> None:
    """The details show terms, and each line of the journal with its hash, as soon as it is read."""
    stage.fake.journal.moves = (
        TransferMove(7, JournalId("c"), TransferState.CONFIRMED, NOW, None, None, "", None, None, "ab" * 32),
    )
    stage.show(UNKNOWN, CONFIRMED)
    details = child(stage.widget, QWidget, "journal-details")
    assert not details.isVisible()
    child(stage.widget, QPushButton, "journal-show-details").click()

    stage.table.selectRow(1)

    await wait_until(
        lambda: any("ab" * 8 in label.text().replace("\u200b", "") for label in details.findChildren(QLabel))
    )
    assert details.isVisible()
    stage.table.clearSelection()
    assert any(
        label.text().startswith("Select one") for label in details.findChildren(QLabel) if label.isVisible()
    )


async def test_receipt_and_copy_are_saved(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receipt is saved as HTML or PDF, the journal as a copy that verifies."""
    answers = [tmp_path / "r.html", tmp_path / "r.pdf", tmp_path / "j.jsonl"]
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(answers.pop(0)) if answers else "", "")
    )
    stage.show(CONFIRMED)
    acts = {action.objectName(): action for action in stage.pane.actions()}
    assert not acts["receipt"].isEnabled()
    stage.table.selectRow(0)

    for name, act in (("r.html", "receipt"), ("r.pdf", "receipt"), ("j.jsonl", "export-journal")):
        acts[act].trigger()
        await wait_until((tmp_path / name).exists)
        await wait_until(lambda: not stage.fake.scope.groups.value)

    assert "TOH3AS2-LPCWR8-JDQGEU" in (tmp_path / "r.html").read_text("utf-8")
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF-")
    assert verify_file((tmp_path / "j.jsonl").read_bytes()).whole


async def test_damage_is_told_above_everything(stage: Stage) -> None:
    """A journal that is not as it was written is announced, and no longer when it is whole again."""
    stage.fake.journal.chain.publish(ChainReport(3, "h", (ChainFinding(2, "t", "its hash was changed"),), 1))
    notice = child(stage.widget, QWidget, "journal-damage")
    assert "its hash was changed" in notice.accessibleName()

    stage.fake.journal.chain.publish(ChainReport(3, "h"))

    assert not notice.isVisible()


@pytest.mark.parametrize(
    ("shown", "of", "account", "words"),
    [
        (3, 3, "", ""),
        (0, 0, "Momentum", ""),
        (1, 3, "", "1 of 3 transfers"),
        (1, 1, "Momentum", "1 transfer of Momentum"),
        (1, 3, "Momentum", "1 of 3 transfers of Momentum"),
    ],
)
def test_the_bar_says_what_is_shown(qtbot: QtBot, shown: int, of: int, account: str, words: str) -> None:
    """All transfers need no words; a part of them, or those of an account, are counted."""
    bar = JournalBar(())
    qtbot.addWidget(bar)

    bar.say(shown, of, account)

    assert child(bar, QLabel, "journal-shown").text() == words
