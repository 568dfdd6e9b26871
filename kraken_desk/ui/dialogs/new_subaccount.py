"""NewSubaccountDialog: asks Kraken once for a Spot subaccount, and says how that ended."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import (
    InputError,
    KrakenDeskError,
    OneTimePasswordError,
)
from kraken_desk.domain.subaccounts import GATED, Creation, CreationState
from kraken_desk.services.subaccounts import SubaccountsService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import Rows, fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.theme import Theme, Tone
from kraken_desk.ui.widgets.notice import Notice

GROUP = "subaccounts:create"
_SENTENCE = f"{GATED} The request is sent once; Kraken answers without an id."


class NewSubaccountDialog(DialogFrame):
    """A form, a review that names the call, and the ending; Enter never sends from the form."""

    def __init__(
        self,
        service: SubaccountsService,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("New Spot subaccount", _SENTENCE, environment, theme, parent)
        self.setObjectName("new_subaccount_dialog")
        self._service = service
        self.creation: Creation | None = None
        self._work = Work(scope, GROUP, self._on_idle)
        self._make_form()
        self._review = {name: fact(f"review-{name}") for name in ("username", "email", "call")}
        rows = Rows()
        for label, name in (("User name", "username"), ("E-mail", "email"), ("Call", "call")):
            rows.add(label, self._review[name])
        self.add_page("review").addWidget(rows)
        self._ending = self.add_page("ending")
        self.finished.connect(lambda _code: self._work.let_go())
        self._show_form()
        self._username.setFocus()

    def _make_form(self) -> None:
        self._username, self._email, self._otp = QLineEdit(), QLineEdit(), QLineEdit()
        self._otp.setEchoMode(QLineEdit.EchoMode.Password)
        page = self.add_page("form")
        page.addWidget(Field("User name at Kraken", self._username, name="username"))
        hint = "Its owner finishes the set-up by the mail that comes here."
        page.addWidget(Field("E-mail address", self._email, name="email", hint=hint))
        self._otp_field = Field("One-time password of the key", self._otp, name="otp")
        self._otp_field.hide()
        page.addWidget(self._otp_field)
        for edit in (self._username, self._email):
            edit.textChanged.connect(lambda _text: self._on_edited())

    def _on_edited(self) -> None:
        self.problem.clear()
        filled = all(edit.text().strip() for edit in (self._username, self._email))
        self.set_primary("Review", enabled=filled)

    def _show_form(self) -> None:
        self.show_page("form")
        self.back_button.hide()
        self._on_edited()

    def _on_primary(self) -> None:
        if self.page == "form":
            self._show_review()
        elif self.page == "review":
            self._send()
        else:
            self.accept()

    def _show_review(self) -> None:
        self._review["username"].setText(" ".join(self._username.text().split()))
        self._review["email"].setText(self._email.text().strip())
        self._review["call"].setText("CreateSubaccount, signed by the master's treasury key, sent once")
        self.show_page("review")
        self.back_button.show()
        self.set_primary("Ask Kraken to create it")

    def _on_back(self) -> None:
        self._show_form()

    def _send(self) -> None:
        words, otp = (self._username.text(), self._email.text()), self._otp.text().strip()
        self._otp.clear()
        self.problem.clear()
        if self._work.run(lambda: self._service.create(*words, otp=otp), self._on_ended, self._on_failed):
            self.set_busy("Asking Kraken; wait for the answer …")

    def _on_ended(self, creation: Creation) -> None:
        self.set_busy("")
        self.creation = creation
        if creation.state is CreationState.CREATED:
            notice = Notice(
                Tone.OK,
                f"Kraken created {creation.username}",
                f"The mail to {creation.email} finishes it. Its IIBAN shows with the first key made in it; "
                "name the account like the user name when you add that key.",
            )
        else:
            problem = creation.problem
            title = problem.title if problem else creation.state.value
            said = f"Kraken said: {', '.join(problem.kraken)}. " if problem and problem.kraken else ""
            tone = Tone.WARN if creation.state is CreationState.UNKNOWN else Tone.DANGER
            detail, hint = (problem.detail, problem.hint) if problem else ("", "")
            notice = Notice(tone, title, f"{said}{detail}", hint)
        notice.setObjectName("ending-notice")
        self._ending.addWidget(notice)
        self.show_page("ending")
        self.back_button.hide()
        self.cancel_button.hide()
        self.set_primary("Close")

    def _on_failed(self, error: KrakenDeskError) -> None:
        """Nothing was sent; what was typed stays."""
        self.set_busy("")
        self._show_form()
        self._otp_field.setVisible(isinstance(error, OneTimePasswordError))
        self.show_problem(error, Tone.WARN if isinstance(error, InputError) else Tone.DANGER)

    def _on_cancel_work(self) -> None:
        """Let a request that may have left run to its end; its ending is in the list."""
        self._work.let_go()
        self.set_busy("")
        self.reject()

    def _on_idle(self) -> None:
        if self.busy:
            self.set_busy("")


def open_dialog(kit: Kit) -> None:
    desk = kit.bridge.desk
    dialog = NewSubaccountDialog(desk.subaccounts, desk.scope, desk.environment, kit.theme, kit.window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
