"""RoleDialog: what a key is for, and what the role says to the rights that it has."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QComboBox, QWidget

from kraken_desk.domain.abilities import what_it_can_do
from kraken_desk.domain.accounts import AccountKind
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import SlotId, Venue
from kraken_desk.domain.rights import in_order, label_of, permissions_of, right_ids
from kraken_desk.domain.roles import Role, role_of
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import Rows, fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme

GROUP = "keys:role"
NONE = "No role"
SetRole = Callable[[SlotId, str], Coroutine[Any, Any, object]]


class RoleDialog(DialogFrame):
    """Ends accepted when the role is kept with the key; nothing changes at Kraken."""

    def __init__(
        self,
        node: KeyNode,
        kind: AccountKind | None,
        roles: tuple[Role, ...],
        set_role: SetRole,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        sentence = (
            "The role says which rights the key needs; the audit judges by that. Kraken does not see it."
        )
        super().__init__(f"Role of “{node.slot.name}”", sentence, environment, theme, parent)
        self.setObjectName("role_dialog")
        self._node, self._kind, self._roles, self._set_role = node, kind, roles, set_role
        self._work = Work(scope, GROUP, lambda: self.set_busy(""))
        self._box = QComboBox()
        self._box.addItem(NONE, "")
        for role in roles:
            self._box.addItem(role.name, role.role_id)
        self._field = Field("Role", self._box, name="role")
        self._needs, self._can = fact("role_needs"), fact("role_can")
        self._missing, self._surplus = fact("role_missing"), fact("role_surplus")
        rows = Rows()
        rows.add("Needs", self._needs)
        rows.add("Such a key", self._can)
        rows.add("This key lacks", self._missing)
        rows.add("Has too much", self._surplus)
        page = self.add_page("role")
        page.addWidget(self._field)
        page.addWidget(rows)
        present = role_of(node.slot, roles)
        self._box.setCurrentIndex(self._box.findData(present.role_id) if present is not None else 0)
        self._box.currentIndexChanged.connect(lambda _index: self._show())
        self.finished.connect(lambda _code: self._work.cancel())
        self._show()
        self._box.setFocus()

    def _chosen(self) -> Role | None:
        return next((role for role in self._roles if role.role_id == self._box.currentData()), None)

    def _show(self) -> None:
        """Say what the chosen role needs, and what the key has beside it."""
        self.problem.clear()
        self._field.clear_error()
        role, venue = self._chosen(), self._node.slot.venue
        if role is None:
            self._field.set_hint("Without a role nobody can say which rights are too much.")
            for label in (self._needs, self._can, self._missing, self._surplus):
                label.setText("—")
        else:
            self._field.set_hint(role.about)
            self._needs.setText(_labels(role.needed(venue)))
            self._can.setText(what_it_can_do(permissions_of(venue, role.needed(venue)), self._kind))
            self._compare(role, venue)
        self.set_primary(f"Make it {role.name}" if role is not None else "Take the role away")

    def _compare(self, role: Role, venue: Venue) -> None:
        info = self._node.check.info if self._node.check is not None else None
        if info is None:
            for label in (self._missing, self._surplus):
                label.setText("not known: the key was never checked")
            return
        held = right_ids(info.permissions)
        self._missing.setText(_labels(role.needed(venue) - held))
        self._surplus.setText(_labels(held - role.tolerated(venue)))

    def _on_primary(self) -> None:
        slot_id, role_id = self._node.slot.slot_id, str(self._box.currentData())
        if self._work.run(
            lambda: self._set_role(slot_id, role_id), lambda _slot: self.accept(), self._on_refused
        ):
            self.set_busy("Writing the role …")

    def _on_refused(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        if isinstance(error, InputError):
            self._field.show_error(error)
        else:
            self.show_problem(error)

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")


def _labels(rights: frozenset[Any]) -> str:
    return ", ".join(label_of(right) for right in in_order(rights)) or "nothing"
