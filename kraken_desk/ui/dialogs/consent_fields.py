"""ConsentFields: what “send” alone does not say: a first use, a typed name, a one-time password."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from kraken_desk.domain.limits import Consent
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.plain import breakable
from kraken_desk.ui.theme import metrics, set_role


class ConsentFields(QWidget):
    """Shows only what is asked for; empty and hidden when nothing is.

    Signals:
        changed: something was ticked or typed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._why = QLabel()
        self._why.setObjectName("consent_reason")
        self._why.setWordWrap(True)
        set_role(self._why, "hint")
        self._first = QCheckBox()
        self._first.setObjectName("confirm_destination")
        self._first.setAccessibleName("Confirm the destination")
        self._typed, self._otp = QLineEdit(), QLineEdit()
        self._otp.setEchoMode(QLineEdit.EchoMode.Password)
        self._typed_field = Field("Type the destination's name to send", self._typed, name="typed_name")
        self._otp_field = Field("One-time password of the key", self._otp, name="otp")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.GAP)
        for widget in (self._why, self._first, self._typed_field, self._otp_field):
            layout.addWidget(widget)
        self._first.toggled.connect(lambda _on: self.changed.emit())
        self._typed.textChanged.connect(lambda _text: self.changed.emit())
        self._otp.textChanged.connect(lambda _text: self.changed.emit())

    @property
    def ready(self) -> bool:
        """Say whether everything asked for has been said."""
        typed = {name.casefold() for name in self._typed_names()}
        wanted = {name.strip().casefold() for name in self._names}
        return (
            (self._first.isHidden() or self._first.isChecked())
            and (self._typed_field.isHidden() or wanted <= typed)
            and (self._otp_field.isHidden() or bool(self._otp.text().strip()))
        )

    def consent(self) -> Consent:
        return Consent(destination=self._first.isChecked(), typed="\n".join(self._typed_names()))

    def take_code(self) -> str:
        """Return the one-time password and wipe the field: it serves one call."""
        code = self._otp.text().strip()
        self._otp.clear()
        return code

    def forget(self) -> None:
        self._typed.clear()
        self._otp.clear()

    def set_code_hint(self, hint: str) -> None:
        self._otp_field.set_hint(hint)

    def show_asked(self, *, first: tuple[str, ...], typed: tuple[str, ...], why: str, code: bool) -> None:
        """Ask anew to confirm the labels `first`, to type `typed` because of `why`, and for a code."""
        self.forget()
        self._names = typed
        self._why.setText(why)
        self._first.setText(f"{breakable(', '.join(first))} may receive money from this desk")
        self._first.setAccessibleName(f"Confirm {', '.join(first)} as a destination")
        self._first.setChecked(False)
        self._why.setVisible(bool(typed))
        self._first.setVisible(bool(first))
        self._typed_field.setVisible(bool(typed))
        self._otp_field.setVisible(code)
        self.setVisible(bool(first or typed or code))

    def _typed_names(self) -> tuple[str, ...]:
        """Return what was typed as a whole, since a label may hold a comma, and as names parted by commas."""
        text = self._typed.text().strip()
        return tuple(filter(None, dict.fromkeys((text, *(name.strip() for name in text.split(","))))))
