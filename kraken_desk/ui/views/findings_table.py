"""FindingsTable: findings under the heads of their groups, many at once selectable."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from kraken_desk.ui.delegates.badge_painter import BadgeLook, BadgePainter
from kraken_desk.ui.delegates.shapes import Shape
from kraken_desk.ui.models.finding_rows import TONES, FindingLine, HeadLine, Line
from kraken_desk.ui.models.findings import FindingsModel
from kraken_desk.ui.theme import Theme, Tone, metrics
from kraken_desk.ui.widgets.heads import keep_height
from kraken_desk.ui.widgets.picture_table import PictureTable, Place, RowPicture

PAD = 8

WIDTHS = (96, 240, 160, 140, 120, 96)
_GROWING = {1: 3, 2: 1, 3: 1}
_GIVING_WAY = (4, 3)
"""Columns that a narrow window leaves to the details, the first one first."""

_SHAPES = {Tone.DANGER: Shape.DIAMOND, Tone.WARN: Shape.DIAMOND, Tone.INFO: Shape.HOLLOW_DIAMOND}
"""As in the tree a diamond is a finding; the hexagon stands for the right to withdraw."""


class FindingsTable(PictureTable):
    """A list without grid but hairlines."""

    def __init__(self, theme: Theme, model: FindingsModel, parent: QWidget | None = None) -> None:
        super().__init__(theme, metrics.ROW_COMPACT + 2, parent)
        self._lines, self._rows = model, _Rows(theme)
        self._until_shown = False
        self.setObjectName("findings-table")
        self.setAccessibleName("Findings, worst first")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setModel(model)
        header = self.horizontalHeader()
        header.setAccessibleName("Columns")
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(24)
        keep_height(header, theme)
        theme.changed.connect(self.fit)

    def show_until(self, shown: bool) -> None:
        """Show the column of what muted findings need."""
        self._until_shown = shown
        self.fit()

    def chosen_rows(self) -> tuple[int, ...]:
        return tuple(sorted(index.row() for index in self.selectionModel().selectedRows()))

    def fit(self) -> None:
        """Share the width among the columns."""
        room = self.viewport().width()
        widths = [metrics.for_font(width, self._theme.fonts.body_px) for width in WIDTHS]
        shown = [column for column in range(len(WIDTHS)) if column != len(WIDTHS) - 1 or self._until_shown]
        for column in _GIVING_WAY:
            if sum(widths[n] for n in shown) > room:
                shown.remove(column)
        spare = max(0, room - sum(widths[n] for n in shown))
        shares = sum(_GROWING.get(n, 0) for n in shown)
        for column, width in enumerate(widths):
            self.setColumnHidden(column, column not in shown)
            self.setColumnWidth(column, width + spare * _GROWING.get(column, 0) // shares)

    def row_picture(self, number: int, columns: tuple[Place, ...]) -> RowPicture:
        line = self._lines.line(number)
        selected = self.selectionModel().isRowSelected(number)

        def draw(on: QPainter, where: QRect) -> None:
            self._rows.draw(on, where, line, columns, selected=selected)

        frame = (line, selected, columns, self._theme.scheme, self._theme.fonts.body.key())
        identity = line.finding.identity if isinstance(line, FindingLine) else (line.title, "head")
        return RowPicture(identity, frame, draw, self._rows.ground(line, selected=selected))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


class _Rows:
    """Draws one row; heads of groups run across all columns."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._badges = BadgePainter(theme)

    def ground(self, line: Line, *, selected: bool) -> QColor:
        tokens = self._theme.tokens
        if isinstance(line, HeadLine):
            return tokens.bg
        return tokens.sel if selected else tokens.surface

    def draw(
        self, painter: QPainter, rect: QRect, line: Line, columns: tuple[Place, ...], *, selected: bool
    ) -> None:
        """Draw a line with all its columns."""
        tokens = self._theme.tokens
        painter.fillRect(rect, self.ground(line, selected=selected))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.border)
        if isinstance(line, HeadLine):
            self._draw_head(painter, rect, line)
            return
        if selected:
            edge = QRect(rect.left(), rect.top(), metrics.SELECTION_EDGE, rect.height())
            painter.fillRect(edge, tokens.accent)
        for column, left, width in columns:
            cell = QRect(left + PAD, rect.top(), width - 2 * PAD, rect.height())
            self._draw_cell(painter, cell, line, column)

    def _draw_head(self, painter: QPainter, rect: QRect, head: HeadLine) -> None:
        fonts, tokens = self._theme.fonts, self._theme.tokens
        room = rect.adjusted(PAD, 0, 0, 0)
        painter.setFont(fonts.strong)
        painter.setPen(tokens.tone(head.tone) if head.tone is not Tone.MUTED else tokens.text)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, head.title)
        after = painter.fontMetrics().horizontalAdvance(head.title) + 2 * PAD
        painter.setFont(fonts.body)
        painter.setPen(tokens.muted)
        painter.drawText(room.adjusted(after, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, head.note)

    def _draw_cell(self, painter: QPainter, rect: QRect, line: FindingLine, column: int) -> None:
        text = line.cells[column]
        if column == 0:
            self._badges.draw_row(painter, rect, (severity_look(line),))
            return
        painter.setFont(self._theme.fonts.body)
        tone = Tone.PLAIN if column in (1, 2) else Tone.MUTED
        painter.setPen(self._theme.tokens.tone(tone))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, shown)


def severity_look(line: FindingLine) -> BadgeLook:
    """Return the badge of a finding's severity; shape and border repeat what the tone says."""
    tone = TONES[line.finding.severity]
    critical = line.cells[0] == "Critical"
    return BadgeLook(line.cells[0], tone, border=critical or tone is Tone.MUTED, shape=_SHAPES.get(tone))
