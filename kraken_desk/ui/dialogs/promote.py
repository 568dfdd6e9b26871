"""PromoteDialog: what of a key was rehearsed, and the form's values for a higher environment."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.hosts import Host
from kraken_desk.domain.rehearsal import Point
from kraken_desk.services.promotion import Promotion
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rotation_parts import FormValues
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.plain import breakable
from kraken_desk.ui.theme import Theme, Tone, metrics, set_property

GROUP = "keys:promote"
_CHOOSE, _SHOWN = "choose", "shown"


@dataclass(frozen=True, slots=True)
class PromoteSteps:
    """The services' doors."""

    targets: Callable[[], Coroutine[Any, Any, tuple[Environment, ...]]]
    hosts: Callable[[], Coroutine[Any, Any, tuple[Host, ...]]]
    propose: Callable[[str, str, tuple[str, ...]], Coroutine[Any, Any, Promotion]]


class PromoteDialog(DialogFrame):
    """Shows and makes nothing; neither key nor secret crosses."""

    def __init__(
        self,
        name: str,
        steps: PromoteSteps,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        can: str = "",
    ) -> None:
        sentence = (
            "Its configuration goes to a higher environment; key and secret stay. Nothing is made or sent."
        )
        super().__init__(f"Promote “{name}”", sentence, environment, theme, parent)
        self.setObjectName("promote_dialog")
        self._name, self._steps = name, steps
        self._work = Work(scope, GROUP, self._on_idle)
        self._target, self._host = QComboBox(), QComboBox()
        self._host.addItem("none named yet", "")
        page = self.add_page(_CHOOSE)
        if can:
            page.addWidget(fact("ability", can))
        page.addWidget(Field("To", self._target, name="promote_to"))
        page.addWidget(Field("Its process will run on host", self._host, name="promote_host"))
        self._shown = self.add_page(_SHOWN)
        self._parts: list[QWidget] = []
        self.finished.connect(lambda _code: self._work.cancel())
        self.back_button.hide()
        self.set_primary("Show what was rehearsed", enabled=False)
        self._read()

    def _read(self) -> None:
        async def both() -> tuple[tuple[Environment, ...], tuple[Host, ...]]:
            return await self._steps.targets(), await self._steps.hosts()

        self._work.run(both, self._on_read, self.show_problem)

    def _on_read(self, known: tuple[tuple[Environment, ...], tuple[Host, ...]]) -> None:
        targets, hosts = known
        for target in targets:
            self._target.addItem(f"{target.name} ({target.kind})", target.name)
        for host in hosts:
            self._host.addItem(host.name, host.name)
        self.set_primary("Show what was rehearsed", enabled=bool(targets))
        self._target.setFocus()

    def _on_primary(self) -> None:
        if self.page == _SHOWN:
            self.accept()
            return
        self.problem.clear()
        to, host = str(self._target.currentData()), str(self._host.currentData())
        started = self._work.run(
            lambda: self._steps.propose(self._name, to, (host,) if host else ()), self._show, self._on_refused
        )
        if started:
            self.set_busy("Looking at what was rehearsed …")

    def _on_refused(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error)

    def _show(self, found: Promotion) -> None:
        self.set_busy("")
        for part in self._parts:
            part.hide()
            part.deleteLater()
        self._parts = [Points(found.points), FormValues(self.theme, found.values, found.page)]
        for part in self._parts:
            self._shown.addWidget(part)
        open_ = len(found.missing)
        sentence = f"{open_} of {len(found.points)} points were not rehearsed. Nothing is made or sent."
        self.set_head(f"{self._name}: {found.source.name} → {found.target.name}", sentence)
        self.show_page(_SHOWN)
        self.back_button.show()
        self.cancel_button.hide()
        self.set_primary("Close")
        self.primary_button.setFocus()

    def _on_back(self) -> None:
        self.show_page(_CHOOSE)
        self.back_button.hide()
        self.cancel_button.show()
        self.set_primary("Show what was rehearsed")
        self._target.setFocus()

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")

    def _on_idle(self) -> None:
        if self.busy:
            self.set_busy("")


class Points(QWidget):
    """What was rehearsed and what was not, the latter in a tone of its own; the words say it too."""

    def __init__(self, points: tuple[Point, ...]) -> None:
        super().__init__()
        self.setObjectName("points")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(metrics.GAP)
        grid.setHorizontalSpacing(metrics.GAP + 4)
        grid.setColumnStretch(1, 1)
        for row, point in enumerate(points):
            word = fact(f"point-{row}", "rehearsed" if point.rehearsed else "not rehearsed")
            word.setWordWrap(False)
            set_property(word, "tone", (Tone.OK if point.rehearsed else Tone.WARN).value)
            text = fact(f"point-text-{row}", breakable(f"{point.what}. {point.text}"))
            text.setAccessibleName(f"{point.what}: {word.text()}")
            grid.addWidget(word, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, row, 1, Qt.AlignmentFlag.AlignTop)
