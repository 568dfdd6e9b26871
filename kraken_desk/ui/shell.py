"""The shell assembles the window: theme, bridge, panes, actions, dialogs. The composition root calls it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.places import Place
from kraken_desk.domain.preferences import Preferences
from kraken_desk.services.desk import Desk
from kraken_desk.services.profile_doors import ProfileDoors, unkept
from kraken_desk.ui.commands import Command, make_action
from kraken_desk.ui.dialog_opener import DialogOpener
from kraken_desk.ui.front import Front
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.more_menu import MoreMenu
from kraken_desk.ui.pane_list import PANES, PaneEntry
from kraken_desk.ui.panes import Pane
from kraken_desk.ui.shortcuts import ShortcutBook
from kraken_desk.ui.theme import SYSTEM, Theme
from kraken_desk.ui.view_acts import view_acts
from kraken_desk.ui.wearing import wear
from kraken_desk.ui.widgets.error_banner import ErrorBanner
from kraken_desk.ui.widgets.reminder_strip import ReminderStrip


def build_window(
    desk: Desk,
    resources: Path,
    scheme: str = SYSTEM,
    settings: QSettings | None = None,
    profile: ProfileDoors | None = None,
) -> MainWindow:
    """Build the window of one desk, open but not yet shown; `resources` holds the folder `icons`.

    The profile's preferences say how it looks; `scheme` is for a window without a profile.

    `close_requested` asks for the end; the caller ends the desk's work and calls `close_for_good`.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    profile = profile or ProfileDoors(unkept(Preferences(theme=scheme)))
    theme = Theme(app, profile.preferences.preferences.value.theme, resources)
    shell = _Shell(Front(desk, theme, settings), desk, profile)
    shell.equip()
    shell.open()
    shell.complete()
    return shell.front.window


def build_tree_first(
    desk: Desk, theme: Theme, settings: QSettings | None, profile: ProfileDoors
) -> MainWindow:
    """Build the same window for a start: what stands beside the tree comes with its first painting."""
    shell = _Shell(Front(desk, theme, settings), desk, profile)
    shell.equip()
    shell.open()
    shell.front.window.painted.connect(shell.complete)
    return shell.front.window


def furnish(front: Front, desk: Desk, profile: ProfileDoors) -> tuple[Callable[[], None], ...]:
    """Return the steps that make a painted window whole; each is to be done in a turn of its own."""
    shell = _Shell(front, desk, profile)
    return (shell.equip, shell.listen, *shell.rest())


class _Shell(QObject):
    """Holds what the window is made of for as long as the window lives."""

    def __init__(self, front: Front, desk: Desk, profile: ProfileDoors) -> None:
        super().__init__(front.window)
        self.front = front
        self._profile, self._shortcuts = profile, ShortcutBook(self)
        self._desk, self._theme = desk, front.theme
        self._bridge, self._actions = front.bridge, front.actions
        self._bridge.take(desk)
        self._own_acts: tuple[QAction, ...] = ()
        self._kit = Kit(
            self._bridge,
            front.selection,
            front.theme,
            front.actions,
            front.window,
            front.window.show_pane,
            front.settings,
            profile,
            self._shortcuts,
        )
        front.builders = self

    def equip(self) -> None:
        """Make every act and menu, and what may be said across the window."""
        self._actions.complete()
        self._menu = MoreMenu(self._actions, self._theme, self._built_panes)
        self._banner, self._reminder = ErrorBanner(self._theme), ReminderStrip(self._theme)
        self._dialogs = DialogOpener(self._kit)
        window = self.front.window
        self.front.strips.add(*self._visit(), self._banner, self._reminder)
        window.setWindowIcon(self._theme.icon("app", "accent", 64))
        self._register(window)
        self._menu.setParent(window, self._menu.windowFlags())
        self.front.top_bar.set_menu(self._menu)
        self._connect()

    def open(self) -> None:
        """Dress the window once it is whole, and fill the tree."""
        self._theme.style()
        self.listen()
        self.front.tree.widget().setFocus()

    def listen(self) -> None:
        """Let the tree follow the services."""
        self._bridge.open()
        self.front.tree.open()

    def complete(self) -> None:
        """Build and fill the rest; nothing that is already there moves."""
        for step in self.rest():
            step()

    def rest(self) -> tuple[Callable[[], None], ...]:
        window = self.front.window
        steps = (window.open_inspector, window.prepare_drawer, window.open_drawer)
        return (*steps, self.front.status_bar.open)

    def build_pane(self, entry: PaneEntry) -> Pane:
        return entry.build(self._kit)

    def build_inspector(self) -> Pane:
        from kraken_desk.ui.views.inspector import InspectorPane

        return InspectorPane(self._bridge, self.front.selection, self._theme, self._actions, self)

    def _visit(self) -> tuple[QWidget, ...]:
        """Return the strip of a visit to the demo, and let the act that ends it be found."""
        leave = self._profile.leave_demo
        if leave is None:
            return ()
        from kraken_desk.ui.widgets.visit_strip import VisitStrip

        command = Command("leave-demo", "Leave the demo", "Close it, and go back to your own desk")
        self._own_acts = (make_action(self, self._theme, command, leave),)
        return (VisitStrip(self._own_acts[0]),)

    def build_welcome(self) -> QWidget:
        """Make the page of an empty profile: most starts never need it."""
        from kraken_desk.ui.views.welcome import welcome_page

        return welcome_page(self._theme, self._actions, self._profile.first_steps)

    def _register(self, window: MainWindow) -> None:
        """Give the window every act, and the menu those that are about the window."""
        leave = Command("quit", "Quit", "Leave Kraken Desk", shortcut="Ctrl+Q")
        quit_act = make_action(self, self._theme, leave, self._on_quit)
        lock = Command("lock", "Lock", "Hide everything until it is unlocked", "lock", "Ctrl+L")
        lock_act = make_action(self, self._theme, lock, window.lock_requested.emit)
        views = view_acts(self, self._theme, window, PANES)
        window.register((*self._actions.all(), *views, *self._own_acts, lock_act, quit_act))
        self._menu.take(views, (*self._own_acts, lock_act, quit_act))

    def _built_panes(self) -> tuple[tuple[str, Pane], ...]:
        return tuple((entry.title, pane) for entry, pane in self.front.drawer.panes())

    def _connect(self) -> None:
        window = self.front.window
        self._shortcuts.adopt(window.actions())
        self.front.drawer.pane_built.connect(lambda pane: self._shortcuts.adopt(pane.actions()))
        self._menu.scheme_chosen.connect(self._on_scheme_chosen)
        preferences = self._profile.preferences
        self._unsubscribe = [
            preferences.preferences.subscribe(self._wear),
            preferences.problem.subscribe(self._on_file_problem),
        ]
        self._actions.act_requested.connect(self._dialogs.open)
        self._actions.find.triggered.connect(lambda: window.enlarge_drawer(False))
        self._bridge.failed.connect(self._banner.show_error)
        self._bridge.reminded.connect(self._reminder.show_reminder)
        self._reminder.timeline_requested.connect(lambda: window.show_pane("timeline", focus=True))
        window.close_requested.connect(self.front.status_bar.say_closing)
        window.visit_requested.connect(self._on_visit)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)
        window.closed.connect(self._on_closed)

    def _wear(self, preferences: Preferences) -> None:
        wear(self._theme, preferences)
        self._shortcuts.choose(dict(preferences.shortcuts))
        self._menu.show_scheme(preferences.theme)

    def _on_scheme_chosen(self, choice: str) -> None:
        service = self._profile.preferences
        service.choose(replace(service.preferences.value, theme=choice))
        self._bridge.start("settings:theme", service.write())

    def _on_file_problem(self, problem: InputError | None) -> None:
        if problem is not None:
            self._banner.show_error(problem)

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Let the key for help work in a dialog too: shortcuts of a window end at its dialogs."""
        shown = new.window() if new is not None else None
        help_act = self._actions.act("help")
        if isinstance(shown, QDialog) and self._is_ours(shown) and help_act not in shown.actions():
            shown.addAction(help_act)

    def _is_ours(self, dialog: QWidget) -> bool:
        above = dialog.parentWidget()
        while above is not None and above is not self.front.window:
            above = above.parentWidget()
        return above is self.front.window

    def _on_visit(self, place: Place) -> None:
        from kraken_desk.ui.visits import visit  # nobody comes before the first paint

        visit(place, self._kit, self.front.drawer, self.front.window)

    def _on_quit(self) -> None:
        self.front.window.close()

    def _on_closed(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self.front.status_bar.close_down()
        self._bridge.close()
