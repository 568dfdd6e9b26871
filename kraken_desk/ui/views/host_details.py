"""HostDetails: what a host can use, what falls with it, and its block for Kraken's form."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from kraken_desk.domain.audit.host_view import HostKey, HostView, RangeView
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.money import Asset
from kraken_desk.domain.xray import kraken_block
from kraken_desk.ui.formatting import count
from kraken_desk.ui.models.host_rows import WIDTH_TONES, money
from kraken_desk.ui.plain import breakable
from kraken_desk.ui.theme import Theme, Tone, metrics, set_role
from kraken_desk.ui.views.details_parts import LINK_PADDING, Page, clear, section
from kraken_desk.ui.widgets.act_text import name_button
from kraken_desk.ui.widgets.facts import Fact, FactGrid
from kraken_desk.ui.widgets.notice import Notice

MOST_KEYS = 24
LINK_WIDTH = 280


class HostDetails(Page):
    """One host or range, or a sentence on what stands here.

    Signals:
        key_wanted: slot id and account id of a key the operator wants to see.
    """

    key_wanted = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__("host-details")
        self._theme = theme
        self._shown: object = None
        self.column.setSpacing(metrics.GAP)
        self._parts = QVBoxLayout()
        self._parts.setSpacing(metrics.GAP)
        self.column.addLayout(self._parts)
        self.column.addStretch()

    def say(self, sentence: str) -> None:
        if self._begin(sentence):
            self._add(sentence, "muted")

    def show_host(self, view: HostView, currency: Asset) -> None:
        if not self._begin((view, currency)):
            return
        self._add(view.host.name, "strong")
        self._parts.addWidget(self._falls(view, currency))
        if view.refused:
            names = ", ".join(view.refused)
            text = f"Kraken refuses them from this address: {names}."
            notice = Notice(Tone.WARN, "Desk keys that do not work here", text)
            notice.setObjectName("host-refused")
            self._parts.addWidget(notice)
        self._parts.addWidget(section(f"Can use {count(len(view.keys), 'key')}"))
        for key in view.keys[:MOST_KEYS]:
            self._parts.addWidget(self._key(key))
        if len(view.keys) > MOST_KEYS:
            self._add(f"and {len(view.keys) - MOST_KEYS} more", "small")
        self._add_block(view.host.addresses)

    def show_range(self, line: RangeView) -> None:
        if not self._begin(line):
            return
        self._add(line.text, "strong")
        facts = FactGrid(self._theme, 80)
        facts.show_facts(
            (
                Fact("Grade", line.width.word, WIDTH_TONES[line.width]),
                Fact("Hosts", ", ".join(line.hosts) or "none named"),
                Fact("Keys", ", ".join(line.keys)),
                *(Fact("Remark", remark, Tone.WARN) for remark in line.remarks),
            )
        )
        self._parts.addWidget(facts)

    def _begin(self, what: object) -> bool:
        """Clear the page for something else; False when it is shown already."""
        if what == self._shown:
            return False
        self._shown = what
        clear(self._parts)
        return True

    def _falls(self, view: HostView, currency: Asset) -> FactGrid:
        facts = FactGrid(self._theme, 76)
        why = (*view.falls.why, *(f"not counted: {gap}" for gap in view.falls.gaps))
        tone = Tone.DANGER if view.falls.worst else Tone.PLAIN
        own = Fact(
            "Without open keys", money(view.own.worst, currency), note="what this host adds to the danger"
        )
        facts.show_facts((Fact("Falls if taken", money(view.falls.worst, currency), tone, points=why), own))
        return facts

    def _key(self, key: HostKey) -> QWidget:
        """Return a key's link with what is known of it right below."""
        part = "" if key.whole else "from a part of this host only"
        place = " · ".join(text for text in (key.account, key.process, key.width.word, part) if text)
        remark = QLabel(breakable(place))
        remark.setTextFormat(Qt.TextFormat.PlainText)
        remark.setWordWrap(True)
        remark.setIndent(LINK_PADDING)
        set_role(remark, "small")
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._link(key.name, key.ref, key.account_id), 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(remark)
        return both

    def _link(self, name: str, ref: str, account_id: str) -> QPushButton:
        link = QPushButton()
        name_button(link, name, LINK_WIDTH)
        link.setAccessibleName(f"Show key {name}")
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        set_role(link, "link")
        link.clicked.connect(lambda: self.key_wanted.emit(ref, account_id))
        return link

    def _add_block(self, addresses: tuple[str, ...]) -> None:
        """Show the addresses as Kraken's form takes them."""
        try:
            block = kraken_block(addresses)
        except InputError:
            return
        self._parts.addWidget(section("For Kraken's IP restriction"))
        self._add(block, "mono")
        button = QPushButton("Copy block")
        button.setObjectName("host-copy-block")
        button.setAccessibleName("Copy the addresses for Kraken's form")
        set_role(button, "small")
        button.clicked.connect(lambda: QGuiApplication.clipboard().setText(block))
        self._parts.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _add(self, text: str, role: str) -> None:
        label = QLabel(breakable(text))
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(label, role)
        self._parts.addWidget(label)
