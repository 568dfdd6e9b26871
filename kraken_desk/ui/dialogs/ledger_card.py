"""LedgerCard: what one account's ledger says about a transfer: matching rows, none, or not readable."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from kraken_desk.domain.money import Amount
from kraken_desk.domain.transfers import LedgerEntry
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.models.clock_text import exact_time
from kraken_desk.ui.theme import metrics, set_role


class LedgerCard(QFrame):
    """One side of the evidence."""

    def __init__(self, title: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        set_role(self, "card")
        self.setAccessibleName(title)
        self._title = title
        self._text = fact(f"{name}_text")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(metrics.PADDING - 4, metrics.GAP + 2, metrics.PADDING - 4, metrics.GAP + 2)
        layout.setSpacing(metrics.STEP)
        layout.addWidget(fact(f"{name}_title", title, "strong"))
        layout.addWidget(self._text)
        self.show_unread()

    @property
    def text(self) -> str:
        return self._text.text()

    def show_reading(self) -> None:
        self._say("Reading …", "hint")

    def show_unread(self) -> None:
        self._say("Not read.", "hint")

    def show_rows(
        self, rows: tuple[LedgerEntry, ...] | None, gaps: tuple[str, ...], balance: str = ""
    ) -> None:
        """Show the matching rows, and what the balance says.

        None means that the ledger could not be read, for one of `gaps`.
        """
        if rows is None:
            account = self._title.rpartition(",")[0]
            why = next((gap for gap in gaps if gap.startswith(account)), "") or " ".join(gaps)
            self._say(f"Could not be read. {why}".strip(), "label")
        elif not rows:
            self._say(f"No matching row.\n{balance}".strip(), "label")
        else:
            self._say("\n".join([*(_row_text(row) for row in rows), balance]).strip(), "")

    def _say(self, text: str, role: str) -> None:
        set_role(self._text, role)
        self._text.setText(text)
        self.setAccessibleDescription(text)


def _row_text(row: LedgerEntry) -> str:
    amount = Amount(row.quantity, row.asset)
    kind = " ".join(part for part in (row.kind, row.subtype) if part)
    return f"{amount} · {kind} · {exact_time(row.time)}\n{row.refid or row.entry_id}"
