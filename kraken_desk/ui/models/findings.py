"""FindingsModel: the lines of the findings pane for Qt; a new report costs one reset, not a row each."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from kraken_desk.domain.audit.findings import Finding
from kraken_desk.ui.models.finding_rows import HEADS, FindingLine, HeadLine, Line
from kraken_desk.ui.plain import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


_CHOSEN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class FindingsModel(QAbstractTableModel):
    """Heads cannot be selected."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self._what: tuple[Finding | HeadLine, ...] = ()

    def show_lines(self, lines: tuple[Line, ...]) -> bool:
        """Show these lines and say whether they are others than before."""
        what = tuple(line.finding if isinstance(line, FindingLine) else line for line in lines)
        if what == self._what:
            return False
        self.beginResetModel()
        self._lines, self._what = lines, what
        self.endResetModel()
        return True

    def finding(self, row: int) -> Finding | None:
        line = self._lines[row] if 0 <= row < len(self._lines) else None
        return line.finding if isinstance(line, FindingLine) else None

    def rows_of(self, identities: frozenset[tuple[str, str]]) -> tuple[int, ...]:
        """Return where these findings stand."""
        if not identities:
            return ()
        return tuple(
            row
            for row, line in enumerate(self._lines)
            if isinstance(line, FindingLine) and line.finding.identity in identities
        )

    def line(self, row: int) -> Line:
        return self._lines[row]

    def count(self) -> int:
        """Return how many findings are shown."""
        return sum(isinstance(line, FindingLine) for line in self._lines)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(HEADS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if isinstance(line, HeadLine):
            head = index.column() == 0
            if role == Role.DisplayRole:
                return line.title if head else ""
            return f"{line.title}, {line.note}" if head and role == Role.AccessibleTextRole else None
        text = line.cells[index.column()]
        if role == Role.DisplayRole:
            return text
        return plain_tip(text) if role == Role.ToolTipRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role in (Role.DisplayRole, Role.ToolTipRole):
            return HEADS[section] if section < len(HEADS) else None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if isinstance(self._lines[index.row()], HeadLine):
            return Qt.ItemFlag.ItemIsEnabled
        return _CHOSEN
