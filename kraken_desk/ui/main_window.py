"""MainWindow: the frame. It lays out panes, registers actions, keeps its geometry, announces its closing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QByteArray, QEvent, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QSplitter, QVBoxLayout, QWidget

from kraken_desk.domain.values import dataclass
from kraken_desk.ui.drawer import Drawer
from kraken_desk.ui.first_paint import FirstPaint
from kraken_desk.ui.panes import Pane
from kraken_desk.ui.theme import metrics

DEFAULT_SIZE = (1440, 900)
LEAST_SIZE = (900, 560)
LARGE_TEXT_WIDTH = 1200
"""The most that large text makes of the least width."""
TITLE_BAR = 40
"""Room that the desktop's own title bar may need above a window."""
DRAWER_SHARE = 0.34
WIDE = 1300
"""From this width on the inspector gets its usual width; below, the tree needs the room more."""


@dataclass(frozen=True, slots=True)
class Places:
    """What stands where; `edge` colours the top of a production window."""

    top_bar: QWidget
    banner: QWidget
    tree: Pane
    inspector: Pane
    drawer: Drawer
    status_bar: QWidget
    edge: bool = False


class MainWindow(QMainWindow):
    """Knows panes only as panes. The first request to close is announced, not obeyed.

    Signals:
        close_requested: the operator wants to leave; whoever runs the desk ends its work and then
            calls `close_for_good`.
        lock_requested: the operator wants the window locked.
        visit_requested: somebody outside wants a Place shown, such as a notification.
        painted: the window has been painted for the first time; what is not needed for that comes now.
        closed: the window has closed for good.
        drawer_enlarged: the drawer has taken the whole left side, or given it back.
    """

    close_requested = Signal()
    lock_requested = Signal()
    visit_requested = Signal(object)
    painted = Signal()
    closed = Signal()
    drawer_enlarged = Signal(bool)

    def __init__(self, title: str, places: Places, settings: QSettings | None = None) -> None:
        super().__init__()
        self.setObjectName("main-window")
        self.setWindowTitle(title)
        self._settings = settings
        self._may_close = False
        self._large = False
        self._panes: tuple[Pane, ...] = (places.tree, places.inspector)
        self._tree = places.tree.widget()
        self._drawer = places.drawer
        self._lay_out(places)
        self._drawer.pane_built.connect(lambda pane: self.register(pane.actions()))
        self._drawer.enlarge_requested.connect(lambda: self.enlarge_drawer(not self.drawer_is_large))
        self._keep_least_size()
        self._restore_geometry()
        self._first_paint = FirstPaint(self, self)
        self._first_paint.painted.connect(self._on_painted)
        self._was_painted = False

    def when_painted(self, do: Callable[[], object]) -> None:
        """Call `do` once the window has been painted, soon if it has been already."""
        if self._was_painted:
            QTimer.singleShot(0, self, do)
        else:
            self.painted.connect(do)

    def register(self, actions: Sequence[QAction]) -> None:
        """Let shortcuts work everywhere in the window."""
        self.addActions(list(actions))

    def open_inspector(self) -> None:
        self._panes[1].open()

    def prepare_drawer(self) -> None:
        """Do the first half of `open_drawer`, for a turn of its own."""
        self._drawer.prepare()

    def open_drawer(self) -> None:
        self._drawer.open()
        if self.drawer_is_large:
            self._drawer.setFocus()

    @property
    def drawer_is_large(self) -> bool:
        return self._large

    def show_tree(self) -> None:
        """Lead the keyboard to the tree; an enlarged drawer gives it back its place."""
        self.enlarge_drawer(False)
        self._tree.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_pane(self, name: str, *, focus: bool = False) -> None:
        """Bring a pane of the drawer to the front, and the keyboard to it."""
        self._drawer.show_pane(name, focus=focus)

    def enlarge_drawer(self, large: bool) -> None:
        """Let the drawer take the whole left side, or give the tree its place back."""
        if large != self.drawer_is_large:
            self._large = large
            self._tree.setHidden(large)
            self.drawer_enlarged.emit(large)

    def show_alone(self, alone: bool) -> None:
        """Give the tree's place the whole window while there is nothing to say beside it, or take it back."""
        self._drawer.setHidden(alone)
        self._panes[1].widget().setHidden(alone)
        if alone:
            self.enlarge_drawer(False)

    def close_for_good(self) -> None:
        """Close the panes and the window and free them; nothing asks any more."""
        self._first_paint.stop()
        self._save_geometry()
        for pane in self._panes:
            pane.close()
        self._drawer.close_panes()
        self._may_close = True
        self.closed.emit()
        self.close()
        self.deleteLater()

    def focusNextPrevChild(self, following: bool) -> bool:  # Qt's own signature
        from kraken_desk.ui.focus_order import lead_on  # the first painting needs no way round

        return lead_on(self, forward=following)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._keep_least_size()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.setEnabled(False)
        self.close_requested.emit()

    def _on_painted(self) -> None:
        self._was_painted = True
        self.painted.emit()

    def _lay_out(self, places: Places) -> None:
        self._left = QSplitter(Qt.Orientation.Vertical)
        self._left.setObjectName("left-splitter")
        self._left.addWidget(places.tree.widget())
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.setObjectName("main-splitter")
        self._across.addWidget(self._left)
        self._across.addWidget(places.inspector.widget())
        self._across.setStretchFactor(0, 1)
        for splitter in (self._left, self._across):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if places.edge:
            column.addWidget(_edge())
        column.addWidget(places.top_bar)
        column.addWidget(places.banner)
        column.addWidget(self._across, 1)
        column.addWidget(places.status_bar)
        self.setCentralWidget(body)
        self._left.addWidget(self._drawer)  # last, so that its panes end the Tab key's round
        self._left.setStretchFactor(0, 1)

    def _keep_least_size(self) -> None:
        """Ask for more room with larger text, as far as it is reasonable and the screen has it."""
        wished = min(metrics.for_font(LEAST_SIZE[0], self.font().pixelSize()), LARGE_TEXT_WIDTH)
        self.setMinimumSize(
            max(LEAST_SIZE[0], min(wished, self.screen().availableSize().width())), LEAST_SIZE[1]
        )

    def _restore_geometry(self) -> None:
        room = self.screen().availableSize()
        self.resize(min(DEFAULT_SIZE[0], room.width()), min(DEFAULT_SIZE[1], room.height() - TITLE_BAR))
        inspector = metrics.INSPECTOR_LEAST if self.width() < WIDE else metrics.INSPECTOR_USUAL
        self._across.setSizes([self.width() - inspector, inspector])
        drawer = int(self.height() * DRAWER_SHARE)
        self._left.setSizes([self.height() - drawer, drawer])
        if self._settings is None:
            return
        for name, restore in (
            ("geometry", self.restoreGeometry),
            ("across", self._across.restoreState),
            ("left", self._left.restoreState),
        ):
            kept = self._settings.value(f"window/{name}")
            if isinstance(kept, QByteArray):
                restore(kept)
        self._drawer.show_pane(str(self._settings.value("window/pane")))
        self.enlarge_drawer(self._settings.value("window/enlarged") in {True, "true"})

    def _save_geometry(self) -> None:
        if self._settings is not None:
            self._settings.setValue("window/geometry", self.saveGeometry())
            self._settings.setValue("window/across", self._across.saveState())
            self._settings.setValue("window/left", self._left.saveState())
            self._settings.setValue("window/pane", self._drawer.shown)
            self._settings.setValue("window/enlarged", self.drawer_is_large)


def _edge() -> QFrame:
    """Return the line that marks a window on real money."""
    edge = QFrame()
    edge.setObjectName("production-edge")
    edge.setProperty("role", "danger-edge")
    return edge
