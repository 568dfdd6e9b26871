"""StopList: the steps of an emergency stop below the heads of their kinds, with result and time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from kraken_desk.domain.stop import StepKind, StepState, StopRun, StopStep, seconds_text, step_title
from kraken_desk.ui.plain import plain_tip
from kraken_desk.ui.theme import Theme, Tone, metrics

HEIGHT = 340
_STEP_WIDTH, _TIME_WIDTH = 300, 64
_ROW = 26
_NUMBER = Qt.ItemDataRole.UserRole

SIGNS = {
    StepState.WAITING: ("○", Tone.MUTED),
    StepState.RUNNING: ("…", Tone.INFO),
    StepState.DONE: ("✓", Tone.OK),
    StepState.FAILED: ("✕", Tone.DANGER),
    StepState.YOURS: ("◇", Tone.WARN),
}
_HEADS = {
    StepKind.TRADING: "Futures trading of subaccounts",
    StepKind.LEASE: "Processes of this machine",
    StepKind.REVOKE: "Keys to delete at Kraken",
}
_OF = {StepKind.FIND: StepKind.TRADING}


class StopList(QTreeWidget):
    """Rows of steps; nothing can be edited. `can` says what a key can do, by its id.

    Signals:
        chosen: the step that is selected, or None.
    """

    chosen = Signal(object)

    def __init__(
        self, theme: Theme, can: Callable[[str], str] = lambda _key_id: "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._can = can
        self._theme = theme
        self._run: StopRun | None = None
        self._rows: dict[int, QTreeWidgetItem] = {}
        self._heads: dict[StepKind, QTreeWidgetItem] = {}
        self.setObjectName("stop-list")
        self.setAccessibleName("Steps of the stop")
        self.setColumnCount(3)
        self.setHeaderLabels(["Step", "Result", "Took"])
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(metrics.GAP + 4)
        self.setUniformRowHeights(True)
        self.setFixedHeight(HEIGHT)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionsMovable(False)
        self.setColumnWidth(0, _STEP_WIDTH)
        self.setColumnWidth(2, _TIME_WIDTH)
        self.headerItem().setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.itemSelectionChanged.connect(lambda: self.chosen.emit(self.step()))

    def step(self) -> StopStep | None:
        """Return the selected step."""
        items = self.selectedItems()
        number = items[0].data(0, _NUMBER) if items else None
        return self._run.step(number) if self._run is not None and number is not None else None

    def show_run(self, run: StopRun) -> None:
        """Show a list; rows that are there already are changed in place, and the active one is in view."""
        if self._run is None or self._run.stop_id != run.stop_id:
            blocker = QSignalBlocker(self)
            self.clear()
            self._rows.clear()
            self._heads.clear()
            del blocker
        before, self._run = self._run, run
        for kind, title in _HEADS.items():
            steps = [step for step in run.ordered() if _OF.get(step.kind, step.kind) is kind]
            self._show_head(kind, title, steps)
            for step in steps:
                self._show_step(kind, step)
        active = next((s for s in run.ordered() if s.state is StepState.RUNNING), None)
        if active is not None and before is not None and before.stop_id == run.stop_id:
            self.scrollToItem(self._rows[active.number])

    def text(self) -> str:
        """Return every row as words, for tests and screen readers."""
        return "\n".join(" | ".join(item.text(c) for c in range(3)) for item in self._rows.values())

    def _show_head(self, kind: StepKind, title: str, steps: list[StopStep]) -> None:
        head = self._heads.get(kind)
        if head is None:
            head = self._heads[kind] = QTreeWidgetItem(self)
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            head.setFirstColumnSpanned(True)
            head.setFont(0, self._theme.fonts.strong)
            head.setExpanded(True)
            head.setSizeHint(0, QSize(0, _ROW))
        number = sum(step.kind is kind for step in steps)
        head.setText(0, f"{title}: {number or 'none'}")

    def _show_step(self, kind: StepKind, step: StopStep) -> None:
        item = self._rows.get(step.number)
        if item is None:
            item = self._rows[step.number] = QTreeWidgetItem(self._heads[kind])
            item.setData(0, _NUMBER, step.number)
            item.setSizeHint(0, QSize(0, _ROW))
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        sign, tone = SIGNS[step.state]
        result = step.proof_text or step.result or step.state.value
        if step.proof_asked_at is not None and step.proof_outcome is None:
            result = "A call was made; its answer is not known."
        for column, text in enumerate((f"{sign}  {step.label}", result, seconds_text(step.took))):
            if item.text(column) != text:
                item.setText(column, text)
        item.setForeground(0, QBrush(self._theme.tokens.tone(Tone.PLAIN)))
        item.setForeground(1, QBrush(self._theme.tokens.tone(tone)))
        item.setForeground(2, QBrush(self._theme.tokens.tone(Tone.MUTED)))
        can = self._can(step.target) if step.kind is StepKind.REVOKE else ""
        tip = plain_tip(f"{step_title(step)}\n{step.state.value}: {result}\n{can}".strip())
        item.setToolTip(0, tip)
        item.setToolTip(1, tip)
