"""FindingsPane: what the audit has found, worst first, each leading to where it is mended."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from kraken_desk import __version__
from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.audit.dossier import dossier_of
from kraken_desk.domain.audit.findings import AuditReport, Finding, Scope, Severity
from kraken_desk.domain.audit.judgement import Judgement
from kraken_desk.domain.keys import SlotId
from kraken_desk.reports.audit_report import Form, written
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.commands import Command, make_action
from kraken_desk.ui.connections import Connections
from kraken_desk.ui.dialogs.mute import MuteDialog
from kraken_desk.ui.formatting import count
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.models.finding_rows import (
    FindingsFilter,
    Grouping,
    Line,
    finding_text,
    line_steps,
    tally,
)
from kraken_desk.ui.models.findings import FindingsModel
from kraken_desk.ui.receipts import save_text
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.steps import Steps
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.throttle import Later
from kraken_desk.ui.views.finding_details import FindingDetails
from kraken_desk.ui.views.findings_table import FindingsTable
from kraken_desk.ui.widgets.beside import BesideLayout
from kraken_desk.ui.widgets.empty_state import EmptyState
from kraken_desk.ui.widgets.pane_bar import PaneBar
from kraken_desk.ui.widgets.skeleton import SkeletonRows

MUTE_GROUP = "audit:unmute"
EXPORT_GROUP = "export:findings"
FORMS = "Report (*.html);;Table (*.csv);;JSON (*.json);;SARIF (*.sarif);;Text (*.txt)"
ALL = "All severities"


class FindingsPane(QObject):
    """Follows the judgement; before the first one it says so, and shows no finding.

    Signals:
        badge_changed: the remark for the tab: how many findings there are.
    """

    badge_changed = Signal(str)
    title = "Findings"

    def __init__(
        self, bridge: Bridge, selection: Selection, theme: Theme, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._selection, self._theme = bridge, selection, theme
        self._connections = Connections()
        self._showing = False
        self._later = Later(self._show_steps, self)
        self._make_actions(theme)
        self._model = FindingsModel(self)
        self._table = FindingsTable(theme, self._model)
        self._table.addActions([self._place, self._mute, self._unmute, self._copy])
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._table.selectionModel().selectionChanged.connect(lambda *_: self._on_selection_changed())
        self._table.opened.connect(lambda _row: self._on_place())
        self._details = FindingDetails(theme)
        self._details.place_wanted.connect(self._on_place)
        self._make_bar()
        self._widget = self._make_widget(theme)

    def widget(self) -> QWidget:
        return self._widget

    def actions(self) -> tuple[QAction, ...]:
        return (self._place, self._mute, self._unmute, self._copy, self._export)

    def open(self) -> None:
        self._connections.listen(self._later.ask, self._bridge.judged, self._bridge.fleet_changed)
        self._later.ask()

    def close(self) -> None:
        self._later.stop()
        self._connections.close()

    # making

    def _make_actions(self, theme: Theme) -> None:
        def make(name: str, text: str, tip: str, do: str) -> QAction:
            return make_action(self, theme, Command(name, text, tip), getattr(self, do))

        self._place = make("finding-show", "Show its place", "Select what the finding is about", "_on_place")
        self._mute = make("finding-mute", "Mute…", "Leave the selected findings out of the count", "_on_mute")
        self._unmute = make("finding-unmute", "Unmute", "Count the selected findings again", "_on_unmute")
        self._copy = make("finding-copy", "Copy", "Copy the selected findings as text", "_on_copy")
        self._copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._export = make(
            "findings-export", "Export…", "Save the audit as HTML, CSV, JSON, SARIF or text", "_on_export"
        )

    def _make_bar(self) -> None:
        self._bar = PaneBar("findings")
        words = [f"By {grouping.value.lower()}" for grouping in Grouping]
        self._grouping = self._bar.add_chooser("grouping", "Group findings by", words)
        severities = [ALL, *(severity.word.capitalize() for severity in reversed(Severity))]
        self._severity = self._bar.add_chooser("severity", "Show findings of", severities)
        self._muted = self._bar.add_chip("muted", "Muted", "Show muted findings")
        self._bar.add_words("Search findings", "Search findings, keys, rules")
        self._bar.add_end((self._mute, self._unmute, self._export))
        self._bar.changed.connect(self._later.ask)

    def _make_widget(self, theme: Theme) -> QWidget:
        self._stack = QStackedWidget()
        beside = QWidget()
        beside.setObjectName("findings-list")
        beside.setLayout(BesideLayout(self._table, self._details, theme))
        loading = SkeletonRows(theme)
        loading.setObjectName("findings-loading")
        loading.setAccessibleName("Not judged yet")
        pages = {
            "list": beside,
            "loading": loading,
            "empty": EmptyState(
                theme, "shield", "Nothing to judge yet", "Keys are judged as they are added."
            ),
            "clean": EmptyState(theme, "check", "No findings", "Everything known is as it should be."),
            "nothing": EmptyState(theme, "filter", "No such findings", "No finding fits the filters above."),
        }
        for name, page in pages.items():
            page.setObjectName(f"findings-{name}")
            self._stack.addWidget(page)
        self._pages = pages
        self._stack.setCurrentWidget(loading)
        widget = QWidget()
        widget.setObjectName("findings")
        column = QVBoxLayout(widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        return widget

    # showing

    def _show_steps(self) -> Steps[None]:
        """Show what is found and wanted, and keep what is selected."""
        judgement = self._bridge.judgement
        if judgement is None:
            keys = self._bridge.fleet.keys()
            self._stack.setCurrentWidget(self._pages["loading" if keys else "empty"])
            self._bar.say("not judged yet" if keys else "")
            self.badge_changed.emit("")
            self._on_selection_changed()
            return
        yield from self._report_steps(judgement.report)

    def _report_steps(self, report: AuditReport) -> Steps[None]:
        wanted = self._wanted()
        shown = yield from line_steps(report, self._grouped(), wanted)
        open_now = len(report.open())
        yield
        self._show_lines(shown, until=wanted.muted)
        number = self._model.count()
        self._stack.setCurrentWidget(self._pages[self._page(report, bool(number))])
        yield
        muted = len(report.findings) - open_now
        self._muted.setText(f"Muted {muted}" if muted else "Muted")
        self._say(report, number, muted if wanted.muted else open_now)
        self.badge_changed.emit(f"· {open_now}" if open_now else "")
        self._on_selection_changed()

    def _show_lines(self, shown: tuple[Line, ...], *, until: bool) -> None:
        kept = frozenset(finding.identity for finding in self._chosen())
        self._showing = True
        if self._model.show_lines(shown):
            self._select(kept)
        self._showing = False
        self._table.show_until(until)

    def _say(self, report: AuditReport, shown: int, of: int) -> None:
        unknown = sum(not entry.rule for entry in report.not_judged)
        parts = [f"{shown} of {of}"] if shown != of else []
        if unknown:
            parts.append(f"{count(unknown, 'key')} not judged")
        names = ", ".join(entry.subject.name for entry in report.not_judged if not entry.rule)
        words = tally(report)
        self._bar.say(
            " · ".join(parts), f"{words}\nNever checked, so not judged: {names}" if unknown else words
        )

    def _page(self, report: AuditReport, shown: bool) -> str:
        if shown:
            return "list"
        if not report.keys:
            return "empty"
        return "clean" if not report.open() and not self._muted.isChecked() else "nothing"

    def _wanted(self) -> FindingsFilter:
        word = self._severity.currentText()
        severities = frozenset() if word == ALL else frozenset({Severity.named(word)})
        return FindingsFilter(self._bar.words, severities, self._muted.isChecked())

    def _grouped(self) -> Grouping:
        return tuple(Grouping)[self._grouping.currentIndex()]

    def _select(self, identities: frozenset[tuple[str, str]]) -> None:
        model = self._table.selectionModel()
        flags = QItemSelectionModel.SelectionFlag
        for row in self._model.rows_of(identities):
            index = self._model.index(row, 0)
            model.select(index, flags.Select | flags.Rows)
            model.setCurrentIndex(index, flags.NoUpdate)

    def _chosen(self) -> tuple[Finding, ...]:
        found = (self._model.finding(row) for row in self._table.chosen_rows())
        return tuple(finding for finding in found if finding is not None)

    def _on_selection_changed(self) -> None:
        if self._showing:
            return
        chosen = self._chosen()
        self._place.setEnabled(len(chosen) == 1 and chosen[0].subject.scope is not Scope.FLEET)
        self._mute.setEnabled(any(finding.muted is None for finding in chosen))
        self._unmute.setEnabled(any(finding.muted is not None for finding in chosen))
        self._unmute.setVisible(self._muted.isChecked())
        self._copy.setEnabled(bool(chosen))
        self._export.setEnabled(self._bridge.judgement is not None)
        if len(chosen) == 1:
            self._details.show_finding(chosen[0])
        elif chosen:
            self._details.say(f"{len(chosen)} findings are selected. They can be muted together.")
        else:
            self._details.say("Select a finding to see its evidence and how it is mended.")

    # acting

    def _on_place(self) -> None:
        """Select what the finding is about in the whole window."""
        chosen = self._chosen()
        if len(chosen) != 1:
            return
        subject = chosen[0].subject
        if subject.scope is Scope.KEY:
            self._selection.select_key(SlotId(subject.ref), AccountId(subject.account_id))
        elif subject.scope is Scope.ACCOUNT:
            self._selection.select_account(AccountId(subject.ref))
        elif subject.scope is Scope.PROCESS:
            keys = self._bridge.fleet.keys()
            first = next((node.slot for node in keys if node.slot.process == subject.ref), None)
            if first is not None:
                self._selection.select_key(first.slot_id, first.account_id)

    def _on_mute(self) -> None:
        findings = tuple(finding for finding in self._chosen() if finding.muted is None)
        desk = self._bridge.desk
        dialog = MuteDialog(
            findings,
            self._bridge.now(),
            desk.judging.mute,
            desk.scope,
            self._bridge.environment,
            self._theme,
            self._widget.window(),
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_unmute(self) -> None:
        findings = tuple(finding for finding in self._chosen() if finding.muted is not None)
        self._bridge.start(MUTE_GROUP, self._bridge.desk.judging.unmute(findings))

    def _on_copy(self) -> None:
        chosen = self._chosen()
        if chosen:
            QGuiApplication.clipboard().setText("\n\n".join(map(finding_text, chosen)))

    def _on_export(self) -> None:
        """Save the whole audit, whatever is filtered, in the form that the file's name asks for."""
        chosen, _ = QFileDialog.getSaveFileName(self._widget.window(), "Save the audit", "audit.html", FORMS)
        judgement = self._bridge.judgement
        if chosen and judgement is not None:
            self._bridge.start(EXPORT_GROUP, asyncio.to_thread(_save_report, Path(chosen), judgement))


def _save_report(path: Path, judgement: Judgement) -> None:
    ending = path.suffix.casefold().removeprefix(".")
    form = next((form for form in Form if form.value == ending), Form.TEXT)
    dossier = dossier_of(judgement.facts, judgement.report)
    save_text(path, written(form, [(dossier, None)], __version__))


def build(kit: Kit) -> FindingsPane:
    return FindingsPane(kit.bridge, kit.selection, kit.theme)
