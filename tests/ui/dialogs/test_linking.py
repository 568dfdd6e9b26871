"""The linking's checklist on real services: begun, marked, taken back, ended by Kraken's list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.keys import Venue
from kraken_desk.domain.subaccounts import LinkedSubaccount
from kraken_desk.services.tasks import TaskScope
from kraken_desk.store import Store
from kraken_desk.ui.dialogs.linking import ANOTHER, LinkingDialog
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import LAB, a_master, futures_info
from tests.helpers.fakes import FakeClock
from tests.helpers.wait import wait_until
from tests.ui.dialogs.fakes import child
from tests.unit.services.bench import Bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = await Store.open(tmp_path / "profile" / "desk.sqlite3")
    made = Bench(store, FakeClock())
    await made.move_in(a_master(1))
    await made.key(3, name="futures", venue=Venue.FUTURES, info=futures_info("FULL_ACCESS"))
    yield made
    await store.close()


class Stand:
    def __init__(self, bench: Bench, theme: Theme, qtbot: QtBot) -> None:
        self.scope = TaskScope("test")
        self.dialog = LinkingDialog(bench.subaccounts, self.scope, LAB, theme)
        qtbot.addWidget(self.dialog)
        self.dialog.open()

    async def press(self, name: str = "primary") -> None:
        await wait_until(lambda: not self.dialog.busy and not self.scope.groups.value)
        child(self.dialog, QPushButton, name).click()
        await wait_until(lambda: not self.dialog.busy and not self.scope.groups.value)

    async def begin(self) -> None:
        for name, text in (("label", "Options"), ("master_email", "m@d.example"), ("email", "o@d.example")):
            child(self.dialog, QLineEdit, name).setText(text)
        await self.press()

    def sign(self, step: str) -> str:
        return child(self.dialog, QLabel, f"sign-{step}").text()


async def test_the_whole_way(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """Each step is marked by the button that names it; the last one asks Kraken."""
    stand = Stand(bench, theme, qtbot)
    await stand.begin()
    acts = []
    for _ in range(4):
        acts.append(stand.dialog.primary_button.text())
        await stand.press()
    acts.append(stand.dialog.primary_button.text())
    await stand.press()
    refused = stand.dialog.problem.isVisibleTo(stand.dialog)
    bench.subaccount_calls.listed = (LinkedSubaccount("u-5", "", "o@d.example"),)
    await stand.press()

    assert acts == [
        "Done: Own Kraken account, verified",
        "Done: Futures unlocked on it",
        "Done: Ticket sent to Kraken's support",
        "Done: Confirmed from the subaccount's mail",
        "Ask Kraken for its list",
    ]
    assert refused
    assert stand.sign("linked") == "✓"
    assert bench.fleet.account_named("Options").futures_uid == "u-5"


async def test_it_is_found_again_with_its_ticket(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """Another dialog shows where it stands; the text can be copied, and a mark taken back."""
    first = Stand(bench, theme, qtbot)
    await first.begin()
    await first.press()
    await first.press()
    first.dialog.reject()

    stand = Stand(bench, theme, qtbot)
    await wait_until(lambda: stand.dialog.linking is not None)
    ticket = child(stand.dialog, QPlainTextEdit, "ticket")
    shown = ticket.isVisibleTo(stand.dialog)
    child(stand.dialog, QPushButton, "copy-ticket").click()
    await stand.press("back")

    assert shown
    assert "Subaccount: o@d.example" in QGuiApplication.clipboard().text()
    assert (stand.sign("account"), stand.sign("futures")) == ("✓", "●")


async def test_another_one_beside_it_and_given_up(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """A second subaccount begins its own list; one that is given up is not offered again."""
    stand = Stand(bench, theme, qtbot)
    await stand.begin()
    choice = child(stand.dialog, QComboBox, "choice")

    choice.setCurrentIndex(choice.findText(ANOTHER))
    choice.activated.emit(choice.currentIndex())
    on_start = stand.dialog.page
    stand.dialog._show_linking((await bench.subaccounts.linkings())[0])
    await stand.press("give-up")
    stand.dialog.reject()
    again = Stand(bench, theme, qtbot)
    await wait_until(lambda: not again.dialog.busy)

    assert on_start == "start"
    assert again.dialog.page == "start"
