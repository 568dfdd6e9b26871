"""The stop's dialog on real services: typed confirmation, results as they come, proofs on request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.errors import UnavailableError
from kraken_desk.domain.keys import Venue
from kraken_desk.services.tasks import TaskScope
from kraken_desk.store import Store
from kraken_desk.ui.dialogs.stop import StopDialog
from kraken_desk.ui.dialogs.stop_list import StopList
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import LAB, a_master, an_account, futures_info
from tests.helpers.fakes import FakeClock, refused
from tests.helpers.wait import wait_until
from tests.ui.dialogs.fakes import child
from tests.unit.services.bench import Bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = await Store.open(tmp_path / "profile" / "desk.sqlite3")
    made = Bench(store, FakeClock())
    await made.move_in(a_master(1), an_account(2, label="Carry"))
    await made.key(1, "query-funds", name="view", process="dash")
    await made.key(3, name="futures", venue=Venue.FUTURES, info=futures_info("FULL_ACCESS"))
    yield made
    await store.close()


class Stand:
    def __init__(self, bench: Bench, theme: Theme, qtbot: QtBot, scope: TaskScope | None = None) -> None:
        self.scope = scope or TaskScope("test")
        self.dialog = StopDialog(
            bench.stop, bench.clock.now, self.scope, LAB, theme, can=lambda key_id: f"Can {key_id}."
        )
        qtbot.addWidget(self.dialog)
        self.dialog.open()

    @property
    def list(self) -> StopList:
        return child(self.dialog, StopList, "stop-list")

    async def ready(self) -> None:
        await wait_until(lambda: not self.scope.groups.value and self.dialog.run is not None)

    async def do(self) -> None:
        await self.ready()
        child(self.dialog, QLineEdit, "typed").setText("lab")
        self.dialog.primary_button.click()
        await wait_until(lambda: self.dialog.primary_button.text() == "Close")

    @property
    def sentence(self) -> str:
        return child(self.dialog, QLabel, "sentence").text()


async def test_nothing_is_done_without_the_typed_name(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """The list is shown; a wrong name, or Enter, does nothing."""
    stand = Stand(bench, theme, qtbot)
    await stand.ready()

    child(stand.dialog, QLineEdit, "typed").setText("production")

    assert not stand.dialog.primary_button.isEnabled()
    assert not stand.dialog.primary_button.isDefault()
    assert stand.dialog.primary_button.text() == "Drill: stop everything"
    assert "Carry | waiting" in stand.list.text()
    assert bench.subaccount_calls.calls == []
    assert await bench.stop.runs() == ()


async def test_the_list_is_done_and_told(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """Each row has its result and time; failures have their reason; the sentence counts."""
    bench.subaccount_calls.errors["linked_subaccounts"] = [UnavailableError("No answer", "The line is down.")]
    stand = Stand(bench, theme, qtbot)

    await stand.do()

    assert "✓  Carry | Kraken says that trading is disabled. | 0.00 s" in stand.list.text()
    assert "No answer. The line is down." in stand.list.text()
    assert "1 done, 1 failed, 2 keys to delete at Kraken" in stand.sentence
    assert bench.subaccount_calls.trading == {"uid-2": False}


async def test_a_key_is_proven_when_it_is_asked_for(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """The button is for a selected key; a proven one cannot be called again."""
    bench.spot.answer("ask_once", refused(), api_key=bench.fleet.slot_named("view").api_key)
    stand = Stand(bench, theme, qtbot)
    await stand.do()
    prove = child(stand.dialog, QPushButton, "prove")
    before = prove.isEnabled()
    row = next(r for r in stand.list._rows.values() if "view" in r.text(0))
    assert row.toolTip(0).endswith(f"Can {bench.fleet.slot_named('view').key_id}.")

    stand.list.setCurrentItem(row)
    ready = prove.isEnabled()
    prove.click()
    await wait_until(lambda: "Proven" in row.text(1))

    assert (before, ready, prove.isEnabled()) == (False, True, False)
    assert len(list(bench.calls("ask_once"))) == 1


async def test_another_dialog_shows_the_list_that_is_being_done(
    qtbot: QtBot, theme: Theme, bench: Bench
) -> None:
    """Opened again meanwhile it asks for nothing, shows results as they come, and how it ended."""
    first = Stand(bench, theme, qtbot)
    await first.ready()
    bench.subaccount_calls.gate.clear()
    child(first.dialog, QLineEdit, "typed").setText("lab")
    first.dialog.primary_button.click()
    await wait_until(lambda: bool(bench.subaccount_calls.calls))
    first.dialog.reject()

    again = Stand(bench, theme, qtbot, first.scope)
    meanwhile = again.dialog.primary_button.text(), child(again.dialog, QLineEdit, "typed").isVisible()
    bench.subaccount_calls.gate.set()
    await wait_until(lambda: again.dialog.primary_button.text() == "Close")

    assert meanwhile == ("Stopping …", False)
    assert "keys to delete" in again.sentence
    assert len(await bench.stop.runs()) == 1


async def test_closing_does_not_stop_it(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """The list goes on without its dialog, and another dialog can show how it ended."""
    stand = Stand(bench, theme, qtbot)
    await stand.ready()
    child(stand.dialog, QLineEdit, "typed").setText("lab")
    stand.dialog.primary_button.click()

    stand.dialog.reject()
    await wait_until(lambda: not stand.scope.groups.value)
    again = Stand(bench, theme, qtbot)
    await again.ready()
    child(again.dialog, QPushButton, "last").click()
    await wait_until(lambda: "keys to delete" in again.sentence)

    [run] = await bench.stop.runs()
    assert run.ended_at is not None
    assert again.dialog.primary_button.text() == "Close"
