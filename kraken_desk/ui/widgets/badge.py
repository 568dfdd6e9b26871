"""BadgeLabel: one badge as a widget, drawn as in the tree; BadgeRow: several that wrap."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kraken_desk.ui.delegates.badge_painter import BadgeLook, BadgePainter
from kraken_desk.ui.plain import plain_tip
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.flow import FlowRow


class BadgeLabel(QWidget):
    """A badge outside the tree; its tooltip and accessible text name what it stands for."""

    def __init__(self, theme: Theme, look: BadgeLook, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._painter = BadgePainter(theme)
        self.look = look
        self.setToolTip(plain_tip(tip))
        self.setAccessibleName(f"{look.text}: {tip}" if tip else look.text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        self.updateGeometry()  # another font needs another width
        self.update()

    def sizeHint(self) -> QSize:
        return self._painter.size(self.look)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        self._painter.draw(painter, QPointF(0, 0), self.look)
        painter.end()


class BadgeRow(FlowRow):
    """Badges side by side, continued on the next line; each comes with its tooltip."""

    def __init__(
        self, theme: Theme, badges: Iterable[tuple[BadgeLook, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.fill([BadgeLabel(theme, look, tip, self) for look, tip in badges])
