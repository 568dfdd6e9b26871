"""KeyDetails: one key in full: findings first, then every fact Kraken reports, with its age."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QLabel, QTabWidget, QVBoxLayout, QWidget

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.horizon import Milestone
from kraken_desk.domain.keys import CheckOutcome
from kraken_desk.domain.levels import Level, Remark
from kraken_desk.domain.transfers import JournalSnapshot
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.theme import Theme, Tone, metrics, set_role
from kraken_desk.ui.views.audit_facts import ability, with_health
from kraken_desk.ui.views.details_parts import CARD_TONES, Foot, Head, Page, clear, hairline, section
from kraken_desk.ui.views.key_facts import key_facts, right_facts, unread_fact
from kraken_desk.ui.views.key_timeline import KeyTimeline
from kraken_desk.ui.views.nonce_card import nonce_card
from kraken_desk.ui.views.use_card import use_card
from kraken_desk.ui.widgets.action_button import ActionButton
from kraken_desk.ui.widgets.facts import Fact, FactGrid
from kraken_desk.ui.widgets.notice import Notice

RIGHT_WIDTH = 160
NONCE_TEXT = (
    "Kraken accepts a request only when its nonce is higher than the last one this key has used, less the "
    "nonce window. Two processes on one key overtake each other; a client with a larger scale locks out "
    "every client with a smaller one."
)


class KeyDetails(QWidget):
    """The page of the inspector for one key, in four tabs."""

    def __init__(self, theme: Theme, actions: DeskActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self._remarks: tuple[Remark, ...] = ()
        self._outcome: CheckOutcome | None = None
        self._head = Head(theme)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(metrics.GAP)
        self._ability = fact("key-ability")
        self._facts = FactGrid(theme)
        self._granted, self._missing = FactGrid(theme, RIGHT_WIDTH), FactGrid(theme, RIGHT_WIDTH)
        self._missing_head = section("Not granted")
        self._nonce, self._use = FactGrid(theme), FactGrid(theme)
        self.timeline = KeyTimeline(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        self._pages = self._tabs()
        layout.addWidget(self._pages, 1)
        layout.addWidget(hairline())
        layout.addWidget(self._foot())

    def show_key(
        self,
        node: KeyNode,
        account: Account,
        journal: JournalSnapshot,
        stones: tuple[Milestone, ...],
        now: datetime,
        audit: tuple[Fact, ...] = (),
    ) -> None:
        """Show a key; `audit` is what there is to say of its health and of what it could lose."""
        slot = node.slot
        subtitle = f"{slot.venue.label} key on {account.label} · {slot.masked_api_key()}"
        self._head.say(slot.name, subtitle, with_health(node.health.level, audit))
        self._show_remarks(node)
        self._ability.setText(ability(node, account))
        self._ability.setVisible(bool(self._ability.text()))
        self._facts.show_facts((*audit, *key_facts(node, account, now)))
        self._show_rights(node)
        self._nonce.show_facts(nonce_card(node, now))
        self._use.show_facts(use_card(node))
        self.timeline.show_key(node, journal, stones, now)

    def first_focus(self) -> QWidget:
        return self._pages.tabBar()

    def _tabs(self) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setObjectName("key-tabs")
        tabs.setAccessibleName("Details of the key")
        tabs.tabBar().setAccessibleName("Details of the key")
        set_role(tabs, "panel")
        overview = Page("key-overview")
        overview.column.addLayout(self._cards)
        overview.column.addWidget(self._ability)
        overview.column.addWidget(self._facts)
        overview.column.addStretch()
        rights = Page("key-permissions")
        for widget in (section("Granted"), self._granted, self._missing_head, self._missing):
            rights.column.addWidget(widget)
        rights.column.addStretch()
        nonce = Page("key-nonce")
        explanation = QLabel(NONCE_TEXT)
        explanation.setWordWrap(True)
        set_role(explanation, "hint")
        nonce.column.addWidget(self._nonce)
        nonce.column.addWidget(explanation)
        nonce.column.addWidget(section("Who uses it"))
        nonce.column.addWidget(self._use)
        nonce.column.addStretch()
        titles = ("Overview", "Permissions", "Nonce", "Timeline")
        for page, title in zip((overview, rights, nonce, self.timeline), titles, strict=True):
            tabs.addTab(page, title)
        return tabs

    def _foot(self) -> QWidget:
        return Foot(
            ActionButton(self._actions.check),
            ActionButton(self._actions.act("rotate-key"), "quiet", icon=False),
            ActionButton(self._actions.remove, "quiet"),
        )

    def _show_remarks(self, node: KeyNode) -> None:
        outcome = node.check.outcome if node.check else None
        if (node.health.remarks, outcome) == (self._remarks, self._outcome):
            return
        self._remarks, self._outcome = node.health.remarks, outcome
        clear(self._cards)
        for remark in node.health.remarks:
            card = Notice(CARD_TONES.get(remark.level, Tone.PLAIN), remark.title, remark.detail, remark.hint)
            card.setObjectName("finding")
            if remark.level is Level.UNCHECKED or outcome is CheckOutcome.UNREACHED:
                card.add_actions(self._actions.check)
            self._cards.addWidget(card)

    def _show_rights(self, node: KeyNode) -> None:
        info = node.check.info if node.check else None
        if info is None:
            self._granted.show_facts((unread_fact(node.check),))
            missing: tuple[Fact, ...] = ()
        else:
            granted, missing = right_facts(info.permissions)
            self._granted.show_facts(granted)
        self._missing.show_facts(missing)
        self._missing_head.setVisible(bool(missing))
        self._missing.setVisible(bool(missing))
