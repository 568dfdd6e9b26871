"""PairForm: the pasted pair, its venue, and who uses it; pastes are put right before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from kraken_desk.domain.clients import CLIENTS, DESK_CLIENT, scale_of
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import DESK_PROCESS, Venue
from kraken_desk.domain.pair_shape import PairShape, inspect_pair
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.theme import Theme, metrics
from kraken_desk.ui.widgets.secret_field import SecretField

_LONGEST_KEY = 64
_LONGEST_SECRET = 100
_ABOUT_SECRET = frozenset(
    {
        "No secret",
        "Not a secret",
        "The secret is masked",
        "The secret is incomplete",
        "Two API keys",
        "Twice the same",
    }
)
"""Titles of pair errors that belong beside the secret; the others belong beside the API key."""

MOVED = "That was a secret; it was moved to its own field."


@dataclass(frozen=True, slots=True)
class PairUse:
    """Who will use the pair: the process and its client library."""

    process: str
    client: str


class PairForm(QWidget):
    """The first page of the add-key dialog.

    Signals:
        edited: something was typed, pasted or chosen.
    """

    edited = Signal()

    def __init__(self, theme: Theme, *, futures: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._venue_chosen = False
        self._make_pair(theme)
        self._make_venue(futures=futures)
        self._make_code()
        self._make_use()
        self._arrange()
        self._connect()
        self._on_use_changed()

    # values

    def shape(self) -> PairShape:
        """Return the cleaned pair; raises InputError when it cannot be one."""
        return inspect_pair(self._key.text(), self.secret.text())

    @property
    def venue(self) -> Venue:
        return Venue.FUTURES if self._futures.isChecked() else Venue.SPOT

    @property
    def use(self) -> PairUse:
        if self._desk.isChecked():
            return PairUse(DESK_PROCESS, DESK_CLIENT)
        return PairUse(self._process.text().strip(), str(self._client.currentData() or ""))

    @property
    def two_factor(self) -> bool:
        """Say whether the key asks for a one-time password; only a Spot key can."""
        return self._asks.isChecked() and not self._asks.isHidden()

    def take_code(self) -> str:
        """Return the one-time password and wipe its field: it serves one call. "" where none is asked for."""
        code = self._code.text().strip() if self.two_factor else ""
        self._code.clear()
        return code

    def lacks_code(self) -> bool:
        """Show and say that the one-time password is still missing."""
        if not self.two_factor or self._code.text().strip():
            return False
        self._code_field.show_error(
            InputError("The code is missing", "This key asks for one on every call.", "Type the current one.")
        )
        self._code.setFocus()
        return True

    def say_use(self, venue: Venue, process: str, client: str) -> None:
        """Fill in what is known of the key's use beforehand."""
        (self._futures if venue is Venue.FUTURES else self._spot).setChecked(True)
        if process == DESK_PROCESS:
            self._desk.setChecked(True)
        else:
            self._process.setText(process)
        self._client.setCurrentIndex(max(0, self._client.findData(client)))
        self._on_use_changed()

    def show_error(self, error: InputError) -> None:
        wrong = self._secret_field if error.title in _ABOUT_SECRET else self._key_field
        other = self._key_field if wrong is self._secret_field else self._secret_field
        other.clear_error()
        wrong.show_error(error)
        wrong.control.setFocus()

    def clear_errors(self) -> None:
        self._key_field.clear_error()
        self._secret_field.clear_error()

    def forget(self) -> None:
        """Forget the pair; undo brings nothing back."""
        self.secret.forget()
        self._code.clear()
        with QSignalBlocker(self._key):
            self._key.setText("")
        self._remarks.hide()

    def focus_first(self) -> None:
        (self.secret if self._key.text() else self._key).setFocus()

    # making

    def _make_pair(self, theme: Theme) -> None:
        self._key = QLineEdit()
        self._key.setFont(theme.fonts.mono)
        self._key.setPlaceholderText("Paste the API key, or both lines at once")
        self.secret = SecretField(theme)
        self.secret.setPlaceholderText("Paste the secret (Kraken calls it the private key)")
        self._key_field = Field("API key", self._key, name="api_key")
        self._secret_field = Field("Secret", self.secret, name="secret")
        self._remarks = fact("remarks", role="hint")
        self._remarks.hide()

    def _make_venue(self, *, futures: bool) -> None:
        self._spot, self._futures = QRadioButton("Spot"), QRadioButton("Futures")
        self._spot.setObjectName("venue_spot")
        self._futures.setObjectName("venue_futures")
        self._spot.setChecked(True)
        self._venue = _choice(self._spot, self._futures)
        self._venue_field = Field("Venue", self._venue, name="venue")
        if not futures:
            self._venue_field.hide()

    def _make_code(self) -> None:
        self._asks = QCheckBox("This key asks for a one-time password (2FA)")
        self._asks.setObjectName("two_factor")
        self._asks.setAccessibleName("This key asks for a one-time password")
        self._code = QLineEdit()
        self._code.setEchoMode(QLineEdit.EchoMode.Password)
        self._code_field = Field(
            "One-time password",
            self._code,
            name="otp",
            hint="The authenticator's current code, or the password set at Kraken. It is not stored.",
        )
        self._code_field.hide()

    def _make_use(self) -> None:
        self._other, self._desk = QRadioButton("A process of yours"), QRadioButton("Kraken Desk itself")
        self._other.setObjectName("used_by_process")
        self._desk.setObjectName("used_by_desk")
        self._other.setChecked(True)
        self._use_field = Field("Used by", _choice(self._other, self._desk), name="used_by")
        self._process = QLineEdit()
        self._process.setPlaceholderText("mm-bot, or empty if not assigned")
        self._process_field = Field("Process", self._process, name="process")
        self._client = QComboBox()
        self._client.addItem("not listed", "")
        for client in sorted(set(CLIENTS) - {DESK_CLIENT}):
            self._client.addItem(client, client)
        self._client_field = Field("Its client library", self._client, name="client")
        self._scale = fact("scale", role="hint")

    def _arrange(self) -> None:
        process = QHBoxLayout()
        process.setSpacing(metrics.GAP + 4)
        process.addWidget(self._process_field, 1, Qt.AlignmentFlag.AlignTop)
        process.addWidget(self._client_field, 1, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.GAP + 4)
        for widget in (
            self._key_field,
            self._secret_field,
            self._remarks,
            self._venue_field,
            self._asks,
            self._code_field,
            self._use_field,
        ):
            layout.addWidget(widget)
        layout.addLayout(process)
        layout.addWidget(self._scale)

    def _connect(self) -> None:
        self._key.textChanged.connect(lambda _text: self._on_pair_edited())
        self.secret.edited.connect(self._on_pair_edited)
        self._spot.clicked.connect(self._on_venue_chosen)
        self._futures.clicked.connect(self._on_venue_chosen)
        self._asks.toggled.connect(lambda _on: self._on_asks_changed())
        self._spot.toggled.connect(lambda _on: self._on_asks_changed())
        self._code.textChanged.connect(lambda _text: self._code_field.clear_error())
        self._other.toggled.connect(lambda _on: self._on_use_changed())
        self._client.currentIndexChanged.connect(lambda _row: self._on_use_changed())

    # reacting

    def _on_pair_edited(self) -> None:
        self.clear_errors()
        self._trim()
        self._sort_out_paste()
        self._recognise()
        self.edited.emit()

    def _trim(self) -> None:
        """Take line breaks and spaces off the ends, where pastes leave them."""
        for field in (self._key, self.secret):
            if field.text() != field.text().strip():
                with QSignalBlocker(field):
                    field.setText(field.text().strip())

    def _sort_out_paste(self) -> None:
        """Put pasted lines into their fields; a secret never stays readable in the API key's field."""
        key, secret = self._key.text(), self.secret.text()
        if not (_is_more(key, _LONGEST_KEY) or _is_more(secret, _LONGEST_SECRET)):
            return
        try:
            shape = inspect_pair(key, secret)
        except InputError:
            if not secret and len("".join(key.split())) > _LONGEST_KEY and "=" not in key.strip().rstrip("="):
                self._put("", "".join(key.split()), (MOVED,))
            return
        self._put(shape.api_key, shape.secret.reveal(), shape.remarks)

    def _put(self, key: str, secret: str, remarks: tuple[str, ...]) -> None:
        with QSignalBlocker(self._key), QSignalBlocker(self.secret):
            self._key.setText(key)
            self.secret.put(secret)
        self._remarks.setText("\n".join(remarks))
        self._remarks.setVisible(bool(remarks))

    def _recognise(self) -> None:
        """Choose the venue that the secret's size tells, unless the operator has chosen."""
        try:
            venue = self.shape().venue
        except InputError:
            venue = None
        if venue is None or self._venue_field.isHidden():
            self._venue_field.set_hint("")
            return
        if not self._venue_chosen:
            (self._futures if venue is Venue.FUTURES else self._spot).setChecked(True)
        agrees = venue is self.venue
        text = (
            "Recognised by the size of the secret."
            if agrees
            else f"The secret looks like a {venue.label} one."
        )
        self._venue_field.set_hint(text)

    def _on_venue_chosen(self) -> None:
        self._venue_chosen = True
        self._recognise()
        self.edited.emit()

    def _on_asks_changed(self) -> None:
        self._asks.setVisible(self._spot.isChecked())
        self._code_field.setVisible(self.two_factor)
        self._code.clear()
        self.edited.emit()

    def _on_use_changed(self) -> None:
        desk = self._desk.isChecked()
        self._process_field.setVisible(not desk)
        self._client_field.setVisible(not desk)
        self._scale.setText(scale_sentence(self.use))
        self.edited.emit()


def scale_sentence(use: PairUse) -> str:
    """Explain at which nonce scale the check is signed, and why."""
    if use.process == DESK_PROCESS:
        return "For figures, checks and transfers of the desk; no other process may use this key."
    scale = scale_of(use.client).name
    if not use.client:
        return (
            f"The check is signed in {scale}, the smallest common nonce scale, so that looking never breaks"
            " the key."
        )
    return (
        f"{use.client} counts nonces in {scale}; the check is signed at that scale, so that looking never"
        " breaks the key."
    )


def _choice(*buttons: QRadioButton) -> QWidget:
    """Put radio buttons side by side as one control."""
    row = QWidget()
    group = QButtonGroup(row)
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(metrics.PADDING + 8)
    for button in buttons:
        group.addButton(button)
        layout.addWidget(button)
    layout.addStretch(1)
    return row


def _is_more(text: str, longest: int) -> bool:
    """Say whether a field holds more than its one value: several lines, a NAME=value, too much text."""
    return len(text) > longest or len(text.strip().splitlines()) > 1 or "=" in text.strip().rstrip("=")
