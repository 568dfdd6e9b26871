"""PlanConsent: what a person has to say before a plan runs: first uses, typed names, a one-time password."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from kraken_desk.domain.limits import Consent, Cure
from kraken_desk.services.plan_checks import LegCheck
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.plain import breakable
from kraken_desk.ui.theme import metrics, set_role


class PlanConsent(QWidget):
    """Shows only what this plan asks for; the code is for the first leg whose key has 2FA.

    Signals:
        changed: something was ticked or typed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._why = QLabel()
        self._why.setObjectName("plan_consent_reason")
        self._why.setWordWrap(True)
        set_role(self._why, "hint")
        self._first = QCheckBox()
        self._first.setObjectName("confirm_destinations")
        self._typed, self._otp = QLineEdit(), QLineEdit()
        self._otp.setEchoMode(QLineEdit.EchoMode.Password)
        self._typed_field = Field("Type the destination's name to send", self._typed, name="typed_name")
        self._otp_field = Field("One-time password", self._otp, name="otp")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.GAP)
        for widget in (self._why, self._first, self._typed_field, self._otp_field):
            layout.addWidget(widget)
        self._first.toggled.connect(lambda _on: self.changed.emit())
        self._typed.textChanged.connect(lambda _text: self.changed.emit())
        self._otp.textChanged.connect(lambda _text: self.changed.emit())

    def ask(self, found: tuple[LegCheck, ...]) -> None:
        """Show what these legs need a person to say, all of it empty."""
        self.forget()
        typed = {c.destination_label: None for c in found for b in c.breaches if b.cure is Cure.TYPE}
        first = {c.destination_label: None for c in found for b in c.breaches if b.cure is Cure.CONFIRM}
        first = {name: None for name in first if name not in typed}
        self._names = tuple(typed)
        why = dict.fromkeys(b.text for c in found for b in c.breaches if b.cure is Cure.TYPE)
        if self._names:
            why |= {f"Type: {', '.join(self._names)}": None}
        self._why.setText(" ".join(why))
        self._first.setText(breakable(f"{', '.join(first)} may receive money from this desk"))
        self._first.setAccessibleName(f"Confirm {', '.join(first)} as a destination")
        code = next((c for c in found if c.wants_code), None)
        if code is not None:
            self._otp_field.set_hint(
                f"“{code.key_name}” has 2FA: its current code signs leg {code.leg.number} and is not stored."
            )
        self._first.setChecked(False)
        self._why.setVisible(bool(typed))
        self._first.setVisible(bool(first))
        self._typed_field.setVisible(bool(typed))
        self._otp_field.setVisible(code is not None)
        self.setVisible(bool(typed or first or code))

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

    def _typed_names(self) -> tuple[str, ...]:
        """Return the names as typed, parted by commas; a label with a comma in it counts as a whole."""
        text = self._typed.text().strip()
        return (text, *(name.strip() for name in text.split(",")))
