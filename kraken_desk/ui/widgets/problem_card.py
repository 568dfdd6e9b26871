"""ProblemCard: an error in full, in place: what happened, what it means, Kraken's words, the next step."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from kraken_desk.domain.keys import Problem
from kraken_desk.ui.theme import Theme, Tone, set_property, set_role
from kraken_desk.ui.theme.metrics import GAP, PADDING, STEP

_LOOKS_SECRET = re.compile(r"[A-Za-z0-9+/]{54,}={0,2}")


def problem_text(problem: Problem) -> str:
    """Write a problem as plain text to be copied; anything that could be a key is masked."""
    lines = [problem.title, problem.detail]
    lines += [f"Kraken: {said}" for said in problem.kraken]
    lines += [problem.hint, f"({problem.category})"]
    return _LOOKS_SECRET.sub("••••", "\n".join(line for line in lines if line))


class ProblemCard(QFrame):
    """Shows one Problem at a time and hides itself when there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._problem: Problem | None = None
        self._title = _label("problem_title", "strong")
        self._detail = _label("problem_detail", "")
        self._kraken = _label("problem_kraken", "mono")
        self._hint = _label("problem_hint", "label")
        self._copy = QPushButton()
        self._copy.setObjectName("copy_problem")
        self._copy.setToolTip("Copy this text")
        self._copy.setAccessibleName("Copy this text")
        self._copy.setAutoDefault(False)
        set_role(self._copy, "quiet")
        theme.dress(self._copy, "copy", "muted")
        self._copy.clicked.connect(self._on_copy)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(PADDING - STEP, GAP, GAP, PADDING - STEP)
        layout.setSpacing(STEP)
        layout.addLayout(head)
        for label in (self._detail, self._kraken, self._hint):
            layout.addWidget(label)
        self.hide()

    @property
    def problem(self) -> Problem | None:
        return self._problem

    def show_problem(self, problem: Problem, tone: Tone = Tone.DANGER) -> None:
        self._problem = problem
        set_property(self, "tone", tone.value)
        self._title.setText(problem.title)
        _fill(self._detail, problem.detail)
        _fill(self._kraken, "Kraken: " + ", ".join(problem.kraken) if problem.kraken else "")
        _fill(self._hint, problem.hint)
        self.setAccessibleName(problem.title)
        self.setAccessibleDescription(" ".join((problem.detail, *problem.kraken, problem.hint)))
        self.show()

    def clear(self) -> None:
        self._problem = None
        self.hide()

    def _on_copy(self) -> None:
        if self._problem is not None:
            QGuiApplication.clipboard().setText(problem_text(self._problem))


def _label(name: str, role: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        set_role(label, role)
    return label


def _fill(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
