"""The whole window, pane by pane and dialog by dialog: heard, and driven by keys alone."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from kraken_desk.app import screen_driver
from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.domain.preferences import Preferences
from kraken_desk.ui.act_list import ACTS
from tests.ui.access.names import unheard
from tests.ui.access.order import lost
from tests.ui.access.tour import LEADING_AWAY, among_keys, at_first, dialogs_of_the_program

LOOKS = Preferences(theme="dark", reduced_motion=True)


async def test_every_pane_and_dialog_can_be_heard_and_driven_by_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each control has a name and a role and is reached once by Tab in reading order; Escape leaves."""
    monkeypatch.setattr(screen_driver, "PAINT_S", 0.05)
    silent: set[str] = set()
    astray: set[str] = set()

    def look(name: str, root: QWidget) -> None:
        silent.update(f"{name}: {problem}" for problem in unheard(root))
        astray.update(f"{name}: {problem}" for problem in lost(root))

    async with at_first(tmp_path, LOOKS) as first:
        look("welcome", first.window)
        await first.acts(look, ())
    async with DemoWorld.running() as world, among_keys(world, LOOKS) as tour:
        await tour.panes(look)
        await tour.acts(look)
        await tour.pane_acts(look)
        await tour.rest(look, world)

    assert sorted(silent) == []
    assert sorted(astray) == []
    assert first.stray.seen + tour.stray.seen == []
    assert dialogs_of_the_program() - tour.kinds - first.kinds == set()
    assert {act.command.name for act in ACTS} - tour.opened - first.opened == LEADING_AWAY
