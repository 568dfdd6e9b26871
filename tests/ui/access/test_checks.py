"""The checks find what they are for, and leave alone what is well."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.access.names import unheard
from tests.ui.access.order import lost
from tests.ui.access.room import cramped


def shown(qtbot: QtBot, *widgets: QWidget) -> QWidget:
    """Return a window that holds widgets below each other."""
    window = QWidget()
    column = QVBoxLayout(window)
    for widget in widgets:
        column.addWidget(widget)
    return opened(qtbot, window)


def opened(qtbot: QtBot, window: QWidget) -> QWidget:
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    return window


def named(name: str) -> QPushButton:
    button = QPushButton(name.capitalize())
    button.setObjectName(name)
    return button


def test_a_field_without_a_label_is_found(qtbot: QtBot) -> None:
    """A field needs a name, and the eye needs it too."""
    silent, labelled = QLineEdit(), QLineEdit()
    silent.setObjectName("amount")
    label = QLabel("Amount")
    label.setBuddy(labelled)

    found = unheard(shown(qtbot, silent, label, labelled))

    assert found == ["QLineEdit amount: no name", "QLineEdit amount: named '', which no label beside it says"]


def test_a_word_of_the_code_is_no_name(qtbot: QtBot) -> None:
    """An object name read aloud says nothing to an operator."""
    field = QLineEdit()
    field.setObjectName("limit_amount")
    field.setAccessibleName("limit amount")
    field.setPlaceholderText("Amount")

    assert unheard(shown(qtbot, field)) == [
        "QLineEdit limit_amount: named 'limit amount', after its object name"
    ]


def test_two_acts_that_sound_alike_are_found(qtbot: QtBot) -> None:
    """Two buttons of one name need descriptions that tell them apart."""
    one, other = named("remove"), named("remove")
    window = shown(qtbot, one, other)

    alike = unheard(window)
    other.setAccessibleDescription("The second limit")

    assert alike == ["2 buttons sound like 'Remove|': QPushButton remove, QPushButton remove"]
    assert unheard(window) == []


def test_a_column_without_a_head_and_a_picture_without_words_are_found(qtbot: QtBot) -> None:
    """Each column says what it holds, each painted cell what it shows."""
    table = QTableWidget(1, 3)
    table.setAccessibleName("Keys")
    table.setObjectName("keys-table")
    table.setMinimumWidth(400)
    table.setItem(0, 2, QTableWidgetItem("fine"))
    table.setHorizontalHeaderLabels(["Key", "", "State"])
    table.setItem(0, 0, QTableWidgetItem("monitor"))
    table.setItem(0, 1, QTableWidgetItem(table.style().standardIcon(QStyle.StandardPixmap.SP_TrashIcon), ""))

    found = unheard(shown(qtbot, table))

    assert found == [
        "QTableWidget keys-table: column 1 has no head",
        "QTableWidget keys-table: the cell 0, 1 is painted, and silent",
    ]


def test_an_order_against_reading_is_found(qtbot: QtBot) -> None:
    """Tab goes down and to the right; what breaks that is named with its neighbour."""
    first, second, third = (named(name) for name in ("first", "second", "third"))
    window = shown(qtbot, first, second, third)

    well = lost(window)
    QWidget.setTabOrder(third, second)

    assert well == []
    assert lost(window) == ["QPushButton second: comes after QPushButton third, and stands before it"]


def test_columns_are_read_one_after_the_other(qtbot: QtBot) -> None:
    """Two columns of a layout are two groups: the left one is left before the right one begins."""
    window = QWidget()
    row, left, right = QHBoxLayout(window), QVBoxLayout(), QVBoxLayout()
    row.addLayout(left)
    row.addLayout(right)
    for column, names in ((left, ("a", "b")), (right, ("c", "d"))):
        for name in names:
            column.addWidget(named(name))
    opened(qtbot, window)
    by_name = {b.objectName(): b for b in window.findChildren(QPushButton)}

    well = lost(window)
    for one, other in (("a", "c"), ("c", "b"), ("b", "d")):
        QWidget.setTabOrder(by_name[one], by_name[other])

    assert well == []
    assert "QPushButton b: the Tab key comes back to a group that it had left" in lost(window)


def test_a_table_that_keeps_the_tab_key_is_found(qtbot: QtBot) -> None:
    """What stands behind a trap is not reached."""
    table = QTableWidget(2, 2)
    table.setObjectName("trap")
    button = named("after")
    window = shown(qtbot, table, button)
    table.setFocus()

    found = lost(window)
    table.setTabKeyNavigation(False)

    assert "QPushButton after: the Tab key does not reach it" in found
    assert lost(window) == []


def test_a_text_without_room_is_found(qtbot: QtBot) -> None:
    """A label, a button and a row that are too small for their letters are named with the pixels."""
    label, button = QLabel("A long sentence about money"), named("send")
    label.setObjectName("label")
    window = shown(qtbot, label, button)

    well = cramped(window)
    label.setFixedSize(20, 8)
    button.setFixedSize(20, 8)
    qtbot.wait(0)

    assert well == []
    assert [problem.split(" px")[0].split(": ")[0] for problem in cramped(window)] == [
        "QLabel label",
        "QLabel label",
        "QPushButton send",
        "QPushButton send",
    ]


def test_widgets_upon_each_other_are_found(qtbot: QtBot) -> None:
    """What lies upon something else, or out of its parent, is named."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(200, 100)
    for name, left in (("one", 0), ("other", 40), ("out", 180)):
        part = QWidget(window)
        part.setObjectName(name)
        part.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        part.setGeometry(left, 0, 60, 20)
    window.show()

    assert cramped(window) == [
        "QWidget out: (180, 0, 60 by 20) sticks out of (0, 0, 200 by 100)",
        "QWidget one and QWidget other lie upon each other: (40, 0, 20 by 20)",
    ]
