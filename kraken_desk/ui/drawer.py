"""Drawer: panes as tabs at the bottom, each built when first shown or while the window is idle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QTabBar, QTabWidget, QVBoxLayout, QWidget

from kraken_desk.ui.pane_list import PaneEntry
from kraken_desk.ui.panes import Pane
from kraken_desk.ui.theme import set_role

FIRST_IDLE_MS = 500
"""From being shown to building the first pane that nobody has asked for: after the first paint."""
IDLE_MS = 20
"""Between two steps of building such panes, so that input is never kept waiting for more than one."""


LEAST_LINES = 12
"""The least height of a pane in lines of text, so that none that is built late pushes the tree aside."""


class Drawer(QFrame):
    """Holds the panes it can build and knows them only as panes.

    Qt appends what is built late to the end of the Tab key's round: put the drawer last into its window.

    Signals:
        pane_built: a pane has been built and opened.
        enlarge_requested: the operator wants the drawer to take the whole side, or to give it back.
    """

    pane_built = Signal(object)
    enlarge_requested = Signal()

    def __init__(
        self,
        entries: Sequence[PaneEntry],
        build: Callable[[PaneEntry], Pane],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("drawer")
        self.setProperty("role", "panel")
        self._entries, self._build = tuple(entries), build
        self._panes: dict[str, Pane] = {}
        self._prepared: dict[str, Pane] = {}
        self._focusable: dict[str, list[QWidget]] = {}
        self._places = [_Place(entry) for entry in self._entries]
        self._tabs = QTabWidget()
        self._tabs.setObjectName("drawer-tabs")
        set_role(self._tabs, "panel")
        self._tabs.setAccessibleName("Panes")
        bar = _TabBar()
        bar.setAccessibleName("Panes")
        bar.double_clicked.connect(self.enlarge_requested)
        self._tabs.setTabBar(bar)
        for entry, place in zip(self._entries, self._places, strict=True):
            self._tabs.addTab(place, entry.title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.addWidget(self._tabs)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self._on_idle)
        self._is_open = False

    @property
    def shown(self) -> str:
        """Return the name of the pane in front."""
        return self._entries[self._tabs.currentIndex()].name

    def panes(self) -> tuple[tuple[PaneEntry, Pane], ...]:
        """Return the panes built so far, in the order of their tabs."""
        return tuple((e, self._panes[e.name]) for e in self._entries if e.name in self._panes)

    def prepare(self) -> None:
        """Build the pane in front, which `open` then shows: to do both at once takes long."""
        entry = self._entries[self._tabs.currentIndex()]
        if entry.name not in self._panes:
            self._prepare(entry)

    def open(self) -> None:
        """Build the pane in front; from now on a pane is built when its tab is chosen."""
        self._is_open = True
        self._tabs.currentChanged.connect(self._on_current_changed)
        self._on_current_changed(self._tabs.currentIndex())
        if self.isVisible():
            self._idle.start(FIRST_IDLE_MS)

    def close_panes(self) -> None:
        self._idle.stop()
        for pane in self._panes.values():
            pane.close()

    def show_pane(self, name: str, *, focus: bool = False) -> None:
        """Bring a pane to the front by its name; an unknown name changes nothing."""
        number = self._number(name)
        if number is None:
            return
        self._tabs.setCurrentIndex(number)
        if focus:
            usable = (w for w in self._focusable.get(name, ()) if w.isVisible() and w.isEnabled())
            next(usable, self._tabs.tabBar()).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_open and not self._idle.isActive():
            self._idle.start(FIRST_IDLE_MS)

    def _on_idle(self) -> None:
        """Take the next step towards the next pane that is missing: import it, build it, show it."""
        missing = next((e for e in self._entries if e.name not in self._panes), None)
        if missing is None:
            return
        if not missing.is_imported:
            import_module(missing.module)
        elif missing.name not in self._prepared:
            self._prepare(missing)
        else:
            self._make(missing)
        self._idle.start(IDLE_MS)

    def _on_current_changed(self, number: int) -> None:
        entry = self._entries[number]
        if entry.name not in self._panes:
            self._make(entry)

    def _prepare(self, entry: PaneEntry) -> None:
        """Build a pane; it stands on its tab unseen, and goes with it."""
        pane = self._prepared[entry.name] = self._build(entry)
        self._focusable[entry.name] = list(_focusable(pane.widget()))
        pane.widget().setParent(self._places[self._entries.index(entry)])

    def _make(self, entry: PaneEntry) -> None:
        """Show a pane on its tab and open it, built before or now."""
        if entry.name not in self._prepared:
            self._prepare(entry)
        pane = self._panes[entry.name] = self._prepared.pop(entry.name)
        self._places[self._entries.index(entry)].fill(pane.widget())
        badge_changed = getattr(pane, "badge_changed", None)
        if badge_changed is not None:
            badge_changed.connect(lambda text: self._on_badge_changed(entry, text))
        pane.open()
        self.pane_built.emit(pane)

    def _number(self, name: str) -> int | None:
        return next((n for n, entry in enumerate(self._entries) if entry.name == name), None)

    def _on_badge_changed(self, entry: PaneEntry, text: str) -> None:
        number = self._number(entry.name)
        if number is not None:
            self._tabs.setTabText(number, f"{entry.title} {text}".strip())


class _TabBar(QTabBar):
    """Tells of a double click anywhere on it."""

    double_clicked = Signal()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.double_clicked.emit()


class _Place(QWidget):
    """The empty page that a pane will fill."""

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__()
        self.setObjectName(f"place-{entry.name}")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._keep_room()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._keep_room()

    def _keep_room(self) -> None:
        self.setMinimumHeight(LEAST_LINES * self.fontMetrics().lineSpacing())

    def fill(self, widget: QWidget) -> None:
        self._layout.addWidget(widget)
        widget.show()  # the layout would show it a moment later, when a focus cannot be given any more


def _focusable(root: QWidget) -> Iterator[QWidget]:
    """Return what the Tab key reaches inside a widget that has no parent yet, in its order."""
    widget: QWidget | None = root
    while widget is not None:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield widget
        widget = widget.nextInFocusChain()
        if widget is root:
            return
