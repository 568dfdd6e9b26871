"""ShareChart: how a total is distributed, as labelled bars below each other, painted here.

What has no value stands in the list with its words instead of a bar, so that nothing held is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from kraken_desk.ui.plain import plain_tip
from kraken_desk.ui.theme import Theme, Tone, metrics
from kraken_desk.ui.widgets.elided_label import PART

ROW = 30
BAR = 12
LEGEND = 32
LABEL_SHARE = 0.26
LONGEST_LABEL = 260
MOST_FIGURE = 300


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One bar: `share` from 0 to 1, None where there is no positive value; `figure` is always words."""

    name: str
    figure: str
    share: Decimal | None
    tip: str = ""
    stale: bool = False

    @property
    def percent(self) -> str:
        if self.share is None:
            return ""
        percent = self.share * 100
        return "< 0.1 %" if 0 < percent < Decimal("0.1") else f"{percent:.1f} %"


class ShareChart(QWidget):
    """Bars of shares; a row under the pointer is lit and tells its details."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[ChartRow, ...] = ()
        self._legend = ""
        self._lit = -1
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_rows(self, title: str, rows: tuple[ChartRow, ...], legend: str) -> None:
        """Draw these rows; the words go to readers of the screen as well."""
        self.setAccessibleName(title)
        spoken = [f"{row.name}: {row.figure} {row.percent}".strip() for row in rows]
        self.setAccessibleDescription("\n".join([legend, *spoken]))
        if (rows, legend) != (self._rows, self._legend):
            self._rows, self._legend = rows, legend
            self.setFixedHeight(self.sizeHint().height())
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, LEGEND + ROW * len(self._rows) + metrics.GAP)

    def row_at(self, y: int) -> int:
        """Return the row at a height; -1 beside all of them."""
        row = (y - LEGEND) // ROW
        return row if y >= LEGEND and row < len(self._rows) else -1

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self.row_at(event.pos().y())
            if row >= 0:
                shown = self._rows[row]
                text = "\n".join(t for t in (shown.name, f"{shown.figure} {shown.percent}", shown.tip) if t)
                QToolTip.showText(event.globalPos(), plain_tip(text), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._light(self.row_at(int(event.position().y())))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._light(-1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_legend(painter)
        for number, row in enumerate(self._rows):
            self._draw_row(painter, number, row)
        painter.end()

    def _light(self, row: int) -> None:
        if row != self._lit:
            self._lit = row
            self.update()

    def _draw_legend(self, painter: QPainter) -> None:
        tokens, pad = self._theme.tokens, metrics.PADDING - metrics.STEP
        swatch = QRectF(pad, (LEGEND - BAR) / 2, BAR, BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.fill)
        painter.drawRoundedRect(swatch, 3, 3)
        painter.setFont(self._theme.fonts.body)
        painter.setPen(tokens.muted)
        box = QRect(pad + BAR + metrics.GAP, 0, self.width() - 2 * pad - BAR - metrics.GAP, LEGEND)
        text = painter.fontMetrics().elidedText(self._legend, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _draw_row(self, painter: QPainter, number: int, row: ChartRow) -> None:
        tokens, pad = self._theme.tokens, metrics.PADDING - metrics.STEP
        box = QRect(0, LEGEND + number * ROW, self.width(), ROW)
        if number == self._lit:
            painter.fillRect(box, tokens.hover)
        label = min(LONGEST_LABEL, int(self.width() * LABEL_SHARE))
        figure = min(MOST_FIGURE, int(self.width() * 0.4))
        painter.setFont(self._theme.fonts.strong)
        painter.setPen(tokens.text)
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, label)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(box.adjusted(pad, 0, 0, 0), left, name)
        self._draw_bar(
            painter, QRectF(pad + label + metrics.GAP, box.center().y() - BAR / 2 + 1, 0, BAR), row
        )
        painter.setFont(self._theme.fonts.body)
        painter.setPen(tokens.tone(Tone.WARN if row.share is None or row.stale else Tone.PLAIN))
        percent = 72 if row.percent else 0
        painter.drawText(
            box.adjusted(0, 0, -pad - percent, 0), right, self._fitted(painter, row, figure - percent)
        )
        painter.setPen(tokens.muted)
        painter.drawText(box.adjusted(0, 0, -pad, 0), right, row.percent)

    def _fitted(self, painter: QPainter, row: ChartRow, width: int) -> str:
        """Leave out what stands before the amount where both have no room; the tip says it."""
        metrics = painter.fontMetrics()
        wide = metrics.horizontalAdvance(row.figure) > width
        shown = row.figure.rpartition(PART)[2] if wide else row.figure
        return metrics.elidedText(shown, Qt.TextElideMode.ElideRight, width)

    def _draw_bar(self, painter: QPainter, at: QRectF, row: ChartRow) -> None:
        """Draw the groove and, upon it, the share."""
        tokens = self._theme.tokens
        figure = min(MOST_FIGURE, int(self.width() * 0.4))
        room = self.width() - at.left() - figure - metrics.PADDING - metrics.GAP
        if room < BAR:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.hover if tokens.hover != tokens.bg else tokens.border)
        painter.drawRoundedRect(QRectF(at.left(), at.top(), room, BAR), BAR / 2, BAR / 2)
        if row.share is not None:
            painter.setBrush(tokens.handle if row.stale else tokens.fill)
            width = max(float(room) * float(row.share), BAR / 2)
            painter.drawRoundedRect(QRectF(at.left(), at.top(), width, BAR), BAR / 2, BAR / 2)
