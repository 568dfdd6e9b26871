"""HandOverDialog: in which form a key reaches its process, and the line that starts it; never the secret."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from kraken_desk.domain.abilities import what_it_can_do
from kraken_desk.domain.accounts import AccountKind
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import HandOverError, InputError
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.handover import PRESETS, RANKED, command_line, custom_names, preset_for
from kraken_desk.domain.handover_form import HandOver, HandOverForm, VariableNames
from kraken_desk.domain.keys import Venue
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.models.fleet_rows import lease_words
from kraken_desk.ui.theme import Theme, Tone, metrics, set_role
from kraken_desk.ui.widgets.notice import Notice

GROUP = "keys:hand-over"
CUSTOM = "names of my own"
LINE_HEIGHT = 64
COPY = "Copy line"

FORM_WORDS: dict[HandOverForm, str] = {
    HandOverForm.PIPE: "Pipe",
    HandOverForm.FILE: "Private file in memory",
    HandOverForm.VARIABLES: "Environment variables",
}
LISTENING = "Only a WebSocket token instead of the secret"
WHY_LISTENING = (
    "Safest of all where it is enough: it opens live connections for 15 minutes and can neither be used for "
    "REST calls nor be kept."
)

Keep = Callable[[HandOver], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class HandOverStart:
    """The key, the profile's directory if it must be named, and why the key would be refused."""

    node: KeyNode
    home: str = ""
    refusal: HandOverError | None = None
    kind: AccountKind | None = None


class HandOverDialog(DialogFrame):
    """Ends accepted when the way is kept with the key; the line can be copied without that."""

    def __init__(
        self,
        start: HandOverStart,
        keep: Keep,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        slot = start.node.slot
        sentence = "One process gets this key; as long as it runs, no other on this machine does."
        super().__init__(f"Hand over “{slot.name}”", sentence, environment, theme, parent)
        self.setObjectName("hand_over_dialog")
        self._start, self._slot, self._keep = start, slot, keep
        self._work = Work(scope, GROUP, lambda: self.set_busy(""))
        page = self.add_page("hand-over")
        self._add_remarks(page)
        self._add_forms(page)
        self._add_client(page)
        self._add_token(page)
        self._add_line(page)
        self._take_over(slot.hand_over or HandOver(HandOverForm.PIPE))
        self.finished.connect(lambda _code: self._work.cancel())
        self._show()

    @property
    def way(self) -> HandOver:
        """Return the way as chosen; raises InputError for names that cannot be variables."""
        form = self._form()
        names: VariableNames | None = None
        preset = ""
        if form is HandOverForm.VARIABLES and not self._token.isChecked():
            if self._client.currentText() == CUSTOM:
                names = custom_names(self._key_name.text().strip(), self._secret_name.text().strip())
            else:
                preset = self._client.currentText()
        return HandOver(form, preset, names, self._token.isChecked(), self._mask.isChecked())

    # making

    def _add_remarks(self, page: QVBoxLayout) -> None:
        refusal, lease, check = self._start.refusal, self._start.node.lease, self._start.node.check
        if check is not None and check.info is not None:
            page.addWidget(fact("ability", what_it_can_do(check.info.permissions, self._start.kind)))
        if refusal is not None:
            card = Notice(Tone.DANGER, refusal.title, refusal.detail, refusal.hint)
            card.setObjectName("refusal")
            page.addWidget(card)
        if lease is not None:
            card = Notice(
                Tone.WARN, "The key is in use", f"{lease_words(lease)}. The line is refused until it ends."
            )
            card.setObjectName("held")
            page.addWidget(card)

    def _add_forms(self, page: QVBoxLayout) -> None:
        head = QLabel("How the credentials reach the process, the safest first")
        set_role(head, "label")
        page.addWidget(head)
        self._forms = QButtonGroup(self)
        self._radios: dict[HandOverForm, QRadioButton] = {}
        for ranked in RANKED:
            radio = QRadioButton(FORM_WORDS[ranked.form])
            radio.setObjectName(f"form-{ranked.form}")
            radio.setAccessibleDescription(ranked.why)
            self._forms.addButton(radio)
            self._radios[ranked.form] = radio
            page.addWidget(_with_reason(radio, ranked.why))
        self._forms.buttonToggled.connect(lambda _button, _on: self._show())

    def _add_client(self, page: QVBoxLayout) -> None:
        self._client = QComboBox()
        self._client.addItems([*PRESETS, CUSTOM])
        self._client.currentTextChanged.connect(lambda _text: self._show())
        self._client_field = Field("Variables as this client reads them", self._client, name="client")
        page.addWidget(self._client_field)
        self._key_name, self._secret_name = QLineEdit(), QLineEdit()
        self._key_name.setPlaceholderText("MY_KEY")
        self._secret_name.setPlaceholderText("MY_SECRET")
        self._names = QWidget()
        row = QHBoxLayout(self._names)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(metrics.GAP)
        self._key_field = Field("Variable for the API key", self._key_name, name="key_name")
        self._secret_field = Field("Variable for the secret", self._secret_name, name="secret_name")
        for field, edit in ((self._key_field, self._key_name), (self._secret_field, self._secret_name)):
            edit.textChanged.connect(lambda _text: self._show())
            row.addWidget(field)
        page.addWidget(self._names)

    def _add_token(self, page: QVBoxLayout) -> None:
        self._token = QCheckBox(LISTENING)
        self._token.setObjectName("ws-token")
        self._token.setAccessibleDescription(WHY_LISTENING)
        self._token.toggled.connect(lambda _on: self._show())
        self._token_row = _with_reason(self._token, WHY_LISTENING)
        if self._slot.venue is not Venue.SPOT:
            self._token_row.hide()
        page.addWidget(self._token_row)
        self._mask = QCheckBox("Mask the secret in what the process writes")
        self._mask.setObjectName("mask")
        self._mask.toggled.connect(lambda _on: self._show())
        page.addWidget(self._mask)

    def _add_line(self, page: QVBoxLayout) -> None:
        self._command = QLineEdit()
        self._command.setPlaceholderText("freqtrade trade --config config.json")
        self._command.textChanged.connect(lambda _text: self._show())
        page.addWidget(Field("What to start", self._command, name="command"))
        self._line = QPlainTextEdit()
        self._line.setReadOnly(True)
        self._line.setFixedHeight(LINE_HEIGHT)
        self._line.setTabChangesFocus(True)
        self._line.setFont(self.theme.fonts.mono)
        self._copy = QPushButton(COPY)
        self._copy.setObjectName("copy-line")
        self._copy.setAutoDefault(False)
        set_role(self._copy, "link")
        self._copy.clicked.connect(self._on_copy)
        hint = "The secret is not in it: it is read from the keychain when the process starts."
        self._line_field = Field(
            "The line to start it with", self._line, name="line", hint=hint, corner=self._copy
        )
        page.addWidget(self._line_field)
        self._line_field.setHidden(self._start.refusal is not None)

    # showing

    def _take_over(self, way: HandOver) -> None:
        """Show the way that the key has had so far."""
        self._radios[way.form].setChecked(True)
        own = self._slot.client if self._slot.client in PRESETS else next(iter(PRESETS))
        self._client.setCurrentText(CUSTOM if way.names else way.preset or own)
        if way.names:
            self._key_name.setText(way.names.key)
            self._secret_name.setText(way.names.secret)
        self._token.setChecked(way.ws_token and self._slot.venue is Venue.SPOT)
        self._mask.setChecked(way.mask)

    def _form(self) -> HandOverForm:
        return next(form for form, radio in self._radios.items() if radio.isChecked())

    def _show(self) -> None:
        """Follow what is chosen: the fields that it needs, and the line."""
        if self._forms.checkedButton() is None:
            return
        named = self._form() is HandOverForm.VARIABLES and not self._token.isChecked()
        custom = self._client.currentText() == CUSTOM
        self._client_field.setVisible(named)
        self._names.setVisible(named and custom)
        if named and not custom:
            preset = preset_for(self._client.currentText())
            names = preset.names(self._slot.venue)
            self._client_field.set_hint(f"{names.key} and {names.secret}. {preset.note}".strip())
        else:
            self._client_field.set_hint("")
        self._show_line()

    def _show_line(self) -> None:
        self._copy.setText(COPY)
        self._secret_field.clear_error()
        try:
            way = self.way
        except InputError as error:
            if self._key_name.text() or self._secret_name.text():
                self._secret_field.show_error(error)
            self._line.setPlainText("")
            self._copy.setEnabled(False)
            self.set_primary("Keep this way", enabled=False)
            return
        self._line.setPlainText(command_line(self._slot, way, self._command.text(), home=self._start.home))
        self._copy.setEnabled(True)
        possible = self._start.refusal is None and way != self._slot.hand_over
        self.set_primary("Keep this way for the key", enabled=possible)

    # acting

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._line.toPlainText())
        self._copy.setText("Copied")

    def _on_primary(self) -> None:
        way = self.way
        if self._work.run(lambda: self._keep(way), lambda _none: self.accept(), self.show_problem):
            self.set_busy("Writing it down …")

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")


def _with_reason(button: QRadioButton | QCheckBox, why: str) -> QWidget:
    """Put the reason in quiet words below a choice."""
    box = QWidget()
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    reason = QLabel(f"{why[0].upper()}{why[1:].rstrip('.')}.")
    reason.setWordWrap(True)
    reason.setContentsMargins(24, 0, 0, 0)
    set_role(reason, "hint")
    layout.addWidget(button)
    layout.addWidget(reason)
    return box
