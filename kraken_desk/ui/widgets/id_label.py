"""IdLabel: an id in full, broken only between its groups, and copied without a break in it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from kraken_desk.ui.clipboard import clipboard_guard


class IdLabel(QLabel):
    """Shows an id on as many lines as it needs.

    Qt does not break before a digit after a hyphen, so a label of its own lets long ids stick out; an
    invisible character to break at would be copied with the id.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        copy = QAction("Copy", self)
        copy.setObjectName("copy-id")
        copy.triggered.connect(lambda: clipboard_guard().copy(self.text()))
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def lines(self, width: int) -> list[str]:
        """Return the id as shown at a width: groups that end in a hyphen or a space stay whole."""
        fits = self.fontMetrics().horizontalAdvance
        lines = [""]
        for group in _groups(self.text()):
            if lines[-1] and fits((lines[-1] + group).rstrip()) > width:
                lines.append("")
            lines[-1] += group
        return [line.rstrip() for line in lines]

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return len(self.lines(width)) * self.fontMetrics().lineSpacing()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 1, metrics.lineSpacing())

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(group) for group in _groups(self.text())), default=0)
        return QSize(widest + 1, metrics.lineSpacing())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        step = self.fontMetrics().lineSpacing()
        for number, line in enumerate(self.lines(self.width())):
            painter.drawText(QRect(0, number * step, self.width(), step), Qt.AlignmentFlag.AlignVCenter, line)
        painter.end()


def _groups(text: str) -> list[str]:
    """Cut an id behind each hyphen and space; nothing is lost."""
    groups = [""]
    for sign in text:
        groups[-1] += sign
        if sign in "- ":
            groups.append("")
    return [group for group in groups if group]
