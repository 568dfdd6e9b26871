"""BalancesPane: what the selected account, or the whole tree, holds, and how fresh each figure is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMetaObject, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from kraken_desk.ui.bridge import FIRST_GROUP, REFRESH_GROUP, Bridge
from kraken_desk.ui.commands import Command, make_action
from kraken_desk.ui.formatting import count
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.models.balances import BalancesModel
from kraken_desk.ui.models.balances_rows import BalancesView, PaneState, ViewBuilder
from kraken_desk.ui.models.clock_text import short_time
from kraken_desk.ui.models.distribution import by_account, by_asset, worth_text
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.steps import Steps
from kraken_desk.ui.theme import Theme, Tone, set_property, set_role
from kraken_desk.ui.throttle import Later
from kraken_desk.ui.views.balances_export import table_of, write_table
from kraken_desk.ui.views.balances_notes import NotesStrip
from kraken_desk.ui.views.balances_tree import BalancesTree
from kraken_desk.ui.views.balances_worth import WorthHead, price_words
from kraken_desk.ui.widgets.action_button import ActionButton
from kraken_desk.ui.widgets.elided_label import PART, ElidedLabel
from kraken_desk.ui.widgets.empty_state import EmptyState
from kraken_desk.ui.widgets.share_chart import ChartRow, ShareChart
from kraken_desk.ui.widgets.skeleton import SkeletonRows
from kraken_desk.ui.widgets.split_bar import SplitBar

REFRESH_S = 60
FACES = ("Table", "By account", "By asset")


class BalancesPane(QObject):
    """Follows fleet, balances and selection; asks for new figures on a timer and on request."""

    title = "Balances"

    def __init__(
        self,
        bridge: Bridge,
        selection: Selection,
        theme: Theme,
        *,
        refresh_s: int = REFRESH_S,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._selection, self._theme = bridge, selection, theme
        self._state = PaneState.NO_ACCOUNTS
        self._views = ViewBuilder()
        self._later = Later(self._show_steps, self)
        self._model = BalancesModel(bridge.now, parent=self)
        self._connections: list[QMetaObject.Connection] = []
        self._make_actions(theme)
        self._make_widgets(theme)
        self._timer = QTimer(self)
        self._timer.setInterval(refresh_s * 1000)
        self._timer.timeout.connect(self._on_timer)

    def widget(self) -> QWidget:
        return self._widget

    def actions(self) -> tuple[QAction, ...]:
        return (self._refresh, self._copy, self._export)

    def open(self) -> None:
        if not self._connections:
            self._connections = [
                self._bridge.fleet_changed.connect(self._show),
                self._bridge.balances_changed.connect(self._later.ask),
                self._bridge.rates_changed.connect(self._later.ask),
                self._bridge.work_changed.connect(self._on_work_changed),
                self._selection.changed.connect(self._show),
            ]
        self._show()
        self._timer.start()

    def close(self) -> None:
        self._timer.stop()
        self._later.stop()
        for connection in self._connections:
            QObject.disconnect(connection)
        self._connections.clear()

    # making

    def _make_actions(self, theme: Theme) -> None:
        self._refresh = make_action(
            self,
            theme,
            Command("refresh-shown", "Refresh balances", "Read these balances anew", "refresh"),
            self._on_refresh,
        )
        self._refresh.setIconText("Refresh")
        self._export = make_action(
            self,
            theme,
            Command("export-balances", "Export balances…", "Save all rows shown as a table", "external"),
            self._on_export,
        )
        self._export.setIconText("Export…")
        self._copy = make_action(
            self,
            theme,
            Command("copy-balances", "Copy rows", "Copy the selected rows as a table", "copy"),
            self._on_copy,
        )
        self._copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)

    def _make_widgets(self, theme: Theme) -> None:
        self._widget = QWidget()
        self._widget.setObjectName("balances")
        self._stack = QStackedWidget(self._widget)
        self._tree = BalancesTree(theme, self._stack)  # in its place: Qt styles what moves anew
        self._tree.setModel(self._model)
        self._tree.expanded.connect(lambda _index: self._measure())
        self._tree.addAction(self._copy)
        self._tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._pages = {
            PaneState.FIGURES: self._tree,
            PaneState.LOADING: SkeletonRows(theme),
            PaneState.NO_ACCOUNTS: EmptyState(
                theme, "wallet", "No accounts yet", "Balances appear with the first key that may read them."
            ),
            PaneState.NOT_READ: EmptyState(
                theme,
                "wallet",
                "No figures yet",
                "Nothing has been read for what is selected.",
                self._refresh,
            ),
            PaneState.UNREADABLE: EmptyState(
                theme, "wallet", "No figures", "Why, and what would show them, stands above."
            ),
            PaneState.NOTHING_HELD: EmptyState(
                theme, "wallet", "Nothing held", "Kraken reports no balances for what is selected."
            ),
        }
        for state, page in self._pages.items():
            if state is not PaneState.FIGURES:
                page.setObjectName(f"balances-{state.name.lower().replace('_', '-')}")
            self._stack.addWidget(page)
        self._chart = ShareChart(theme)
        self._chart.setObjectName("balances-chart")
        self._chart_page = QScrollArea(self._stack)
        self._chart_page.setObjectName("balances-chart-page")
        self._chart_page.setAccessibleName("Distribution")
        self._chart_page.setFrameShape(QFrame.Shape.NoFrame)
        self._chart_page.setWidgetResizable(True)
        self._chart_page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._chart_page.setWidget(self._chart)
        self._chart.setAutoFillBackground(False)  # as what stands around it, not as the window
        self._stack.addWidget(self._chart_page)
        self._notes = NotesStrip()
        layout = QVBoxLayout(self._widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._make_bar())
        layout.addWidget(self._notes)
        layout.addWidget(self._stack, 1)

    def _make_bar(self) -> QWidget:
        self._scope, self._age = ElidedLabel(), ElidedLabel()
        self._scope.setObjectName("balances-scope")
        self._age.setObjectName("balances-age")
        set_role(self._scope, "strong")
        set_role(self._age, "hint")
        self._head = WorthHead(self._theme, self._bridge.choose_currency)
        self._face = QComboBox()
        self._face.setObjectName("balances-face")
        self._face.setAccessibleName("Show balances as")
        self._face.setToolTip("Show balances as")
        self._face.view().setAccessibleName("Forms of the balances")
        self._face.addItems(FACES)
        set_role(self._face, "small")
        self._face.currentIndexChanged.connect(lambda _index: self._show())
        self._hide_zeros = QCheckBox("Hide zeros")
        self._hide_zeros.setObjectName("hide-zeros")
        self._hide_zeros.toggled.connect(lambda _on: self._show())
        self._scope.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._scope.setMinimumWidth(64)
        acts = (ActionButton(act, "small", short=True) for act in (self._export, self._refresh))
        return SplitBar((self._scope, self._head, self._age), (self._hide_zeros, self._face, *acts))

    # showing

    def _show(self, _snapshot: object = None) -> None:
        self._later.now()

    def _show_steps(self) -> Steps[None]:
        """Show what there is to show now; in between, Qt may have its turn."""
        account_id, rates = self._selection.account_id, self._bridge.rates
        view = yield from self._views.steps(
            self._bridge.fleet,
            self._bridge.balances,
            account_id,
            rates=rates,
            hide_zeros=self._hide_zeros.isChecked(),
        )
        yield
        self._head.show_worth(view.worth, rates)
        self._show_head(view)
        self._notes.show_notes(view.notes, in_full=account_id is not None)
        yield
        if self._face.currentIndex() == 0:
            self._model.apply(view.lines)
            yield
            self._measure()
        else:
            self._show_chart(view)
        self._state = view.state
        self._on_work_changed(self._bridge.work)

    def _show_head(self, view: BalancesView) -> None:
        account_id = self._selection.account_id
        node = self._bridge.fleet.account(account_id) if account_id is not None else None
        self._scope.set_full_text(f"{node.account.label}, {node.account.kind}" if node else "All accounts")
        prices, warn = price_words(view.worth, self._bridge.rates, self._bridge.now())
        words = (prices, self._age_text(view))
        self._age.set_full_text(PART.join(text for text in words if text))
        set_property(self._age, "tone", (Tone.WARN if warn else Tone.MUTED).value)

    def _age_text(self, view: BalancesView) -> str:
        if view.refreshing:
            return "reading …"
        if view.oldest is None:
            return ""
        oldest = short_time(view.oldest, self._bridge.now())
        return PART.join((f"oldest figure {oldest}", count(len(view.lines), "asset")))

    def _measure(self) -> None:
        """Give every figure that can be seen its room."""
        self._tree.measure(self._model.texts(self._tree.isExpanded))

    def _show_chart(self, view: BalancesView) -> None:
        rates, chosen = self._bridge.rates, self._face.currentIndex()
        if chosen == FACES.index("By account"):
            slices = by_account(self._bridge.fleet, self._bridge.balances, rates, self._selection.account_id)
        else:
            slices = by_asset(view.lines, rates)
        rows = tuple(ChartRow(s.name, s.figure, s.share, s.tip, s.stale) for s in slices)
        whole = worth_text(view.worth) if view.worth is not None else "what has a price"
        legend = f"Share of {whole}. What has no price stands in the list without a bar."
        self._chart.show_rows(f"Distribution {FACES[chosen].lower()}", rows, legend)

    def _on_work_changed(self, groups: object) -> None:
        busy = isinstance(groups, frozenset) and REFRESH_GROUP in groups
        soon = isinstance(groups, frozenset) and FIRST_GROUP in groups
        state = PaneState.LOADING if soon and self._state is PaneState.NOT_READ else self._state
        charted = state is PaneState.FIGURES and self._face.currentIndex() > 0
        self._stack.setCurrentWidget(self._chart_page if charted else self._pages[state])
        self._refresh.setEnabled(bool(self._bridge.fleet.masters) and not busy)

    # asking

    def _on_timer(self) -> None:
        if self._bridge.fleet.masters:
            self._bridge.refresh_balances(automatic=True)

    def _on_refresh(self) -> None:
        account_id = self._selection.account_id
        self._bridge.refresh_balances(None if account_id is None else (account_id,))

    def _on_export(self) -> None:
        """Ask for a file; the table is written beside the window's own work."""
        dialog = QFileDialog(self._widget, "Export balances", "balances.csv", "Tables (*.csv)")
        dialog.setObjectName("export-balances-dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write what is shown as a table; a failure is told by the window."""
        table = table_of(self._bridge, self._selection.account_id)
        self._bridge.start("balances:export", write_table(Path(path), table), replace=True)

    def _on_copy(self) -> None:
        rows = self._tree.selectionModel().selectedRows()
        if rows:
            QGuiApplication.clipboard().setText(self._model.text_of_rows(rows))


def build(kit: Kit) -> BalancesPane:
    return BalancesPane(kit.bridge, kit.selection, kit.theme)
