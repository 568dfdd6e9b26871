"""LimitsDialog: the operator's rules about moving money, set and taken away, and the read-only switch."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.limits import LimitKind, Standing
from kraken_desk.domain.money import Amount, Asset, format_quantity, parse_quantity
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.widgets.plain_table import PlainTable

GROUP = "limits:edit"
_WORDS = {
    LimitKind.PER_TRANSFER: "One transfer at most",
    LimitKind.PER_DAY: "Within 24 hours at most",
    LimitKind.TYPED_ABOVE: "Type the name from",
    LimitKind.COOLING_OFF: "New destinations wait",
    LimitKind.ALLOWED_ROUTE: "Allowed route",
}
_OFFERED = (
    LimitKind.PER_TRANSFER,
    LimitKind.PER_DAY,
    LimitKind.TYPED_ABOVE,
    LimitKind.COOLING_OFF,
    LimitKind.ALLOWED_ROUTE,
)
_ANY = ""
_HOUR = 3600

Act = Coroutine[Any, Any, object]


class RuleEnds(NamedTuple):
    """The route that a rule is about; None means any account."""

    source: AccountId | None = None
    destination: AccountId | None = None


@dataclass(frozen=True, slots=True)
class LimitSteps:
    """The services' doors; every act is followed by a new reading. `accounts` may be ends of a rule."""

    standing: Callable[[], Coroutine[Any, Any, Standing]]
    add: Callable[[LimitKind, Decimal | None, Asset | None, int | None, RuleEnds], Act]
    remove: Callable[[str], Act]
    label: Callable[[str | None], str]
    read_only: Callable[[], Coroutine[Any, Any, bool]]
    switch: Callable[[bool], Act]
    accounts: tuple[Account, ...] = ()


class LimitsDialog(DialogFrame):
    """Everything is written as soon as it is asked for; Close only closes."""

    def __init__(
        self,
        steps: LimitSteps,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        sentence = "Kept by window and command line, in the moment a transfer is journalled."
        super().__init__("Limits", sentence, environment, theme, parent)
        self.setObjectName("limits_dialog")
        self.setFixedWidth(metrics.for_font(metrics.WIDE_DIALOG_WIDTH, theme.fonts.body_px))
        self._steps = steps
        self._standing = Standing()
        self._work = Work(scope, GROUP, lambda: self.set_busy(""))
        self._make_widgets()
        self._fill_page()
        self.back_button.hide()
        self.cancel_button.hide()
        self.set_primary("Close")
        self.finished.connect(lambda _code: self._work.cancel())
        self._read()

    def _make_widgets(self) -> None:
        self._read_only = QCheckBox("Read only: no money moves from this profile")
        self._read_only.setObjectName("read_only")
        self._read_only.setAccessibleName("Read only")
        self._read_only.clicked.connect(lambda on: self._do(self._steps.switch(on)))
        self._rules = PlainTable(
            "limit_rules", ("Rule", "Limit", "Route", "Used"), spoken="Limits", right={1, 3}, stretch=2
        )
        self._rules.itemSelectionChanged.connect(self._on_selected)
        self._none = QLabel("No limits are set; each destination is confirmed at its first use.")
        self._none.setObjectName("no_limits")
        self._none.setWordWrap(True)
        set_role(self._none, "hint")
        self._known = QLabel()
        self._known.setObjectName("destinations")
        self._known.setWordWrap(True)
        set_role(self._known, "hint")
        self._remove = self._button("Remove limit", "remove_limit", self._on_remove)
        self._kind, self._amount, self._currency = QComboBox(), QLineEdit(), QLineEdit("USD")
        for kind in _OFFERED:
            self._kind.addItem(_WORDS[kind], kind.value)
        self._kind.currentIndexChanged.connect(lambda _row: self._on_kind())
        self._kind_field = Field("New limit", self._kind, name="limit_kind")
        self._amount_field = Field("Amount", self._amount, name="limit_amount")
        self._currency_field = Field("Currency", self._currency, name="limit_currency")
        self._from, self._to = QComboBox(), QComboBox()
        for combo in (self._from, self._to):
            combo.addItem("any account", _ANY)
            for account in self._steps.accounts:
                combo.addItem(account.label, account.account_id)
        self._from_field = Field("From", self._from, name="limit_from")
        self._to_field = Field("To", self._to, name="limit_to")
        self._add = self._button("Set limit", "set_limit", self._on_add)

    def _button(self, text: str, name: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setAutoDefault(False)
        button.clicked.connect(do)
        return button

    def _fill_page(self) -> None:
        page = self.add_page("limits")
        for widget in (self._read_only, self._rules, self._none, self._known):
            page.addWidget(widget)
        acts = QHBoxLayout()
        acts.addStretch(1)
        acts.addWidget(self._remove)
        page.addLayout(acts)
        fields = QHBoxLayout()
        fields.setSpacing(metrics.GAP + 4)
        for field, share in ((self._kind_field, 3), (self._amount_field, 2), (self._currency_field, 1)):
            fields.addWidget(field, share)
        page.addLayout(fields)
        route = QHBoxLayout()
        route.setSpacing(metrics.GAP + 4)
        for field in (self._from_field, self._to_field):
            route.addWidget(field, 1)
        page.addLayout(route)
        setting = QHBoxLayout()
        setting.addStretch(1)
        setting.addWidget(self._add)
        page.addLayout(setting)

    def _chosen(self) -> LimitKind:
        return LimitKind(self._kind.currentData())

    def _on_kind(self) -> None:
        waits, allows = (self._chosen() is kind for kind in (LimitKind.COOLING_OFF, LimitKind.ALLOWED_ROUTE))
        self._currency_field.setVisible(not waits and not allows)
        self._amount_field.setVisible(not allows)
        self._kind_field.set_hint("Once a route is allowed by name, the others are closed." if allows else "")
        self._amount_field.set_hint("Hours" if waits else "")

    # showing

    def _read(self) -> None:
        async def both() -> tuple[Standing, bool]:
            return await self._steps.standing(), await self._steps.read_only()

        self._work.run(both, self._show, self._on_failed)

    def _show(self, found: tuple[Standing, bool]) -> None:
        self._standing, on = found
        self._read_only.setChecked(on)
        rows = []
        for limit in self._standing.limits:
            most = f"{(limit.seconds or 0) / _HOUR:g} h" if limit.seconds else ""
            if limit.amount is not None and limit.currency is not None:
                most = str(Amount(limit.amount, limit.currency))
            used = self._standing.used.get(limit.limit_id)
            label = self._steps.label
            route = f"{label(limit.source)} → {label(limit.destination)}"
            unit = f" {limit.currency}" if limit.currency is not None else ""
            rows.append(
                (
                    _WORDS[limit.kind],
                    most,
                    route,
                    f"{format_quantity(used)}{unit}" if used is not None else "",
                )
            )
        self._rules.fill(rows)
        self._rules.setVisible(bool(rows))
        self._none.setVisible(not rows)
        names = ", ".join(self._steps.label(known.account) for known in self._standing.destinations)
        self._known.setText(f"Confirmed destinations: {names}")
        self._known.setVisible(bool(names))
        self._on_selected()

    def _on_selected(self) -> None:
        self._remove.setEnabled(0 <= self._rules.currentRow() < len(self._standing.limits))

    # doing

    def _on_add(self) -> None:
        self._amount_field.clear_error()
        ends = RuleEnds(self._end(self._from), self._end(self._to))
        if self._chosen() is LimitKind.ALLOWED_ROUTE:
            self._do(self._steps.add(LimitKind.ALLOWED_ROUTE, None, None, None, ends))
            return
        try:
            amount = parse_quantity(self._amount.text())
        except InputError as error:
            self._amount_field.show_error(error)
            self._amount.setFocus()
            return
        kind = self._chosen()
        if kind is LimitKind.COOLING_OFF:
            self._do(self._steps.add(kind, None, None, int(amount * _HOUR), ends))
        else:
            currency = Asset(self._currency.text().strip().upper())
            self._do(self._steps.add(kind, amount, currency or None, None, ends))

    def _end(self, combo: QComboBox) -> AccountId | None:
        data = combo.currentData()
        return AccountId(data) if data else None

    def _on_remove(self) -> None:
        row = self._rules.currentRow()
        if 0 <= row < len(self._standing.limits):
            self._do(self._steps.remove(self._standing.limits[row].limit_id))

    def _do(self, act: Act) -> None:
        async def then_read() -> tuple[Standing, bool]:
            await act
            return await self._steps.standing(), await self._steps.read_only()

        self.problem.clear()
        if not self._work.run(then_read, self._show, self._on_failed):
            act.close()

    def _on_failed(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error)
