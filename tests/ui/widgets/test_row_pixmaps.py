"""Rows drawn once: when a picture serves again, when not, and what a paint without time does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from kraken_desk.ui.widgets import row_pixmaps
from kraken_desk.ui.widgets.row_pixmaps import RowPixmaps

RECT = QRect(0, 0, 40, 10)


class Table:
    """Paints one row and remembers what was really drawn."""

    def __init__(self) -> None:
        self.pictures = RowPixmaps()
        self.drawn: list[str] = []

    def paint(self, says: str, frame: object = "frame") -> None:
        ground = QPixmap(40, 10)
        painter = QPainter(ground)
        self.pictures.begin()
        self.pictures.show(painter, RECT, "row", says, frame, lambda _on, _rect: self.drawn.append(says))
        painter.end()


def test_a_row_that_stays_the_same_is_drawn_once(qapp: QApplication) -> None:
    """A second paint shows the picture of the first."""
    table = Table()

    table.paint("100")
    table.paint("100")

    assert table.drawn == ["100"]


def test_another_text_or_frame_is_drawn(qapp: QApplication) -> None:
    """What a row says and the frame it stands in both count; so does another look of the window."""
    table = Table()

    table.paint("100")
    table.paint("200")
    table.paint("200", frame="selected")
    table.pictures.clear()
    table.paint("200", frame="selected")

    assert table.drawn == ["100", "200", "200", "200"]


def test_a_paint_without_time_shows_the_old_picture(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is noted, so that it can be painted soon; another frame is never put off."""
    monkeypatch.setattr(row_pixmaps, "BUDGET_S", -1.0)
    table = Table()
    table.paint("100")

    table.paint("200")
    noted = list(table.pictures.postponed)
    table.paint("200", frame="selected")

    assert noted == [RECT]
    assert table.drawn == ["100", "200"]
    assert table.pictures.postponed == []


def test_rows_that_stay_the_same_take_no_room(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes to show them, a paint draws one changed row at least: none stays old for ever."""
    monkeypatch.setattr(row_pixmaps, "BUDGET_S", 1e-9)
    pictures, drawn = RowPixmaps(), list[str]()

    for says in ("old", "new", "new", "new"):
        ground = QPixmap(40, 50)
        painter = QPainter(ground)
        pictures.begin()
        for row in range(5):
            text = f"{row} old" if row < 3 else f"{row} {says}"
            rect = QRect(0, 10 * row, 40, 10)
            pictures.show(painter, rect, row, text, "frame", lambda *_, text=text: drawn.append(text))
        painter.end()

    assert drawn == [*(f"{row} old" for row in range(5)), "3 new", "4 new"]


def test_a_paint_after_a_rest_takes_its_time(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where paints follow closely is one put off: a picture of a window at rest is whole."""
    monkeypatch.setattr(row_pixmaps, "BUDGET_S", -1.0)
    monkeypatch.setattr(row_pixmaps, "CLOSE_S", 0.0)
    table = Table()

    table.paint("100")
    table.paint("200")

    assert table.drawn == ["100", "200"]


def test_a_paint_without_time_leaves_new_rows_blank(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row at least is drawn in each paint, so that all are there in the end."""
    monkeypatch.setattr(row_pixmaps, "NEW_S", -1.0)
    pictures, drawn = RowPixmaps(), list[int]()

    for _ in range(3):
        ground = QPixmap(40, 30)
        painter = QPainter(ground)
        pictures.begin()
        for row in range(3):
            rect = QRect(0, 10 * row, 40, 10)
            pictures.show(
                painter, rect, row, "says", "frame", lambda *_, row=row: drawn.append(row), QColor("red")
            )
        painter.end()
        drawn.append(-len(pictures.postponed))

    assert drawn == [0, -2, 1, -1, 2, 0]


def test_a_prepared_row_is_not_drawn_again(qapp: QApplication) -> None:
    """Its picture is there when scrolling brings the row."""
    table = Table()
    table.pictures.prepare(RECT.size(), 1.0, "row", "100", "frame", lambda *_: table.drawn.append("ahead"))

    table.paint("100")

    assert table.drawn == ["ahead"]
