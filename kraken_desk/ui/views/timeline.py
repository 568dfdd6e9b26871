"""TimelinePane: what lies ahead of the keys in the next twelve months, by date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QPainter, QPen
from PySide6.QtWidgets import QStackedWidget, QWidget

from kraken_desk.domain.horizon import Milestone, MilestoneKind, Nearness
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.connections import Connections
from kraken_desk.ui.delegates.shapes import Shape, draw_shape
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.models.horizon_rows import horizon_groups, month_starts, place_of, tone_of
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.audit_facts import abilities_in
from kraken_desk.ui.widgets.empty_state import EmptyState
from kraken_desk.ui.widgets.grouped_table import Column, GroupedTable, Row

TICK_MS = 60_000
SIGN = 11
"""Size of a date's sign on its line, in pixels."""

COLUMNS = (
    Column("Date", 96),
    Column("In", 120),
    Column("What", 184),
    Column("Key", 150, grow=1),
    Column("Account", 140, grow=1, optional=True),
    Column("Next 12 months", 240, grow=3, optional=True),
)
BAR = len(COLUMNS) - 1

SHAPES: dict[MilestoneKind, Shape] = {
    MilestoneKind.EXPIRY: Shape.DIAMOND,
    MilestoneKind.SUNSET: Shape.HEXAGON,
    MilestoneKind.ROTATION: Shape.CIRCLE,
    MilestoneKind.DORMANCY: Shape.HOLLOW_CIRCLE,
}


class TimelinePane(QObject):
    """Follows the fleet and the clock; a chosen date leads to its key.

    Signals:
        badge_changed: the remark for the tab: how many dates are overdue or near.
    """

    badge_changed = Signal(str)
    title = "Timeline"

    def __init__(
        self, bridge: Bridge, selection: Selection, theme: Theme, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._selection = bridge, selection
        self._connections = Connections()
        self._stones: tuple[Milestone, ...] = ()
        painter = TimelinePainter(theme, bridge.now)
        self._table = GroupedTable(
            theme, "timeline-table", "Dates ahead, the nearest first", COLUMNS, painter.draw
        )
        self._table.chosen.connect(self._on_chosen)
        self._empty = EmptyState(
            theme,
            "clock",
            "No dates yet",
            "Expiry and rotation of keys appear here as soon as there are keys.",
        )
        self._empty.setObjectName("timeline-empty")
        self._stack = QStackedWidget()
        self._stack.setObjectName("timeline")
        self._stack.addWidget(self._table)
        self._stack.addWidget(self._empty)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.refresh)

    def widget(self) -> QWidget:
        return self._stack

    def actions(self) -> tuple[QAction, ...]:
        return ()

    def open(self) -> None:
        self._connections.listen(self.refresh, self._bridge.fleet_changed)
        self.refresh()
        self._tick.start()

    def close(self) -> None:
        self._tick.stop()
        self._connections.close()

    def refresh(self) -> None:
        """Show the dates as they are now."""
        now = self._bridge.now()
        self._stones = self._bridge.desk.horizon.milestones(self._bridge.fleet)
        can = abilities_in(self._bridge.fleet)
        self._table.show_groups(horizon_groups(self._stones, now, lambda stone: can(stone.slot_id)))
        self._stack.setCurrentWidget(self._table if self._stones else self._empty)
        near = sum(s.nearness(now) in (Nearness.PAST, Nearness.SOON) for s in self._stones)
        self.badge_changed.emit(f"· {near}" if near else "")

    def _on_chosen(self, key: str) -> None:
        stone = next((s for s in self._stones if f"{s.kind}:{s.subject}" == key), None)
        if stone is not None and stone.slot_id is not None and stone.account_id is not None:
            self._selection.select_key(stone.slot_id, stone.account_id)


class TimelinePainter:
    """Draws the months across the heads, and each date as a sign at the end of its line."""

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        self._theme, self._now = theme, now

    def draw(self, painter: QPainter, rect: QRect, row: Row | None, column: int) -> bool:
        if column != BAR:
            return False
        now = self._now()
        inner = QRectF(rect).adjusted(SIGN, 0, -SIGN, 0)
        self._draw_months(painter, inner, now, words=row is None)
        if row is not None and isinstance(row.data, Milestone):
            self._draw_date(painter, inner, row.data, now)
        return True

    def _draw_months(self, painter: QPainter, rect: QRectF, now: datetime, *, words: bool) -> None:
        tokens, step = self._theme.tokens, rect.width() / 12
        painter.setFont(self._theme.fonts.small)
        for month in month_starts(now):
            x = rect.left() + place_of(month, now) * rect.width()
            painter.setPen(QPen(tokens.border, 1))
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
            if words:
                painter.setPen(tokens.muted)
                name = f"{month:%b}" if step >= 26 else f"{month:%b}"[0]
                room = QRectF(x + 3, rect.top(), step, rect.height())
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)

    def _draw_date(self, painter: QPainter, rect: QRectF, stone: Milestone, now: datetime) -> None:
        colour = self._theme.tokens.tone(tone_of(stone, now))
        x = rect.left() + place_of(stone.at, now) * rect.width()
        middle = rect.center().y()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        style = Qt.PenStyle.DashLine if stone.assumed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(colour, 2, style))
        if x > rect.left() + SIGN / 2:
            painter.drawLine(QPointF(rect.left(), middle), QPointF(x - SIGN / 2, middle))
        box = QRectF(x - SIGN / 2, middle - SIGN / 2, SIGN, SIGN)
        draw_shape(painter, SHAPES[stone.kind], box, colour)


def build(kit: Kit) -> TimelinePane:
    return TimelinePane(kit.bridge, kit.selection, kit.theme)
