"""AccountDialog: what the operator writes about an account: its name, strategy tags and a note."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from kraken_desk.domain.account_marks import LONGEST_NOTE, read_tags
from kraken_desk.domain.accounts import Account
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.theme import Theme

GROUP = "accounts:describe"
NOTE_HEIGHT = 120
TAGS_HINT = "Single words with a comma or space between them. “tag:basis” in the filter finds them."
NOTE_HINT = "Who to call, what runs here. Kraken does not see it; never write a secret here."

Describe = Callable[[str, str, str], Coroutine[Any, Any, Account]]
"""Keeps label, note and tags."""


class AccountDialog(DialogFrame):
    """Ends accepted when the words are kept."""

    def __init__(
        self,
        account: Account,
        describe: Describe,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        known_as = " · ".join(
            part for part in (account.kind.value, account.iiban, account.futures_uid) if part
        )
        super().__init__(f"Account {account.label}", known_as, environment, theme, parent)
        self.setObjectName("account_dialog")
        self._account, self._describe = account, describe
        self._work = Work(scope, GROUP, lambda: self.set_busy(""))
        self._label = QLineEdit(account.label)
        self._tags = QLineEdit(", ".join(account.tags))
        self._tags.setPlaceholderText("basis, market-making")
        self._note = QPlainTextEdit(account.note)
        self._note.setFixedHeight(NOTE_HEIGHT)
        self._note.setTabChangesFocus(True)
        self._label_field = Field("Name", self._label, name="label")
        self._tags_field = Field("Strategy tags", self._tags, name="tags", hint=TAGS_HINT)
        self._note_field = Field("Note", self._note, name="note", hint=NOTE_HINT)
        page = self.add_page("account")
        for field in (self._label_field, self._tags_field, self._note_field):
            page.addWidget(field)
        self._label.textChanged.connect(lambda _text: self._on_edited())
        self._tags.textChanged.connect(lambda _text: self._on_edited())
        self._note.textChanged.connect(self._on_edited)
        self.finished.connect(lambda _code: self._work.cancel())
        self._on_edited()
        self._tags.setFocus()

    def _on_edited(self) -> None:
        for field in (self._label_field, self._tags_field, self._note_field):
            field.clear_error()
        self.problem.clear()
        account = self._account
        given = (" ".join(self._label.text().split()), self._note.toPlainText().strip())
        changed = given != (account.label, account.note) or not self._same_tags()
        left = LONGEST_NOTE - len(given[1])
        if left < 0:
            self._note_field.show_error(InputError("The note is too long", f"{-left} characters too many."))
        self.set_primary("Save", enabled=changed and bool(given[0]) and left >= 0)

    def _same_tags(self) -> bool:
        try:
            return read_tags(self._tags.text()) == self._account.tags
        except InputError as error:
            self._tags_field.show_error(error)
            return False

    def _on_primary(self) -> None:
        words = self._label.text(), self._note.toPlainText(), self._tags.text()
        if self._work.run(lambda: self._describe(*words), lambda _: self.accept(), self._on_refused):
            self.set_busy("Writing it down …")

    def _on_refused(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        if not isinstance(error, InputError):
            self.show_problem(error)
            return
        title = error.title.lower()
        field = self._tags_field if "tag" in title else self._note_field
        (self._label_field if "name" in title else field).show_error(error)

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")


def open_dialog(kit: Kit) -> None:
    """Open the dialog for the selected account."""
    node, desk = kit.situation.account, kit.bridge.desk
    if node is None:
        return
    account_id = node.account.account_id

    async def describe(label: str, note: str, tags: str) -> Account:
        return await desk.fleet.describe_account(account_id, label=label, note=note, tags=tags)

    dialog = AccountDialog(node.account, describe, desk.scope, desk.environment, kit.theme, kit.window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
