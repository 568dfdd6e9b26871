"""BarLayout: one line where there is room, more where there is none."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.ui.widgets.bar_layout import BarLayout


class Bar(QWidget):
    """Two buttons of 100 by 30 pixels, a field of at least 60 and at most 200, a gap, a button of 100."""

    def __init__(self) -> None:
        super().__init__()
        layout = BarLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        self.parts: list[QWidget] = []
        for number in range(3):
            button = QPushButton(str(number))
            button.setFixedSize(100, 30)
            self.parts.append(button)
        self.field = QLineEdit()
        self.field.setMinimumWidth(60)
        self.field.setMaximumWidth(200)
        layout.addWidget(self.parts[0])
        layout.addWidget(self.parts[1])
        layout.addWidget(self.field, 1)
        layout.addStretch()
        layout.addWidget(self.parts[2])


def laid_out(qtbot: QtBot, width: int) -> Bar:
    bar = Bar()
    qtbot.addWidget(bar)
    bar.resize(width, 100)
    bar.show()
    return bar


def test_a_wide_bar_is_one_line(qtbot: QtBot) -> None:
    """The field grows to its limit and the gap takes the rest, so that the last button stands right."""
    bar = laid_out(qtbot, 800)

    assert [(part.x(), part.width()) for part in bar.parts] == [(0, 100), (110, 100), (700, 100)]
    assert (bar.field.x(), bar.field.width()) == (220, 200)


def test_a_field_gives_way_before_the_line_breaks(qtbot: QtBot) -> None:
    """At 400 pixels everything still stands in one line, the field narrower."""
    bar = laid_out(qtbot, 400)

    assert bar.parts[2].y() == bar.parts[0].y()
    assert bar.field.width() == 70


def test_what_has_no_room_goes_on_below(qtbot: QtBot) -> None:
    """Nothing is cut off and nothing lies upon another; the bar asks for the height that it needs."""
    bar = laid_out(qtbot, 250)
    layout = bar.layout()
    assert layout is not None
    boxes = [part.geometry() for part in (*bar.parts, bar.field)]

    assert all(bar.rect().contains(box) for box in boxes)
    assert not any(one.intersects(other) for one in boxes for other in boxes if one is not other)
    assert bar.parts[2].y() > bar.parts[0].y()
    assert layout.minimumSize().height() == layout.heightForWidth(250)
    assert bar.parts[2].geometry() == QRect(150, bar.parts[2].y(), 100, 30)
