"""FiguresTable: what both ends of a transfer hold before and after, with the total that stays."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from kraken_desk.domain.money import EXACT, format_quantity, places_of
from kraken_desk.domain.transfers import Figure
from kraken_desk.ui.plain import plain_tip
from kraken_desk.ui.theme import Tone, set_property, set_role
from kraken_desk.ui.theme.metrics import GAP, PADDING, STEP
from kraken_desk.ui.widgets.elided_label import ElidedLabel

UNREAD = "not read"
NOTHING = "—"
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FiguresTable(QFrame):
    """A small table of three lines; a figure that nobody could read says so instead of zero."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("figures")
        set_role(self, "card")
        grid = QGridLayout(self)
        grid.setContentsMargins(PADDING - STEP, GAP, PADDING - STEP, GAP)
        grid.setVerticalSpacing(GAP - 2)
        grid.setHorizontalSpacing(PADDING)
        grid.setColumnStretch(0, 1)
        for column in (1, 2):
            grid.setColumnMinimumWidth(column, 130)
        self._cells = [[self._cell(row, column) for column in range(3)] for row in range(4)]
        self._cells[0][1].setText("before")
        self._cells[0][2].setText("after")
        for label in (*self._cells[0], *self._cells[3]):
            set_role(label, "label")

    def show_figures(
        self, source_label: str, destination_label: str, source: Figure | None, destination: Figure | None
    ) -> None:
        before, after = _total(source, destination)
        places = _common_places(source, destination)
        self._fill(1, source_label, source, places)
        self._fill(2, destination_label, destination, places)
        unchanged = "✓ " if before is not None and before == after else ""
        texts = ("Total", _text(before, places), unchanged + _text(after, places))
        self._say(3, texts)
        names = (source_label, destination_label)
        self.setAccessibleName("Figures before and after")
        self.setAccessibleDescription(
            "; ".join(
                f"{name}: {_text(f.before, places)} before, {_text(f.after, places)} after"
                for name, f in zip(names, (source, destination), strict=True)
                if f is not None
            )
        )

    def show_nothing(self, source_label: str, destination_label: str) -> None:
        """Name both ends with nothing worked out yet."""
        for row, name in enumerate((source_label, destination_label, "Total"), start=1):
            self._say(row, (name, NOTHING, NOTHING))

    def texts(self) -> list[list[str]]:
        """Return the table as shown, for tests and for copying."""
        return [[label.text() for label in row] for row in self._cells]

    def _cell(self, row: int, column: int) -> QLabel:
        label = QLabel() if column else ElidedLabel()
        label.setTextFormat(Qt.TextFormat.PlainText)
        if column:
            label.setAlignment(_RIGHT)
        grid = self.layout()
        assert isinstance(grid, QGridLayout)
        grid.addWidget(label, row, column)
        return label

    def _say(self, row: int, texts: tuple[str, str, str]) -> None:
        for label, text in zip(self._cells[row], texts, strict=True):
            label.setText(text)
        self._cells[row][0].setToolTip(plain_tip(texts[0]))

    def _fill(self, row: int, name: str, figure: Figure | None, places: int) -> None:
        before, after = (figure.before, figure.after) if figure is not None else (None, None)
        texts = (name, _text(before, places), _text(after, places))
        self._say(row, texts)
        for label, text in zip(self._cells[row], texts, strict=True):
            set_property(label, "tone", Tone.MUTED.value if text == UNREAD else None)


def _total(source: Figure | None, destination: Figure | None) -> tuple[Decimal | None, Decimal | None]:
    if source is None or destination is None:
        return None, None
    return EXACT.add(source.before, destination.before), EXACT.add(source.after, destination.after)


def _common_places(*figures: Figure | None) -> int:
    """Return the decimals all figures are written with, so that their points stand in one line."""
    quantities = [q for f in figures if f is not None for q in (f.before, f.after)]
    return max([2, *(places_of(q) for q in quantities)])


def _text(quantity: Decimal | None, places: int) -> str:
    return UNREAD if quantity is None else format_quantity(quantity, places=places)
