"""QuestionDialog: one question before an act, with a button that says exactly what will happen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.ui.plain import breakable
from kraken_desk.ui.theme import metrics, set_role
from kraken_desk.ui.widgets.act_text import LONGEST_ACT, name_button
from kraken_desk.ui.widgets.pill import EnvironmentPill

WIDTH = metrics.DIALOG_WIDTH - 80


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, what the act means, and the words on its button."""

    title: str
    text: str
    act: str
    environment: Environment
    danger: bool = False


class QuestionDialog(QDialog):
    """Accepted only by its act button; Escape and the first focus are on Cancel."""

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("question")
        self.setWindowTitle(f"{question.title} · {question.environment.name}")
        self.setFixedWidth(metrics.for_font(WIDTH, self.fontInfo().pixelSize()))
        title, text = QLabel(breakable(question.title)), QLabel(question.text)
        set_role(title, "title")
        set_role(text, "muted")
        title.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        text.setWordWrap(True)
        cancel, act = QPushButton("Cancel"), QPushButton()
        name_button(act, question.act, LONGEST_ACT - 80)
        cancel.setObjectName("question-cancel")
        act.setObjectName("question-act")
        set_role(act, "danger" if question.danger else "primary")
        cancel.setDefault(True)
        act.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        act.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(metrics.GAP)
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(act)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(metrics.GAP)
        head = QHBoxLayout()
        head.setSpacing(metrics.PADDING)
        head.addWidget(title, 1)
        head.addWidget(EnvironmentPill(question.environment), 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(head)
        layout.addWidget(text)
        layout.addSpacing(metrics.PADDING)
        layout.addLayout(buttons)
        cancel.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Take exactly the height that the wrapped words need."""
        layout = self.layout()
        assert layout is not None
        self.setFixedHeight(layout.totalHeightForWidth(self.width()))
        super().showEvent(event)
