"""RenameAccountDialog: the one thing about an account that is the operator's own, its name here."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme

GROUP = "accounts:rename"
Rename = Callable[[AccountId, str], Coroutine[Any, Any, None]]


class RenameAccountDialog(DialogFrame):
    """Ends accepted when the account has its new name."""

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
        super().__init__("Rename account", sentence, environment, theme, parent)
        self.setObjectName("rename_dialog")
        self._account = account
        self._rename = rename
        self._work = Work(scope, GROUP, lambda: self.set_busy(""))
        self._edit = QLineEdit(account.label)
        known_as = account.iiban or account.futures_uid or ""
        self._field = Field("Name", self._edit, name="label", hint=known_as)
        self.add_page("rename").addWidget(self._field)
        self._edit.textChanged.connect(lambda _text: self._on_edited())
        self.finished.connect(lambda _code: self._work.cancel())
        self._on_edited()
        self._edit.selectAll()
        self._edit.setFocus()

    def _on_edited(self) -> None:
        self._field.clear_error()
        self.problem.clear()
        label = " ".join(self._edit.text().split())
        changed = bool(label) and label != self._account.label
        self.set_primary(f"Rename to “{label}”" if changed else "Rename", enabled=changed)

    def _on_primary(self) -> None:
        label = self._edit.text()
        started = self._work.run(
            lambda: self._rename(self._account.account_id, label),
            lambda _none: self.accept(),
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
