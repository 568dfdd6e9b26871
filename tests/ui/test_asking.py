"""Dialogs from coroutines: the answer, the cancelled task, the safe default."""

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.asking import ask, confirm
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.question import Question, QuestionDialog
from tests.helpers.wait import wait_until
from tests.ui.money_samples import DEMO

QUESTION = Question("Remove “bot”?", "Its secret is deleted.", "Remove “bot”", DEMO, danger=True)


def a_question(qtbot: QtBot) -> QuestionDialog:
    dialog = QuestionDialog(QUESTION)
    qtbot.addWidget(dialog)
    return dialog


async def answered(dialog: QDialog, button: str) -> bool:
    """Open the dialog, press the named button, return what `ask` said."""
    scope = TaskScope("test")
    task = scope.start("ask", ask(dialog))
    assert task is not None
    await wait_until(dialog.isVisible)
    found = dialog.findChild(QPushButton, button)
    assert isinstance(found, QPushButton)
    found.click()
    return await task


async def test_the_act_button_accepts(theme: Theme, qtbot: QtBot) -> None:
    """Pressing the button that names the act is a yes."""
    assert await answered(a_question(qtbot), "question-act") is True


async def test_cancel_refuses(theme: Theme, qtbot: QtBot) -> None:
    """Pressing cancel is a no."""
    assert await answered(a_question(qtbot), "question-cancel") is False


async def test_escape_refuses(theme: Theme, qtbot: QtBot) -> None:
    """Escape is a no."""
    dialog = a_question(qtbot)
    scope = TaskScope("test")
    task = scope.start("ask", ask(dialog))
    assert task is not None
    await wait_until(dialog.isVisible)

    QTest.keyClick(dialog, Qt.Key.Key_Escape)

    assert await task is False


async def test_enter_does_not_act(theme: Theme, qtbot: QtBot) -> None:
    """Enter presses the default button, which is cancel."""
    dialog = a_question(qtbot)
    scope = TaskScope("test")
    task = scope.start("ask", ask(dialog))
    assert task is not None
    await wait_until(dialog.isVisible)

    QTest.keyClick(dialog, Qt.Key.Key_Return)

    assert await task is False


async def test_a_cancelled_task_takes_its_dialog_along(theme: Theme, qtbot: QtBot) -> None:
    """When the task is cancelled the dialog closes."""
    dialog = a_question(qtbot)
    scope = TaskScope("test")
    scope.start("ask", ask(dialog))
    await wait_until(dialog.isVisible)

    await scope.close()

    assert not dialog.isVisible()


async def test_confirm_leaves_no_dialog_behind(theme: Theme, qtbot: QtBot) -> None:
    """The question is asked in its words and its dialog is gone with the answer."""
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    scope = TaskScope("test")
    task = scope.start("confirm", confirm(parent, QUESTION))
    assert task is not None
    await wait_until(lambda: parent.findChild(QDialog) is not None)
    dialog = parent.findChild(QDialog, "question")
    assert isinstance(dialog, QuestionDialog)
    assert dialog.windowTitle() == "Remove “bot”? · demo"
    environment = dialog.findChild(QLabel, "environment")
    assert isinstance(environment, QLabel)
    assert environment.text() == "DEMO"

    dialog.accept()

    assert await task is True
    await asyncio.sleep(0)
    QApplication.processEvents()
    await wait_until(lambda: parent.findChild(QDialog) is None)


def test_a_question_is_as_high_as_its_words(theme: Theme, qtbot: QtBot) -> None:
    """However many lines the words take, none is cut."""
    long = Question("Remove?", "Its secret is deleted from the keychain. " * 12, "Remove", DEMO)
    dialog = QuestionDialog(long)
    qtbot.addWidget(dialog)

    dialog.show()

    text = next(label for label in dialog.findChildren(QLabel) if label.text() == long.text)
    assert text.height() >= text.heightForWidth(text.width())
