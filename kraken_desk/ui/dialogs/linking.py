"""LinkingDialog: a Futures subaccount on its way to being linked, as a checklist that is kept."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.linking import HELP, PAGES, STEPS, TITLES, Linking, LinkStep
from kraken_desk.services.subaccounts import SubaccountsService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.clipboard import clipboard_guard
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.theme import Theme, Tone, metrics, set_property, set_role

GROUP = "subaccounts:link"
TICKET_HEIGHT = 200
ANOTHER = "Link another subaccount…"
_BEFORE = (
    "Kraken links a Futures subaccount by a support ticket. This list keeps where it stands; only Kraken's "
    "own list proves the end. Spot subaccounts are another matter, for institutions only."
)
_OVER = "It stands in the tree below the master. Add its keys there."


class LinkingDialog(DialogFrame):
    """Shows the open linkings, one at a time; closing leaves everything as it stands."""

    def __init__(
        self,
        service: SubaccountsService,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Link a Futures subaccount", _BEFORE, environment, theme, parent)
        self.setObjectName("linking_dialog")
        self._service = service
        self._work = Work(scope, GROUP, self._on_idle)
        self.linking: Linking | None = None
        self._open: tuple[Linking, ...] = ()
        self._make_start()
        self._make_list()
        self._give_up = QPushButton("Give up")
        self._give_up.setObjectName("give-up")
        self._give_up.setAutoDefault(False)
        set_role(self._give_up, "quiet")
        self._give_up.clicked.connect(lambda: self._run(lambda s, g: s.give_up(g), "Closing it …"))
        self.buttons.insertWidget(1, self._give_up)
        self.back_button.setText("Take back")
        self.cancel_button.setText("Close")
        self.finished.connect(lambda _code: self._work.let_go())
        self._show_start()
        if self._work.run(service.linkings, self._on_linkings, self._on_failed):
            self.set_busy("Looking what is under way …")

    # making

    def _make_start(self) -> None:
        self._label, self._master, self._email = QLineEdit(), QLineEdit(), QLineEdit()
        page = self.add_page("start")
        page.addWidget(Field("Name in Kraken Desk", self._label, name="label"))
        hint = "The ticket must come from this address."
        page.addWidget(Field("The master's e-mail address", self._master, name="master_email", hint=hint))
        hint = "Its own; no other Kraken account may have it."
        page.addWidget(Field("The subaccount's e-mail address", self._email, name="email", hint=hint))
        for edit in (self._label, self._master, self._email):
            edit.textChanged.connect(lambda _text: self._refresh_start())

    def _make_list(self) -> None:
        page = self.add_page("list")
        self._choice = QComboBox()
        self._choice.activated.connect(self._on_chosen)
        page.addWidget(Field("Subaccount", self._choice, name="choice"))
        self._grid = QWidget()
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(metrics.GAP + 4)
        grid.setVerticalSpacing(metrics.GAP)
        grid.setColumnStretch(1, 1)
        self._signs: dict[LinkStep, QLabel] = {}
        self._texts: dict[LinkStep, QLabel] = {}
        self._times: dict[LinkStep, QLabel] = {}
        for row, step in enumerate(STEPS):
            sign, text, time = fact(f"sign-{step}"), fact(f"step-{step}"), fact(f"time-{step}", role="muted")
            sign.setWordWrap(False)
            time.setWordWrap(False)
            time.setAlignment(Qt.AlignmentFlag.AlignRight)
            sign.setAccessibleName(f"State of: {TITLES[step]}")
            text.setAccessibleName(TITLES[step])
            time.setAccessibleName(f"Time of: {TITLES[step]}")
            for column, label in enumerate((sign, text, time)):
                grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
            self._signs[step], self._texts[step], self._times[step] = sign, text, time
        page.addWidget(self._grid)
        self._help = fact("help", role="muted")
        page.addWidget(self._help)
        self._page_button = _small("page", "Open the page", self._on_page)
        self._copy = _small("copy-ticket", "Copy the text", self._on_copy)
        set_role(self._copy, "link")
        self._ticket = QPlainTextEdit()
        self._ticket.setReadOnly(True)
        self._ticket.setFixedHeight(TICKET_HEIGHT)
        self._ticket_field = Field("Text of the ticket", self._ticket, name="ticket", corner=self._copy)
        page.addWidget(self._ticket_field)
        row_of_acts = QHBoxLayout()
        row_of_acts.addWidget(self._page_button)
        row_of_acts.addStretch()
        page.addLayout(row_of_acts)
        self._uid = QLineEdit()
        hint = "Only where Kraken's list hides the e-mail address."
        self._uid_field = Field("Futures uid", self._uid, name="uid", hint=hint)
        page.addWidget(self._uid_field)

    # showing

    def _on_linkings(self, found: tuple[Linking, ...]) -> None:
        self.set_busy("")
        self._open = tuple(linking for linking in found if linking.is_open)
        if self._open:
            self._show_linking(self._open[0])
        else:
            self._show_start()
            self._label.setFocus()

    def _show_start(self) -> None:
        self.linking = None
        self.show_page("start")
        self.set_sentence(_BEFORE)
        self.back_button.hide()
        self._give_up.hide()
        self._refresh_start()

    def _refresh_start(self) -> None:
        self.problem.clear()
        if self.linking is None:
            filled = all(edit.text().strip() for edit in (self._label, self._master, self._email))
            self.set_primary("Begin the checklist", enabled=filled)

    def _show_linking(self, linking: Linking) -> None:
        self.linking = linking
        self._open = tuple(linking if g.linking_id == linking.linking_id else g for g in self._open)
        if linking.linking_id not in {g.linking_id for g in self._open}:
            self._open = (linking, *self._open)
        self.show_page("list")
        self.set_sentence(_OVER if linking.is_linked else _BEFORE)
        self._show_choice(linking)
        for step in STEPS:
            self._show_step(linking, step)
        self._show_due(linking, linking.next_step)

    def _show_choice(self, linking: Linking) -> None:
        self._choice.clear()
        for each in self._open:
            self._choice.addItem(f"{each.label} ({each.email})", each.linking_id)
        self._choice.addItem(ANOTHER)
        self._choice.setCurrentIndex(self._choice.findData(linking.linking_id))

    def _show_step(self, linking: Linking, step: LinkStep) -> None:
        at, due = linking.done_at(step), linking.next_step is step
        self._signs[step].setText("✓" if at else ("●" if due else "○"))
        set_property(self._signs[step], "tone", (Tone.OK if at else Tone.ACCENT if due else Tone.MUTED).value)
        self._texts[step].setText(TITLES[step])
        set_role(self._texts[step], "strong" if due else "")
        set_property(self._texts[step], "tone", (Tone.PLAIN if at or due else Tone.MUTED).value)
        self._times[step].setText(f"{at:%Y-%m-%d %H:%M} UTC" if at else ("next" if due else ""))

    def _show_due(self, linking: Linking, due: LinkStep | None) -> None:
        self._help.setText(
            HELP[due] if due else (f"Futures uid {linking.futures_uid}" if linking.is_linked else "Given up.")
        )
        self._page_button.setVisible(due in PAGES)
        self._page_button.setToolTip(PAGES.get(due, "") if due else "")
        self._ticket_field.setVisible(due is LinkStep.TICKET)
        self._ticket.setPlainText(self._service.ticket(linking))
        self._uid_field.setVisible(due is LinkStep.LINKED)
        self.back_button.setVisible(linking.is_open and bool(linking.done))
        self._give_up.setVisible(linking.is_open)
        if due is None:
            self.set_primary("Close")
        elif due is LinkStep.LINKED:
            self.set_primary("Ask Kraken for its list")
        else:
            self.set_primary(f"Done: {TITLES[due]}")

    # acts

    def _on_primary(self) -> None:
        linking = self.linking
        if linking is None:
            words = self._label.text(), self._master.text(), self._email.text()
            self._start(lambda: self._service.start_linking(*words), "Writing it down …")
            return
        due = linking.next_step
        if due is None:
            self.accept()
        elif due is LinkStep.LINKED:
            uid = self._uid.text()
            self._run(lambda s, g: s.look(g, uid), "Asking Kraken …")
        else:
            self._run(lambda s, g: s.step(g, due), "Writing it down …")

    def _on_back(self) -> None:
        self._run(lambda s, g: s.undo(g), "Taking it back …")

    def _run(self, act: Callable[[SubaccountsService, str], Coroutine[Any, Any, Linking]], busy: str) -> None:
        linking = self.linking
        if linking is not None:
            self._start(lambda: act(self._service, linking.linking_id), busy)

    def _start(self, make: Callable[[], Coroutine[Any, Any, Linking]], busy: str) -> None:
        self.problem.clear()
        if self._work.run(make, self._on_changed, self._on_failed):
            self.set_busy(busy)

    def _on_changed(self, linking: Linking) -> None:
        self.set_busy("")
        self._show_linking(linking)
        self.primary_button.setFocus()

    def _on_chosen(self, index: int) -> None:
        chosen = self._choice.itemData(index)
        found = next((g for g in self._open if g.linking_id == chosen), None)
        if found is None:
            self._show_start()
        else:
            self._show_linking(found)

    def _on_page(self) -> None:
        due = self.linking.next_step if self.linking else None
        if due in PAGES and due is not None:
            QDesktopServices.openUrl(QUrl(PAGES[due]))

    def _on_copy(self) -> None:
        clipboard_guard().copy(self._ticket.toPlainText())

    def _on_failed(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error, Tone.WARN if isinstance(error, InputError) else Tone.DANGER)
        due = self.linking.next_step if self.linking else None
        (self._uid if due is LinkStep.LINKED else self.primary_button).setFocus()

    def _on_cancel_work(self) -> None:
        self._work.let_go()
        self.set_busy("")
        self.reject()

    def set_busy(self, what: str) -> None:
        """Take no act while one is under way."""
        super().set_busy(what)
        self._give_up.setEnabled(not what)

    def _on_idle(self) -> None:
        if self.busy:
            self.set_busy("")


def _small(name: str, text: str, do: Callable[[], None]) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAutoDefault(False)
    button.clicked.connect(do)
    return button


def open_dialog(kit: Kit) -> None:
    """Open the dialog of the environment's linkings."""
    desk = kit.bridge.desk
    dialog = LinkingDialog(desk.subaccounts, desk.scope, desk.environment, kit.theme, kit.window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
