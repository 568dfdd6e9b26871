"""JournalBar: which transfers the journal shows: by state, by words, and those of the selected account."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QLabel, QLineEdit, QPushButton, QWidget

from kraken_desk.domain.transfers import TransferState
from kraken_desk.ui.formatting import count
from kraken_desk.ui.theme import metrics, set_role
from kraken_desk.ui.widgets.action_button import ActionButton
from kraken_desk.ui.widgets.bar_layout import BarLayout

CHIPS: tuple[tuple[str, frozenset[TransferState]], ...] = (
    ("All", frozenset()),
    ("Open", frozenset(state for state in TransferState if state.open)),
    ("Confirmed", frozenset({TransferState.CONFIRMED})),
    ("Rejected", frozenset({TransferState.REJECTED})),
    ("Settled", frozenset({TransferState.EXECUTED, TransferState.NOT_EXECUTED})),
)
"""The chips with the states that each lets through; none means all."""


class JournalBar(QWidget):
    """Chips, a field for words, what is shown, and the journal's own acts.

    Signals:
        changed: other transfers are wanted.
        details_wanted: whether the selected transfer's details are to be shown beside the table.
    """

    changed = Signal()
    details_wanted = Signal(bool)

    def __init__(self, acts: tuple[QAction, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("journal-bar")
        layout = BarLayout(self)
        self._make_chips(layout)
        layout.setContentsMargins(metrics.GAP, metrics.STEP, metrics.GAP, metrics.STEP)
        layout.setSpacing(metrics.STEP)
        self._words = QLineEdit()
        self._words.setObjectName("journal-words")
        self._words.setAccessibleName("Search the journal")
        self._words.setPlaceholderText("Search id, account, key, reason, note")
        self._words.setToolTip("Search id, account, key, reason, note")
        self._words.setClearButtonEnabled(True)
        self._words.setMinimumWidth(120)
        self._words.setMaximumWidth(280)
        set_role(self._words, "small")
        layout.addWidget(self._words, 1)
        self._shown = QLabel()
        self._shown.setObjectName("journal-shown")
        set_role(self._shown, "muted")
        layout.addWidget(self._shown)
        layout.addStretch()
        details = QPushButton("Details")
        details.setObjectName("journal-show-details")
        details.setAccessibleName("Show the details of the selected transfer")
        details.setCheckable(True)
        set_role(details, "small")
        details.toggled.connect(self.details_wanted)
        layout.addWidget(details)
        for act in acts:
            layout.addWidget(ActionButton(act, "small"))
        self._chips.idToggled.connect(lambda _number, on: self.changed.emit() if on else None)
        self._words.textChanged.connect(lambda _text: self.changed.emit())

    def _make_chips(self, layout: BarLayout) -> None:
        self._chips = QButtonGroup(self)
        self._chips.setExclusive(True)
        for number, (word, _) in enumerate(CHIPS):
            chip = QPushButton(word)
            chip.setObjectName(f"journal-{word.lower()}")
            chip.setAccessibleName(f"Show {word.lower()} transfers")
            chip.setCheckable(True)
            chip.setChecked(number == 0)
            set_role(chip, "small")
            self._chips.addButton(chip, number)
            layout.addWidget(chip)

    @property
    def states(self) -> frozenset[TransferState]:
        return CHIPS[max(0, self._chips.checkedId())][1]

    @property
    def words(self) -> str:
        return self._words.text()

    def clear(self) -> None:
        """Let everything through."""
        self._words.clear()
        first = self._chips.button(0)
        first.setChecked(True)

    def say(self, shown: int, of: int, account: str) -> None:
        """Say how many are shown, and of which account."""
        all_shown = count(of, "transfer") if account else ""
        parts = (all_shown if shown == of else f"{shown} of {count(of, 'transfer')}", account)
        self._shown.setText(" of ".join(part for part in parts if part) if of else "")
