"""MatrixPane: which key has which right, what its role lacks or has too much of, what is dangerous."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFileDialog, QLabel, QStackedWidget, QVBoxLayout, QWidget

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.audit.judgement import Judgement
from kraken_desk.domain.audit.matrix import Mark, MatrixRow
from kraken_desk.domain.keys import SlotId
from kraken_desk.reports.matrix_table import matrix_csv
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.commands import Command, make_action
from kraken_desk.ui.connections import Connections
from kraken_desk.ui.delegates.matrix_cell import MatrixCell
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.models.matrix import CellMark, MatrixFilter, MatrixModel, head_text, row_text
from kraken_desk.ui.receipts import save_text
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.steps import Steps
from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.throttle import Later
from kraken_desk.ui.views.matrix_table import MatrixTable
from kraken_desk.ui.widgets.empty_state import EmptyState
from kraken_desk.ui.widgets.flow import FlowRow
from kraken_desk.ui.widgets.pane_bar import PaneBar
from kraken_desk.ui.widgets.skeleton import SkeletonRows

EXPORT_GROUP = "export:matrix"
AT_ONCE = 100
"""Keys looked at in one step."""

CSV_FORM = "Table (*.csv)"
LEGEND = (
    (CellMark(Mark.HELD), "held"),
    (CellMark(Mark.HELD, dangerous=True), "held, dangerous"),
    (CellMark(Mark.SURPLUS), "beyond its role"),
    (CellMark(Mark.SURPLUS, dangerous=True), "beyond its role, dangerous"),
    (CellMark(Mark.MISSING), "missing"),
    (CellMark(Mark.NOT_KNOWN), "never checked"),
)


class MatrixPane(QObject):
    """Follows the judgement and, when asked, the branch that is selected.

    Signals:
        badge_changed: the remark for the tab: how many keys have rights beyond their role.
    """

    badge_changed = Signal(str)
    title = "Matrix"

    def __init__(
        self, bridge: Bridge, selection: Selection, theme: Theme, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._selection = bridge, selection
        self._connections = Connections()
        self._accounts: dict[str, AccountId] = {}
        self._later = Later(self._show_steps, self)
        self._make_actions(theme)
        self._model = MatrixModel(self)
        self._widget = QWidget()
        self._stack = QStackedWidget(self._widget)
        self._table = MatrixTable(theme, self._model, self._stack)  # in its place: Qt styles what moves anew
        self._table.opened.connect(self._on_opened)
        for view in (self._table.keys, self._table.rights):
            view.addActions([self._copy, self._export])
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._make_bar()
        self._fill_widget(theme)

    def widget(self) -> QWidget:
        return self._widget

    def actions(self) -> tuple[QAction, ...]:
        return (self._copy, self._export)

    def open(self) -> None:
        self._connections.listen(self._later.ask, self._bridge.judged, self._bridge.fleet_changed)
        self._connections.listen(self._on_selection_changed, self._selection.changed)
        self._later.ask()

    def close(self) -> None:
        self._later.stop()
        self._connections.close()

    # making

    def _make_actions(self, theme: Theme) -> None:
        copy = Command("matrix-copy", "Copy rows", "Copy the selected rows, or all, as a table", "copy")
        self._copy = make_action(self, theme, copy, self._on_copy)
        self._copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        export = Command("matrix-export", "Export…", "Save the keys shown as a table")
        self._export = make_action(self, theme, export, self._on_export)

    def _make_bar(self) -> None:
        bar = self._bar = PaneBar("matrix")
        self._missing = bar.add_chip("missing", "Missing", "Only keys that lack a right of their role")
        self._surplus = bar.add_chip("surplus", "Surplus", "Only keys with rights beyond their role")
        self._dangerous = bar.add_chip("dangerous", "Dangerous", "Only keys with dangerous rights")
        self._branch = bar.add_chip(
            "branch", "Selected branch", "Only keys of the selected account and below"
        )
        bar.add_words("Search the matrix", "Search keys, roles, accounts")
        bar.add_end((self._copy, self._export))
        bar.changed.connect(self._later.ask)

    def _fill_widget(self, theme: Theme) -> None:
        loading = SkeletonRows(theme)
        loading.setAccessibleName("Not judged yet")
        self._pages = {
            "list": self._table,
            "loading": loading,
            "empty": EmptyState(theme, "key", "No keys yet", "The matrix shows every key with its rights."),
            "nothing": EmptyState(theme, "filter", "No such keys", "No key fits the filters above."),
        }
        for name, page in self._pages.items():
            if name != "list":
                page.setObjectName(f"matrix-{name}")
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(loading)
        self._widget.setObjectName("matrix")
        column = QVBoxLayout(self._widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        self._legend = Legend(theme)
        column.addWidget(self._legend)

    # showing

    def _on_selection_changed(self) -> None:
        """Follow the selected branch, if that is asked for."""
        if self._branch.isChecked():
            self._later.ask()

    def _show_steps(self) -> Steps[None]:
        judgement = self._bridge.judgement
        keys = self._bridge.fleet.keys()
        self._legend.setVisible(judgement is not None and bool(keys))
        if judgement is None or not keys:
            self._stack.setCurrentWidget(self._pages["loading" if keys else "empty"])
            self._bar.say("not judged yet" if keys else "")
            self.badge_changed.emit("")
            self._enable()
            return
        self._accounts = {node.slot.slot_id: node.slot.account_id for node in keys}
        yield
        yield from self._matrix_steps(judgement)

    def _matrix_steps(self, judgement: Judgement) -> Steps[None]:
        matrix, wanted = judgement.matrix, self._wanted()
        rows: list[MatrixRow] = []
        for first in range(0, len(matrix.rows), AT_ONCE):
            some = matrix.rows[first : first + AT_ONCE]
            rows += [row for row in some if wanted.lets(row, self._accounts.get)]
            yield
        kept = {self._model.rows[row].ref for row in self._table.chosen_rows()}
        if self._model.show_rows(matrix, tuple(rows)):
            self._select(kept)
        self._stack.setCurrentWidget(self._pages["list" if rows else "nothing"])
        yield
        self._bar.say(f"{len(rows)} of {len(matrix.rows)}" if len(rows) != len(matrix.rows) else "")
        surplus = sum(_too_much(row) for row in matrix.rows)
        self.badge_changed.emit(f"· {surplus} surplus" if surplus else "")
        self._enable()

    def _wanted(self) -> MatrixFilter:
        account_id = self._selection.account_id if self._branch.isChecked() else None
        node = self._bridge.fleet.account(account_id) if account_id is not None else None
        accounts = frozenset(below.account.account_id for below in node.walk()) if node is not None else None
        return MatrixFilter(
            self._bar.words,
            self._missing.isChecked(),
            self._surplus.isChecked(),
            self._dangerous.isChecked(),
            accounts,
        )

    def _select(self, refs: set[str]) -> None:
        selection = self._table.rights.selectionModel()
        flags = QItemSelectionModel.SelectionFlag
        for ref in refs:
            row = self._model.row_of(ref)
            if row is not None:
                selection.select(self._model.index(row, 0), flags.Select | flags.Rows)

    def _enable(self) -> None:
        for action in (self._copy, self._export):
            action.setEnabled(bool(self._model.rows))

    # acting

    def _on_opened(self, number: int) -> None:
        ref = self._model.rows[number].ref
        account_id = self._accounts.get(ref)
        if account_id is not None:
            self._selection.select_key(SlotId(ref), account_id)

    def _on_copy(self) -> None:
        chosen = [self._model.rows[row] for row in self._table.chosen_rows()] or list(self._model.rows)
        rights = self._model.rights
        lines = [head_text(rights), *(row_text(row, rights) for row in chosen)]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _on_export(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self._widget.window(), "Save", "matrix.csv", CSV_FORM)
        if chosen:
            text = matrix_csv(self._model.rights, self._model.rows)
            self._bridge.start(EXPORT_GROUP, asyncio.to_thread(save_text, Path(chosen), text))


class Legend(QWidget):
    """The signs with their words, below the table."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row = FlowRow(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(metrics.PADDING - 4, metrics.STEP, metrics.PADDING, metrics.STEP)
        column.addWidget(self._row)
        theme.changed.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        painter = MatrixCell(self._theme)
        widgets: list[QWidget] = []
        for cell, words in LEGEND:
            sign, label = QLabel(), QLabel(f"{words}   ")
            sign.setPixmap(painter.sign(cell, self.devicePixelRatioF()))
            set_role(label, "small")
            widgets += [sign, label]
        self._row.fill(widgets)


def _too_much(row: MatrixRow) -> bool:
    return row.has(Mark.SURPLUS)


def build(kit: Kit) -> MatrixPane:
    return MatrixPane(kit.bridge, kit.selection, kit.theme)
