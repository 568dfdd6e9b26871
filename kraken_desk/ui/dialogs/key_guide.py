"""KeyGuideDialog: choose what a key is for, and get the exact values for Kraken's form."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.clients import CLIENTS, DESK_CLIENT
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.hosts import Host
from kraken_desk.domain.key_guide import KeyGuide
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.roles import Role
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.guided_key import GuidedKey
from kraken_desk.ui.dialogs.rotation_parts import FormValues
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme, Tone, metrics, set_property

GROUP = "keys:guide"
_SENTENCE = "The smallest key that does the job. Nothing is made or sent."
_CHOOSE, _VALUES = "choose", "values"


class AskGuide(Protocol):
    """Works out the guide; raises InputError for what cannot be."""

    def __call__(
        self, *, role: str, process: str, account: str, venue: Venue, client: str, hosts: tuple[str, ...]
    ) -> Coroutine[Any, Any, KeyGuide]: ...


@dataclass(frozen=True, slots=True)
class GuideSteps:
    """The services' doors, and what the profile knows already."""

    roles: Callable[[], Coroutine[Any, Any, tuple[Role, ...]]]
    hosts: Callable[[], Coroutine[Any, Any, tuple[Host, ...]]]
    accounts: tuple[Account, ...]
    processes: tuple[str, ...]
    guide: AskGuide


class KeyGuideDialog(DialogFrame):
    """Ends accepted with `guided` set when the operator has made the key and wants to add it."""

    def __init__(
        self,
        steps: GuideSteps,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Guide to a new key", _SENTENCE, environment, theme, parent)
        self.setObjectName("key_guide_dialog")
        self.guided: GuidedKey | None = None
        self._steps = steps
        self._asked: tuple[str, str] = ("", "")
        self._found: KeyGuide | None = None
        self._values: QWidget | None = None
        self._work = Work(scope, GROUP, self._on_idle)
        self._make_choices(futures=bool(environment.futures_url))
        self._notes = fact("guide_notes")
        set_property(self._notes, "tone", Tone.WARN.value)
        self._steps_text = fact("guide_steps", role="hint")
        self._page = self.add_page(_VALUES)
        self._page.addWidget(self._notes)
        self._page.addWidget(self._steps_text)
        self.finished.connect(lambda _code: self._work.cancel())
        self._to_choices()
        self._read()

    # choosing

    def _make_choices(self, *, futures: bool) -> None:
        self._role, self._process, self._account = QComboBox(), QComboBox(), QComboBox()
        self._venue, self._client, self._host = QComboBox(), QComboBox(), QComboBox()
        self._process.setEditable(True)
        self._process.addItems(["", *self._steps.processes])
        line = self._process.lineEdit()
        if line is not None:
            line.setPlaceholderText("mm-bot")
        for account in self._steps.accounts:
            self._account.addItem(f"{account.label} ({account.kind})", account.label)
        for venue in (Venue.SPOT, Venue.FUTURES) if futures else (Venue.SPOT,):
            self._venue.addItem(venue.label, venue.value)
        self._client.addItem("not listed", "")
        for client in sorted(set(CLIENTS) - {DESK_CLIENT}):
            self._client.addItem(client, client)
        self._host.addItem("none named yet", "")
        self._process_field = Field("Process", self._process, name="guide_process")
        self._role_field = Field("Role", self._role, name="guide_role")
        page = self.add_page(_CHOOSE)
        page.addLayout(_beside(self._role_field, self._process_field))
        page.addLayout(
            _beside(
                Field("Account", self._account, name="guide_account"),
                Field("Venue", self._venue, name="guide_venue"),
            )
        )
        page.addLayout(
            _beside(
                Field("Its client library", self._client, name="guide_client"),
                Field("Runs on host", self._host, name="guide_host"),
            )
        )
        self._about = fact("guide_about", role="hint")
        page.addWidget(self._about)
        self._role.currentIndexChanged.connect(lambda _row: self._on_edited())
        self._process.editTextChanged.connect(lambda _text: self._on_edited())

    def _read(self) -> None:
        async def both() -> tuple[tuple[Role, ...], tuple[Host, ...]]:
            return await self._steps.roles(), await self._steps.hosts()

        self._work.run(both, self._on_read, self.show_problem)

    def _on_read(self, known: tuple[tuple[Role, ...], tuple[Host, ...]]) -> None:
        roles, hosts = known
        for role in roles:
            if role.spot or role.futures:
                self._role.addItem(role.name, (role.role_id, role.about))
        for host in hosts:
            self._host.addItem(host.name, host.name)
        trading = self._role.findText("Trading")
        self._role.setCurrentIndex(max(0, trading))
        self._process.setFocus()
        self._on_edited()

    def _on_edited(self) -> None:
        self.problem.clear()
        self._process_field.clear_error()
        chosen = self._role.currentData()
        self._about.setText(chosen[1] if chosen else "")
        if self.page == _CHOOSE:
            self.set_primary("Show the form's values", enabled=bool(chosen))

    def _to_choices(self) -> None:
        self.set_head("Guide to a new key", _SENTENCE)
        self.show_page(_CHOOSE)
        self.back_button.hide()
        self._on_edited()

    # acting

    def _on_primary(self) -> None:
        if self.page == _CHOOSE:
            self._ask()
        elif self._found is not None:
            process, role = self._asked
            self.guided = GuidedKey(self._found.wish, process, role)
            self.accept()

    def _ask(self) -> None:
        process = self._process.currentText().strip()
        if not process:
            error = InputError("Which process?", "A key belongs to one process.", "Type its name.")
            self._process_field.show_error(error)
            self._process.setFocus()
            return
        role = str(self._role.currentData()[0])
        self._asked = (process, role)
        host = str(self._host.currentData())
        started = self._work.run(
            lambda: self._steps.guide(
                role=role,
                process=process,
                account=str(self._account.currentData()),
                venue=Venue(self._venue.currentData()),
                client=str(self._client.currentData()),
                hosts=(host,) if host else (),
            ),
            self._show,
            self._on_refused,
        )
        if started:
            self.set_busy("Working it out …")

    def _on_refused(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error)

    def _show(self, found: KeyGuide) -> None:
        self.set_busy("")
        self._found = found
        first, form, *_ = found.steps
        if self._values is not None:
            self._values.hide()
            self._values.deleteLater()
        self._values = FormValues(self.theme, form.values, first.link)
        self._page.addWidget(self._values)
        self._notes.setText("\n".join(found.notes))
        self._notes.setVisible(bool(found.notes))
        self._steps_text.setText(
            f"{first.text} Fill in the fields below and leave every other box off. Kraken shows the secret"
            " once: keep its page open, and paste both halves in the next step."
        )
        self.set_head(f"Make “{found.wish.name}” at Kraken", "Field by field, as Kraken's form asks.")
        self.show_page(_VALUES)
        self.back_button.show()
        self.set_primary("I have made it: add key…")
        self.primary_button.setFocus()

    def _on_back(self) -> None:
        self._found = None
        self._to_choices()

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")

    def _on_idle(self) -> None:
        if self.busy:
            self.set_busy("")


def _beside(*fields: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(metrics.GAP + 4)
    for field in fields:
        column = QVBoxLayout()
        column.addWidget(field)
        column.addStretch(1)
        row.addLayout(column, 1)
    return row
