"""ReadOnlyPill: says in the top bar that the whole program may only read; hidden while it may move money."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kraken_desk.ui.theme import Tone, metrics
from kraken_desk.ui.widgets.pill import Pill


class ReadOnlyPill(Pill):
    """Follows a signal that carries the switch."""

    def __init__(self, changed: SignalInstance, parent: QWidget | None = None) -> None:
        super().__init__("READ ONLY", Tone.WARN, "No money moves; switch it off in Limits", parent)
        self.setObjectName("read-only-pill")
        self.hide()
        changed.connect(self.setVisible)


class BesideEachOther(QWidget):
    """Several small labels where the bar has room for one."""

    def __init__(self, *labels: QWidget) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.GAP)
        for label in labels:
            layout.addWidget(label)
