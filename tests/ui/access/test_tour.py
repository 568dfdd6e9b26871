"""The whole window, pane by pane and dialog by dialog: heard, driven by keys, read at twice the size."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QWidget

from kraken_desk.app import screen_driver
from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.domain.preferences import Preferences
from kraken_desk.ui.act_list import ACTS
from kraken_desk.ui.dialogs import frame, palette, settings
from tests.ui.access.names import unheard
from tests.ui.access.order import lost
from tests.ui.access.room import cramped
from tests.ui.access.tour import LEADING_AWAY, among_keys, at_first, dialogs_of_the_program

LOOKS = Preferences(theme="dark", reduced_motion=True)
LARGE = replace(LOOKS, font_percent=200)
SCREEN = QSize(1280, 752)
"""A small laptop's, less the desktop's own title bar."""


def small_screen(_window: QWidget) -> QSize:
    return SCREEN


async def test_every_pane_and_dialog_is_heard_driven_by_keys_and_read_large(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each control has a name and a role and is reached once by Tab; at 200 % no text is cut off.

    The font grows while the window is open. Escape leaves each dialog, and each fits a small screen.
    """
    monkeypatch.setattr(screen_driver, "PAINT_S", 0.05)
    monkeypatch.setattr(screen_driver, "PATIENCE_S", 60.0)
    for module in (frame, palette, settings):
        monkeypatch.setattr(module, "room_of", small_screen)
    silent: set[str] = set()
    astray: set[str] = set()
    cut: set[str] = set()

    def fits(name: str, root: QWidget) -> None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # a busy machine may be behind
        cut.update(f"{name}: {problem}" for problem in cramped(root))

    def look(name: str, root: QWidget) -> None:
        silent.update(f"{name}: {problem}" for problem in unheard(root))
        astray.update(f"{name}: {problem}" for problem in lost(root))
        fits(name, root)

    async with at_first(tmp_path, LARGE) as first:
        look("welcome", first.window)
        await first.acts(look, ())
    async with DemoWorld.running() as world, among_keys(world, LOOKS) as tour:
        await tour.panes(look)
        await tour.preferences.change(LARGE)
        await tour.panes(fits)
        await tour.acts(look)
        await tour.pane_acts(look)
        await tour.rest(look, world)

    assert sorted(silent) == []
    assert sorted(astray) == []
    assert sorted(cut) == []
    assert first.stray.seen + tour.stray.seen == []
    assert dialogs_of_the_program() - tour.kinds - first.kinds == set()
    assert {act.command.name for act in ACTS} - tour.opened - first.opened == LEADING_AWAY
