"""AccountDetails and FleetDetails: what an account is and holds, and which keys need a look."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot, KeyNode
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.formatting import count
from kraken_desk.ui.theme import Theme, set_role
from kraken_desk.ui.views.account_facts import account_facts, fleet_facts, subtitle, worst_keys
from kraken_desk.ui.views.audit_facts import with_health
from kraken_desk.ui.views.details_parts import Foot, Head, KeyLink, Page, clear, hairline, section
from kraken_desk.ui.widgets.action_button import ActionButton
from kraken_desk.ui.widgets.facts import Fact, FactGrid

MOST_LINKS = 24
"""A list longer than this is one for the tree, not for the details."""

Links = tuple[tuple[str, str, str], ...]


class _Summary(QWidget):
    """Head, keys that need a look, facts.

    Signals:
        key_opened: slot id and account id of a key the operator wants to see.
    """

    key_opened = Signal(str, str)

    def __init__(
        self, name: str, theme: Theme, acts: tuple[QWidget, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._acts = acts
        self._links: Links = ()
        self._head, self._facts = Head(theme), FactGrid(theme)
        self._look = section("Needs a look")
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        page = Page(name)
        page.column.addWidget(self._facts)
        page.column.addWidget(self._look)
        page.column.addLayout(self._list)
        page.column.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(page, 1)
        layout.addWidget(hairline())
        layout.addWidget(Foot(*acts))

    def first_focus(self) -> QWidget:
        return self._acts[0]

    def show_worst(self, nodes: tuple[KeyNode, ...]) -> None:
        """List the keys that need a look; rebuilt only when they change."""
        found = worst_keys(nodes)
        links = tuple((n.slot.slot_id, n.slot.name, repr(n.health)) for n in found)
        self._look.setVisible(bool(found))
        if links == self._links:
            return
        self._links = links
        clear(self._list)
        for node in found[:MOST_LINKS]:
            link = KeyLink(self._theme, node)
            slot = node.slot
            link.opened.connect(lambda s=slot: self.key_opened.emit(s.slot_id, s.account_id))
            self._list.addWidget(link)
        if len(found) > MOST_LINKS:
            self._list.addWidget(_more(len(found) - MOST_LINKS))


def _more(number: int) -> QLabel:
    label = QLabel(f"and {number} more; filter the tree by “is:findings” to see them all")
    label.setObjectName("more-links")
    label.setWordWrap(True)
    set_role(label, "small")
    return label


class AccountDetails(_Summary):
    """The page for a selected account."""

    def __init__(self, theme: Theme, actions: DeskActions, parent: QWidget | None = None) -> None:
        check = ActionButton(actions.check, short=True)
        acts = (check, ActionButton(actions.transfer), ActionButton(actions.rename, "quiet"))
        super().__init__("account-overview", theme, acts, parent)

    def show_account(
        self,
        node: AccountNode,
        sheets: tuple[BalanceSheet, ...],
        now: datetime,
        money: tuple[Fact, ...] = (),
        audit: tuple[Fact, ...] = (),
    ) -> None:
        """Show an account; `money` is what there is to say of margin and fees, `audit` of its health."""
        self._head.say(node.account.label, subtitle(node.account), with_health(node.worst, audit))
        self._facts.show_facts((*audit, *account_facts(node, sheets, now), *money))
        self.show_worst(tuple(key for account in node.walk() for key in account.keys))


class FleetDetails(_Summary):
    """The page for the whole tree, when nothing is selected."""

    def __init__(self, theme: Theme, actions: DeskActions, parent: QWidget | None = None) -> None:
        super().__init__("fleet-overview", theme, (ActionButton(actions.check_all),), parent)

    def show_fleet(
        self, fleet: FleetSnapshot, environment: Environment, audit: tuple[Fact, ...] = ()
    ) -> None:
        keys = fleet.keys()
        words = f"{count(len(keys), 'key')} on {count(len(fleet.accounts()), 'account')}"
        worst = max((key.health.level for key in keys), default=None)
        if worst is not None:
            worst = with_health(worst, audit)
        self._head.say("All accounts", f"{words} · {environment.name}", worst)
        self._facts.show_facts((*audit, *fleet_facts(fleet)))
        self.show_worst(keys)
