"""KeysField: one combination of keys, taken by its being pressed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout
from pytestqt.qtbot import QtBot

from kraken_desk.ui.widgets.keys_field import KeysField

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture
def dialog(qtbot: QtBot) -> QDialog:
    """Return a dialog that holds the field and a button behind it, shown and active."""
    dialog = QDialog()
    qtbot.addWidget(dialog)
    layout = QVBoxLayout(dialog)
    layout.addWidget(KeysField())
    layout.addWidget(QPushButton("Give"))
    with qtbot.waitActive(dialog):
        dialog.show()
    return dialog


@pytest.fixture
def field(dialog: QDialog) -> KeysField:
    found = dialog.findChild(KeysField)
    assert found is not None
    found.setFocus()
    return found


@pytest.mark.parametrize(
    ("key", "held", "shown"),
    [
        (Qt.Key.Key_N, CTRL, "Ctrl+N"),
        (Qt.Key.Key_N, CTRL | SHIFT, "Ctrl+Shift+N"),
        (Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier, "F5"),
        (Qt.Key.Key_Tab, CTRL | ALT, "Ctrl+Alt+Tab"),
    ],
)
def test_what_is_pressed_is_taken(
    field: KeysField, key: Qt.Key, held: Qt.KeyboardModifier, shown: str
) -> None:
    """The field shows the keys in the desktop's own words and hands them over as a sequence."""
    QTest.keyClick(field, key, held)

    assert field.text() == shown
    assert field.keys() == QKeySequence(shown)


def test_held_keys_alone_are_nothing(field: KeysField, qtbot: QtBot) -> None:
    """Ctrl by itself is only the beginning of a combination."""
    with qtbot.assertNotEmitted(field.changed):
        QTest.keyClick(field, Qt.Key.Key_Control, CTRL)

    assert field.text() == ""


def test_backspace_empties_it(field: KeysField) -> None:
    """What was pressed by mistake is taken back."""
    QTest.keyClick(field, Qt.Key.Key_N, CTRL)

    QTest.keyClick(field, Qt.Key.Key_Backspace)

    assert field.keys().isEmpty()


def test_tab_and_escape_lead_out_of_it(field: KeysField, dialog: QDialog) -> None:
    """The field is no trap: Tab goes on, Escape closes the dialog."""
    QTest.keyClick(field, Qt.Key.Key_Tab)
    after_tab = dialog.focusWidget()
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Escape)

    assert isinstance(after_tab, QPushButton)
    assert not dialog.isVisible()
    assert field.keys().isEmpty()


def test_a_screen_reader_sees_a_field(field: KeysField) -> None:
    """It has the role of a field, which Qt's own editor of key sequences has not."""
    assert QAccessible.queryAccessibleInterface(field).role() is QAccessible.Role.EditableText
