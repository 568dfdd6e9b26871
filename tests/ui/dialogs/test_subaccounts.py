"""Trading and new subaccounts in the window, on real services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.errors import ForbiddenError, OutcomeUnknownError, UnavailableError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.subaccounts import CreationState
from kraken_desk.services.tasks import TaskScope
from kraken_desk.store import Store
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.new_subaccount import NewSubaccountDialog
from kraken_desk.ui.dialogs.trading import TradingDialog
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import LAB, TREASURY, a_master, an_account, futures_info
from tests.helpers.fakes import FakeClock
from tests.helpers.wait import wait_until
from tests.ui.dialogs.fakes import child
from tests.unit.services.bench import Bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = await Store.open(tmp_path / "profile" / "desk.sqlite3")
    made = Bench(store, FakeClock())
    await made.move_in(a_master(1), an_account(2, label="Carry"))
    await made.key(1, *TREASURY, name="treasury")
    await made.key(3, name="futures", venue=Venue.FUTURES, info=futures_info("FULL_ACCESS"))
    yield made
    await store.close()


async def press(dialog: DialogFrame, name: str = "primary") -> None:
    await wait_until(lambda: not dialog.busy)
    child(dialog, QPushButton, name).click()
    await wait_until(lambda: not dialog.busy)


async def test_trading_is_shown_and_switched(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """Asked at once; the button says what will happen, and what Kraken says afterwards is shown."""
    dialog = TradingDialog(an_account(2, label="Carry"), bench.subaccounts, TaskScope("test"), LAB, theme)
    qtbot.addWidget(dialog)
    dialog.open()
    await wait_until(lambda: dialog.enabled is not None)
    first = dialog.primary_button.text()

    await press(dialog)

    assert first == "Disable trading of Carry"
    assert dialog.enabled is False
    assert child(dialog, QLabel, "trading-state").text() == "trading is disabled"
    assert bench.subaccount_calls.trading == {"uid-2": False}


async def test_a_switch_that_nobody_can_tell_is_not_known(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """Neither state is claimed; the next act is to ask again."""
    dialog = TradingDialog(an_account(2, label="Carry"), bench.subaccounts, TaskScope("test"), LAB, theme)
    qtbot.addWidget(dialog)
    dialog.open()
    await wait_until(lambda: dialog.enabled is not None)
    bench.subaccount_calls.errors["set_trading"] = [OutcomeUnknownError("lost")]
    bench.subaccount_calls.errors["trading_enabled"] = [UnavailableError("lost")]

    await press(dialog)

    assert dialog.enabled is None
    assert dialog.primary_button.text() == "Ask again"
    assert dialog.problem.isVisibleTo(dialog)


@pytest.mark.parametrize(
    ("error", "state", "shown"),
    [
        (None, CreationState.CREATED, "Kraken created Options"),
        (ForbiddenError("x"), CreationState.REFUSED, "does not let this key"),
        (OutcomeUnknownError("The outcome is unknown"), CreationState.UNKNOWN, "The outcome is unknown"),
    ],
)
async def test_a_request_is_reviewed_sent_once_and_told(
    qtbot: QtBot, theme: Theme, bench: Bench, error: Exception | None, state: CreationState, shown: str
) -> None:
    """The form only leads to the review; each ending has its words."""
    bench.subaccount_calls.errors["create_subaccount"] = [error] if error else []
    dialog = NewSubaccountDialog(bench.subaccounts, TaskScope("test"), LAB, theme)
    qtbot.addWidget(dialog)
    dialog.open()
    child(dialog, QLineEdit, "username").setText("Options")
    child(dialog, QLineEdit, "email").setText("o@d.example")

    await press(dialog)
    reviewed, sent = dialog.page, list(bench.subaccount_calls.calls)
    await press(dialog)
    await wait_until(lambda: dialog.creation is not None)

    assert (reviewed, sent) == ("review", [])
    assert dialog.creation is not None
    assert dialog.creation.state is state
    assert any(shown in label.text() for label in dialog.findChildren(QLabel))
    assert bench.subaccount_calls.calls == ["create_subaccount"]


async def test_what_cannot_be_sent_goes_back_to_the_form(qtbot: QtBot, theme: Theme, bench: Bench) -> None:
    """The words stay and the reason stands below."""
    dialog = NewSubaccountDialog(bench.subaccounts, TaskScope("test"), LAB, theme)
    qtbot.addWidget(dialog)
    dialog.open()
    child(dialog, QLineEdit, "username").setText("Options")
    child(dialog, QLineEdit, "email").setText("no address")

    await press(dialog)
    await press(dialog)
    await wait_until(lambda: dialog.problem.isVisibleTo(dialog))

    assert dialog.page == "form"
    assert child(dialog, QLineEdit, "email").text() == "no address"
    assert bench.subaccount_calls.calls == []
