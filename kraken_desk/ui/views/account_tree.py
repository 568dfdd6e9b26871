"""AccountTreePane: the fleet with its filter; selection, expansion and scrolling outlive every snapshot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.commands import Command, make_action
from kraken_desk.ui.connections import Connections
from kraken_desk.ui.models.account_tree import ROW_ROLE, AccountTreeModel
from kraken_desk.ui.models.fleet_rows import AccountRow, KeyRow
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.steps import Steps
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.throttle import Later
from kraken_desk.ui.views.fleet_tree import FleetTree
from kraken_desk.ui.widgets.filter_box import FilterBox

if TYPE_CHECKING:  # what a first painting does without
    from kraken_desk.domain.audit.findings import AuditReport
    from kraken_desk.domain.search_completion import Completion
    from kraken_desk.ui.widgets.empty_state import EmptyState
    from kraken_desk.ui.widgets.lockout_strip import LockoutStrip

TICK_MS = 5_000
DEBOUNCE_MS = 150
PREPARE_FIRST_MS = 500
PREPARE_MS = 10
PREPARED_AT_ONCE = 40
"""Accounts whose texts are prepared in one go while nothing else is to do: about a millisecond."""


class AccountTreePane(QObject):
    """Shows master → subaccounts → keys. The filter box is part of the pane; the frame places it.

    Signals:
        welcomed: whether there is nothing yet, and the pane's own page says how to begin.
    """

    title = "Keys"
    welcomed = Signal(bool)

    def __init__(
        self,
        bridge: Bridge,
        selection: Selection,
        theme: Theme,
        actions: DeskActions,
        parent: QObject | None = None,
        welcome: Callable[[], QWidget] | None = None,
    ) -> None:
        """`welcome` makes the page of an empty profile when it is wanted; else a sentence stands there."""
        super().__init__(parent)
        self._bridge, self._selection, self._theme, self._actions = bridge, selection, theme, actions
        self._make_welcome = welcome
        self._empty: QWidget | None = None
        self._no_match: EmptyState | None = None
        self._lockout: LockoutStrip | None = None
        self._welcomes = False
        self._connections = Connections()
        self._collapsed: set[AccountId] = set()
        self._applying = False
        self._figures = Later(self._figure_steps, self)
        self._scored: AuditReport | None = None
        self._rows_came = True
        """Whether rows appeared since the tree was last expanded."""
        self._make_models()
        self._make_views()
        self._make_filter()
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._on_tick)

    def widget(self) -> QWidget:
        return self._whole

    def filter_box(self) -> QLineEdit:
        return self._filter_box

    def actions(self) -> tuple[QAction, ...]:
        return (self._actions.find, self._actions.check, self._actions.remove)

    def show_fleet(self) -> None:
        """Show the keys as they are known now; what else there is comes with `open`."""
        self._on_fleet_changed(self._bridge.fleet)

    def open(self) -> None:
        self._equip()
        self._connections.listen(self._on_fleet_changed, self._bridge.fleet_changed)
        figures = (self._bridge.balances_changed, self._bridge.rates_changed, self._bridge.judged)
        self._connections.listen(self._figures.ask, *figures)
        self._connections.listen(self._show_selection, self._selection.changed)
        self._connections.listen(self._on_find_requested, self._actions.find_requested)
        self._on_fleet_changed(self._bridge.fleet)
        self._figures.now()
        self._tick.start()

    def close(self) -> None:
        self._tick.stop()
        self._figures.stop()
        self._debounce.stop()
        self._prepare.stop()
        if self._lockout is not None:
            self._lockout.close_down()
        self._connections.close()

    def apply_filter(self) -> None:
        """Filter now by what the box holds; typing does it after a short pause."""
        self._debounce.stop()
        text = self._filter_box.text().strip()
        query = None
        if text:
            from kraken_desk.domain.search import parse  # not needed before somebody searches

            query = parse(text)
            problems = " ".join(query.problems)
            self._no_match_page().say(problems or f"No key or account matches “{text}”.")
        self._applying = True
        self._model.look_for(None if query is None or query.empty else query)
        self._applying = False
        self._restore()

    def _make_models(self) -> None:
        self._model = AccountTreeModel(self)
        self._model.rowsInserted.connect(self._on_rows_inserted)
        self._prepare = QTimer(self)
        self._prepare.timeout.connect(self._on_prepare)

    def _make_views(self) -> None:
        self._stack = QStackedWidget()
        self._stack.setObjectName("fleet")
        self._tree = FleetTree(self._theme)
        self._tree.setModel(self._model)
        self._model.aged.connect(self._tree.viewport().update)
        self._tree.setSortingEnabled(True)
        self._tree.header().setSortIndicatorClearable(True)
        self._tree.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self._tree.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._tree.collapsed.connect(self._on_collapsed)
        self._tree.expanded.connect(self._on_expanded)
        self._tree.menu_requested.connect(self._on_menu_requested)
        self._stack.addWidget(self._tree)
        self._whole = QWidget()
        self._layout = QVBoxLayout(self._whole)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._stack, 1)
        self._whole.setFocusProxy(self._stack)

    def _make_filter(self) -> None:
        self._filter_box = FilterBox(self._theme, self._actions.find.shortcut())
        self._actions.find.changed.connect(
            lambda: self._filter_box.show_shortcut(self._actions.find.shortcut())
        )
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(DEBOUNCE_MS)
        self._debounce.timeout.connect(self.apply_filter)
        self._filter_box.textChanged.connect(lambda _text: self._debounce.start())
        self._filter_box.returnPressed.connect(self._on_return_pressed)
        self._filter_box.left.connect(self._clear_filter)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self._tree)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._on_escape)

    def _equip(self) -> None:
        """Make what is needed once somebody types, or Kraken refuses; once."""
        if self._lockout is None:
            from kraken_desk.ui.widgets.lockout_strip import LockoutStrip
            from kraken_desk.ui.widgets.search_proposals import SearchProposals

            self._lockout = LockoutStrip(self._bridge)
            self._layout.insertWidget(0, self._lockout)
            SearchProposals(self._filter_box, self._propose)
        self._lockout.open()

    def _on_fleet_changed(self, fleet: FleetSnapshot) -> None:
        waits = self._figures.waits
        self._figures.stop()
        self._applying = True
        self._model.apply(fleet, self._bridge.now())
        self._applying = False
        if waits:
            self._figures.ask()
        self._selection.keep_within(fleet)
        self._restore()
        if not self._prepare.isActive():
            self._prepare.start(PREPARE_FIRST_MS)

    def _figure_steps(self) -> Steps[None]:
        """Show figures and scores as they are now; scores only when they were judged anew."""
        judgement = self._bridge.judgement
        report = None if judgement is None else judgement.report
        scores = None if report is self._scored else dict(report.scores if report is not None else ())
        self._scored = report
        now = self._bridge.now()
        yield from self._model.figure_steps(self._bridge.balances, self._bridge.rates, scores, now)

    def _propose(self, text: str, cursor: int) -> tuple[Completion, ...]:
        from kraken_desk.domain.search_completion import completions  # as above

        return completions(text, cursor, self._bridge.fleet)

    def _on_prepare(self) -> None:
        self._prepare.setInterval(PREPARE_MS)
        if not self._model.prepare(PREPARED_AT_ONCE):
            self._prepare.stop()

    def _on_tick(self) -> None:
        self._model.tick(self._bridge.now())

    def _restore(self) -> None:
        """Show the right page, and expansion and selection as they were."""
        filtering = bool(self._filter_box.text().strip())
        page: QWidget = self._tree
        empty = not self._bridge.fleet.masters
        if empty:
            page = self._empty_page()
        elif filtering and not self._model.rowCount():
            page = self._no_match_page()
        self._stack.setCurrentWidget(page)
        self._stack.setFocusProxy(page)
        self._say_welcome(empty)
        if self._rows_came:
            self._rows_came = False
            self._applying = True
            self._expand(everything=filtering)
            self._applying = False
        self._show_selection()

    def _no_match_page(self) -> EmptyState:
        if self._no_match is None:
            from kraken_desk.ui.widgets.empty_state import EmptyState

            command = Command("clear-filter", "Clear filter", "Show everything")
            clear = make_action(self, self._theme, command, self._clear_filter)
            self._no_match = EmptyState(self._theme, "search", "Nothing matches", "", clear)
            self._no_match.setObjectName("fleet-no-match")
            self._stack.addWidget(self._no_match)
        return self._no_match

    def _empty_page(self) -> QWidget:
        """Return the page of an empty fleet; a start with keys never builds it."""
        if self._empty is None:
            self._empty = self._make_welcome() if self._make_welcome is not None else self._sentence()
            self._stack.addWidget(self._empty)
        return self._empty

    def _sentence(self) -> EmptyState:
        from kraken_desk.ui.widgets.empty_state import EmptyState

        empty = EmptyState(
            self._theme,
            "key",
            "No keys yet",
            "Paste an API key from Kraken. It is checked before anything is stored, and its secret goes "
            "into the system's keychain.",
            self._actions.add_key,
        )
        empty.setObjectName("fleet-empty")
        return empty

    def _say_welcome(self, empty: bool) -> None:
        if empty is not self._welcomes:
            self._welcomes = empty
            self.welcomed.emit(empty)

    def _expand(self, *, everything: bool) -> None:
        """Open all accounts but those that the operator has closed."""
        self._tree.open_all_but(frozenset() if everything else frozenset(self._collapsed))

    def _on_rows_inserted(self) -> None:
        self._rows_came = True

    def _on_collapsed(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, AccountRow) and not self._applying:
            self._collapsed.add(row.account_id)

    def _on_expanded(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, AccountRow) and not self._applying:
            self._collapsed.discard(row.account_id)

    def _on_selection_changed(self, chosen: QItemSelection) -> None:
        """Follow the operator's choice; what filter and snapshots do to the view is not a choice."""
        if self._applying:
            return
        indexes = chosen.indexes()
        row = indexes[0].data(ROW_ROLE) if indexes else None
        if isinstance(row, KeyRow):
            self._selection.select_key(row.slot_id, row.account_id)
        elif isinstance(row, AccountRow):
            self._selection.select_account(row.account_id)
        else:
            self._selection.clear()

    def _show_selection(self) -> None:
        """Put the tree's cursor where the selection is; a filtered-out selection stays selected."""
        index = self._model.index_of(self._selection.account_id, self._selection.slot_id)
        self._applying = True
        if not index.isValid():
            self._tree.selectionModel().clear()
        elif self._tree.currentIndex().siblingAtColumn(0) != index or not self._tree.selectedIndexes():
            flags = QItemSelectionModel.SelectionFlag
            self._tree.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self._tree.scrollTo(index)
        self._applying = False

    def _on_find_requested(self) -> None:
        self._filter_box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter_box.selectAll()

    def _on_return_pressed(self) -> None:
        """Go from the box to the first key found."""
        self.apply_filter()
        index = self._first_key(QModelIndex())
        if index.isValid():
            self._tree.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._tree.setCurrentIndex(index)

    def _first_key(self, parent: QModelIndex) -> QModelIndex:
        for position in range(self._model.rowCount(parent)):
            index = self._model.index(position, 0, parent)
            if isinstance(index.data(ROW_ROLE), KeyRow):
                return index
            below = self._first_key(index)
            if below.isValid():
                return below
        return QModelIndex()

    def _on_escape(self) -> None:
        """Step back once: end the filter first, then the selection."""
        if self._filter_box.text():
            self._clear_filter()
        else:
            self._selection.clear()

    def _clear_filter(self) -> None:
        self._filter_box.clear()
        self.apply_filter()
        self._tree.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_menu_requested(self, point: QPoint) -> None:
        """Offer what makes sense for the row: a key is copied and removed, an account renamed."""
        row = self._tree.indexAt(point).data(ROW_ROLE)
        if row is None:
            return
        from kraken_desk.ui.act_list import Subject  # after the first painting

        menu = QMenu(self._tree)
        menu.setObjectName("row-menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._actions.check)
        if isinstance(row, KeyRow):
            menu.addAction(self._actions.copy_key)
            menu.addSeparator()
            menu.addActions(self._actions.about(Subject.KEY))
        else:
            menu.addActions([self._actions.transfer, *self._actions.about(Subject.ACCOUNT)])
        menu.popup(self._tree.viewport().mapToGlobal(point))
