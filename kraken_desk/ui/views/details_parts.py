"""Parts that the pages of the details share: head, scrolling page, rows that lead to a key."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.levels import Level
from kraken_desk.ui.delegates.badge_painter import BadgeLook
from kraken_desk.ui.delegates.shapes import Shape
from kraken_desk.ui.models.fleet_rows import level_tone
from kraken_desk.ui.plain import breakable
from kraken_desk.ui.theme import Theme, Tone, metrics, set_role
from kraken_desk.ui.widgets.act_text import name_button
from kraken_desk.ui.widgets.badge import BadgeLabel
from kraken_desk.ui.widgets.elided_label import ElidedLabel
from kraken_desk.ui.widgets.flow import FlowLayout
from kraken_desk.ui.widgets.sign import Sign

CARD_TONES = {
    Level.CRITICAL: Tone.DANGER,
    Level.HIGH: Tone.DANGER,
    Level.MEDIUM: Tone.WARN,
    Level.LOW: Tone.INFO,
}


LINK_PADDING = 6
"""What the stylesheet puts beside the words of a link."""
LONGEST_NAME = 260
"""Width of a name that leads to its key, in pixels."""


def level_look(level: Level) -> BadgeLook:
    """Return the badge that names a level."""
    if level is Level.LOW:
        return BadgeLook("Low", Tone.INFO, shape=Shape.DIAMOND)
    shape = {Level.FINE: Shape.CIRCLE, Level.UNCHECKED: Shape.HOLLOW_CIRCLE}.get(level, Shape.DIAMOND)
    filled = level is not Level.UNCHECKED
    return BadgeLook(
        level.word.capitalize(), level_tone(level), filled=filled, border=not filled, shape=shape
    )


class Foot(QWidget):
    """The acts below a page; they go on in another line where the width ends, as with large text."""

    def __init__(self, *buttons: QWidget) -> None:
        super().__init__()
        flow = FlowLayout(self, metrics.GAP)
        flow.setContentsMargins(metrics.PADDING, 10, metrics.PADDING, 12)
        for button in buttons:
            flow.addWidget(button)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


class Head(QWidget):
    """Title, worst state and a line below; a long title ends in an ellipsis."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._level: Level | None = None
        self._title, self._subtitle = ElidedLabel(), ElidedLabel()
        set_role(self._title, "title")
        set_role(self._subtitle, "muted")
        self._badge = QHBoxLayout()
        line = QHBoxLayout()
        line.addWidget(self._title, 1)
        line.addLayout(self._badge)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(metrics.PADDING, 14, metrics.PADDING, 8)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self._subtitle)
        theme.changed.connect(self._on_theme_changed)

    def _on_theme_changed(self) -> None:
        self._show_level(self._level)

    def say(self, title: str, subtitle: str, level: Level | None) -> None:
        self._title.set_full_text(title)
        self._subtitle.set_full_text(subtitle)
        if level is not self._level:
            self._level = level
            self._show_level(level)

    def _show_level(self, level: Level | None) -> None:
        while (item := self._badge.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        if level is not None:
            self._badge.addWidget(BadgeLabel(self._theme, level_look(level), "The worst finding", self))


class Page(QScrollArea):
    """A column of widgets that scrolls; rebuilt contents go into `column`."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(name.replace("-", " "))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        set_role(inside, "panel")
        self.setWidget(inside)
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(metrics.PADDING, 12, metrics.PADDING, metrics.PADDING)
        self.column.setSpacing(12)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)


def clear(column: QVBoxLayout | QHBoxLayout) -> None:
    """Remove every widget of a layout for good."""
    while (item := column.takeAt(0)) is not None:
        old = item.widget()
        if old is not None:
            old.hide()
            old.deleteLater()


def hairline() -> QFrame:
    line = QFrame()
    line.setProperty("role", "line")
    return line


def section(text: str) -> QLabel:
    label = QLabel(text)
    set_role(label, "head")
    return label


class KeyLink(QWidget):
    """A key that needs a look: its name leads to it, the worst remark stands below.

    Signals:
        opened: the operator wants to see the key.
    """

    opened = Signal()

    def __init__(self, theme: Theme, node: KeyNode, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        worst = node.health.remarks[0].title if node.health.remarks else ""
        link = QPushButton()
        name_button(link, node.slot.name, LONGEST_NAME)
        link.setObjectName(f"link-{node.slot.name}")
        link.setAccessibleName(f"Show key {node.slot.name}: {worst}")
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        set_role(link, "link")
        link.clicked.connect(self.opened)
        remark = QLabel(breakable(worst))
        remark.setTextFormat(Qt.TextFormat.PlainText)
        remark.setWordWrap(True)
        remark.setIndent(LINK_PADDING)
        set_role(remark, "small")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, metrics.STEP)
        layout.setHorizontalSpacing(metrics.STEP)
        layout.setVerticalSpacing(0)
        layout.setColumnStretch(1, 1)
        layout.addWidget(Sign(theme, Shape.DIAMOND, level_tone(node.health.level)), 0, 0)
        layout.addWidget(link, 0, 1, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(remark, 1, 1)
