"""ExportReportDialog: the audit as a file, in a chosen form and with chosen things left out."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QWidget

from kraken_desk.domain.audit.redaction import Redaction
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.report_files import ReportFile
from kraken_desk.ui.theme import Theme

GROUP = "audit:export"
_OPTIONS = (
    (Redaction.IDS, "Leave out ids", "API keys, account ids and ids of this profile"),
    (Redaction.AMOUNTS, "Leave out amounts", "Figures with their assets"),
    (Redaction.ADDRESSES, "Leave out addresses", "IP addresses and ranges; widths stay"),
)

Save = Callable[[ReportFile, Path, frozenset[Redaction]], Coroutine[Any, Any, int]]
AskWhere = Callable[[QWidget, str, str], str]


def ask_where(parent: QWidget, name: str, forms: str) -> str:
    """Ask for a file with the system's own dialog; "" for none."""
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save the report", name, forms)
    return chosen


class ExportReportDialog(DialogFrame):
    """Ends accepted when the file was written; `save` returns how many findings are in it."""

    def __init__(
        self,
        save: Save,
        name: str,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
        where: AskWhere = ask_where,
    ) -> None:
        sentence = "Findings, mutes and the inventory of keys, as known now. Kraken is not asked."
        super().__init__("Export report", sentence, environment, theme, parent)
        self.setObjectName("export_report_dialog")
        self._save, self._name, self._where = save, name, where
        self._work = Work(scope, GROUP, self._on_idle)
        self._form = QComboBox()
        for form in ReportFile:
            self._form.addItem(form.label, form.value)
        self._about = fact("form_about", role="hint")
        page = self.add_page("export")
        page.addWidget(Field("Form", self._form, name="report_form"))
        page.addWidget(self._about)
        self._boxes: dict[Redaction, QCheckBox] = {}
        for level, text, tip in _OPTIONS:
            box = QCheckBox(text)
            box.setObjectName(f"redact_{level.value}")
            box.setAccessibleName(text)
            box.setAccessibleDescription(tip)
            box.setToolTip(tip)
            self._boxes[level] = box
            page.addWidget(box)
        self.back_button.hide()
        self.set_primary("Save…")
        self._form.currentIndexChanged.connect(lambda _row: self._on_form())
        self.finished.connect(lambda _code: self._work.cancel())
        self._on_form()
        self._form.setFocus()

    @property
    def form(self) -> ReportFile:
        return ReportFile(self._form.currentData())

    @property
    def levels(self) -> frozenset[Redaction]:
        return frozenset(level for level, box in self._boxes.items() if box.isChecked())

    def _on_form(self) -> None:
        self.problem.clear()
        self._about.setText(self.form.about)

    def _on_primary(self) -> None:
        form, levels = self.form, self.levels
        chosen = self._where(self, f"{self._name}{form.ending}", form.filter)
        if not chosen:
            return
        started = self._work.run(
            lambda: self._save(form, Path(chosen), levels), lambda _count: self.accept(), self._on_failed
        )
        if started:
            self.set_busy("Writing the report …")

    def _on_failed(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error)

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")

    def _on_idle(self) -> None:
        if self.busy:
            self.set_busy("")
