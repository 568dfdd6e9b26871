"""FirstKeyDialog: choose what a first key is for, and see what to tick for that at Kraken."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from kraken_desk.domain.abilities import what_it_can_do
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.first_key import USUAL, first_wish, process_of, purposes
from kraken_desk.domain.key_form import form_values, page_of
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.roles import Role
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.guided_key import GuidedKey
from kraken_desk.ui.dialogs.rotation_parts import FormValues
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.theme import Theme, metrics

_SENTENCE = "Make it on Kraken's own page, then paste it here."
_WHERE = (
    "Sign in to Kraken, open the page, and make a key with these values, every other box off. Restrict it to "
    "your own addresses where you can. The secret is shown once: keep the page open for the next step."
)
_HERE = "“{name}” is not Kraken itself: make the key where its keys are made, with these values."


class FirstKeyDialog(DialogFrame):
    """Ends accepted when the key has been made, or was there before; `guided` says what it is for."""

    def __init__(self, environment: Environment, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Your first key", _SENTENCE, environment, theme, parent)
        self.setObjectName("first_key_dialog")
        self._purpose, self._venue = QComboBox(), QComboBox()
        self._about = fact("purpose_about", role="hint")
        self._can = fact("purpose_can")
        self._where = fact("purpose_where", role="hint")
        self._values: QWidget | None = None
        self._page = self.add_page("purpose")
        for venue in (Venue.SPOT, Venue.FUTURES) if environment.futures_url else (Venue.SPOT,):
            self._venue.addItem(venue.label, venue.value)
        row = QHBoxLayout()
        row.setSpacing(metrics.GAP + 4)
        for field, share in (
            (Field("What is it for?", self._purpose, name="purpose"), 2),
            (Field("Venue", self._venue, name="first_venue"), 1),
        ):
            column = QVBoxLayout()
            column.addWidget(field)
            column.addStretch(1)
            row.addLayout(column, share)
        self._page.addLayout(row)
        for label in (self._about, self._can, self._where):
            self._page.addWidget(label)
        self._venue.currentIndexChanged.connect(lambda _row: self._offer_purposes())
        self._purpose.currentIndexChanged.connect(lambda _row: self._show_purpose())
        self.set_primary("I have the key: paste it…")
        self._offer_purposes()
        self._purpose.setFocus()

    @property
    def guided(self) -> GuidedKey:
        """Return what the key is for, as the dialog that adds it takes it."""
        role = self._role
        return GuidedKey(first_wish(role, self._chosen_venue), process_of(role), role.role_id, compared=False)

    @property
    def _role(self) -> Role:
        role = self._purpose.currentData()
        assert isinstance(role, Role)
        return role

    @property
    def _chosen_venue(self) -> Venue:
        return Venue(self._venue.currentData())

    def _offer_purposes(self) -> None:
        before = self._role.role_id if self._purpose.count() else USUAL
        offered = purposes(self._chosen_venue)
        self._purpose.blockSignals(True)
        self._purpose.clear()
        for role in offered:
            self._purpose.addItem(role.name, role)
        names = [role.role_id for role in offered]
        self._purpose.setCurrentIndex(names.index(before) if before in names else 0)
        self._purpose.blockSignals(False)
        self._show_purpose()

    def _show_purpose(self) -> None:
        role, venue = self._role, self._chosen_venue
        wish, page = first_wish(role, venue), page_of(venue, self.environment)
        self._about.setText(role.about)
        self._can.setText(what_it_can_do(wish.permissions))
        self._where.setText(_WHERE if page else _HERE.format(name=self.environment.name))
        if self._values is not None:
            self._values.hide()
            self._values.deleteLater()
        filled = tuple(value for value in form_values(wish) if value.is_box or value.value)
        self._values = FormValues(self.theme, filled, page)
        self._page.addWidget(self._values)
