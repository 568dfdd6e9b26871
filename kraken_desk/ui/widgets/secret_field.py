"""SecretField: takes a secret, shows it only while its eye is held, and forgets it on request."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from kraken_desk.ui.theme import Theme
from kraken_desk.ui.theme.metrics import ICON, STEP

_BUTTON = ICON + 2 * STEP


class SecretField(QLineEdit):
    """A masked line; `take` hands the text over and leaves nothing behind.

    Signals:
        edited: the operator changed the text.
    """

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setFont(theme.fonts.mono)
        self.setTextMargins(0, 0, _BUTTON, 0)
        self._eye = QToolButton(self)
        self._eye.setObjectName("reveal")
        self._eye.setAccessibleName("Show the secret while held")
        self._eye.setToolTip("Hold to show the secret")
        theme.dress(self._eye, "eye", "muted")
        self._eye.pressed.connect(self._reveal)
        self._eye.released.connect(self._mask)
        self.textEdited.connect(self.edited)

    def setAccessibleName(self, name: str) -> None:
        """Name the field, and say of which one the eye is."""
        super().setAccessibleName(name)
        self._eye.setAccessibleDescription(f"Hold to show: {name}")

    def put(self, text: str) -> None:
        """Replace the text by what another field recognised as a secret."""
        self.setText(text)
        self.edited.emit()

    def take(self) -> str:
        """Return the text and forget it."""
        text = self.text()
        self.forget()
        return text

    def forget(self) -> None:
        """Empty the field so that undo cannot bring the secret back.

        `clear()` would keep it in the undo history; setting the text drops that history.
        """
        self._mask()
        self.setText("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take no keys while the secret is shown: it could be copied then, past the guarded clipboard."""
        if self.echoMode() is QLineEdit.EchoMode.Password:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = max(_BUTTON, self._eye.sizeHint().width())  # more with large text
        self.setTextMargins(0, 0, side, 0)
        self._eye.setGeometry(self.width() - side - STEP, (self.height() - side) // 2, side, side)

    def hideEvent(self, event: QHideEvent) -> None:
        self._mask()
        super().hideEvent(event)

    def _reveal(self) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal)

    def _mask(self) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Password)
