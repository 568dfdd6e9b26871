"""Dialogs that give an account or a key another name, the operator's own."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.keys import KeySlot, SlotId
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme

GROUP = "names:rename"
Rename = Callable[[AccountId, str], Coroutine[Any, Any, None]]
RenameKey = Callable[[SlotId, str], Coroutine[Any, Any, KeySlot]]
GiveName = Callable[[str], Coroutine[Any, Any, object]]


@dataclass(frozen=True, slots=True)
class Named:
    """What is renamed: the dialog's title and sentence, the present name, and what else it is known as.

    `can` says what a key can do, where that is known.
    """

    title: str
    sentence: str
    name: str
    known_as: str = ""
    can: str = ""


class RenameDialog(DialogFrame):
    """Ends accepted when the thing has its new name."""

    def __init__(
        self,
        named: Named,
        give: GiveName,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(named.title, named.sentence, environment, theme, parent)
        self.setObjectName("rename_dialog")
        self._named, self._give = named, give
        self._work = Work(scope, GROUP, lambda: self.set_busy(""))
        self._edit = QLineEdit(named.name)
        self._field = Field("Name", self._edit, name="label", hint=named.known_as)
        page = self.add_page("rename")
        if named.can:
            page.addWidget(fact("ability", named.can))
        page.addWidget(self._field)
        self._edit.textChanged.connect(lambda _text: self._on_edited())
        self.finished.connect(lambda _code: self._work.cancel())
        self._on_edited()
        self._edit.selectAll()
        self._edit.setFocus()

    def _on_edited(self) -> None:
        self._field.clear_error()
        self.problem.clear()
        name = " ".join(self._edit.text().split())
        changed = bool(name) and name != self._named.name
        self.set_primary(f"Rename to “{name}”" if changed else "Rename", enabled=changed)

    def _on_primary(self) -> None:
        name = self._edit.text()
        started = self._work.run(
            lambda: self._give(name),
            lambda _renamed: self.accept(),
            self._on_refused,
        )
        if started:
            self.set_busy("Writing the name …")

    def _on_refused(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        if isinstance(error, InputError):
            self._field.show_error(error)
        else:
            self.show_problem(error)

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")


class RenameAccountDialog(RenameDialog):
    """The one thing about an account that is the operator's own."""

    def __init__(
        self,
        account: Account,
        rename: Rename,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        sentence = f"The name of this {account.kind} in Kraken Desk. Kraken does not see it."
        known_as = account.iiban or account.futures_uid or ""
        named = Named("Rename account", sentence, account.label, known_as)
        super().__init__(
            named, lambda label: rename(account.account_id, label), scope, environment, theme, parent
        )


class RenameKeyDialog(RenameDialog):
    """A key's name here; what it is called at Kraken stays."""

    def __init__(
        self,
        slot: KeySlot,
        rename: RenameKey,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        can: str = "",
    ) -> None:
        sentence = "The name of this key in Kraken Desk and for “kraken-desk run”. Kraken does not see it."
        named = Named("Rename key", sentence, slot.name, f"API key {slot.masked_api_key()}", can)
        super().__init__(named, lambda name: rename(slot.slot_id, name), scope, environment, theme, parent)
