"""ErrorBanner: the one place for errors that belong to no field: below the top bar, never modal."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from kraken_desk.domain.errors import ExchangeError, KrakenDeskError
from kraken_desk.ui.theme import Theme, Tone, metrics, set_role


class ErrorBanner(QWidget):
    """Says what happened, what it means and what to do; stays until dismissed or replaced."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error-banner")
        set_role(self, "panel")
        card = QFrame()
        card.setProperty("role", "card")
        card.setProperty("tone", Tone.DANGER.value)
        self._title, self._text, self._kraken = QLabel(), QLabel(), QLabel()
        self._title.setObjectName("error-title")
        self._text.setObjectName("error-text")
        set_role(self._title, "strong")
        set_role(self._kraken, "mono")
        for label in (self._title, self._text, self._kraken):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._title, self._text, self._kraken):
            words.addWidget(label)
        dismiss = QToolButton()
        dismiss.setObjectName("error-dismiss")
        dismiss.setAccessibleName("Dismiss the error")
        dismiss.setToolTip("Dismiss")
        theme.dress(dismiss, "close", "muted")
        dismiss.clicked.connect(self.hide)
        around = QVBoxLayout(self)
        around.setContentsMargins(12, metrics.GAP, 12, metrics.GAP)
        around.addWidget(card)
        layout = QHBoxLayout(card)
        layout.setContentsMargins(12, metrics.GAP, metrics.GAP, metrics.GAP)
        layout.addLayout(words, 1)
        layout.addWidget(dismiss, alignment=Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_error(self, error: KrakenDeskError) -> None:
        text = " ".join(part for part in (error.detail, error.hint) if part)
        kraken = ", ".join(error.kraken) if isinstance(error, ExchangeError) else ""
        self._title.setText(error.title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._kraken.setText(f"Kraken: {kraken}")
        self._kraken.setVisible(bool(kraken))
        self.setAccessibleName(f"Error: {error.title}. {text}")
        self.show()
