"""Drawer: panes as tabs at the bottom; a pane may put a short remark on its tab."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QTabWidget, QVBoxLayout, QWidget

from kraken_desk.ui.panes import Pane
from kraken_desk.ui.theme import set_role


class Drawer(QFrame):
    """Holds the panes it is given and knows them only as panes."""

    def __init__(self, panes: Sequence[Pane], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drawer")
        self.setProperty("role", "panel")
        self._tabs = QTabWidget()
        self._tabs.setObjectName("drawer-tabs")
        set_role(self._tabs, "panel")
        self._tabs.setAccessibleName("Balances and journal")
        self._tabs.tabBar().setAccessibleName("Balances and journal")
        for number, pane in enumerate(panes):
            self._tabs.addTab(pane.widget(), pane.title)
            badge_changed = getattr(pane, "badge_changed", None)
            if badge_changed is not None:
                badge_changed.connect(lambda text, n=number, p=pane: self._on_badge_changed(n, p, text))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.addWidget(self._tabs)

    def show_tab(self, number: int) -> None:
        self._tabs.setCurrentIndex(number)

    def _on_badge_changed(self, number: int, pane: Pane, text: str) -> None:
        self._tabs.setTabText(number, f"{pane.title} {text}".strip())
