"""The acts of the guide: help on what has the keyboard, and the guide itself; one window for both."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.ui.guide.text import read_guide
from kraken_desk.ui.guide.window import GuideWindow
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.main_window import MainWindow

FOLDER = "guide"


class GuideKeeper(QObject):
    """Belongs to a main window and keeps its guide, which closes with it."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit.window)
        folder = kit.theme.resources / FOLDER
        self.guide = read_guide(folder)
        self.window = GuideWindow(self.guide, folder, kit.theme)
        if isinstance(kit.window, MainWindow):
            kit.window.closed.connect(self._on_closed)

    def _on_closed(self) -> None:
        self.window.close()
        self.window.deleteLater()


def help_here(kit: Kit) -> None:
    """Explain the widget that has the keyboard, or the nearest thing around it that the guide knows."""
    keeper = _keeper(kit)
    if keeper is None:
        return
    here = QApplication.focusWidget() or QApplication.activeModalWidget() or kit.window
    section = keeper.guide.about(names_around(here))
    keeper.window.show_section(section or keeper.guide.sections[0])
    keeper.window.begin()


def open_guide(kit: Kit) -> None:
    """Open the guide at its beginning, or where it was left."""
    keeper = _keeper(kit)
    if keeper is not None:
        keeper.window.show_section(keeper.window.shown)
        keeper.window.begin()


def names_around(widget: QWidget) -> Iterator[str]:
    """Yield the names of a widget and of what it stands in, from the inside outwards; a window ends it."""
    around: QWidget | None = widget
    while around is not None:
        yield around.objectName()
        around = None if around.isWindow() else around.parentWidget()


def _keeper(kit: Kit) -> GuideKeeper | None:
    found = kit.window.findChild(GuideKeeper)
    if found is not None:
        return found
    try:
        return GuideKeeper(kit)
    except OSError as error:
        kit.bridge.failed.emit(
            KrakenDeskError(
                "The guide is missing",
                f"Its texts are not in this installation: {error.strerror or error}.",
                "Install Kraken Desk again. Everything else works without it.",
            )
        )
        return None
