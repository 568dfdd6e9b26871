"""RoleRights: the rights of a role as boxes: checked is needed, half checked is also allowed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from kraken_desk.domain.keys import SpotPermission, Venue
from kraken_desk.domain.rights import RIGHTS, RightId
from kraken_desk.domain.roles import Role
from kraken_desk.ui.models.matrix import head_tip
from kraken_desk.ui.plain import plain_button
from kraken_desk.ui.theme import metrics, set_role

TOKEN = RightId(SpotPermission.CREATE_WS_TOKEN.value)
"""Decided by whether the role uses feeds, which has a field of its own."""

_STATES = {
    Qt.CheckState.Checked: "needed",
    Qt.CheckState.PartiallyChecked: "also allowed",
    Qt.CheckState.Unchecked: "not needed",
}


class RoleRights(QWidget):
    """Two columns of boxes, Spot before Futures.

    Signals:
        changed: the operator has changed a box.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: dict[RightId, QCheckBox] = {}
        self._token = (False, False)
        grid = QGridLayout()
        grid.setVerticalSpacing(0)
        grid.setHorizontalSpacing(metrics.GAP)
        shown = [right for right in RIGHTS if right.right_id != TOKEN]
        for number, right in enumerate(shown):
            words = f"Futures {right.label}" if right.venue is Venue.FUTURES else right.label
            box = QCheckBox(plain_button(words))
            box.setWhatsThis(words)
            box.setObjectName(f"right-{right.right_id}")
            box.setTristate(True)
            box.setToolTip(head_tip(right))
            box.checkStateChanged.connect(lambda _state: self._on_changed())
            self._boxes[right.right_id] = box
            grid.addWidget(box, number // 2, number % 2)
        legend = QLabel("Checked: the role needs it. Half: also allowed. Empty: too much.")
        set_role(legend, "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.STEP)
        column.addLayout(grid)
        column.addWidget(legend)

    def show_role(self, role: Role) -> None:
        self._token = (TOKEN in role.spot, TOKEN in role.optional)
        self.blockSignals(True)
        for right_id, box in self._boxes.items():
            box.setCheckState(_state(role, right_id))
        self.blockSignals(False)
        self._on_changed()

    def sets(self) -> tuple[frozenset[RightId], frozenset[RightId], frozenset[RightId]]:
        """Return the rights needed on Spot, those on Futures, and those also allowed."""
        checked, half = self._in(Qt.CheckState.Checked), self._in(Qt.CheckState.PartiallyChecked)
        for held, kept in zip((checked, half), self._token, strict=True):
            held.update({TOKEN} if kept else ())
        spot = {right.right_id for right in RIGHTS if right.venue is Venue.SPOT}
        return frozenset(checked & spot), frozenset(checked - spot), frozenset(half)

    def _in(self, state: Qt.CheckState) -> set[RightId]:
        return {right_id for right_id, box in self._boxes.items() if box.checkState() is state}

    def _on_changed(self) -> None:
        for box in self._boxes.values():
            box.setAccessibleName(f"{box.whatsThis()}, {_STATES[box.checkState()]}")
        self.changed.emit()


def _state(role: Role, right_id: RightId) -> Qt.CheckState:
    if right_id in role.spot or right_id in role.futures:
        return Qt.CheckState.Checked
    return Qt.CheckState.PartiallyChecked if right_id in role.optional else Qt.CheckState.Unchecked
