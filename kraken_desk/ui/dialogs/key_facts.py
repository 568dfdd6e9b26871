"""KeyFactsPage: what Kraken reports about a tried pair, and what the operator adds before it is stored."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from kraken_desk.domain.abilities import what_it_can_do
from kraken_desk.domain.accounts import Account, AccountKind, KindSource
from kraken_desk.domain.badges import single_badges
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.health import assess
from kraken_desk.domain.keys import DESK_PROCESS, ApiKeyInfo, CheckOutcome, KeyCheck, KeyId, Problem, masked
from kraken_desk.domain.levels import Level
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.roles import Role, role_called
from kraken_desk.services.keys import SlotDetails, TriedPair
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.pair_form import PairUse
from kraken_desk.ui.dialogs.rows import Rows, fact
from kraken_desk.ui.formatting import moment, until
from kraken_desk.ui.theme import Theme, Tone, metrics
from kraken_desk.ui.widgets.badge_label import allowlist_label, permission_labels
from kraken_desk.ui.widgets.flow import FlowRow
from kraken_desk.ui.widgets.problem_card import ProblemCard

_TONES = {
    Level.CRITICAL: Tone.DANGER,
    Level.HIGH: Tone.DANGER,
    Level.MEDIUM: Tone.WARN,
    Level.LOW: Tone.INFO,
}


class KeyFactsPage(QWidget):
    """The second page of the add-key dialog.

    Signals:
        edited: the name or another detail is a different one.
    """

    edited = Signal()

    def __init__(self, theme: Theme, roles: tuple[Role, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._roles = theme, roles
        self._tried: TriedPair | None = None
        self._make_facts()
        self._make_fields()
        self._arrange()

    def show_tried(self, tried: TriedPair, use: PairUse, now: datetime) -> None:
        self._tried = tried
        info = tried.info
        self._account.setText(_account_text(tried))
        self._api_key.setText(masked(tried.api_key))
        self._permissions.fill(permission_labels(self._theme, single_badges(info.permissions)))
        self._allowlist.fill([allowlist_label(self._theme, info.ip_allowlist)])
        self._expires.setText(_expiry_text(info, now))
        self._window.setText(_number_text(info.nonce_window))
        self._ability.setText(what_it_can_do(info.permissions, tried.account.kind))
        self._show_remark(info, now)
        self._name.setText(_proposed_name(info, use))
        self._offer_roles(use)
        self._show_account_fields(tried)

    def say_role(self, role: str) -> None:
        """Choose a role by id, name or alias; other words stand as they are."""
        known = role_called(role, "", self._roles)
        self._role.setEditText(known.name if known is not None else role)

    def _offer_roles(self, use: PairUse) -> None:
        """Offer the desk's own roles for a key of the desk's, and the others for a process's."""
        said = self._role.currentText()
        self._role.clear()
        self._role.addItem("", "")
        for role in self._roles:
            if role.for_desk is (use.process == DESK_PROCESS):
                self._role.addItem(role.name, role.role_id)
        self._role.setEditText(said)

    def _said_role(self) -> str:
        """Return the id of a role that is offered, or else the words as they are typed."""
        said = self._role.currentText().strip()
        index = self._role.findText(said, Qt.MatchFlag.MatchFixedString)
        return str(self._role.itemData(index)) if index >= 0 else said

    def details(self, use: PairUse) -> SlotDetails:
        """Return what the operator says about the key."""
        tried = self._tried
        new = tried is not None and tried.account_is_new
        kind = AccountKind.MASTER if self._master.isChecked() else AccountKind.SUBACCOUNT
        return SlotDetails(
            name=self._name.text().strip(),
            process=use.process,
            role=self._said_role(),
            client=use.client,
            account_label=self._label.text().strip() if new else "",
            account_kind=kind if new else None,
        )

    @property
    def name(self) -> str:
        return " ".join(self._name.text().split())

    def show_name_error(self, error: KrakenDeskError) -> None:
        self._name_field.show_error(error)
        self._name.setFocus()

    def show_label_error(self, error: KrakenDeskError) -> None:
        self._label_field.show_error(error)
        self._label.setFocus()

    def clear_errors(self) -> None:
        self._name_field.clear_error()
        self._label_field.clear_error()

    def focus_name(self) -> None:
        self._name.setFocus()
        self._name.selectAll()

    # making

    def _make_facts(self) -> None:
        self._account, self._api_key = fact("fact_account"), fact("fact_api_key", role="mono")
        self._permissions, self._allowlist = FlowRow(), FlowRow()
        self._permissions.setObjectName("fact_permissions")
        self._allowlist.setObjectName("fact_allowlist")
        self._ability = fact("fact_ability")
        self._expires, self._window = fact("fact_expires"), fact("fact_nonce_window")
        self._remark = ProblemCard(self._theme)
        self._remark.setObjectName("remark")

    def _make_fields(self) -> None:
        self._name, self._label, self._role = QLineEdit(), QLineEdit(), QComboBox()
        self._role.setEditable(True)
        line = self._role.lineEdit()
        if line is not None:
            line.setPlaceholderText("what the key is for")
        self._name_field = Field("Name of the key", self._name, name="name")
        self._role_field = Field("Role", self._role, name="role")
        self._label_field = Field("Name of the account", self._label, name="account_label")
        self._master, self._subaccount = QRadioButton("Master"), QRadioButton("Subaccount")
        self._master.setObjectName("kind_master")
        self._subaccount.setObjectName("kind_subaccount")
        kinds = QWidget()
        group = QButtonGroup(kinds)
        row = QHBoxLayout(kinds)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(metrics.PADDING + 8)
        for button in (self._master, self._subaccount):
            group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        self._kind_field = Field("It is", kinds, name="account_kind")
        self._name.textChanged.connect(lambda _text: self._on_edited())
        self._label.textChanged.connect(lambda _text: self._on_edited())

    def _arrange(self) -> None:
        rows = Rows()
        rows.add("Account", self._account)
        rows.add("API key", self._api_key)
        rows.add("Permissions", self._permissions)
        rows.add("What it can do", self._ability)
        rows.add("IP allowlist", self._allowlist)
        rows.add("Expires", self._expires)
        rows.add("Nonce window", self._window)
        pair = QHBoxLayout()
        pair.setSpacing(metrics.GAP + 4)
        pair.addWidget(self._name_field, 3, Qt.AlignmentFlag.AlignTop)
        pair.addWidget(self._role_field, 2, Qt.AlignmentFlag.AlignTop)
        account = QHBoxLayout()
        account.setSpacing(metrics.GAP + 4)
        account.addWidget(self._label_field, 3, Qt.AlignmentFlag.AlignTop)
        account.addWidget(self._kind_field, 2, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.GAP + 4)
        layout.addWidget(rows)
        layout.addWidget(self._remark)
        layout.addLayout(account)
        layout.addLayout(pair)

    # showing

    def _show_remark(self, info: ApiKeyInfo, now: datetime) -> None:
        """Show the worst thing to know about the key before it is stored."""
        health = assess(KeyCheck(KeyId(""), now, CheckOutcome.ACCEPTED, info), now)
        tone = _TONES.get(health.level)
        if tone is None:
            self._remark.clear()
            return
        worst = health.remarks[0]
        self._remark.show_problem(Problem("Remark", worst.title, worst.detail, worst.hint), tone)

    def _show_account_fields(self, tried: TriedPair) -> None:
        account = tried.account
        self._label_field.setVisible(tried.account_is_new)
        self._kind_field.setVisible(tried.account_is_new)
        self._label.setText(account.label)
        (self._master if account.is_master else self._subaccount).setChecked(True)
        for button in (self._master, self._subaccount):
            button.setEnabled(account.kind_source is not KindSource.KRAKEN)
        self._kind_field.set_hint(_kind_hint(account))

    def _on_edited(self) -> None:
        self.clear_errors()
        self.edited.emit()


def _account_text(tried: TriedPair) -> str:
    account = tried.account
    known = account.iiban or account.futures_uid or "no id reported"
    if tried.account_is_new:
        return f"New here · {known}"
    return f"{account.label} ({account.kind}) · {known}"


def _kind_hint(account: Account) -> str:
    if account.kind_source is KindSource.KRAKEN:
        return "Kraken reports it so."
    return "Assumed; Kraken does not say."


def _expiry_text(info: ApiKeyInfo, now: datetime) -> str:
    if info.valid_until is None:
        return "never"
    if isinstance(info.valid_until, datetime):
        return f"{until(now, info.valid_until)}, {moment(info.valid_until)}"
    return NOT_REPORTED.value


def _number_text(number: object) -> str:
    return str(number) if isinstance(number, int) else NOT_REPORTED.value


def _proposed_name(info: ApiKeyInfo, use: PairUse) -> str:
    return info.api_key_name if isinstance(info.api_key_name, str) and info.api_key_name else use.process
