"""DoctorDialog: what is examined on this machine, with its meaning and the next step; copied as text."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.services.diagnosis import Diagnosis, text_of
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.formatting import count
from kraken_desk.ui.theme import Theme, Tone, metrics, set_property, set_role
from kraken_desk.ui.widgets.notice import Notice

GROUP = "desk:examine"
_SENTENCE = "Nothing signed is sent, and nothing is changed."
_MEANING = {
    "API": "whether Kraken answers",
    "clock": "nonces and ages depend on it",
    "database": "every page and reference of the profile",
    "display": "where windows can open",
    "files": "what repairs and restores keep or leave",
    "journal": "every line against its hash",
    "keychain": "where the secrets are",
    "leases": "keys that running processes hold",
    "lockout guard": "refused calls, and keys that are left alone",
    "secrets": "one for each key; none is read for this",
    "store": "the profile's directory",
}

Examine = Callable[[], Coroutine[Any, Any, tuple[Diagnosis, ...]]]


class DoctorDialog(DialogFrame):
    """Examines when it opens and on request; what is to be mended comes first."""

    def __init__(
        self,
        examine: Examine,
        repair: Callable[[], None] | None,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """`repair` leads to the repair of the database; None where there is none to repair."""
        super().__init__("Examination", _SENTENCE, environment, theme, parent)
        self.setObjectName("doctor_dialog")
        self._examine, self._repair = examine, repair
        self._found: tuple[Diagnosis, ...] = ()
        self._work = Work(scope, GROUP, self._on_idle)
        self._list: QWidget | None = None
        self._page = self.add_page("findings")
        self._copy = self._button("doctor-copy", "Copy as text", self._on_copy)
        self._mend = self._button("doctor-repair", "Repair…", self._on_repair)
        self._copy.setEnabled(False)
        self._mend.hide()
        self.cancel_button.setText("Close")
        self.set_primary("Examine again")
        self.finished.connect(lambda _code: self._work.cancel())
        self._on_primary()

    @property
    def found(self) -> tuple[Diagnosis, ...]:
        return self._found

    def _button(self, name: str, text: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(do)
        self.buttons.insertWidget(self.buttons.count() - 3, button)
        return button

    def _on_primary(self) -> None:
        if self._work.run(self._examine, self._show, self._on_failed):
            self.problem.clear()
            self.set_busy("Examining …")

    def _show(self, found: Sequence[Diagnosis]) -> None:
        self.set_busy("")
        self._found = tuple(found)
        wrong = [d for d in found if not d.ok]
        text = f"{count(len(wrong), 'thing')} to mend." if wrong else "Everything is well."
        self.set_sentence(f"{text} {_SENTENCE}")
        if self._list is not None:
            self._list.hide()
            self._list.deleteLater()
        self._list = _listed((*wrong, *(d for d in found if d.ok)))
        self._page.addWidget(self._list)
        self._copy.setEnabled(True)
        self._mend.setVisible(self._repair is not None and any(d.name == "database" for d in wrong))
        self.cancel_button.setFocus()

    def _on_failed(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(text_of(self._found))

    def _on_repair(self) -> None:
        repair = self._repair
        self.reject()
        if repair is not None:
            repair()

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")

    def _on_idle(self) -> None:
        if self.busy:
            self.set_busy("")


def _listed(found: Sequence[Diagnosis]) -> QWidget:
    part = QWidget()
    part.setObjectName("doctor-list")
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(metrics.GAP)
    for each in found:
        column.addWidget(_well(each) if each.ok else _to_mend(each))
    return part


def _to_mend(each: Diagnosis) -> Notice:
    meaning = _meaning(each.name)
    title = f"{each.name}: to mend"
    return Notice(Tone.WARN, f"{title} · {meaning}" if meaning else title, each.detail, each.hint)


def _well(each: Diagnosis) -> QWidget:
    """Return a row: a mark with its word, what was examined and found."""
    row = QWidget()
    row.setAccessibleName(f"{each.name}: well. {each.detail}")
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(metrics.GAP + 4)
    mark = _label("✓ well", "small")
    set_property(mark, "tone", Tone.OK.value)
    head = QHBoxLayout()
    head.setSpacing(metrics.GAP)
    head.addWidget(_label(each.name, "strong"))
    head.addWidget(_label(_meaning(each.name), "hint"), 1)
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addLayout(head)
    words.addWidget(_label(each.detail, "muted", wraps=True))
    line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(words, 1)
    return row


def _meaning(name: str) -> str:
    """Say what a check is about; one of several environments has its name before a colon."""
    plain = name.rpartition(": ")[2]
    if plain.startswith("clock"):
        return _MEANING["clock"]
    return _MEANING["API"] if plain.endswith(" API") else _MEANING.get(plain, "")


def _label(text: str, role: str, *, wraps: bool = False) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wraps)
    set_role(label, role)
    return label
