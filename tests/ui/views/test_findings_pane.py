"""The findings pane: states, grouping, filters, places, mutes, copies and exports."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
)
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.audit.findings import Finding
from kraken_desk.domain.audit.judgement import Judgement
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.dialogs.mute import MuteDialog
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.findings import FindingsPane
from kraken_desk.ui.views.findings_table import FindingsTable
from tests.helpers.builders import a_key, a_master_with
from tests.helpers.judgements import a_judgement
from tests.helpers.wait import wait_until
from tests.ui.drawing import drawn
from tests.ui.fake_desk import FakeDesk
from tests.unit.domain.audit.facts import OPEN, trader

FOUND = a_judgement(trader(facts={"ip_allowlist": OPEN}), trader(slot_id="s2", key_id="k2", api_key="two"))


class Scene:
    """The pane on a fake desk with one key, not judged yet."""

    def __init__(self, theme: Theme, qtbot: QtBot) -> None:
        self.fake = FakeDesk(fleet=a_master_with(a_key(1)))
        self.bridge = Bridge(self.fake.desk)
        self.selection = Selection()
        self.pane = FindingsPane(self.bridge, self.selection, theme)
        self.bridge.open()
        qtbot.addWidget(self.pane.widget())
        self.pane.widget().resize(1000, 400)
        self.badge = QSignalSpy(self.pane.badge_changed)
        self.pane.open()
        self.pane.widget().show()

    def judge(self, judgement: Judgement = FOUND) -> None:
        self.fake.judging.judgement.publish(judgement)

    async def show(self) -> None:
        """Publish the judgement and wait until it is drawn."""
        self.judge()
        await drawn(self.pane)

    @property
    def page(self) -> str:
        stack = self.pane.widget().findChild(QStackedWidget)
        assert isinstance(stack, QStackedWidget)
        shown = stack.currentWidget()
        assert shown is not None
        return shown.objectName()

    @property
    def table(self) -> FindingsTable:
        table = self.pane.widget().findChild(FindingsTable)
        assert isinstance(table, FindingsTable)
        return table

    def choose(self, row: int) -> Finding:
        self.table.setCurrentIndex(self.table.model().index(row, 0))
        finding = self.pane._model.finding(row)
        assert finding is not None
        return finding

    def act(self, name: str) -> QAction:
        return next(action for action in self.pane.actions() if action.objectName() == name)

    def titles(self) -> list[str]:
        model = self.table.model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    def end(self) -> None:
        self.pane.close()
        self.bridge.close()


@pytest.fixture
def scene(theme: Theme, qtbot: QtBot) -> Iterator[Scene]:
    scene = Scene(theme, qtbot)
    yield scene
    scene.end()


def test_nothing_looks_like_a_finding_before_the_first_judgement(scene: Scene) -> None:
    """While facts are loading the pane says that it has not judged, and the tab has no number."""
    label = scene.pane.widget().findChild(QLabel, "findings-shown")

    assert scene.page == "findings-loading"
    assert isinstance(label, QLabel)
    assert label.text() == "not judged yet"
    assert scene.badge.at(scene.badge.count() - 1)[0] == ""


def test_findings_appear_with_their_number_on_the_tab(scene: Scene) -> None:
    """The judgement fills the list, and the badge counts what is not muted."""
    scene.judge()

    assert scene.page == "findings-list"
    assert scene.badge.at(scene.badge.count() - 1)[0] == f"· {len(FOUND.report.open())}"


def test_a_fleet_in_order_says_so(scene: Scene) -> None:
    """No key to judge, and no finding, are different sentences."""
    scene.judge(a_judgement())

    assert scene.page == "findings-empty"


def test_filters_without_a_match_say_so(scene: Scene) -> None:
    """What the filters leave is counted; nothing left is not a clean fleet."""
    scene.judge()
    words = scene.pane.widget().findChild(QLineEdit, "findings-words")
    assert isinstance(words, QLineEdit)

    words.setText("no such thing")

    assert scene.page == "findings-nothing"


def test_findings_are_grouped_by_choice(scene: Scene) -> None:
    """Grouped by process, the heads are the processes."""
    scene.judge()
    box = scene.pane.widget().findChild(QComboBox, "findings-grouping")
    assert isinstance(box, QComboBox)

    box.setCurrentIndex(3)

    assert "bot" in scene.titles()


def test_a_finding_opens_its_place(scene: Scene) -> None:
    """Enter selects the key in the whole window; its account comes with it."""
    scene.judge()
    rows = range(scene.table.model().rowCount())
    row = next(r for r in rows if (f := scene.pane._model.finding(r)) and f.subject.scope == "key")
    finding = scene.choose(row)

    QTest.keyClick(scene.table, Qt.Key.Key_Return)

    assert scene.selection.slot_id == finding.subject.ref
    assert scene.selection.account_id == AccountId(finding.subject.account_id)


def test_the_details_say_how_a_finding_is_mended(scene: Scene) -> None:
    """Beside the list stand reason, steps and Kraken's page of the one selected."""
    scene.judge()

    finding = scene.choose(1)

    said = "\n".join(label.text() for label in scene.pane._details.findChildren(QLabel))
    assert finding.title in said
    first = f"1. {finding.repair[0]}" if len(finding.repair) > 1 else finding.repair[0]
    assert first[:20] in said
    assert ("1. " in said) is (len(finding.repair) > 1)


def test_a_selection_survives_a_new_judgement(scene: Scene) -> None:
    """Findings that come and go leave the others selected."""
    scene.judge()
    after = a_judgement(trader(facts={"ip_allowlist": OPEN}))
    stays = after.report.open()[0].identity
    finding = scene.choose(scene.pane._model.rows_of(frozenset({stays}))[0])

    scene.judge(after)

    assert [f.identity for f in scene.pane._chosen()] == [finding.identity]


async def test_several_findings_are_muted_at_once_and_come_back(scene: Scene) -> None:
    """Muted with one reason, they leave the list and the count, and stand under Muted until unmuted."""
    await scene.show()
    muted: list[tuple[int, str]] = []

    async def mute(findings: tuple[Finding, ...], reason: str, _until: object) -> None:
        muted.append((len(findings), reason))

    scene.fake.judging.mute = mute  # type: ignore[assignment,method-assign]  # only remembers
    scene.table.selectAll()
    scene.act("finding-mute").trigger()
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MuteDialog) and w.isVisible())
    reason = dialog.findChild(QLineEdit, "reason")
    assert isinstance(reason, QLineEdit)
    reason.setText("known")
    dialog.primary_button.click()
    await wait_until(lambda: muted)

    assert muted == [(len(FOUND.report.open()), "known")]


async def test_a_bad_day_is_answered_beside_its_field(scene: Scene) -> None:
    """Nothing is muted until the end can be understood."""
    await scene.show()
    scene.choose(1)
    scene.act("finding-mute").trigger()
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MuteDialog) and w.isVisible())
    for name, text in (("reason", "known"), ("until", "next year")):
        edit = dialog.findChild(QLineEdit, name)
        assert isinstance(edit, QLineEdit)
        edit.setText(text)

    dialog.primary_button.click()

    message = dialog.findChild(QLabel, "until_message")
    assert isinstance(message, QLabel)
    assert "no date" in message.text()
    dialog.reject()


def test_selected_findings_are_copied_as_text(scene: Scene) -> None:
    """The copy can be pasted into a ticket."""
    scene.judge()
    finding = scene.choose(1)

    scene.act("finding-copy").trigger()

    assert finding.title in QGuiApplication.clipboard().text()


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.html", "<!doctype html>"), ("a.sarif", "{"), ("a.csv", "Environment,"), ("a", "lab: ")],
)
async def test_the_audit_is_saved_in_the_form_of_the_files_name(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, begins: str
) -> None:
    """The ending chooses the form of the report; without one it is text."""
    await scene.show()
    path = tmp_path / name
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))

    scene.act("findings-export").trigger()
    await wait_until(lambda: not scene.bridge.work)

    assert path.read_text("utf-8").casefold().startswith(begins.casefold())


def test_the_list_of_the_muted_is_a_switch(scene: Scene) -> None:
    """Muted shows what is muted, and only that."""
    scene.judge()
    chip = scene.pane.widget().findChild(QPushButton, "findings-muted")
    assert isinstance(chip, QPushButton)

    chip.setChecked(True)

    assert scene.page == "findings-nothing"
