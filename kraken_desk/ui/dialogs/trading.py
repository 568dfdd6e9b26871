"""TradingDialog: whether a Futures subaccount may trade, as Kraken says, and the switch."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.services.subaccounts import SubaccountsService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import Rows, fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.theme import Theme, Tone, set_property, set_role

GROUP = "subaccounts:trading"
_SENTENCE = (
    "The master's Futures key asks Kraken and switches. What happens to resting orders and open positions is "
    "not documented by Kraken; Spot trading is not touched."
)


class TradingDialog(DialogFrame):
    """Asks at once; each switch is read back, so what is shown is what Kraken says."""

    def __init__(
        self,
        account: Account,
        service: SubaccountsService,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(f"Futures trading of {account.label}", _SENTENCE, environment, theme, parent)
        self.setObjectName("trading_dialog")
        self._account, self._service = account, service
        self.enabled: bool | None = None
        self._work = Work(scope, GROUP, self._on_idle)
        self._state = fact("trading-state")
        rows = Rows()
        rows.add("Kraken says", self._state)
        self.add_page("trading").addWidget(rows)
        self.cancel_button.setText("Close")
        self.finished.connect(lambda _code: self._work.let_go())
        self._show(None)
        self._ask()

    def _ask(self) -> None:
        self.problem.clear()
        if self._work.run(lambda: self._service.trading(self._account), self._on_told, self._on_failed):
            self.set_busy("Asking Kraken …")

    def _on_primary(self) -> None:
        if self.enabled is None:
            self._ask()
            return
        self.problem.clear()
        wanted = not self.enabled
        started = self._work.run(
            lambda: self._service.set_trading(self._account, enabled=wanted), self._on_told, self._on_failed
        )
        if started:
            self.set_busy(f"{'Enabling' if wanted else 'Disabling'} trading, and reading it back …")

    def _on_told(self, enabled: bool) -> None:
        self.set_busy("")
        self._show(enabled)

    def _on_failed(self, error: KrakenDeskError) -> None:
        """After a failed switch nobody knows what is true until Kraken has been asked again."""
        self.set_busy("")
        self._show(None)
        self.show_problem(error)

    def _show(self, enabled: bool | None) -> None:
        self.enabled = enabled
        words = {True: "trading is enabled", False: "trading is disabled", None: "not known"}
        tones = {True: Tone.OK, False: Tone.WARN, None: Tone.MUTED}
        self._state.setText(words[enabled])
        set_property(self._state, "tone", tones[enabled].value)
        set_role(self.primary_button, "danger" if enabled else "primary")
        name = self._account.label
        acts = {True: f"Disable trading of {name}", False: f"Enable trading of {name}", None: "Ask again"}
        self.set_primary(acts[enabled])

    def _on_cancel_work(self) -> None:
        self._work.let_go()
        self.set_busy("")
        self.reject()

    def _on_idle(self) -> None:
        if self.busy:
            self.set_busy("")


def open_dialog(kit: Kit) -> None:
    """Open the dialog for the selected subaccount."""
    node, desk = kit.situation.account, kit.bridge.desk
    if node is None:
        return
    dialog = TradingDialog(
        node.account, desk.subaccounts, desk.scope, desk.environment, kit.theme, kit.window
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
