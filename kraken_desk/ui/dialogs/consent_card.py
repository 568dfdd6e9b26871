"""ConsentCard: what a person has to say beside “send”: a first use, a typed name, a one-time password."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from kraken_desk.domain.limits import Consent, LimitKind
from kraken_desk.domain.transfers import TransferPlan
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.plain import breakable
from kraken_desk.ui.theme import metrics, set_role

_TYPED = {LimitKind.TYPED_ABOVE.value, LimitKind.COOLING_OFF.value}


class ConsentCard(QWidget):
    """Shows only what this transfer asks for; empty and hidden when it asks for nothing.

    Signals:
        changed: something was ticked or typed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = ""
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

    def ask(self, plan: TransferPlan, *, two_factor: bool) -> None:
        """Show what this plan needs a person to say, all of it empty."""
        asked = {check.name: check.text for check in plan.checks if check.holds}
        typed = [text for name, text in asked.items() if name in _TYPED]
        first = "first use" in asked
        self._label = plan.destination_label
        self._why.setText(" ".join(typed))
        self._first.setText(f"{breakable(self._label)} may receive money from this desk")
        self._first.setAccessibleName(f"Confirm {self._label} as a destination")
        self._why.setVisible(bool(typed))
        self._first.setVisible(first and not typed)
        self._typed_field.setVisible(bool(typed))
        self._otp_field.setVisible(two_factor)
        self._first.setChecked(False)
        self.forget()
        self.setVisible(first or bool(typed) or two_factor)

    @property
    def ready(self) -> bool:
        """Say whether everything asked for has been said."""
        named = self._typed.text().strip().casefold() == self._label.strip().casefold()
        return (
            (self._first.isHidden() or self._first.isChecked())
            and (self._typed_field.isHidden() or named)
            and (self._otp_field.isHidden() or bool(self._otp.text().strip()))
        )

    def consent(self) -> Consent:
        return Consent(destination=self._first.isChecked(), typed=self._typed.text())

    def take_otp(self) -> str:
        """Return the one-time password and wipe the field: it serves one call."""
        otp = self._otp.text().strip()
        self._otp.clear()
        return otp

    def forget(self) -> None:
        self._typed.clear()
        self._otp.clear()
