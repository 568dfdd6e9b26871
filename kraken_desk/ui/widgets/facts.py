"""FactGrid: label and value pairs, changed in place where their labels stay the same."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from kraken_desk.ui.delegates.badge_painter import BadgeLook
from kraken_desk.ui.plain import breakable, plain_tip
from kraken_desk.ui.theme import Theme, Tone, metrics, set_property, set_role
from kraken_desk.ui.widgets.badge import BadgeRow
from kraken_desk.ui.widgets.fact_lines import FigureLine, FigureLines, PointLines
from kraken_desk.ui.widgets.id_label import IdLabel

LABEL_WIDTH = 112
WIDEST_LABEL = 172


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: what it is called, its value in words or badges, and a smaller remark below.

    `mono` is for ids. `badges` come each with their tooltip and are shown above the text. `figures`
    stand in place of the text, point below point; with words they take the whole width below the
    label. Where the label is what is to be read, `label_tone` is plain or says more. `points` are
    reasons, each on its own, above the remark.
    """

    label: str
    text: str = ""
    tone: Tone = Tone.PLAIN
    note: str = ""
    tip: str = ""
    mono: bool = False
    badges: tuple[tuple[BadgeLook, str], ...] = ()
    figures: tuple[FigureLine, ...] = ()
    points: tuple[str, ...] = ()
    label_tone: Tone = Tone.MUTED

    @property
    def wide(self) -> bool:
        """Say whether the value needs the whole width, below its label."""
        return any(line.words for line in self.figures)


class FactGrid(QWidget):
    """Shows facts below each other; values can be selected and copied."""

    def __init__(self, theme: Theme, label_width: int = LABEL_WIDTH, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._label_width = label_width
        self._facts: tuple[Fact, ...] = ()
        self._values: list[_Value] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(9)
        self._grid.setColumnStretch(1, 1)
        theme.changed.connect(self._on_theme_changed)

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        if facts == self._facts:
            return
        if [_shape(fact) for fact in facts] != [_shape(fact) for fact in self._facts]:
            self._rebuild(facts)
        for value, fact, old in zip(self._values, facts, self._facts_or_none(len(facts)), strict=True):
            if fact != old:
                value.show_fact(fact)
        self._facts = facts

    def text_of(self, label: str) -> str:
        """Return the words shown for a fact; a missing label is an error of the caller."""
        return next(fact.text for fact in self._facts if fact.label == label)

    def _room_of_labels(self) -> int:
        """Return the width of the labels: in proportion to the font, as far as the values keep theirs."""
        return min(metrics.for_font(self._label_width, self._theme.fonts.body_px), WIDEST_LABEL)

    def _on_theme_changed(self) -> None:
        for row in range(self._grid.rowCount()):
            item = self._grid.itemAtPosition(row, 0)
            label = item.widget() if item is not None else None
            if isinstance(label, QLabel):  # else a value across both columns
                label.setFixedWidth(self._room_of_labels())

    def _facts_or_none(self, number: int) -> list[Fact | None]:
        return list(self._facts) if len(self._facts) == number else [None] * number

    def _rebuild(self, facts: tuple[Fact, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._values, self._facts = [], ()
        row = -1
        for fact in facts:
            row += 1
            label, value = QLabel(fact.label, self), _Value(self._theme, fact.label, self)
            set_role(label, "label" if fact.label_tone is Tone.MUTED else "value")
            set_property(label, "tone", fact.label_tone.value)
            label.setWordWrap(True)
            label.setFixedWidth(self._room_of_labels())
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            if fact.wide:
                row += 1
                self._grid.addWidget(value, row, 0, 1, 2)
            else:
                self._grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
            self._values.append(value)


def _shape(fact: Fact) -> tuple[str, bool, Tone]:
    """Return what the grid is built by; everything else changes in place."""
    return fact.label, fact.wide, fact.label_tone


class _Value(QWidget):
    """The right-hand side of one fact."""

    def __init__(self, theme: Theme, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._badges: BadgeRow | None = None
        self._figures: FigureLines | None = None
        self._points: PointLines | None = None
        self._text, self._note = QLabel(), QLabel()
        self._text.setWordWrap(True)
        self._text.setAccessibleName(name)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setWordWrap(True)
        set_role(self._text, "value")
        set_role(self._note, "small")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(3)
        self._id = IdLabel()
        self._id.setAccessibleName(name)
        set_role(self._id, "mono")
        self._layout.addWidget(self._text)
        self._layout.addWidget(self._id)
        self._layout.addWidget(self._note)

    def show_fact(self, fact: Fact) -> None:
        if self._badges is not None:
            self._badges.hide()
            self._badges.deleteLater()
            self._badges = None
        if fact.badges:
            self._badges = BadgeRow(self._theme, fact.badges, self)
            self._layout.insertWidget(0, self._badges)
        shown, other = (self._id, self._text) if fact.mono else (self._text, self._id)
        shown.setText(fact.text if fact.mono else breakable(fact.text))
        shown.setVisible(bool(fact.text))
        shown.setToolTip(plain_tip(fact.tip))
        set_property(shown, "tone", fact.tone.value)
        other.hide()
        self._show_lines(fact)
        self._note.setText(breakable(fact.note))
        self._note.setVisible(bool(fact.note))

    def _show_lines(self, fact: Fact) -> None:
        """Show figures and reasons; few facts have any, so they are made when they are needed."""
        if fact.figures and self._figures is None:
            self._figures = FigureLines(self._name, self)
            self._layout.insertWidget(self._layout.indexOf(self._text), self._figures)
        if fact.points and self._points is None:
            self._points = PointLines(self)
            self._layout.insertWidget(self._layout.indexOf(self._note), self._points)
        if self._figures is not None:
            self._figures.show_lines(fact.figures, fact.tone)
            self._figures.setVisible(bool(fact.figures))
        if self._points is not None:
            self._points.show_points(fact.points)
            self._points.setVisible(bool(fact.points))
