"""Empty places: one sentence and the one useful button, nothing cut off."""

from PySide6.QtGui import QAction
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.empty_state import EmptyState

LONG = "Paste an API key from Kraken. It is checked before anything is stored, and its secret is kept safe."


def test_the_button_does_what_the_action_does(theme: Theme, qtbot: QtBot) -> None:
    """The button shows the action's words and triggers it; a disabled action disables it."""
    action = QAction("Add key")
    action.setObjectName("add-key")
    empty = EmptyState(theme, "key", "No keys yet", LONG, action)
    qtbot.addWidget(empty)
    button = empty.findChild(QPushButton, "empty-add-key")
    assert isinstance(button, QPushButton)
    spy = QSignalSpy(action.triggered)

    button.click()
    action.setEnabled(False)

    assert (button.text(), spy.count(), button.isEnabled()) == ("Add key", 1, False)


def test_a_long_sentence_gets_all_its_lines(theme: Theme, qtbot: QtBot) -> None:
    """The sentence is as high as its wrapped text, so that no line is cut off."""
    empty = EmptyState(theme, "key", "No keys yet", LONG)
    qtbot.addWidget(empty)
    empty.resize(800, 500)
    empty.show()
    sentence = next(label for label in empty.findChildren(QLabel) if label.text() == LONG)

    assert sentence.height() >= sentence.heightForWidth(sentence.width())
    assert sentence.height() > 2 * sentence.fontMetrics().height() - 4
