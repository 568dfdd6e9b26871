"""HostDialog: a machine is named once, with the addresses that Kraken sees of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.hosts import Host
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme

GROUP = "hosts:save"
LINES_HEIGHT = 92
Save = Callable[[Host], Coroutine[Any, Any, Host]]


class HostDialog(DialogFrame):
    """Ends accepted when the host is saved; a host without an id is a new one."""

    def __init__(
        self,
        host: Host,
        save: Save,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        title = "Edit host" if host.host_id else "Name a host"
        sentence = (
            "Named once, it is used wherever addresses are asked for or judged. Kraken does not see it."
        )
        super().__init__(title, sentence, environment, theme, parent)
        self.setObjectName("host_dialog")
        self._host, self._save = host, save
        self._work = Work(scope, GROUP, lambda: self.set_busy(""))
        self._name, self._note = QLineEdit(host.name), QLineEdit(host.note)
        self._addresses = QPlainTextEdit("\n".join(host.addresses))
        self._addresses.setFixedHeight(LINES_HEIGHT)
        self._addresses.setTabChangesFocus(True)
        self._here = QCheckBox("Kraken Desk runs on this machine")
        self._here.setObjectName("this_machine")
        self._here.setAccessibleName("Kraken Desk runs on this machine")
        self._here.setChecked(host.this_machine)
        self._name_field = Field("Name", self._name, name="host_name")
        self._addresses_field = Field(
            "Addresses that Kraken sees",
            self._addresses,
            name="addresses",
            hint="One a line: 203.0.113.7, 203.0.113.0/28 or 2001:db8::1",
        )
        page = self.add_page("host")
        page.addWidget(self._name_field)
        page.addWidget(self._addresses_field)
        page.addWidget(Field("Note", self._note, name="note"))
        page.addWidget(self._here)
        self._name.textChanged.connect(lambda _text: self._on_edited())
        self._addresses.textChanged.connect(self._on_edited)
        self.finished.connect(lambda _code: self._work.cancel())
        self._on_edited()
        self._name.setFocus()

    def _entries(self) -> tuple[str, ...]:
        text = self._addresses.toPlainText().replace(",", " ")
        return tuple(text.split())

    def _on_edited(self) -> None:
        self._name_field.clear_error()
        self._addresses_field.clear_error()
        self.problem.clear()
        name = " ".join(self._name.text().split())
        ready = bool(name and self._entries())
        self.set_primary(f"Save “{name}”" if ready else "Save", enabled=ready)

    def _on_primary(self) -> None:
        host = replace(
            self._host,
            name=self._name.text(),
            addresses=self._entries(),
            note=self._note.text(),
            this_machine=self._here.isChecked(),
        )
        if self._work.run(lambda: self._save(host), lambda _host: self.accept(), self._on_refused):
            self.set_busy("Saving the host …")

    def _on_refused(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        if not isinstance(error, InputError):
            self.show_problem(error)
            return
        about_name = "name" in error.title.casefold()
        (self._name_field if about_name else self._addresses_field).show_error(error)

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")
