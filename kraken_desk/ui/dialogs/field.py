"""Field: a label above its control, a quiet hint or the error below it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.ui.theme import set_property, set_role
from kraken_desk.ui.theme.metrics import STEP


class Field(QWidget):
    """Names its control for people and screen readers, and answers bad input right beside it."""

    def __init__(
        self,
        label: str,
        control: QWidget,
        *,
        name: str,
        hint: str = "",
        corner: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.control = control
        control.setObjectName(name)
        for part in _parts(control):
            part.setAccessibleName(label)
        self.setObjectName(f"{name}_field")
        self._label = QLabel(label)
        self._label.setBuddy(control)
        set_role(self._label, "label")
        self._hint_text = hint
        self._below = QLabel(hint)
        self._below.setObjectName(f"{name}_message")
        self._below.setWordWrap(True)
        self._below.setTextFormat(Qt.TextFormat.PlainText)
        head = QHBoxLayout()
        head.addWidget(self._label, 1)
        if corner is not None:
            head.addWidget(corner)
            head.setContentsMargins(0, -STEP, 0, -STEP)  # a button there must not push the fields apart
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(STEP + 2)
        layout.addLayout(head)
        layout.addWidget(control)
        layout.addWidget(self._below)
        self.clear_error()

    @property
    def message(self) -> str:
        """Return what stands below the control now."""
        return self._below.text() if self._below.isVisibleTo(self) else ""

    @property
    def has_error(self) -> bool:
        return bool(self.control.property("invalid"))

    def set_label(self, text: str) -> None:
        """Name the field anew, also for those who hear it."""
        self._label.setText(text)
        self.control.setAccessibleName(text)

    def set_hint(self, hint: str) -> None:
        self._hint_text = hint
        if not self.has_error:
            self.clear_error()

    def show_error(self, error: KrakenDeskError) -> None:
        """Say what is wrong and what to do, below the control and to screen readers."""
        sentences = (f"{error.title.rstrip('.')}.", error.detail, error.hint)
        self._say(" ".join(part for part in sentences if part), "error", invalid=True)

    def clear_error(self) -> None:
        self._say(self._hint_text, "hint", invalid=False)

    def _say(self, text: str, role: str, *, invalid: bool) -> None:
        set_property(self.control, "invalid", invalid)
        set_role(self._below, role)
        self._below.setText(text)
        self._below.setVisible(bool(text))
        self.control.setAccessibleDescription(text)


def _parts(control: QWidget) -> list[QWidget]:
    """Return the control and what else of it takes the focus: a combo box's list and line."""
    if not isinstance(control, QComboBox):
        return [control]
    line = control.lineEdit()
    return [control, control.view(), *([line] if line is not None else [])]
