"""The Tab key's way round a window whose parts come late."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.ui.focus_order import lead_on


class Window(QWidget):
    """Tree and drawer below each other, details beside both; each holds what a test puts there."""

    def __init__(self) -> None:
        super().__init__()
        self.places = {name: QWidget() for name in ("tree", "drawer", "details")}
        left = QSplitter(Qt.Orientation.Vertical)
        across = QSplitter(Qt.Orientation.Horizontal)
        for name in ("tree", "drawer"):
            left.addWidget(self.places[name])
        for part in (left, self.places["details"]):
            across.addWidget(part)
        QHBoxLayout(self).addWidget(across)
        for place in self.places.values():
            QVBoxLayout(place)

    def add(self, place: str, text: str) -> QPushButton:
        layout, button = self.places[place].layout(), QPushButton(text)
        assert layout is not None
        layout.addWidget(button)
        return button

    def focusNextPrevChild(self, following: bool) -> bool:  # noqa: N802  # Qt's own signature
        return lead_on(self, forward=following)


def shown(qtbot: QtBot) -> Window:
    """Return a window in which the parts were made in another order than one reads them."""
    window = Window()
    qtbot.addWidget(window)
    for place, text in (("drawer", "journal"), ("details", "check"), ("tree", "filter"), ("tree", "rows")):
        window.add(place, text)
    window.resize(400, 400)
    with qtbot.waitActive(window):
        window.show()
    return window


def way(window: Window, key: Qt.Key, steps: int) -> list[str]:
    """Press a key and return the texts of the buttons that got the focus."""
    found = []
    for _ in range(steps):
        QTest.keyClick(QApplication.focusWidget() or window, key)
        focused = QApplication.focusWidget()
        assert isinstance(focused, QPushButton)
        found.append(focused.text())
    return found


def test_tab_goes_as_one_reads_and_comes_back(qtbot: QtBot) -> None:
    """From the top, panes from the left, whatever was made first; backwards the same way."""
    window = shown(qtbot)

    assert way(window, Qt.Key.Key_Tab, 5) == ["filter", "rows", "check", "journal", "filter"]
    assert way(window, Qt.Key.Key_Backtab, 4) == ["journal", "check", "rows", "filter"]


def test_what_comes_late_is_reached_in_its_place(qtbot: QtBot) -> None:
    """A button that is added to the details follows those before it there."""
    window = shown(qtbot)
    late = window.add("details", "rotate")
    late.show()

    assert way(window, Qt.Key.Key_Tab, 5) == ["filter", "rows", "check", "rotate", "journal"]


def test_what_cannot_be_used_is_passed_over(qtbot: QtBot) -> None:
    """Hidden and disabled parts are no stops, and a stop that was clicked is where the way goes on."""
    window = shown(qtbot)
    buttons = {button.text(): button for button in window.findChildren(QPushButton)}
    buttons["rows"].setEnabled(False)
    buttons["journal"].hide()
    clicked = QLabel("log")
    clicked.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    layout = window.places["tree"].layout()
    assert layout is not None
    layout.addWidget(clicked)
    clicked.show()
    clicked.setFocus()

    assert way(window, Qt.Key.Key_Tab, 3) == ["check", "filter", "check"]
