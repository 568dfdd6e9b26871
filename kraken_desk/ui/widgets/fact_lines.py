"""What a fact says in several lines: figures with their points below each other, and reasons."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from kraken_desk.ui.figures import cut_at_point
from kraken_desk.ui.formatting import count
from kraken_desk.ui.plain import breakable, plain_tip
from kraken_desk.ui.theme import Tone, set_property, set_role

MOST_POINTS = 4
"""Reasons shown in full; the others are counted, and stand in the tooltip."""

_BULLET = "\u2022"


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A quantity with its unit, as text, and the words that stand before it."""

    figure: str
    words: str = ""


class FigureLines(QWidget):
    """Figures below each other, decimal point below decimal point; each can be selected and copied.

    With words the figures stand at the right, without at the left.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._figures: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)

    def show_lines(self, lines: tuple[FigureLine, ...], tone: Tone) -> None:
        if len(lines) != len(self._figures):
            self._rebuild(len(lines))
        for row, line in enumerate(lines):
            words, figure = self._label(row, 0), self._label(row, 1)
            words.setText(line.words)
            words.setVisible(bool(line.words))
            figure.setText(line.figure)
            figure.setAccessibleName(f"{self._name} {line.words}".strip())
            side = Qt.AlignmentFlag.AlignRight if line.words else Qt.AlignmentFlag.AlignLeft
            figure.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)  # Qt indents from each aligned edge
            set_property(figure, "tone", tone.value)
        self._align()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._align()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._align()

    def minimumSizeHint(self) -> QSize:
        """Ask for no width: a figure that has no room goes on in another line, behind its number."""
        return QSize(0, super().minimumSizeHint().height())

    def _align(self) -> None:
        """Indent each figure by what it lacks to the one that reaches furthest."""
        if not self._figures:
            return
        right = bool(self._figures[0].alignment() & Qt.AlignmentFlag.AlignRight)
        advance = self._figures[0].fontMetrics().horizontalAdvance
        reach = [advance(cut_at_point(label.text())[right]) for label in self._figures]
        for label, own in zip(self._figures, reach, strict=True):
            spare = max(0, self.width() - advance(label.text()) - 2) if not right else max(reach)
            label.setIndent(min(max(reach) - own, spare))

    def _rebuild(self, number: int) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._figures = []
        self._grid.setColumnStretch(1, 1)
        for row in range(number):
            words, figure = QLabel(self), QLabel(self)
            set_role(words, "label")
            words.setIndent(12)
            set_role(figure, "value")
            figure.setWordWrap(True)
            figure.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            for column, label in enumerate((words, figure)):
                label.setTextFormat(Qt.TextFormat.PlainText)
                self._grid.addWidget(label, row, column)
            self._figures.append(figure)

    def _label(self, row: int, column: int) -> QLabel:
        item = self._grid.itemAtPosition(row, column)
        label = item.widget() if item is not None else None
        assert isinstance(label, QLabel)
        return label


class PointLines(QWidget):
    """Reasons below each other, each with its bullet, so that a wrapped one is no other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[str, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(5)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)

    def show_points(self, points: tuple[str, ...]) -> None:
        """Show the first reasons, and how many more there are."""
        if points == self._shown:
            return
        self._shown = points
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        kept = points if len(points) <= MOST_POINTS + 1 else points[:MOST_POINTS]
        for row, text in enumerate(kept):
            self._grid.addWidget(self._small(_BULLET), row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(self._small(text), row, 1)
        if len(kept) < len(points):
            more = self._small(f"and {count(len(points) - len(kept), 'more', 'more')}")
            self._grid.addWidget(more, len(kept), 1)
        self.setToolTip(plain_tip("\n".join(points)) if len(kept) < len(points) else "")

    def _small(self, text: str) -> QLabel:
        label = QLabel(breakable(text), self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        set_role(label, "small")
        label.setWordWrap(text != _BULLET)
        if text == _BULLET:
            label.setAccessibleName("Reason")
        return label
