"""Front: what stands in the window at its first painting; the shell brings the rest.

It knows the fleet and no services, and imports nothing that a painting does without: this is what a
start waits for. Acts do nothing, and live figures are not known, until the shell has come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kraken_desk.domain.environments import EnvironmentKind
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.drawer import Drawer
from kraken_desk.ui.late_pane import LatePane
from kraken_desk.ui.main_window import MainWindow, Places
from kraken_desk.ui.pane_list import PANES, PaneEntry
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme, metrics
from kraken_desk.ui.top_bar import TopBar
from kraken_desk.ui.views.account_tree import AccountTreePane
from kraken_desk.ui.views.status_bar import StatusBar
from kraken_desk.ui.widgets.pill import EnvironmentPill
from kraken_desk.ui.widgets.read_only_pill import BesideEachOther, ReadOnlyPill

if TYPE_CHECKING:
    from kraken_desk.domain.first_look import FirstLook
    from kraken_desk.services.desk import Desk
    from kraken_desk.ui.panes import Pane

PROGRAM = "Kraken Desk"


class Builders(Protocol):
    """What the shell builds where the front has left room for it."""

    def build_pane(self, entry: PaneEntry) -> Pane: ...

    def build_inspector(self) -> Pane: ...

    def build_welcome(self) -> QWidget: ...


class Front(QObject):
    """Lives as long as its window; the shell gives it its `builders` before anything is to be built."""

    def __init__(self, known: Desk | FirstLook, theme: Theme, settings: QSettings | None = None) -> None:
        super().__init__()
        self.theme, self.settings = theme, settings
        self.builders: Builders
        self.bridge = Bridge(known, self)
        self.selection = Selection(self)
        self.actions = DeskActions(self.bridge, self.selection, theme, self, complete=False)
        self.tree = AccountTreePane(
            self.bridge, self.selection, theme, self.actions, self, self._build_welcome
        )
        self.drawer = Drawer(PANES, self._build_pane)
        self.status_bar = StatusBar(self.bridge, theme)
        self.strips = _Strips()
        self.top_bar = self._make_top_bar()
        self.window = self._make_window()
        self.setParent(self.window)

    def show_fleet(self) -> None:
        """Fill the tree, and lead the keyboard there."""
        self.tree.show_fleet()
        self.tree.widget().setFocus()

    def _build_pane(self, entry: PaneEntry) -> Pane:
        return self.builders.build_pane(entry)

    def _build_inspector(self) -> Pane:
        return self.builders.build_inspector()

    def _build_welcome(self) -> QWidget:
        return self.builders.build_welcome()

    def _make_top_bar(self) -> TopBar:
        bridge, actions = self.bridge, self.actions
        return TopBar(
            self.theme,
            PROGRAM,
            BesideEachOther(EnvironmentPill(bridge.environment), ReadOnlyPill(bridge.read_only_changed)),
            self.tree.filter_box(),
            (actions.check_all, actions.transfer, actions.add_key),
        )

    def _make_window(self) -> MainWindow:
        environment = self.bridge.environment
        places = Places(
            top_bar=self.top_bar,
            banner=self.strips,
            tree=self.tree,
            inspector=LatePane("Details", self._build_inspector, metrics.INSPECTOR_LEAST),
            drawer=self.drawer,
            status_bar=self.status_bar,
            edge=environment.kind is EnvironmentKind.PRODUCTION,
        )
        window = MainWindow(f"{environment.name} · {PROGRAM}", places, self.settings)
        self.tree.welcomed.connect(window.show_alone)
        return window


class _Strips(QWidget):
    """What may be said across the window, one below the other; without room of its own while nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)

    def add(self, *strips: QWidget) -> None:
        for strip in strips:
            self._layout.addWidget(strip)
