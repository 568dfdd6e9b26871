"""The drawer: panes are built when wanted or when nothing else is to be done, and keep their order."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTabWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.ui.drawer import Drawer
from kraken_desk.ui.pane_list import PaneEntry
from kraken_desk.ui.panes import Pane

ENTRIES = tuple(PaneEntry(name, name.title(), "kraken_desk.ui.panes") for name in ("one", "two", "three"))


class FieldsPane(QObject):
    """A pane of two fields that remembers whether it is open."""

    badge_changed = Signal(str)

    def __init__(self, entry: PaneEntry) -> None:
        super().__init__()
        self.title = entry.title
        self.is_open = False
        self._widget = QWidget()
        layout = QVBoxLayout(self._widget)
        for name in ("first", "second"):
            field = QLineEdit()
            field.setObjectName(f"{entry.name}-{name}")
            layout.addWidget(field)

    def widget(self) -> QWidget:
        return self._widget

    def actions(self) -> tuple[QAction, ...]:
        return ()

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False


class Scene:
    """A drawer below a field, shown; `built` names the panes in the order in which they were built."""

    def __init__(self, qtbot: QtBot) -> None:
        self.built: dict[str, FieldsPane] = {}
        self.window = QWidget()
        self.drawer = Drawer(ENTRIES, self._build)
        above = QLineEdit()
        above.setObjectName("above")
        layout = QVBoxLayout(self.window)
        layout.addWidget(above)
        layout.addWidget(self.drawer)
        self.above = above
        qtbot.addWidget(self.window)
        self.drawer.open()
        self.window.show()

    @property
    def tabs(self) -> QTabWidget:
        tabs = self.drawer.findChild(QTabWidget, "drawer-tabs")
        assert isinstance(tabs, QTabWidget)
        return tabs

    def focus(self) -> str:
        return self.window.focusWidget().objectName()

    def _build(self, entry: PaneEntry) -> Pane:
        self.built[entry.name] = FieldsPane(entry)
        return self.built[entry.name]


def test_only_the_pane_in_front_is_built_at_once(qtbot: QtBot) -> None:
    """The start pays for one pane; the others have their tabs."""
    scene = Scene(qtbot)

    assert [scene.tabs.tabText(n) for n in range(3)] == ["One", "Two", "Three"]
    assert list(scene.built) == ["one"]
    assert scene.built["one"].is_open


def test_a_pane_is_built_when_its_tab_is_chosen(qtbot: QtBot) -> None:
    """Whoever chooses a tab sees the pane, once built and open."""
    scene = Scene(qtbot)

    for tab in (2, 0, 2):
        scene.tabs.setCurrentIndex(tab)

    assert list(scene.built) == ["one", "three"]
    assert scene.built["three"].is_open
    assert scene.built["three"].widget().isVisible()


def test_the_other_panes_are_built_while_the_window_is_idle(qtbot: QtBot) -> None:
    """Without being asked all panes are there a moment later, and closing closes them all."""
    scene = Scene(qtbot)

    qtbot.waitUntil(lambda: len(scene.drawer.panes()) == 3)
    open_before = [pane.is_open for pane in scene.built.values()]
    scene.drawer.close_panes()

    assert open_before == [True, True, True]
    assert [pane.is_open for pane in scene.built.values()] == [False, False, False]


def test_a_prepared_pane_is_shown_and_opened_by_the_second_half(qtbot: QtBot) -> None:
    """A start builds the pane in front in one turn and opens it in the next, and builds it once."""
    built = []

    def build(entry: PaneEntry) -> Pane:
        built.append(FieldsPane(entry))
        return built[-1]

    drawer = Drawer(ENTRIES, build)
    qtbot.addWidget(drawer)

    drawer.prepare()
    before = (len(built), built[0].is_open, drawer.panes())
    drawer.open()

    assert before == (1, False, ())
    assert (len(built), built[0].is_open) == (1, True)
    assert drawer.panes() == ((ENTRIES[0], built[0]),)


def test_a_prepared_pane_goes_with_the_drawer(qtbot: QtBot) -> None:
    """A window that is closed between the halves leaves no pane behind."""
    drawer = Drawer(ENTRIES, FieldsPane)
    qtbot.addWidget(drawer)

    drawer.prepare()

    left = [field.window() for field in QApplication.allWidgets() if field.objectName() == "one-first"]
    assert left == [drawer]


def test_a_remark_stands_on_its_pane_s_tab(qtbot: QtBot) -> None:
    """A pane built later still writes on its own tab."""
    scene = Scene(qtbot)
    scene.drawer.show_pane("three")

    scene.built["three"].badge_changed.emit("· 2")

    assert [scene.tabs.tabText(n) for n in range(3)] == ["One", "Two", "Three · 2"]


def test_the_tab_key_walks_through_a_pane_that_was_built_late(qtbot: QtBot) -> None:
    """The keyboard goes from the tabs through the pane and then on, whenever the pane was built."""
    scene = Scene(qtbot)
    scene.drawer.show_pane("three")
    scene.tabs.tabBar().setFocus()

    walked = []
    for _ in range(3):
        QTest.keyClick(scene.window.focusWidget(), Qt.Key.Key_Tab)
        walked.append(scene.focus())

    assert walked == ["three-first", "three-second", "above"]


def test_a_pane_shown_by_name_takes_the_focus_when_asked(qtbot: QtBot) -> None:
    """A number key leads into the pane; a pane shown by the program leaves the focus alone."""
    scene = Scene(qtbot)
    scene.above.setFocus()

    scene.drawer.show_pane("two")
    left_alone = scene.focus()
    scene.drawer.show_pane("three", focus=True)
    scene.drawer.show_pane("none of these", focus=True)

    assert left_alone == "above"
    assert (scene.drawer.shown, scene.focus()) == ("three", "three-first")


def test_a_double_click_on_the_tabs_asks_for_room(qtbot: QtBot) -> None:
    """The row of tabs is the handle that enlarges the drawer."""
    scene = Scene(qtbot)

    with qtbot.waitSignal(scene.drawer.enlarge_requested):
        QTest.mouseDClick(scene.tabs.tabBar(), Qt.MouseButton.LeftButton)
