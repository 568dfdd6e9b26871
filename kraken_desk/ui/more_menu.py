"""MoreMenu: every act of the window by subject, the panes' own acts, and the looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from kraken_desk.ui.act_list import Subject
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.panes import Pane
from kraken_desk.ui.theme import SYSTEM, Theme

Panes = Callable[[], Sequence[tuple[str, Pane]]]
"""Titles and panes of the drawer, as far as they are built."""


class MoreMenu(QMenu):
    """Filled whenever it opens: panes are built one after the other.

    Signals:
        scheme_chosen: dark, light or system is wanted.
    """

    scheme_chosen = Signal(str)

    def __init__(self, actions: DeskActions, theme: Theme, panes: Panes) -> None:
        super().__init__()
        self.setObjectName("more-menu")
        self._actions, self._panes = actions, panes
        self._views = QMenu("Go to", self)
        self._look = self._make_look(theme)
        self._pane_menus: list[QMenu] = []
        self._leaving: tuple[QAction, ...] = ()
        self._subjects = {subject: self._make_subject(subject) for subject in Subject}
        self.aboutToShow.connect(self.fill)

    def take(self, views: Sequence[QAction], leaving: Sequence[QAction]) -> None:
        """Take the acts that the window's own parts have made."""
        self._views.addActions(list(views))
        self._leaving = tuple(leaving)
        self.fill()

    def fill(self) -> None:
        """Put everything into its place anew."""
        self.clear()
        for menu in self._pane_menus:
            menu.deleteLater()
        self._pane_menus.clear()
        self.addActions([self._actions.find, self._actions.check, self._actions.daily])
        for menu in self._subjects.values():
            self.addMenu(menu)
        self.addSeparator()
        for title, pane in self._panes():
            own = Qt.ShortcutContext.WidgetShortcut  # such an act is for the pane's own rows only
            acts = [a for a in pane.actions() if a.shortcutContext() is not own]
            if acts:
                self._pane_menus.append(self._make_pane(title, acts))
                self.addMenu(self._pane_menus[-1])
        self.addSeparator()
        self.addMenu(self._views)
        self.addMenu(self._look)
        self.addActions([self._actions.act(name) for name in ("settings", "help", "guide")])
        self.addSeparator()
        self.addActions(list(self._leaving))

    def _make_pane(self, title: str, acts: list[QAction]) -> QMenu:
        """Put a pane's acts below its name: by themselves, several would be called “Export…”."""
        menu = QMenu(title, self)
        menu.setObjectName(f"menu-pane-{title.split(maxsplit=1)[0].lower()}")
        menu.addActions(acts)
        return menu

    def _make_subject(self, subject: Subject) -> QMenu:
        menu = QMenu(subject.value, self)
        menu.setObjectName(f"menu-{subject.name.lower()}")
        menu.addActions(list(self._actions.about(subject)))
        return menu

    def _make_look(self, theme: Theme) -> QMenu:
        look = QMenu("Appearance", self)
        group = QActionGroup(self)
        for choice, text in (("dark", "Dark"), ("light", "Light"), (SYSTEM, "As the desktop")):
            action = QAction(text, group)
            action.setObjectName(f"scheme-{choice}")
            action.setCheckable(True)
            action.setChecked(choice == theme.choice)
            action.triggered.connect(lambda _checked=False, c=choice: self.scheme_chosen.emit(c))
            look.addAction(action)
        return look

    def show_scheme(self, choice: str) -> None:
        """Check the scheme that counts."""
        for action in self._look.actions():
            action.setChecked(action.objectName() == f"scheme-{choice}")
