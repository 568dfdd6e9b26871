"""InspectorPane: the details of what is selected: a key, an account, or the whole tree.

A window opens on the whole tree. The other two pages are built while nothing is to do, or when they are
wanted before: a key's page takes longer than the rest of the pane together.
"""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import AccountNode, KeyNode
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.connections import Connections
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.views.account_details import AccountDetails, FleetDetails
from kraken_desk.ui.views.audit_facts import account_audit, fleet_audit, key_audit
from kraken_desk.ui.views.key_details import KeyDetails
from kraken_desk.ui.views.key_timeline import Past
from kraken_desk.ui.views.money_facts import fee_facts, margin_facts

TICK_MS = 5_000
PAST_GROUP = "keys:past"

IDLE_MS = 100
"""From opening to the first page that nobody has asked for, and between two of them."""


class InspectorPane(QObject):
    """Chooses the page by the selection and keeps its ages growing."""

    title = "Details"

    def __init__(
        self,
        bridge: Bridge,
        selection: Selection,
        theme: Theme,
        actions: DeskActions,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._selection, self._actions = bridge, selection, actions
        self._connections = Connections()
        self._stack = QStackedWidget()
        self._stack.setObjectName("inspector")
        set_role(self._stack, "panel")
        self._theme = theme
        self._fleet_page = FleetDetails(theme, actions)
        self._fleet_page.key_opened.connect(self._on_key_opened)
        self._stack.addWidget(self._fleet_page)
        self._fit()
        theme.changed.connect(self._fit)
        self._idle = QTimer(self)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self._on_idle)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.refresh)

    @cached_property
    def _account_page(self) -> AccountDetails:
        page = AccountDetails(self._theme, self._actions)
        page.key_opened.connect(self._on_key_opened)
        self._stack.addWidget(page)
        return page

    @cached_property
    def _key_page(self) -> KeyDetails:
        page = KeyDetails(self._theme, self._actions)
        page.timeline.past_wanted.connect(self._on_past_wanted)
        self._stack.addWidget(page)
        return page

    def _on_idle(self) -> None:
        """Build what is missing, a page in each turn."""
        missing = {"_account_page", "_key_page"} - vars(self).keys()
        if missing:
            getattr(self, min(missing))
        else:
            self._idle.stop()

    def _fit(self) -> None:
        """Give one page a width for the font; the stack's own would let the others' buttons be cut."""
        width = metrics.for_font(metrics.INSPECTOR_LEAST, self._theme.fonts.body_px)
        self._fleet_page.setMinimumWidth(min(width, metrics.INSPECTOR_MOST))

    def widget(self) -> QWidget:
        return self._stack

    def actions(self) -> tuple[QAction, ...]:
        return (self._actions.check, self._actions.remove)

    def open(self) -> None:
        self._connections.listen(
            self.refresh,
            self._bridge.fleet_changed,
            self._bridge.fees_changed,
            self._bridge.journal_changed,
            self._bridge.judged,
            self._selection.changed,
        )
        self._connections.listen(self._on_balances_changed, self._bridge.balances_changed)
        self.refresh()
        self._idle.start()
        self._tick.start()

    def close(self) -> None:
        self._idle.stop()
        self._tick.stop()
        self._connections.close()

    def refresh(self) -> None:
        """Show what is selected as it is now."""
        account = self._account()
        key = self._key(account)
        now, judgement = self._bridge.now(), self._bridge.judgement
        if account is not None and key is not None:
            stones = self._bridge.desk.horizon.of_key(key, account.account.label)
            audit = key_audit(key.slot.slot_id, judgement)
            self._key_page.show_key(key, account.account, self._bridge.journal, stones, now, audit)
            self._turn_to(self._key_page)
        elif account is not None:
            sheets = self._bridge.balances.of(account.account.account_id)
            fees = fee_facts(self._bridge.fleet, self._bridge.fees.of(account.account.account_id), now)
            audit = account_audit(account.account.account_id, judgement)
            self._account_page.show_account(account, sheets, now, (*margin_facts(sheets), *fees), audit)
            self._turn_to(self._account_page)
        else:
            audit = fleet_audit(judgement)
            self._fleet_page.show_fleet(self._bridge.fleet, self._bridge.environment, audit)
            self._turn_to(self._fleet_page)

    def _on_balances_changed(self) -> None:
        """Follow figures where some are shown: the pages of a key and of the whole fleet have none."""
        if self._stack.currentWidget() is self._account_page:
            self.refresh()

    def _turn_to(self, page: KeyDetails | AccountDetails | FleetDetails) -> None:
        """Turn the page; a focus on the old one goes to where the new one begins, never to Remove."""
        if page is self._stack.currentWidget():
            return
        focus = QApplication.focusWidget()
        focused = focus is not None and self._stack.isAncestorOf(focus)
        self._stack.setCurrentWidget(page)
        if focused:
            page.first_focus().setFocus(Qt.FocusReason.TabFocusReason)

    def _account(self) -> AccountNode | None:
        account_id = self._selection.account_id
        return self._bridge.fleet.account(account_id) if account_id is not None else None

    def _key(self, account: AccountNode | None) -> KeyNode | None:
        keys = account.keys if account else ()
        return next((k for k in keys if k.slot.slot_id == self._selection.slot_id), None)

    def _on_past_wanted(self, slot_id: str) -> None:
        self._bridge.start(PAST_GROUP, self._load_past(SlotId(slot_id)), replace=True)

    async def _load_past(self, slot_id: SlotId) -> None:
        """Read what the store keeps of a slot, and show it unless another one is shown by now."""
        horizon = self._bridge.desk.horizon
        past = Past(await horizon.events(slot_id), await horizon.leases(slot_id))
        if self._key_page.timeline.take_past(slot_id, past):
            self.refresh()

    def _on_key_opened(self, slot_id: str, account_id: str) -> None:
        self._selection.select_key(SlotId(slot_id), AccountId(account_id))
