"""AmountEdit: an exact decimal amount with “All available …” inside the field."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from kraken_desk.domain.errors import InvalidAmountError
from kraken_desk.domain.money import format_quantity, parse_quantity
from kraken_desk.ui.theme import set_role
from kraken_desk.ui.theme.metrics import STEP


class AmountEdit(QLineEdit):
    """Keeps what was typed; an exact amount is grouped for reading when the field is left.

    Signals:
        amount_changed: the text is another one, typed or filled in.
    """

    amount_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places: int | None = None
        self._available: Decimal | None = None
        self._all = QPushButton(self)
        self._all.setObjectName("all_available")
        self._all.setAccessibleName("Fill in all that is available")
        set_role(self._all, "link")
        self._all.setAutoDefault(False)
        self._all.setCursor(Qt.CursorShape.PointingHandCursor)
        self._all.clicked.connect(self.fill_available)
        self._all.hide()
        self.textChanged.connect(self.amount_changed)

    def set_places(self, places: int | None) -> None:
        """Tell how many decimals the asset carries; None when that is not known."""
        self._places = places

    def set_available(self, available: Decimal | None) -> None:
        """Offer to fill in what can be moved; None hides the offer."""
        self._available = available
        self._all.setVisible(available is not None and available > 0)
        if available is not None:
            self._all.setText(f"All available {format_quantity(available)}")
            self._all.setAccessibleName(f"Fill in all available {format_quantity(available)}")
        self._place_button()

    def amount(self) -> Decimal:
        """Return the exact amount; raises InvalidAmountError for anything else."""
        return parse_quantity(self.text(), decimals=self._places)

    def fill_available(self) -> None:
        if self._available is not None:
            self.setText(format_quantity(self._available))
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        try:
            grouped = format_quantity(self.amount())
        except InvalidAmountError:
            return
        if grouped != self.text():
            with QSignalBlocker(self):  # the same amount, only written for reading
                self.setText(grouped)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_button()

    def _place_button(self) -> None:
        width = self._all.sizeHint().width() if self._all.isVisibleTo(self) else 0
        height = self._all.sizeHint().height()
        self._all.setGeometry(self.width() - width - STEP, (self.height() - height) // 2, width, height)
        self.setTextMargins(0, 0, width, 0)
