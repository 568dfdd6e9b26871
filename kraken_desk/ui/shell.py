"""The shell assembles the window: theme, bridge, panes, actions, dialogs. The composition root calls it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QApplication, QMenu

from kraken_desk.domain.environments import EnvironmentKind
from kraken_desk.services.desk import Desk
from kraken_desk.ui.actions import Command, DeskActions, make_action
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.dialog_opener import DialogOpener
from kraken_desk.ui.main_window import MainWindow, Places
from kraken_desk.ui.panes import Pane
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import SYSTEM, Theme
from kraken_desk.ui.top_bar import TopBar
from kraken_desk.ui.views.account_tree import AccountTreePane
from kraken_desk.ui.views.balances import BalancesPane
from kraken_desk.ui.views.inspector import InspectorPane
from kraken_desk.ui.views.journal import JournalPane
from kraken_desk.ui.views.status_bar import StatusBar
from kraken_desk.ui.widgets.error_banner import ErrorBanner
from kraken_desk.ui.widgets.pill import EnvironmentPill

PROGRAM = "Kraken Desk"
JOURNAL_TAB = 1


def build_window(
    desk: Desk, resources: Path, scheme: str = SYSTEM, settings: QSettings | None = None
) -> MainWindow:
    """Build the window of one desk, open but not yet shown; `resources` holds the folder `icons`.

    `close_requested` asks for the end; the caller ends the desk's work and calls `close_for_good`.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme(app, scheme, resources)
    shell = _Shell(desk, theme, settings)
    theme.style()
    shell.open()
    return shell.window


class _Shell(QObject):
    """Holds what the window is made of for as long as the window lives."""

    def __init__(self, desk: Desk, theme: Theme, settings: QSettings | None) -> None:
        super().__init__()
        self._desk, self._theme = desk, theme
        self._bridge = Bridge(desk, self)
        self._selection = Selection(self)
        self._actions = DeskActions(self._bridge, self._selection, theme, self)
        self._banner = ErrorBanner(theme)
        self._status_bar = StatusBar(self._bridge, theme)
        self.window = self._make_window(settings)
        self._dialogs = DialogOpener(self._bridge, self._selection, theme, self.window)
        self._connect()

    def open(self) -> None:
        self._bridge.open()
        self.window.open_panes()
        self._status_bar.open()

    def _make_window(self, settings: QSettings | None) -> MainWindow:
        bridge, selection, theme, actions = self._bridge, self._selection, self._theme, self._actions
        environment = self._desk.environment
        tree = AccountTreePane(bridge, selection, theme, actions, self)
        inspector = InspectorPane(bridge, selection, theme, actions, self)
        drawer = (BalancesPane(bridge, selection, theme), JournalPane(bridge, selection, theme))
        bar = TopBar(
            theme,
            PROGRAM,
            EnvironmentPill(environment),
            tree.filter_box(),
            (actions.check_all, actions.transfer, actions.add_key),
            self._make_menu(drawer),
        )
        places = Places(
            top_bar=bar,
            banner=self._banner,
            tree=tree,
            inspector=inspector,
            drawer=drawer,
            status_bar=self._status_bar,
            edge=environment.kind is EnvironmentKind.PRODUCTION,
        )
        window = MainWindow(f"{environment.name} · {PROGRAM}", places, settings)
        window.setWindowIcon(theme.icon("app", "accent", 64))
        window.register(actions.all())
        self.setParent(window)
        self._menu.setParent(window, self._menu.windowFlags())
        return window

    def _make_menu(self, panes: tuple[Pane, ...]) -> QMenu:
        menu = QMenu()
        menu.setObjectName("more-menu")
        menu.addActions([self._actions.find, self._actions.check])
        for pane in panes:
            menu.addSection(pane.title)
            own = Qt.ShortcutContext.WidgetShortcut  # such an act is for the pane's own rows only
            menu.addActions([a for a in pane.actions() if a.shortcutContext() is not own])
        menu.addSeparator()
        look = menu.addMenu("Appearance")
        group = QActionGroup(self)
        for choice, text in (("dark", "Dark"), ("light", "Light"), (SYSTEM, "As the desktop")):
            look.addAction(self._scheme_action(group, choice, text))
        menu.addSeparator()
        leave = Command("quit", "Quit", "Leave Kraken Desk", shortcut="Ctrl+Q")
        self._quit = make_action(self, self._theme, leave, self._on_quit)
        menu.addAction(self._quit)
        self._menu = menu
        return menu

    def _scheme_action(self, group: QActionGroup, choice: str, text: str) -> QAction:
        action = QAction(text, group)
        action.setObjectName(f"scheme-{choice}")
        action.setCheckable(True)
        action.setChecked(choice == self._theme.choice)
        action.triggered.connect(lambda _checked=False: self._theme.choose(choice))
        return action

    def _connect(self) -> None:
        self._actions.add_key_requested.connect(self._dialogs.add_key)
        self._actions.transfer_requested.connect(self._dialogs.transfer)
        self._actions.remove_key_requested.connect(self._dialogs.remove_key)
        self._actions.rename_requested.connect(self._dialogs.rename_account)
        self._dialogs.transferred.connect(self._on_transferred)
        self._bridge.failed.connect(self._banner.show_error)
        self.window.close_requested.connect(self._status_bar.say_closing)
        self.window.closed.connect(self._on_closed)
        self.window.addAction(self._quit)

    def _on_transferred(self) -> None:
        self.window.show_drawer_tab(JOURNAL_TAB)

    def _on_quit(self) -> None:
        self.window.close()

    def _on_closed(self) -> None:
        self._status_bar.close_down()
        self._bridge.close()
