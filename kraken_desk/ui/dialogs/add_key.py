"""AddKeyDialog: paste a pair, have it checked once, see what it may do, then store it."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from PySide6.QtWidgets import QWidget

from kraken_desk.domain.environments import Environment, EnvironmentKind
from kraken_desk.domain.errors import DuplicateKeyError, InputError, KrakenDeskError
from kraken_desk.domain.key_guide import made_as_asked
from kraken_desk.domain.keys import KeySlot
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.services.keys import TriedPair, problem_of
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.guided_key import GuidedKey
from kraken_desk.ui.dialogs.key_facts import KeyFactsPage
from kraken_desk.ui.dialogs.key_steps import KeySteps
from kraken_desk.ui.dialogs.pair_form import PairForm
from kraken_desk.ui.dialogs.rotation_parts import ComparisonTable
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme

GROUP = "keys:add"
_FIRST_SENTENCE = "Checked with one signed call before anything is stored."


class Step(Enum):
    """Where the dialog stands."""

    PAIR = "pair"
    FACTS = "facts"


class AddKeyDialog(DialogFrame):
    """Ends accepted with `slot` set when the key was stored, else rejected with nothing stored.

    The secret leaves its field when Kraken has accepted the pair, and memory when the dialog ends.
    """

    def __init__(
        self,
        steps: KeySteps,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        asked: GuidedKey | None = None,
    ) -> None:
        """`asked` is what a guide has asked for: it is filled in, and what was made is compared with it."""
        super().__init__("Add key", _FIRST_SENTENCE, environment, theme, parent)
        self.setObjectName("add_key_dialog")
        self.slot: KeySlot | None = None
        self._steps = steps
        self._tried: TriedPair | None = None
        self._secret: ApiSecret | None = None
        self._work = Work(scope, GROUP, self._on_idle)
        self._pair = PairForm(theme, futures=bool(environment.futures_url))
        self.add_page(Step.PAIR.value).addWidget(self._pair)
        self._facts = KeyFactsPage(theme, steps.roles())
        self._facts_page = self.add_page(Step.FACTS.value)
        self._facts_page.addWidget(self._facts)
        self._asked = asked
        self._compared: ComparisonTable | None = None
        if asked is not None:
            self._pair.say_use(asked.wish.venue, asked.process, asked.wish.client)
            self._facts.say_role(asked.role)
        self._pair.edited.connect(self.problem.clear)
        self._facts.edited.connect(self._on_details_edited)
        self.finished.connect(self._on_finished)
        self._to_pair()

    @property
    def step(self) -> Step:
        return Step(self.page)

    # the pair

    def _to_pair(self) -> None:
        self.set_head("Add key", _FIRST_SENTENCE)
        self.show_page(Step.PAIR.value)
        self.back_button.hide()
        self.set_primary("Check key")
        self._pair.focus_first()

    def _on_primary(self) -> None:
        if self.step is Step.PAIR:
            self._check()
        else:
            self._store()

    def _check(self) -> None:
        self.problem.clear()
        self._pair.clear_errors()
        try:
            shape = self._pair.shape()
        except InputError as error:
            self._pair.show_error(error)
            return
        if self._pair.lacks_code():
            return
        venue, client, code = self._pair.venue, self._pair.use.client, self._pair.take_code()
        self._secret = shape.secret
        started = self._work.run(
            lambda: self._steps.try_pair(venue, shape.api_key, shape.secret, client=client, otp=code),
            self._on_tried,
            self._on_refused,
        )
        if started:
            self.set_busy(f"Asking Kraken about this {venue.label} key …")

    def _on_tried(self, tried: TriedPair) -> None:
        self.set_busy("")
        self._tried = tried
        self._pair.secret.forget()
        self.set_head(f"{tried.venue.label} key accepted", "Kraken answered. Nothing is stored yet.")
        self._facts.show_tried(tried, self._pair.use, self._steps.now())
        self._compare(tried)
        self.show_page(Step.FACTS.value)
        self.back_button.show()
        self._name_store()
        self._facts.focus_name()

    def _compare(self, tried: TriedPair) -> None:
        """Set what was made beside what the guide asked for."""
        if self._compared is not None:
            self._compared.hide()
            self._compared.deleteLater()
            self._compared = None
        if self._asked is not None and self._asked.compared:
            rows = made_as_asked(self._asked.wish, tried.info, self._steps.now())
            same = "The key was made as it was asked for."
            self._compared = ComparisonTable(rows, heads=("Asked", "Made"), same=same)
            self._facts_page.insertWidget(0, self._compared)

    def _on_refused(self, error: KrakenDeskError) -> None:
        """Say what Kraken said and what to try; the pair stays in its fields, nowhere else."""
        self.set_busy("")
        self._secret = None
        problem = problem_of(error)
        hint = f"{problem.hint} Nothing was stored.".strip()
        self.problem.show_problem(replace(problem, hint=hint))

    # the facts

    def _on_back(self) -> None:
        self.problem.clear()
        self._tried = self._secret = None
        self._to_pair()

    def _on_details_edited(self) -> None:
        self.problem.clear()
        self._name_store()

    def _name_store(self) -> None:
        where = "" if self.environment.kind is EnvironmentKind.DEMO else " in the keychain"
        name = self._facts.name
        self.set_primary(f"Store “{name}”{where}" if name else f"Store key{where}")

    def _store(self) -> None:
        tried, secret = self._tried, self._secret
        if tried is None or secret is None:
            return
        details = replace(self._facts.details(self._pair.use), two_factor=self._pair.two_factor)
        if not details.name:
            self._facts.show_name_error(InputError("No name", "The key has no name yet.", "Type one."))
            return
        started = self._work.run(
            lambda: self._steps.add(tried, secret, details), self._on_stored, self._on_not_stored
        )
        if started:
            self.set_busy("Storing the secret and reading it back …")

    def _on_stored(self, slot: KeySlot) -> None:
        self.set_busy("")
        self.slot = slot
        self.accept()

    def _on_not_stored(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        if not isinstance(error, InputError) or "name" not in error.title:
            self.show_problem(error)
        elif isinstance(error, DuplicateKeyError) or "key" in error.detail:
            self._facts.show_name_error(error)
        else:
            self._facts.show_label_error(error)

    # ending

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")
        if self.step is Step.PAIR:
            self._secret = None

    def _on_idle(self) -> None:
        if self.busy:
            self.set_busy("")

    def _on_finished(self, _code: int) -> None:
        self._work.cancel()
        self._pair.forget()
        self._tried = self._secret = None
