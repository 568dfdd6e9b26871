"""JournalPane: every transfer with its state and details; settled, exported and receipted from here."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMetaObject, QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from kraken_desk.domain.journal import ChainReport
from kraken_desk.domain.journal_filter import JournalFilter
from kraken_desk.domain.transfers import JournalId, TransferRecord, TransferState
from kraken_desk.reports.journal_lines import csv_text, jsonl
from kraken_desk.reports.receipt import receipt_html
from kraken_desk.ui.asking import ask
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.commands import Command, make_action
from kraken_desk.ui.dialogs.settle import SettleDialog
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.models.journal import JournalModel
from kraken_desk.ui.receipts import JOURNAL_FORMS, RECEIPT_FORMS, save_pdf, save_text
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme, Tone
from kraken_desk.ui.views.journal_bar import JournalBar
from kraken_desk.ui.views.journal_details import JournalDetails
from kraken_desk.ui.views.journal_table import JournalTable
from kraken_desk.ui.widgets.beside import BesideLayout
from kraken_desk.ui.widgets.empty_state import EmptyState
from kraken_desk.ui.widgets.notice import Notice

SETTLE_GROUP = "journal:settle"
DETAILS_GROUP = "details:journal"
RECEIPT_GROUP = "receipt:save"
EXPORT_GROUP = "export:journal"


class JournalPane(QObject):
    """Follows the journal.

    Signals:
        badge_changed: the remark for the tab: how many outcomes are unknown.
    """

    badge_changed = Signal(str)
    title = "Journal"

    def __init__(
        self, bridge: Bridge, selection: Selection, theme: Theme, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._selection, self._theme = bridge, selection, theme
        self._model = JournalModel(bridge.now, parent=self)
        self._connections: list[QMetaObject.Connection] = []
        self._shown: TransferRecord | None = None
        self._notice: Notice | None = None
        self._make_actions(theme)
        self._table = JournalTable(theme)
        self._table.setModel(self._model)
        self._table.addActions([self._settle, self._copy])
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._table.act_requested.connect(self._on_act_requested)
        self._table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._details = JournalDetails(theme)
        self._details.hide()
        self._empty = EmptyState(
            theme,
            "journal",
            "No transfers yet",
            "Every transfer is written here before it is sent, with how it ended.",
        )
        self._empty.setObjectName("journal-empty")
        self._nothing = EmptyState(
            theme, "filter", "No such transfers", "No transfer fits the filters above."
        )
        self._nothing.setObjectName("journal-nothing")
        self._bar = JournalBar((self._receipt, self._export))
        self._bar.details_wanted.connect(self._details.setVisible)
        self._bar.changed.connect(self._apply)
        self._widget = self._make_widget()

    def _make_widget(self) -> QWidget:
        self._stack = QStackedWidget()
        for page in (self._table, self._empty, self._nothing):
            self._stack.addWidget(page)
        both = BesideLayout(self._stack, self._details, self._theme)
        widget = QWidget()
        widget.setObjectName("journal")
        self._column = QVBoxLayout(widget)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._bar)
        self._column.addLayout(both, 1)
        return widget

    def widget(self) -> QWidget:
        return self._widget

    def actions(self) -> tuple[QAction, ...]:
        return (self._settle, self._copy, self._receipt, self._export)

    def open(self) -> None:
        if not self._connections:
            self._connections = [
                self._bridge.journal_changed.connect(lambda _snapshot: self._apply()),
                self._selection.changed.connect(self._apply),
                self._bridge.chain_changed.connect(self._on_chain_changed),
            ]
        self._on_chain_changed(self._bridge.chain)
        self._apply()

    def close(self) -> None:
        for connection in self._connections:
            QObject.disconnect(connection)
        self._connections.clear()

    def _make_actions(self, theme: Theme) -> None:
        self._settle = make_action(
            self,
            theme,
            Command("settle", "Settle transfer…", "Decide about a transfer with unknown outcome", "question"),
            self._on_settle,
        )
        self._copy = make_action(
            self,
            theme,
            Command("copy-journal", "Copy rows", "Copy the selected rows as a table", "copy"),
            self._on_copy,
        )
        self._copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._receipt = make_action(
            self,
            theme,
            Command("receipt", "Receipt…", "Save a receipt of the selected transfer, as HTML or PDF"),
            self._on_receipt,
        )
        self._export = make_action(
            self,
            theme,
            Command(
                "export-journal",
                "Export…",
                "Copy the whole journal into a file that can be verified by itself",
            ),
            self._on_export,
        )
        self._settle.setEnabled(False)
        self._receipt.setEnabled(False)

    # showing

    def show_record(self, journal_id: JournalId) -> None:
        """Select a transfer; what filters it out, of this pane or of the tree, gives way to it."""
        if self._model.row_with(journal_id) is None:
            self._selection.clear()
            self._bar.clear()
        row = self._model.row_with(journal_id)
        if row is not None:
            self._table.selectRow(row)

    def _apply(self) -> None:
        """Show what the journal holds and the filters let through."""
        whole = self._bridge.journal
        account_id = self._selection.account_id
        wanted = JournalFilter(
            states=self._bar.states,
            text=self._bar.words,
            accounts=frozenset({account_id}) if account_id is not None else frozenset(),
        )
        records = wanted.of(whole.records)
        self._model.apply(replace(whole, records=records))
        self._table.measure()
        node = self._bridge.fleet.account(account_id) if account_id is not None else None
        self._bar.say(len(records), len(whole.records), node.account.label if node else "")
        empty = self._nothing if whole.records else self._empty
        self._stack.setCurrentWidget(self._table if records else empty)
        unknown = sum(record.state is TransferState.UNKNOWN for record in whole.records)
        self.badge_changed.emit(f"· {unknown} unknown" if unknown else "")
        self._on_selection_changed()

    def _on_selection_changed(self) -> None:
        self._settle.setEnabled(self._settleable() is not None)
        record = self._selected()
        self._receipt.setEnabled(record is not None)
        if record is None:
            self._details.show_nothing()
        elif record != self._shown:
            self._details.show_record(record, ())
            self._bridge.start(DETAILS_GROUP, self._read_details(record), replace=True)
        self._shown = record

    async def _read_details(self, record: TransferRecord) -> None:
        moves = await self._bridge.desk.journal.history(record.journal_id)
        if record == self._shown:
            self._details.show_record(record, moves)

    def _on_chain_changed(self, report: object) -> None:
        """Say above everything else that the journal is not as it was written."""
        if self._notice is not None:
            self._notice.hide()
            self._notice.deleteLater()
            self._notice = None
        if isinstance(report, ChainReport) and not report.whole:
            self._notice = Notice(
                Tone.DANGER,
                "The journal is not as it was written",
                report.findings[0].text.capitalize() + ".",
                "Verify all of it with kraken-desk journal verify, and compare with a backup or an export.",
            )
            self._notice.setObjectName("journal-damage")
            self._column.insertWidget(0, self._notice)

    def _selected(self) -> TransferRecord | None:
        rows = self._table.selectionModel().selectedRows()
        return self._model.record(rows[0]) if len(rows) == 1 else None

    def _settleable(self) -> TransferRecord | None:
        record = self._selected()
        return record if record is not None and record.state is TransferState.UNKNOWN else None

    # acting

    def _on_act_requested(self, row: int) -> None:
        self._table.selectRow(row)
        self._on_settle()

    def _on_settle(self) -> None:
        record = self._settleable()
        if record is not None:
            self._bridge.start(SETTLE_GROUP, self._ask_to_settle(record))

    async def _ask_to_settle(self, record: TransferRecord) -> None:
        desk = self._bridge.desk
        dialog = SettleDialog(
            record,
            desk.transfers.evidence,
            desk.transfers.settle,
            desk.scope,
            self._bridge.environment,
            self._theme,
            self._widget.window(),
        )
        try:
            await ask(dialog)
        finally:
            dialog.deleteLater()

    def _on_copy(self) -> None:
        rows = [index.row() for index in self._table.selectionModel().selectedRows()]
        if rows:
            QGuiApplication.clipboard().setText(self._model.text_of_rows(sorted(rows)))

    def _on_receipt(self) -> None:
        record = self._selected()
        if record is not None:
            path = self._ask_where(f"receipt-{record.journal_id}.html", RECEIPT_FORMS)
            if path is not None:
                self._bridge.start(RECEIPT_GROUP, self._write_receipt(record, path))

    async def _write_receipt(self, record: TransferRecord, path: Path) -> None:
        moves = await self._bridge.desk.journal.history(record.journal_id)
        if path.suffix == ".pdf":
            save_pdf(path, receipt_html(record, moves, self._bridge.now(), styled=False))
        else:
            await asyncio.to_thread(save_text, path, receipt_html(record, moves, self._bridge.now()))

    def _on_export(self) -> None:
        path = self._ask_where("journal.jsonl", JOURNAL_FORMS)
        if path is not None:
            self._bridge.start(EXPORT_GROUP, self._write_journal(path))

    async def _write_journal(self, path: Path) -> None:
        lines = await self._bridge.desk.journal.lines()
        head = lines[-1]["hash"] if lines else ""

        def write() -> None:
            form = csv_text(lines, head, len(lines)) if path.suffix == ".csv" else None
            save_text(path, form if form is not None else "".join(jsonl(lines, head, len(lines))))

        await asyncio.to_thread(write)

    def _ask_where(self, name: str, forms: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._widget.window(), "Save", name, forms)
        return Path(chosen) if chosen else None


def build(kit: Kit) -> JournalPane:
    return JournalPane(kit.bridge, kit.selection, kit.theme)
