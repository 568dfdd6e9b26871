"""EmptyState: one sentence and the one useful button, where there is nothing to show yet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.widgets.action_button import ActionButton

_ICON = 32
WIDEST_TEXT = 640
ROOM_AROUND = 48
_TEXT_WIDTH = 380


class EmptyState(QWidget):
    """A quiet drawing, a title, a sentence, and a button that triggers the given action."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        title: str,
        sentence: str,
        action: QAction | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._icon_name = theme, icon
        self._icon, self._title, self._sentence = QLabel(), QLabel(title), QLabel(sentence)
        set_role(self._title, "title")
        set_role(self._sentence, "muted")
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setSpacing(metrics.GAP)
        layout.addStretch(2)
        for widget in (self._icon, self._title):
            layout.addWidget(widget, alignment=Qt.AlignmentFlag.AlignHCenter)
        line = QHBoxLayout()  # an alignment would cost the sentence its second line
        line.addStretch()
        line.addWidget(self._sentence)
        line.addStretch()
        layout.addLayout(line)
        if action is not None:
            layout.addSpacing(metrics.GAP)
            button = ActionButton(action, "primary", icon=False)
            button.setObjectName(f"empty-{action.objectName()}")
            self.setFocusProxy(button)
            layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self._draw_icon()
        theme.changed.connect(self._draw_icon)

    def say(self, sentence: str) -> None:
        self._sentence.setText(sentence)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the drawing go where the words need its room."""
        super().resizeEvent(event)
        words = self._sentence.heightForWidth(self._sentence.width()) + self._title.sizeHint().height()
        self._icon.setVisible(self.height() >= words + _ICON + ROOM_AROUND)

    def _draw_icon(self) -> None:
        width = metrics.for_font(_TEXT_WIDTH, self._theme.fonts.body_px)
        self._sentence.setFixedWidth(min(width, WIDEST_TEXT))
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, self._theme.tokens.faint, _ICON, ratio))
