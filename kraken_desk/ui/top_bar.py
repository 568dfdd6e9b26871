"""TopBar: program, environment in words and colour, filter, the global acts, and a menu for the rest."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.widgets.action_button import ActionButton


class TopBar(QFrame):
    """Knows only widgets and actions; the last act is the primary one."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        environment: QWidget,
        search: QWidget,
        acts: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("top-bar")
        self.setProperty("role", "top-bar")
        self.setFixedHeight(metrics.BAR)
        program = QLabel(name)
        set_role(program, "strong")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(metrics.PADDING, 0, 12, 0)
        layout.setSpacing(metrics.GAP)
        layout.addWidget(program)
        layout.addSpacing(2)
        layout.addWidget(environment, alignment=Qt.AlignmentFlag.AlignVCenter)
        layout.addSpacing(6)
        search.setMinimumWidth(180)
        search.setMaximumWidth(420)
        layout.addWidget(search, 3)
        layout.addStretch(1)
        for action in acts:
            layout.addWidget(ActionButton(action, "primary" if action is acts[-1] else ""))
        self._menu_button = self._make_menu_button(theme)
        layout.addWidget(self._menu_button)

    def set_menu(self, menu: QMenu) -> None:
        """Give the last button its menu."""
        self._menu_button.setMenu(menu)

    def _make_menu_button(self, theme: Theme) -> QToolButton:
        button = QToolButton()
        button.setObjectName("menu")
        button.setAccessibleName("Menu")
        button.setToolTip("More")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        theme.dress(button, "more", "muted")
        return button
