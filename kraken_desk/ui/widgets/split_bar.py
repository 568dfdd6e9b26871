"""SplitBar: words at the left, acts at the right; below each other where they do not fit side by side."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from kraken_desk.ui.theme import metrics
from kraken_desk.ui.widgets.flow import FlowLayout


class SplitBar(QWidget):
    """A bar that nothing is cut in: half a figure would be another figure.

    The last of the words takes the room that is left; the acts go on in another line if they must.
    """

    def __init__(self, words: tuple[QWidget, ...], acts: tuple[QWidget, ...]) -> None:
        super().__init__()
        self._words, self._acts = QWidget(), QWidget()
        row = QHBoxLayout(self._words)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(metrics.GAP + 4)
        for word in words:
            row.addWidget(word, int(word is words[-1]))
        self._flow = FlowLayout(self._acts, metrics.GAP)
        for act in acts:
            self._flow.addWidget(act)
        policy = self._acts.sizePolicy()
        policy.setHeightForWidth(True)
        self._acts.setSizePolicy(policy)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._sides.setContentsMargins(metrics.PADDING - 4, metrics.STEP, metrics.GAP, metrics.STEP)
        self._sides.setSpacing(metrics.GAP)
        self._sides.addWidget(self._words, 1)
        self._sides.addWidget(self._acts)

    def minimumSizeHint(self) -> QSize:
        """Ask for no more room than the wider side needs by itself."""
        margins = self._sides.contentsMargins()
        widest = max(self._words.minimumSizeHint().width(), self._flow.minimumSize().width())
        return QSize(widest + margins.left() + margins.right(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._arrange()  # something in it needs another width now
        return super().event(event)

    def _arrange(self) -> None:
        one_line = self._flow.one_line()
        needed = self._words.minimumSizeHint().width() + self._sides.spacing() + one_line
        fits = needed <= self._sides.contentsRect().width()
        self._acts.setMinimumWidth(one_line if fits else 0)
        self._sides.setDirection(
            QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        )
