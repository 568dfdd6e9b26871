"""FindingDetails: one finding in full: evidence, why it matters, how it is mended, and where."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from kraken_desk.domain.audit.findings import Finding, Scope
from kraken_desk.ui.formatting import day
from kraken_desk.ui.models.finding_rows import TONES, FindingLine
from kraken_desk.ui.plain import breakable
from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.views.details_parts import Page, clear, section
from kraken_desk.ui.views.findings_table import severity_look
from kraken_desk.ui.widgets.badge import BadgeRow
from kraken_desk.ui.widgets.flow import FlowRow

_PLACES = {Scope.KEY: "Show key", Scope.ACCOUNT: "Show account", Scope.PROCESS: "Show its key"}


class FindingDetails(Page):
    """One finding, or a sentence on what stands here.

    Signals:
        place_wanted: the operator wants to see what the finding is about.
    """

    place_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("finding-details", parent)
        self._theme = theme
        self._shown: Finding | None = None
        self._said = ""
        self.column.setSpacing(metrics.GAP)
        self._parts = QVBoxLayout()
        self._parts.setSpacing(metrics.GAP)
        self.column.addLayout(self._parts)
        self.column.addStretch()

    def say(self, sentence: str) -> None:
        """Show a sentence instead of a finding."""
        if (self._shown, self._said) != (None, sentence):
            self._shown, self._said = None, sentence
            clear(self._parts)
            self._add(sentence, "muted")

    def show_finding(self, finding: Finding) -> None:
        if finding == self._shown:
            return
        self._shown, self._said = finding, ""
        clear(self._parts)
        self._parts.addWidget(self._badges(finding))
        self._add(finding.title, "strong")
        self._add(_about(finding), "muted")
        for text in (*finding.evidence, finding.reason):
            self._add(text)
        self._parts.addWidget(section("How it is mended"))
        for number, step in enumerate(finding.repair, 1):
            self._add(f"{number}. {step}" if len(finding.repair) > 1 else step)
        self._parts.addWidget(self._buttons(finding))
        if finding.muted is not None:
            self._parts.addWidget(section("Muted"))
            muted = finding.muted
            self._add(f"{muted.reason}\nSince {day(muted.muted_at)}, until {day(muted.until)}", "muted")
        self._add(f"Rule {finding.rule}\n{finding.reference}", "small")

    def _badges(self, finding: Finding) -> QWidget:
        look = severity_look(FindingLine(finding))
        row = BadgeRow(self._theme, ((look, "How bad it is"),))
        assert TONES[finding.severity] is look.tone
        return row

    def _buttons(self, finding: Finding) -> QWidget:
        row = FlowRow(self)  # shown without a parent it would be a window, and take the focus
        buttons: list[QWidget] = []
        place = _PLACES.get(finding.subject.scope)
        if place is not None:
            buttons.append(_button("finding-place", place, f"{place}: {finding.subject.name}"))
            buttons[-1].clicked.connect(self.place_wanted)  # type: ignore[attr-defined]  # a QPushButton
        if finding.link:
            link = _button("finding-link", "Open at Kraken", f"Open {finding.link} in the browser")
            link.setToolTip(finding.link)
            link.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(finding.link)))
            buttons.append(link)
        row.fill(buttons)
        row.setVisible(bool(buttons))
        return row

    def _add(self, text: str, role: str = "") -> None:
        label = QLabel(breakable(text))
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if role:
            set_role(label, role)
        self._parts.addWidget(label)


def _about(finding: Finding) -> str:
    subject = finding.subject
    if subject.scope is Scope.FLEET:
        return "About all accounts"
    where = f" on {subject.account}" if subject.scope is Scope.KEY and subject.account else ""
    return f"About {subject.scope.value} {subject.name}{where}"


def _button(name: str, text: str, accessible: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(accessible)
    set_role(button, "small")
    return button
