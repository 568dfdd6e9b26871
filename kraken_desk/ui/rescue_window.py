"""RescueWindow: stands in place of a window whose profile cannot be opened, and leads to its mending."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.upkeep import RepairReport
from kraken_desk.services.keys import problem_of
from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.widgets.problem_card import ProblemCard

WIDTH, SIZE = 640, (900, 620)

TITLE = "Kraken Desk cannot open this profile"
SAFE = "The secrets in the keychain are not affected, and nothing was sent to Kraken."
CONFIRM_TITLE = "Repair the database?"
CONFIRM = (
    "The damaged file and its log are copied into a folder beside it first. Then every row that can still be "
    "read goes into a new database, and the journal is verified line by line. You see what was kept and what "
    "was lost. Nothing is deleted. Where you have a recent backup, restoring it is the better way."
)
DONE = "The database was repaired"


class RescueWindow(QWidget):
    """Three pages: what is wrong, the question before a repair, and what it did.

    Signals:
        again_requested: the profile is to be opened once more.
        repair_requested: the operator has agreed to a repair.
        restore_requested: a backup is to be restored.
        leave_requested: the operator wants to leave the program.
    """

    again_requested = Signal()
    repair_requested = Signal()
    restore_requested = Signal()
    leave_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("rescue")
        self.setWindowTitle("Kraken Desk")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowIcon(theme.icon("app", "accent", 64))
        self.resize(*SIZE)
        self._theme = theme
        self._may_close = False
        self._pages = QStackedWidget()
        self.problem = ProblemCard(theme)
        self._said = QLabel()
        self._said.setObjectName("rescue-busy")
        set_role(self._said, "muted")
        self._report = QVBoxLayout()
        self._add_problem()
        self._add_question()
        self._add_report()
        self._place()

    def show_error(self, error: KrakenDeskError, *, can_repair: bool) -> None:
        """Say why the profile does not open; a repair is offered where it can help."""
        self._set_busy("")
        self.problem.show_problem(problem_of(error))
        self._repair.setVisible(can_repair)
        self._pages.setCurrentIndex(0)
        (self._repair if can_repair else self._again).setFocus()

    def ask(self) -> None:
        """Ask before the repair."""
        self._pages.setCurrentIndex(1)
        self._keep.setFocus()

    def set_working(self, what: str) -> None:
        """Show that work is under way; nothing can be pressed meanwhile."""
        self._set_busy(what)

    def show_report(self, report: RepairReport) -> None:
        """Say what was kept and what was lost, what was lost first."""
        self._set_busy("")
        while (item := self._report.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.deleteLater()
        for line in report.lines():
            self._report.addWidget(_text(line, ""))
        self._report.addStretch(1)
        self._pages.setCurrentIndex(2)
        self._open.setFocus()

    @property
    def page(self) -> int:
        """Return which page is shown: 0 the problem, 1 the question, 2 the report."""
        return self._pages.currentIndex()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self.leave_requested.emit()

    def close_for_good(self) -> None:
        self._may_close = True
        self.close()
        self.deleteLater()

    def _set_busy(self, what: str) -> None:
        self._said.setText(what)
        self._pages.setEnabled(not what)

    def _add_problem(self) -> None:
        self._again = _button("rescue-again", "Try again", self.again_requested.emit)
        self._repair = _button("rescue-repair", "Repair…", self.ask, "primary")
        restore = _button("rescue-restore", "Restore a backup…", self.restore_requested.emit)
        leave = _button("rescue-leave", "Quit", self.leave_requested.emit)
        column = self._new_page(TITLE)
        column.addWidget(self.problem)
        column.addWidget(_text(SAFE, "muted"))
        column.addLayout(_row(leave, None, self._again, restore, self._repair))
        column.addStretch(1)

    def _add_question(self) -> None:
        self._keep = _button("rescue-keep", "Back", lambda: self._pages.setCurrentIndex(0))
        act = _button("rescue-do", "Copy it aside and repair", self.repair_requested.emit, "primary")
        column = self._new_page(CONFIRM_TITLE)
        column.addWidget(_text(CONFIRM, ""))
        column.addLayout(_row(self._keep, None, act))
        column.addStretch(1)

    def _add_report(self) -> None:
        self._open = _button("rescue-open", "Open Kraken Desk", self.again_requested.emit, "primary")
        column = self._new_page(DONE)
        page = QWidget()
        set_role(page, "page")
        page.setLayout(self._report)
        self._report.setContentsMargins(0, 0, metrics.GAP, 0)
        area = QScrollArea()
        area.setObjectName("rescue-report")
        area.setAccessibleName(DONE)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(page)
        area.setMinimumHeight(280)
        column.addWidget(area, 1)
        column.addLayout(_row(None, self._open))

    def _new_page(self, title: str) -> QVBoxLayout:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.GAP + 4)
        column.addWidget(_text(title, "title"))
        self._pages.addWidget(page)
        return column

    def _place(self) -> None:
        middle = QWidget()
        middle.setMaximumWidth(metrics.for_font(WIDTH, self._theme.fonts.body_px))
        column = QVBoxLayout(middle)
        column.addWidget(self._pages)
        column.addWidget(self._said)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(middle, 100)
        across.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addLayout(across, 2)
        outer.addStretch(1)


def _button(name: str, text: str, do: Callable[[], object], role: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAutoDefault(True)
    if role:
        set_role(button, role)
    button.clicked.connect(lambda _checked=False: do())
    return button


def _row(*parts: QPushButton | None) -> QHBoxLayout:
    """Put buttons in a row; None is room between them."""
    row = QHBoxLayout()
    row.setContentsMargins(0, metrics.GAP, 0, 0)
    row.setSpacing(metrics.GAP)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part)
    return row


def _text(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        set_role(label, role)
    return label
