"""JournalPane: every transfer with its state; an unknown one is settled from here."""

from __future__ import annotations

from PySide6.QtCore import QMetaObject, QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QWidget

from kraken_desk.domain.transfers import JournalSnapshot, TransferRecord, TransferState
from kraken_desk.ui.asking import ask
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.commands import Command, make_action
from kraken_desk.ui.dialogs.settle import SettleDialog
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.models.journal import JournalModel
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.journal_table import JournalTable
from kraken_desk.ui.widgets.empty_state import EmptyState

SETTLE_GROUP = "journal:settle"


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
        self._connection: QMetaObject.Connection | None = None
        self._make_actions(theme)
        self._table = JournalTable(theme)
        self._table.setModel(self._model)
        self._table.addActions([self._settle, self._copy])
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._table.act_requested.connect(self._on_act_requested)
        self._table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._empty = EmptyState(
            theme,
            "journal",
            "No transfers yet",
            "Every transfer is written here before it is sent, with how it ended.",
        )
        self._empty.setObjectName("journal-empty")
        self._stack = QStackedWidget()
        self._stack.setObjectName("journal")
        self._stack.addWidget(self._table)
        self._stack.addWidget(self._empty)

    def widget(self) -> QWidget:
        return self._stack

    def actions(self) -> tuple[QAction, ...]:
        return (self._settle, self._copy)

    def open(self) -> None:
        if self._connection is None:
            self._connection = self._bridge.journal_changed.connect(self._on_journal_changed)
        self._on_journal_changed(self._bridge.journal)

    def close(self) -> None:
        if self._connection is not None:
            QObject.disconnect(self._connection)
            self._connection = None

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
        self._settle.setEnabled(False)

    # showing

    def _on_journal_changed(self, snapshot: object) -> None:
        assert isinstance(snapshot, JournalSnapshot)
        self._model.apply(snapshot)
        self._table.measure()
        self._stack.setCurrentWidget(self._table if snapshot.records else self._empty)
        unknown = sum(record.state is TransferState.UNKNOWN for record in snapshot.records)
        self.badge_changed.emit(f"· {unknown} unknown" if unknown else "")
        self._on_selection_changed()

    def _on_selection_changed(self) -> None:
        self._settle.setEnabled(self._settleable() is not None)

    def _settleable(self) -> TransferRecord | None:
        rows = self._table.selectionModel().selectedRows()
        record = self._model.record(rows[0]) if len(rows) == 1 else None
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
            self._stack.window(),
        )
        try:
            await ask(dialog)
        finally:
            dialog.deleteLater()

    def _on_copy(self) -> None:
        rows = [index.row() for index in self._table.selectionModel().selectedRows()]
        if rows:
            QGuiApplication.clipboard().setText(self._model.text_of_rows(sorted(rows)))


def build(kit: Kit) -> JournalPane:
    return JournalPane(kit.bridge, kit.selection, kit.theme)
