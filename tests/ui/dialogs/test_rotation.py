"""The rotation dialog on real services and a real store: step by step, back, and when it is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.keys import KeySlot
from kraken_desk.services.tasks import TaskScope
from kraken_desk.store import Store
from kraken_desk.ui.dialogs.rotation import RotationDialog
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.stepper import Stepper
from tests.helpers.builders import CANARY, LAB, a_master, a_public_key, spot_info
from tests.helpers.fakes import FakeClock, refused
from tests.ui.dialogs.fakes import child
from tests.unit.services.bench import Bench

NEW = a_public_key(9)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = await Store.open(tmp_path / "profile" / "desk.sqlite3")
    made = Bench(store, FakeClock())
    await made.move_in(a_master(1))
    await made.key(
        1, name="mm-bot", process="bot", client="ccxt", info=spot_info(nonce=1, nonce_window=10_000)
    )
    made.spot.answer("check_key", spot_info("query-funds", api_key=NEW), api_key=NEW)
    yield made
    await store.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  # widgets announce nothing that could be awaited
            await asyncio.sleep(0.005)


class Stand:
    """One dialog, driven by its buttons."""

    def __init__(self, bench: Bench, theme: Theme, qtbot: QtBot) -> None:
        self.slot: KeySlot = bench.fleet.slot_named("mm-bot")
        self.dialog = RotationDialog(
            self.slot, bench.rotations, bench.clock.now, TaskScope("test"), LAB, theme
        )
        qtbot.addWidget(self.dialog)
        self.dialog.open()

    async def ready(self) -> None:
        await until(lambda: not self.dialog.busy)

    async def press(self, name: str = "primary") -> None:
        await self.ready()
        child(self.dialog, QPushButton, name).click()
        await self.ready()

    @property
    def stage(self) -> str:
        return self.dialog.report.rotation.stage.value if self.dialog.report else ""

    def shows(self, text: str) -> bool:
        return any(text in label.text() for label in self.dialog.findChildren(QLabel) if not label.isHidden())

    async def paste(self) -> None:
        child(self.dialog, QLineEdit, "api_key").setText(NEW)
        child(self.dialog, QLineEdit, "secret").setText(CANARY)
        await self.press()


async def test_the_whole_way(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """Every primary button names its step; in the end the new key serves and one secret is left."""
    stand = Stand(bench, theme, qtbot)
    await stand.ready()
    acts = [stand.dialog.primary_button.text()]
    await stand.press()
    acts.append(stand.dialog.primary_button.text())
    await stand.paste()
    acts.append(stand.dialog.primary_button.text())
    assert stand.shows("Missing: Query Ledger Entries")
    for _ in range(3):
        await stand.press()
        acts.append(stand.dialog.primary_button.text())
    assert stand.shows("1 d 0 s to go") or stand.shows("1 d to go")
    bench.clock.move(days=1)
    await stand.press()
    acts.append(stand.dialog.primary_button.text())
    await stand.press()
    bench.spot.answer("ask_once", refused(), api_key=stand.slot.api_key)
    acts.append(stand.dialog.primary_button.text())
    await stand.press()
    acts.append(stand.dialog.primary_button.text())
    await stand.press()

    assert acts == [
        "Begin to rotate",
        "Check and store the new key",
        "Accept and go on",
        "Hand the new key over",
        "Begin to watch",
        "Look now",
        "It is deleted at Kraken",
        "Make the one call that must fail",
        "Remove the old secret",
    ]
    assert stand.stage == "finished"
    assert bench.fleet.slot_named("mm-bot").api_key == NEW
    assert len(bench.vault.held) == 1


async def test_the_operators_word_ends_a_watch(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """A key that was deleted at Kraken too early does not hold up its rotation."""
    stand = Stand(bench, theme, qtbot)
    await stand.press()
    await stand.paste()
    for _ in range(3):
        await stand.press()
    bench.clock.move(minutes=1)
    bench.spot.answer("check_key", refused(), api_key=stand.slot.api_key)
    await stand.press()
    assert stand.shows("Kraken refuses the old key already")

    child(stand.dialog, QCheckBox, "unobserved").click()
    named = stand.dialog.primary_button.text()
    await stand.press()

    assert (named, stand.stage) == ("End the watch", "revoke")


async def test_the_form_can_be_copied(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """Each value has a button of its own; what is copied is what Kraken's form takes."""
    stand = Stand(bench, theme, qtbot)
    await stand.press()

    child(stand.dialog, QAbstractButton, "copy-Custom nonce window").click()

    assert QGuiApplication.clipboard().text() == "10000"
    assert child(stand.dialog, QLabel, "form-Permissions").text() == "Query Funds, Query Ledger Entries"


async def test_closing_and_going_on(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """Another dialog shows the stage that the first one left."""
    first = Stand(bench, theme, qtbot)
    await first.press()
    await first.paste()
    first.dialog.reject()

    second = Stand(bench, theme, qtbot)
    await second.ready()

    assert second.stage == "compare"
    assert child(second.dialog, Stepper, "stepper").text.startswith("✓ Create ·  ● Compare ·  Hand over")
    await second.press("back")
    assert second.stage == "create"
    assert bench.vault.held == {second.slot.key_id}


async def test_a_wrong_pair_stays_in_its_fields(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """Kraken's refusal is shown, nothing is stored, and the stage stays."""
    bench.spot.answer("check_key", refused(), api_key=NEW)
    stand = Stand(bench, theme, qtbot)
    await stand.press()

    await stand.paste()

    assert stand.stage == "create"
    assert stand.dialog.problem.problem is not None
    assert child(stand.dialog, QLineEdit, "api_key").text() == NEW
    assert len(bench.vault.held) == 1


async def test_abandoning(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """Only offered before the hand-over; the new secret goes."""
    stand = Stand(bench, theme, qtbot)
    await stand.press()
    await stand.paste()

    await stand.press("abandon")

    assert stand.stage == "abandoned"
    assert not child(stand.dialog, QPushButton, "abandon").isVisible()
    assert bench.vault.held == {stand.slot.key_id}


async def test_a_key_with_two_factor_asks_for_its_codes(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """The code goes with one call and leaves its field, also when it was missing at first."""
    await bench.keys.say_two_factor(bench.fleet.slot_named("mm-bot").slot_id, True)
    stand = Stand(bench, theme, qtbot)
    await stand.press()
    await stand.paste()
    assert stand.shows("A one-time password is needed")
    code = child(stand.dialog, QLineEdit, "otp")
    assert code.isVisible()

    code.setText("111111")
    await stand.press()
    for _ in range(2):
        await stand.press()
    child(stand.dialog, QLineEdit, "otp").setText("222222")
    await stand.press()

    assert [call.otp for call in bench.spot.made("check_key")] == ["111111", "222222"]
    assert child(stand.dialog, QLineEdit, "otp").text() == ""
    assert stand.shows("to go")
