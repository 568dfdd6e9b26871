"""Roles in the window: the role of a key, the rights of a role, and files of roles."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountKind
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.role_file import FileForm, roles_text
from kraken_desk.domain.roles import STARTING_ROLES, role_named
from kraken_desk.services.roles import RolesService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.role import RoleDialog
from kraken_desk.ui.dialogs.roles import RolesDialog
from kraken_desk.ui.theme import Theme
from tests.helpers.audit_store import MemoryAuditStore
from tests.helpers.builders import LAB, a_key, spot_info
from tests.helpers.wait import wait_until

NODE = a_key(1, info=spot_info("query-funds", "withdraw-funds"), role="trading")


class Given:
    """Remembers the role given to a key; `error` refuses it."""

    def __init__(self) -> None:
        self.made: list[tuple[SlotId, str]] = []
        self.error: InputError | None = None

    async def set_role(self, slot_id: SlotId, role: str) -> None:
        if self.error is not None:
            raise self.error
        self.made.append((slot_id, role))


@pytest.fixture
def scope() -> TaskScope:
    return TaskScope("test")


@pytest.fixture
def given() -> Given:
    return Given()


@pytest.fixture
def role_dialog(qtbot: QtBot, theme: Theme, scope: TaskScope, given: Given) -> RoleDialog:
    dialog = RoleDialog(NODE, AccountKind.SUBACCOUNT, STARTING_ROLES, given.set_role, scope, LAB, theme)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


class Editor:
    """The editor on a table of roles in memory."""

    def __init__(self, qtbot: QtBot, theme: Theme, scope: TaskScope) -> None:
        self.service = RolesService(MemoryAuditStore())
        self.dialog = RolesDialog(self.service, scope, LAB, theme)
        qtbot.addWidget(self.dialog)
        self.dialog.show()

    def choose(self, role_id: str) -> None:
        box = self.dialog.findChild(QComboBox, "roles_role")
        assert isinstance(box, QComboBox)
        box.setCurrentIndex(box.findData(role_id))

    def box(self, right: str) -> QCheckBox:
        found = self.dialog.findChild(QCheckBox, f"right-{right}")
        assert isinstance(found, QCheckBox)
        return found

    def type(self, name: str, text: str) -> None:
        edit = self.dialog.findChild(QLineEdit, name)
        assert isinstance(edit, QLineEdit)
        edit.setText(text)
        edit.textEdited.emit(text)

    def said(self, name: str) -> str:
        label = self.dialog.findChild(QLabel, name)
        assert isinstance(label, QLabel)
        return label.text()

    def press(self, name: str) -> None:
        button = self.dialog.findChild(QPushButton, name)
        assert isinstance(button, QPushButton)
        button.click()


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme, scope: TaskScope) -> Iterator[Editor]:
    editor = Editor(qtbot, theme, scope)
    yield editor
    editor.dialog.reject()


def _text(dialog: RoleDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def test_the_present_role_is_chosen_and_set_beside_the_key(role_dialog: RoleDialog) -> None:
    """What the key lacks of its role and has too much of stands there before anything is changed."""
    box = role_dialog.findChild(QComboBox, "role")
    assert isinstance(box, QComboBox)

    assert box.currentText() == "Trading"
    assert _text(role_dialog, "role_surplus") == "Withdraw Funds"
    assert "Create & Modify Orders" in _text(role_dialog, "role_missing")


async def test_another_role_is_given_by_its_id(role_dialog: RoleDialog, given: Given) -> None:
    """The button names the role that the key gets."""
    box = role_dialog.findChild(QComboBox, "role")
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData("funding"))
    said = role_dialog.primary_button.text()

    role_dialog.primary_button.click()
    await wait_until(lambda: not role_dialog.isVisible())

    assert said == "Make it Funding"
    assert given.made == [(NODE.slot.slot_id, "funding")]


async def test_a_refused_role_is_answered_beside_the_field(role_dialog: RoleDialog, given: Given) -> None:
    """The dialog stays and says why."""
    given.error = InputError("Too long", "The role has 300 characters.", "Shorten it.")

    role_dialog.primary_button.click()

    await wait_until(lambda: "300 characters" in _text(role_dialog, "role_message"))
    assert role_dialog.isVisible()


def test_boxes_show_needed_and_also_allowed_rights(editor: Editor) -> None:
    """Checked is needed, half checked is also allowed, and screen readers hear it."""
    editor.choose("trading")

    states = [
        editor.box(right).checkState() for right in ("modify-trades", "query-closed-trades", "earn-funds")
    ]

    assert states == [Qt.CheckState.Checked, Qt.CheckState.PartiallyChecked, Qt.CheckState.Unchecked]
    assert editor.box("query-closed-trades").accessibleName().endswith("also allowed")


async def test_a_role_is_changed_and_reset(editor: Editor) -> None:
    """Saving keeps rights and ages; Reset gives the starting form back."""
    editor.choose("trading")
    editor.box("earn-funds").setCheckState(Qt.CheckState.Checked)
    editor.type("rotation_days", "30")

    editor.dialog.primary_button.click()
    await wait_until(lambda: not editor.dialog.busy)
    saved = role_named("trading", editor.service.table.value)
    editor.press("roles-reset")
    await wait_until(lambda: editor.service.table.value == STARTING_ROLES)

    assert saved.rotation_days == 30
    assert "earn-funds" in saved.spot
    assert saved.expiry_days == 100


async def test_a_new_role_begins_as_another_one(editor: Editor) -> None:
    """Under a name of its own; what it came from stays as it is, and Reset takes it away again."""
    editor.choose("trading")
    editor.type("role_name", "Grid bots")
    editor.type("rotation_days", "30")

    editor.press("roles-new")
    await wait_until(lambda: len(editor.service.table.value) == len(STARTING_ROLES) + 1)
    await wait_until(lambda: not editor.dialog.busy)
    made = role_named("grid bots", editor.service.table.value)
    shown = editor.dialog.primary_button.text()
    editor.press("roles-reset")
    await wait_until(lambda: editor.service.table.value == STARTING_ROLES)

    assert (made.role_id, made.rotation_days, made.aliases) == ("grid-bots", 30, ())
    assert made.spot == role_named("trading", STARTING_ROLES).spot
    assert shown == "Save Grid bots"


async def test_a_name_that_another_role_answers_to_is_refused(editor: Editor) -> None:
    """The words stand beside the name, and nothing is saved."""
    editor.choose("trading")
    editor.type("role_name", "Treasury")

    editor.press("roles-new")

    await wait_until(lambda: "already" in editor.said("role_name_message"))
    assert editor.service.table.value == STARTING_ROLES


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("rotation_days", "soon", "no number of days"),
        ("rotation_days", "0", "1 to 3650"),
        ("window_s", "wide", "none"),
        ("window_s", "9999", "0 to 3600"),
    ],
)
async def test_what_is_no_number_is_answered_beside_its_field(
    editor: Editor, field: str, text: str, said: str
) -> None:
    """Nothing is saved, and what was typed stays."""
    editor.choose("trading")
    editor.type(field, text)

    editor.dialog.primary_button.click()

    await wait_until(lambda: said in editor.said(f"{field}_message"))
    assert editor.service.table.value == STARTING_ROLES


async def test_roles_go_out_to_a_file_and_come_back(
    editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exported file is what an import takes."""
    path = tmp_path / "roles.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))

    editor.press("roles-export")
    await wait_until(lambda: not editor.dialog.busy)
    path.write_text(path.read_text("utf-8").replace("rotation_days = 90", "rotation_days = 91"), "utf-8")
    editor.press("roles-import")
    await wait_until(lambda: role_named("trading", editor.service.table.value).rotation_days == 91)

    assert roles_text(editor.service.table.value, FileForm.TOML) == path.read_text("utf-8")


async def test_a_file_that_is_no_table_of_roles_changes_nothing(
    editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The problem says what is wrong with the file."""
    path = tmp_path / "roles.json"
    path.write_bytes(b"\xff\xfe")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))

    editor.press("roles-import")

    await wait_until(editor.dialog.problem.isVisible)
    assert editor.service.table.value == STARTING_ROLES
