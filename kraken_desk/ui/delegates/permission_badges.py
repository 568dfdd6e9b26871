"""PermissionBadgesDelegate: a key's rights as badges in their fixed order, “+N” for what does not fit."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from kraken_desk.ui.delegates.badge_painter import permission_look
from kraken_desk.ui.delegates.cell import CellDelegate
from kraken_desk.ui.models.fleet_rows import KeyRow


class PermissionBadgesDelegate(CellDelegate):
    """Draws badges; a key that was never checked says so in words."""

    def draw(self, painter: QPainter, rect: QRect, row: KeyRow, column: int) -> None:
        if not row.badges:
            super().draw(painter, rect, row, column)
            return
        self._badges.draw_row(painter, rect, tuple(permission_look(badge) for badge in row.badges))
