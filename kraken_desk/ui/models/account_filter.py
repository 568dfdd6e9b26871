"""AccountFilter: filters the tree by prepared search texts and sorts keys below their account."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRegularExpression,
    QSortFilterProxyModel,
    Qt,
)

from kraken_desk.ui.models.account_tree import ROW_ROLE, SEARCH_ROLE, SORT_ROLE
from kraken_desk.ui.models.fleet_rows import KeyRow


class AccountFilter(QSortFilterProxyModel):
    """Keeps rows that hold every word of the text, with the accounts above them.

    An account that matches keeps all its keys. Without a chosen column the model's order stays.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setFilterRole(SEARCH_ROLE)
        self.setSortRole(SORT_ROLE)
        self.setRecursiveFilteringEnabled(True)
        self.setAutoAcceptChildRows(True)

    def set_text(self, text: str) -> None:
        """Filter by the words of `text`, in any order; an empty text shows everything."""
        words = text.casefold().split()
        pattern = "".join(f"(?=.*{QRegularExpression.escape(word)})" for word in words)
        self.setFilterRegularExpression(QRegularExpression(pattern))

    def lessThan(
        self, left: QModelIndex | QPersistentModelIndex, right: QModelIndex | QPersistentModelIndex
    ) -> bool:
        """Compare by the column's sort value; keys stand before the subaccounts, which keep their order."""
        one, other = left.data(ROW_ROLE), right.data(ROW_ROLE)
        ascending = self.sortOrder() is Qt.SortOrder.AscendingOrder
        if isinstance(one, KeyRow) is not isinstance(other, KeyRow):
            return isinstance(one, KeyRow) is ascending
        if not isinstance(one, KeyRow):
            return (left.row() < right.row()) is ascending
        mine, theirs = left.data(SORT_ROLE), right.data(SORT_ROLE)
        if type(mine) is type(theirs):
            return bool(mine < theirs)
        return str(mine) < str(theirs)
