"""AccountTreeModel: the fleet as a tree of rows, filtered and sorted, changed in place.

The rows' skeleton is a QStandardItemModel: a view that lays out 20,000 rows asks it sixty thousand
times, which takes 4 ms there and 170 ms in Python. Only accounts are items of it; a key is an empty
row below its account, which costs nothing, and what a row says is made when it is drawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from shiboken6 import delete

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import FleetSnapshot, KeyNode
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.models.branches import Branch, branch_id, fitted, item_of
from kraken_desk.ui.models.fleet_rows import HEADS, AccountRow, Column, KeyRow, Row
from kraken_desk.ui.models.fleet_shape import FleetShapes, Order, Shape
from kraken_desk.ui.models.made_rows import MadeRows
from kraken_desk.ui.plain import plain_tip
from kraken_desk.ui.steps import Steps, finish

if TYPE_CHECKING:
    from kraken_desk.domain.audit.findings import Score
    from kraken_desk.domain.balances import BalancesSnapshot
    from kraken_desk.domain.prices import Rates
    from kraken_desk.domain.search import Query

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

ROW_ROLE = Role.UserRole

MOST_TOLD = 8
"""More accounts than these are not announced one by one when their figures change: nearly all are drawn."""

RIGHT_ALIGNED = (Column.LAST_USED, Column.CHECKED)


MOST_TAKEN = 50
"""Each account at the top is taken out by itself; more are removed in one stroke and made anew."""

_Wanted = KeyNode | Shape


class AccountTreeModel(QStandardItemModel):
    """Master → subaccounts → keys; an account's own keys come before its subaccounts.

    Snapshots are applied by comparison: rows that stay keep their index, so expansion, selection
    and scroll position survive. Another filter builds the rows anew.

    Signals:
        aged: only ages, scores or figures read otherwise than before. Nothing is sorted or found by them,
            so views draw anew.
    """

    aged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(0, len(Column), parent)
        self._root = Branch()
        self._rows = MadeRows()
        self._shapes = FleetShapes()
        self._query: Query | None = None
        self._order = Order()
        self._fleet: FleetSnapshot | None = None
        self._now: datetime | None = None
        self._coming: Sequence[KeyNode | Branch] = ()
        self.rowsInserted.connect(self._take_in)  # before anyone else: the rows and what they say agree
        self.rowsRemoved.connect(self._let_go)

    def apply(self, fleet: FleetSnapshot, now: datetime) -> None:
        """Show another snapshot, filtered and sorted as before."""
        self._fleet, self._now = fleet, now
        self._rows.keep_within(fleet)
        self._show()
        self._show_figures()

    def apply_balances(self, balances: BalancesSnapshot, now: datetime) -> None:
        self._now = now
        self._rows.held = balances.by_account()
        self._show_figures()

    def apply_rates(self, rates: Rates, now: datetime) -> None:
        self._now = now
        self._rows.rates = rates
        self._show_figures()

    def apply_scores(self, scores: Mapping[str, Score]) -> None:
        """Show other health scores, by the ids of keys and accounts."""
        self._rows.rescore(scores)
        self._show_figures()
        self.aged.emit()

    def figure_steps(
        self,
        balances: BalancesSnapshot,
        rates: Rates,
        scores: Mapping[str, Score] | None,
        now: datetime,
    ) -> Steps[None]:
        """Show balances, rates and other scores, if there are any, an account at a time.

        A fleet that is applied meanwhile shows them too; then the steps need not be ended.
        """
        self._now = now
        self._rows.held, self._rows.rates = balances.by_account(), rates
        if scores is not None:
            self._rows.rescore(scores)
            self.aged.emit()
        yield
        if self._fleet is not None:
            yield from self._rows.refigured(self._fleet)
            self._announce_figures()

    def look_for(self, query: Query | None) -> None:
        """Show only what is asked for; None shows everything."""
        self._query = query
        self._show(anew=True)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort keys below their account by a column; a column below 0 gives the fleet's order back."""
        chosen = Column(column) if column >= 0 else None
        self._order = Order(chosen, order is Qt.SortOrder.DescendingOrder)
        self._show()

    def tick(self, now: datetime) -> None:
        """Let the ages in the rows grow."""
        self._now = now
        if self._rows.age(now):
            self.aged.emit()

    def prepare(self, most: int) -> bool:
        """Prepare the texts of some accounts for the next search; True when there is more to do."""
        return self._fleet is not None and self._shapes.prepare(self._fleet, most)

    def row_at(self, index: Index) -> Row | None:
        if not index.isValid() or self._now is None:
            return None
        return self._row(self._at(index), self._now)

    def shown_accounts(self) -> frozenset[AccountId]:
        return frozenset([branch_id(branch) for branch in self._accounts()])

    def account_indexes(self, accounts: Collection[AccountId]) -> Iterator[QModelIndex]:
        """Return the places of some accounts as far as they are shown, a master before those below it."""
        if accounts:
            yield from (item_of(each).index() for each in self._accounts() if branch_id(each) in accounts)

    def parents(self) -> Iterator[QModelIndex]:
        """Return all below which accounts stand: the root, which is no row, and the masters."""
        return (self._item(branch).index() for branch in self._root.walk() if branch.below)

    def index_of(self, account_id: AccountId | None, slot_id: SlotId | None) -> QModelIndex:
        """Find the row of a key, or of an account when `slot_id` is None; invalid when it is not shown."""
        if slot_id is None:
            return next(self.account_indexes((account_id,) if account_id else ()), QModelIndex())
        likely_first = sorted(self._accounts(), key=lambda branch: branch_id(branch) != account_id)
        for branch in likely_first:
            for position, key in enumerate(branch.keys):
                if key.slot.slot_id == slot_id:
                    return self.index(position, 0, item_of(branch).index())
        return QModelIndex()

    def _accounts(self) -> Iterator[Branch]:
        return (branch for branch in self._root.walk() if branch.node is not None)

    def rows(self) -> tuple[Row, ...]:
        """Return every row that is shown, from top to bottom."""
        return tuple(self._rows_below(self._root))

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        row = self.row_at(index)
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if isinstance(row, AccountRow):
            return _account_data(row, index.column(), role)
        if role == Role.ToolTipRole and index.column() in (Column.NAME, Column.PERMISSIONS):
            return plain_tip("\n".join((self._ability(index), row.cells[index.column()].tip)).strip())
        return _key_data(row, index.column(), role)

    def _ability(self, index: Index) -> str:
        """Say in one sentence what a key can do; nobody asks before a mouse rests on it."""
        from kraken_desk.domain.abilities import what_it_can_do

        key = self._at(index)
        if not isinstance(key, KeyNode) or key.check is None or key.check.info is None:
            return ""
        info, fleet = key.check.info, self._fleet
        assert fleet is not None  # it has rows
        account = fleet.account(key.slot.account_id)
        return what_it_can_do(info.permissions, account.account.kind if account is not None else None)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(HEADS):
            return None
        if role == Role.DisplayRole:
            return HEADS[section]
        if role == Role.TextAlignmentRole:
            right = section in RIGHT_ALIGNED
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _at(self, index: Index) -> KeyNode | Branch:
        above = index.parent()
        branch = self._at(above) if above.isValid() else self._root
        assert isinstance(branch, Branch)
        return branch.child(index.row())

    def _item(self, branch: Branch) -> QStandardItem:
        return self.invisibleRootItem() if branch.item is None else branch.item

    def _row(self, child: KeyNode | Branch, now: datetime) -> Row:
        if isinstance(child, KeyNode):
            return self._rows.of_key(child, now)
        assert child.node is not None
        return self._rows.of_account(child.node)

    def _rows_below(self, branch: Branch) -> Iterator[Row]:
        for child in branch.children():
            if self._now is not None:
                yield self._row(child, self._now)
            if isinstance(child, Branch):
                yield from self._rows_below(child)

    def _show(self, *, anew: bool = False) -> None:
        """Bring the rows to what is wanted, by as few signals as possible or in one stroke."""
        if self._fleet is None or self._now is None:
            return
        wanted = self._shapes.of(self._fleet, self._query, self._order, self._now)
        if anew or not len(self._root):
            if not self._root.shows((), wanted):
                self._insert(self._root, 0, wanted, self._taken_out())
            return
        if self._root.shows((), wanted):
            return
        moved: list[tuple[Branch, Sequence[KeyNode]]] = []
        self._match(self._root, (), wanted, moved)
        if moved:
            self._reorder(moved)
        self._update(self._root, (), wanted)

    def _show_figures(self) -> None:
        if self._fleet is not None:
            finish(self._rows.refigured(self._fleet))
            self._announce_figures()

    def _announce_figures(self) -> None:
        """Tell of accounts that read otherwise: of a few one by one, of many by drawing all anew."""
        changed = self._rows.take_refigured()
        if len(changed) > MOST_TOLD:
            self.aged.emit()
            return
        for index in self.account_indexes(changed):
            self._announce(index, 0)

    def _match(
        self,
        branch: Branch,
        keys: Sequence[KeyNode],
        below: tuple[Shape, ...],
        moved: list[tuple[Branch, Sequence[KeyNode]]],
    ) -> None:
        """Remove and insert rows below a branch; keys that stand otherwise are noted in `moved`."""
        wanted: list[_Wanted] = [*keys, *below]
        identities = [_identity(want) for want in wanted]
        self._remove_all_but(branch, identities)
        here = {_identity(child) for child in branch.children()}
        position = 0
        while position < len(wanted):
            end = position
            while end < len(wanted) and identities[end] not in here and _alike(wanted, position, end):
                end += 1
            if end > position:
                self._insert(branch, position, wanted[position:end])
            position = max(end, position + 1)
        if [_identity(child) for child in branch.children()] != identities:
            moved.append((branch, keys))
        for child, shape in zip(branch.below, below, strict=True):
            if not child.shows(shape.keys, shape.below):
                self._match(child, shape.keys, shape.below, moved)

    def _remove_all_but(self, branch: Branch, identities: list[tuple[str, str]]) -> None:
        """Remove what is not wanted any more, and accounts that no longer stand in their order."""
        wanted = set(identities)
        stay = [_identity(child) in wanted for child in branch.children()]
        accounts = [_identity(child) for child in branch.below if _identity(child) in wanted]
        here = set(accounts)
        if accounts != [each for each in identities if each in here]:
            stay = [kept and isinstance(c, KeyNode) for kept, c in zip(stay, branch.children(), strict=True)]
        end = len(stay)
        while end:
            first = end - 1
            while first and stay[first - 1] is stay[end - 1]:
                first -= 1
            if not stay[first]:
                self._item(branch).removeRows(first, end - first)
            end = first

    def _taken_out(self) -> dict[AccountId, Branch]:
        """Empty the tree; returns its branches as far as their items live on."""
        if len(self._root) > MOST_TAKEN:
            self.removeRows(0, len(self._root))
        kept = {branch_id(branch): branch for branch in self._root.below}
        for row in reversed(range(len(self._root))):
            self.takeRow(row)
        return kept

    def _insert(
        self,
        branch: Branch,
        position: int,
        wanted: Sequence[_Wanted],
        kept: dict[AccountId, Branch] | None = None,
    ) -> None:
        """Insert neighbours, all keys or all accounts, with all that belongs below them.

        Items of `kept` are used again, and ended when they are not wanted.
        """
        left = kept or {}
        new = [fitted(left.pop(branch_id(w), None), w) for w in wanted if isinstance(w, Shape)]
        for gone in left.values():
            delete(item_of(gone))
        self._coming = new or [want for want in wanted if isinstance(want, KeyNode)]
        if new:
            self._item(branch).insertRows(position, [item_of(each) for each in new])
        elif wanted:
            self._item(branch).insertRows(position, len(wanted))

    def _take_in(self, parent: QModelIndex, first: int, _last: int) -> None:
        branch = self._branch_at(parent)
        keys = [child for child in self._coming if isinstance(child, KeyNode)]
        accounts = [child for child in self._coming if isinstance(child, Branch)]
        at = first - len(branch.keys)
        branch.below[at:at] = accounts
        branch.keys[first:first] = keys
        self._coming = ()

    def _let_go(self, parent: QModelIndex, first: int, last: int) -> None:
        branch = self._branch_at(parent)
        keys = len(branch.keys)
        del branch.below[max(first - keys, 0) : max(last + 1 - keys, 0)]
        del branch.keys[first : last + 1]

    def _branch_at(self, index: QModelIndex) -> Branch:
        branch = self._at(index) if index.isValid() else self._root
        assert isinstance(branch, Branch)
        return branch

    def _reorder(self, moved: list[tuple[Branch, Sequence[KeyNode]]]) -> None:
        """Put keys into another order below their accounts; whoever holds an index keeps its key."""
        self.layoutAboutToBeChanged.emit()
        held = [(index, self._at(index)) for index in self.persistentIndexList()]
        for branch, keys in moved:
            here = {key.slot.slot_id: key for key in branch.keys}
            branch.keys = [here[key.slot.slot_id] for key in keys]
        for index, child in held:
            if isinstance(child, KeyNode):
                row = _place(self._branch_at(index.parent()).keys, child)
                self.changePersistentIndex(index, index.sibling(row, index.column()))
        self.layoutChanged.emit()

    def _update(self, branch: Branch, keys: Sequence[KeyNode], below: tuple[Shape, ...]) -> None:
        """Take over what has changed and announce the span of keys that holds it once."""
        changed = []
        for position, key in enumerate(keys):
            before = branch.keys[position]
            if before is not key:
                branch.keys[position] = key
                if before != key:
                    changed.append(position)
        if changed:
            self._announce(self.index(changed[0], 0, self._item(branch).index()), changed[-1] - changed[0])
        for child, shape in zip(branch.below, below, strict=True):
            if child.node is not shape.node:
                child.node = shape.node
                if self._rows.account_changed(shape.node):
                    self._announce(self._item(child).index(), 0)
            if not child.shows(shape.keys, shape.below):
                self._update(child, shape.keys, shape.below)

    def _announce(self, first: QModelIndex, further: int) -> None:
        self.dataChanged.emit(first, first.sibling(first.row() + further, len(Column) - 1))


def _identity(thing: KeyNode | Shape | Branch) -> tuple[str, str]:
    if isinstance(thing, KeyNode):
        return "key", thing.slot.slot_id
    assert thing.node is not None
    return "account", thing.node.account.account_id


def _alike(wanted: list[_Wanted], one: int, other: int) -> bool:
    return isinstance(wanted[one], KeyNode) is isinstance(wanted[other], KeyNode)


def _place(keys: Sequence[KeyNode], wanted: KeyNode) -> int:
    return next(number for number, key in enumerate(keys) if key is wanted)


def _key_data(row: KeyRow, column: int, role: int) -> object:
    cell = row.cells[column]
    if role == Role.DisplayRole:
        return cell.text
    if role == Role.ToolTipRole:
        return plain_tip(cell.tip or cell.text)
    if role == Role.AccessibleTextRole:
        if column == Column.NAME:
            return f"{cell.text}, {row.state.value}"
        return cell.text if cell.reported else cell.tip
    return None


def _account_data(row: AccountRow, column: int, role: int) -> object:
    if role == Role.ToolTipRole:
        return plain_tip(row.tip)
    if column != Column.NAME:
        return None
    if role == Role.DisplayRole:
        return row.label
    if role == Role.AccessibleTextRole:
        figure = f"{row.figure}, stale" if row.figure and row.figure_stale else row.figure
        parts = (row.label, *row.tags, row.subtitle, row.state.value, figure, row.tally)
        return ", ".join(part for part in parts if part)
    return None
