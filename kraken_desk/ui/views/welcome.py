"""WelcomePage: what an empty profile offers: a first key, the demo, a backup; readable in a minute."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from kraken_desk.services.profile_doors import FirstSteps
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.widgets.action_button import ActionButton

WIDTH = 720
ICON = 24

TITLE = "Welcome to Kraken Desk"
SENTENCE = (
    "Every Kraken API key in one place: what it may do, from where, and whether Kraken accepts it. "
    "Secrets stay in this computer's keychain; nothing is sent anywhere but to Kraken."
)
STEPS = (
    ("1", "Make a key at Kraken", "Choose what it is for; you are told which boxes to tick."),
    ("2", "Paste both halves", "It is checked with one signed call. Nothing is stored before that."),
    ("3", "See what it can do", "In one sentence, with its allowlist and its dates."),
)
FOOT = "F1 explains whatever the keyboard is on. Ctrl+K finds everything by a few letters."


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to begin: its drawing, what it gives, and the act."""

    icon: str
    title: str
    sentence: str
    action: QAction


class WelcomePage(QScrollArea):
    """A column of offers, the first one primary; it scrolls where the window is small or the font large."""

    def __init__(self, theme: Theme, offers: tuple[Offer, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setAccessibleName(TITLE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._theme = theme
        self._drawings: list[tuple[QLabel, str]] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(metrics.GAP + 4)
        self._add_head()
        buttons = [self._add_offer(offer, first=not place) for place, offer in enumerate(offers)]
        self._add_steps()
        self._place()
        self.setFocusProxy(buttons[0])
        self._draw()
        theme.changed.connect(self._draw)

    def _add_head(self) -> None:
        title, sentence = _label(TITLE, "title"), _label(SENTENCE, "muted")
        title.setObjectName("welcome-title")
        self._column.addWidget(title)
        self._column.addWidget(sentence)
        self._column.addSpacing(metrics.GAP)

    def _add_offer(self, offer: Offer, *, first: bool) -> ActionButton:
        card = QFrame()
        card.setObjectName(f"offer-{offer.action.objectName()}")
        set_role(card, "card")
        drawing = QLabel()
        self._drawings.append((drawing, offer.icon))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(_label(offer.title, "strong"))
        words.addWidget(_label(offer.sentence, "muted"))
        button = ActionButton(offer.action, "primary" if first else "", icon=False)
        button.setObjectName(f"welcome-{offer.action.objectName()}")
        button.setAccessibleDescription(offer.sentence)
        row = QHBoxLayout(card)
        row.setContentsMargins(metrics.PADDING, metrics.PADDING - 2, metrics.PADDING, metrics.PADDING - 2)
        row.setSpacing(metrics.PADDING)
        row.addWidget(drawing)
        row.addLayout(words, 1)
        row.addWidget(button)
        self._column.addWidget(card)
        return button

    def _add_steps(self) -> None:
        self._column.addSpacing(metrics.GAP)
        row = QHBoxLayout()
        row.setSpacing(metrics.PADDING)
        for number, title, text in STEPS:
            step = QVBoxLayout()
            step.setSpacing(2)
            step.addWidget(_label(f"{number}  {title}", "strong"))
            step.addWidget(_label(text, "hint"))
            step.addStretch(1)
            row.addLayout(step, 1)
        self._column.addLayout(row)
        self._column.addSpacing(metrics.GAP)
        self._column.addWidget(_label(FOOT, "hint"))

    def _place(self) -> None:
        page, middle = QWidget(), QWidget()
        for part in (page, middle):
            set_role(part, "page")
        middle.setMaximumWidth(metrics.for_font(WIDTH, self._theme.fonts.body_px))
        middle.setLayout(self._column)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(middle, 100)
        across.addStretch(1)
        outer = QVBoxLayout(page)
        outer.setContentsMargins(metrics.PADDING, metrics.PADDING, metrics.PADDING, metrics.PADDING)
        outer.addStretch(2)
        outer.addLayout(across)
        outer.addStretch(3)
        self.setWidget(page)

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        for label, name in self._drawings:
            label.setPixmap(self._theme.pixmap(name, self._theme.tokens.accent, ICON, ratio))


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    set_role(label, role)
    return label


def welcome_page(theme: Theme, actions: DeskActions, steps: FirstSteps | None) -> WelcomePage:
    """Make the page with what this window can lead to; without steps a key is all there is to add."""
    offers = [
        Offer(
            "key",
            "Add a first key",
            "A reading key shows an account's balances; it can neither trade nor withdraw.",
            actions.act("first-key"),
        )
    ]
    if steps is not None:
        offers.append(
            Offer(
                "eye",
                "Look around first",
                "The demo is a made-up exchange on this machine: six accounts, some twenty keys, money to "
                "move. Nothing of it is kept.",
                actions.act("open-demo"),
            )
        )
    if steps is not None and steps.empty:
        offers.append(
            Offer(
                "shield",
                "Bring a profile back",
                "From a sealed backup and its passphrase. You see what it holds before anything changes.",
                actions.act("restore-backup"),
            )
        )
    return WelcomePage(theme, tuple(offers))
