"""WorthHead: what everything shown is worth, in which currency, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from kraken_desk.domain.prices import CURRENCIES, Rates
from kraken_desk.domain.worth import Worth
from kraken_desk.ui.formatting import ago
from kraken_desk.ui.models.distribution import gaps_text, worth_text
from kraken_desk.ui.plain import plain_tip
from kraken_desk.ui.theme import Theme, Tone, metrics, set_property, set_role

OLD_PRICES = timedelta(minutes=2)
"""Prices are read every half minute; this old, their age is a warning."""


class WorthHead(QWidget):
    """Shows the total, its gaps and the age of the prices; offers the currencies."""

    def __init__(self, theme: Theme, choose: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        del theme  # the stylesheet dresses everything here
        self._total, self._gaps = QLabel(), QLabel()
        self._total.setObjectName("balances-worth")
        self._gaps.setObjectName("balances-not-valued")
        set_role(self._total, "strong")
        self._currency = QComboBox()
        self._currency.setObjectName("balances-currency")
        self._currency.setAccessibleName("Currency of values")
        self._currency.setToolTip("Currency of values")
        self._currency.view().setAccessibleName("Currencies")
        self._currency.addItems([str(currency) for currency in CURRENCIES])
        set_role(self._currency, "small")
        self._currency.textActivated.connect(choose)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.GAP)
        for part in (self._total, self._currency, self._gaps):
            layout.addWidget(part)

    def show_worth(self, worth: Worth | None, rates: Rates) -> None:
        """Show a total, or the sign for one that is not known."""
        with QSignalBlocker(self._currency):
            self._currency.setCurrentText(str(rates.currency))
        known = worth is not None and worth.known
        text = worth_text(worth).rpartition(" ")[0] if worth is not None and known else "—"
        self._total.setText(text)
        self._total.setAccessibleName(f"Worth {text} {rates.currency}")
        gaps = worth.not_valued if worth is not None and known else ()
        self._gaps.setText(gaps_text(gaps))
        self._gaps.setVisible(bool(gaps))
        set_property(self._gaps, "tone", Tone.WARN.value)
        self._gaps.setToolTip(plain_tip(f"No market leads to {rates.currency}: {', '.join(gaps)}"))


def price_words(worth: Worth | None, rates: Rates, now: datetime) -> tuple[str, bool]:
    """Say how old the prices are, and whether that is a warning; empty when nothing needed one."""
    problem = rates.book.problem
    oldest = worth.priced_at if worth is not None else None
    if oldest is None:
        return (f"no prices: {problem.title.rstrip('.')}", True) if problem else ("", False)
    if problem is not None:
        return f"prices {ago(now, oldest)}: {problem.title.rstrip('.')}", True
    return f"prices {ago(now, oldest)}", now - oldest > OLD_PRICES
