"""The main job through the window: real widgets, real HTTP, the real keychain."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel

from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import TransferState
from kraken_desk.ui.widgets.account_combo import AccountCombo
from tests.e2e.processes import SimulatorProcess
from tests.e2e.window.conftest import Screen
from tests.helpers.keychain import RealKeychain

TRANSFER = "/0/private/AccountTransfer"
USD = Asset("USD")


async def add_key(screen: Screen, simulator: SimulatorProcess, name: str, label: str = "") -> None:
    """Add a desk key by the dialog, and name its account if it is new."""
    key = simulator.key(name)
    screen.act("add-key")
    dialog = await screen.dialog()
    screen.type("api_key", key["api_key"], dialog)
    screen.type("secret", key["api_secret"], dialog)
    screen.find(QAbstractButton, "used_by_desk", dialog).click()
    await screen.click("primary", dialog)
    await screen.settle()
    screen.type("name", name, dialog)
    if label:
        screen.type("account_label", label, dialog)
    await screen.click("primary", dialog)
    await screen.dialog_gone()
    await screen.settle()


async def fill_in_transfer(screen: Screen, amount: str) -> QDialog:
    """Open the transfer dialog and fill it in: Momentum to Meridian Capital, US dollars."""
    screen.act("transfer")
    dialog = await screen.dialog()
    await screen.settle()
    ids = {account.label: account.account_id for account in screen.desk.fleet.accounts()}
    for field, label in (("source", "Momentum"), ("destination", "Meridian Capital")):
        screen.find(AccountCombo, field, dialog).choose(ids[label])
    screen.choose("asset", "USD", dialog)
    screen.type("amount", amount, dialog)
    await screen.settle()
    return dialog


def held(screen: Screen, label: str) -> Decimal:
    account = screen.desk.fleet.account_named(label)
    sheet = screen.desk.balances.snapshot.value.sheet(account.account_id, Venue.SPOT)
    assert sheet is not None
    row = sheet.find(USD, "spot")
    assert row is not None
    return row.total


async def set_up_fleet(screen: Screen, simulator: SimulatorProcess) -> None:
    await add_key(screen, simulator, "desk treasury", "Meridian Capital")
    await add_key(screen, simulator, "momentum monitor", "Momentum")


async def test_keys_are_added_and_money_is_moved_by_hand(
    screen: Screen, simulator: SimulatorProcess, keychain: RealKeychain, tmp_path: Path
) -> None:
    """Pasted keys end up in tree and keychain, and a reviewed transfer moves exactly its amount."""
    totals = simulator.control("GET", "/totals")
    await set_up_fleet(screen, simulator)
    await screen.desk.balances.refresh()
    before = held(screen, "Momentum")

    dialog = await fill_in_transfer(screen, "12500")
    await screen.click("primary", dialog)
    await screen.click("confirm_destination", dialog)
    await screen.click("send", dialog)
    await screen.settle()
    await screen.click("primary", dialog)
    await screen.dialog_gone()
    await screen.desk.balances.refresh()

    masters = screen.desk.fleet.snapshot.value.masters
    assert [(m.account.label, [s.account.label for s in m.subaccounts]) for m in masters] == [
        ("Meridian Capital", ["Momentum"])
    ]
    assert [r.state for r in screen.desk.transfers.journal.value.records] == [TransferState.CONFIRMED]
    assert before - held(screen, "Momentum") == Decimal(12500)
    assert simulator.control("GET", "/totals") == totals
    assert len(keychain.items()) == 2
    on_disk = b"".join(p.read_bytes() for p in (tmp_path / "profile").rglob("*") if p.is_file())
    assert simulator.key("desk treasury")["api_secret"].encode() not in on_disk


async def test_a_rejected_pair_is_explained_and_not_stored(
    screen: Screen, simulator: SimulatorProcess, keychain: RealKeychain
) -> None:
    """A wrong secret is answered in the dialog with Kraken's word; nothing is kept."""
    screen.act("add-key")
    dialog = await screen.dialog()
    screen.type("api_key", simulator.key("desk monitor")["api_key"], dialog)
    screen.type("secret", simulator.key("mm monitor")["api_secret"], dialog)

    await screen.click("primary", dialog)
    await screen.settle()

    said = " ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())
    assert "EAPI:Invalid signature" in said
    assert screen.desk.fleet.slots() == ()
    assert keychain.items() == []
    await screen.close(dialog)


async def test_a_lost_reply_is_unknown_and_blocks_the_route(
    screen: Screen, simulator: SimulatorProcess
) -> None:
    """One send; the dialog says that it may have executed, and the next transfer on the route is refused."""
    await set_up_fleet(screen, simulator)
    simulator.control("POST", "/faults", {"name": "reply_lost_after_execution", "path": TRANSFER})

    dialog = await fill_in_transfer(screen, "100")
    await screen.click("primary", dialog)
    await screen.click("confirm_destination", dialog)
    await screen.click("send", dialog)
    await screen.settle()
    meaning = screen.find(QLabel, "result_meaning", dialog).text()
    await screen.close(dialog)
    second = await fill_in_transfer(screen, "50")
    await screen.click("primary", second)
    await screen.settle()
    said = " ".join(label.text() for label in second.findChildren(QLabel) if label.isVisible())
    await screen.close(second)

    assert "may or may not have executed" in meaning
    assert "blocked" in said
    requests = simulator.control("GET", "/requests")["requests"]
    assert sum(1 for request in requests if request["path"] == TRANSFER) == 1
    assert [r.state for r in screen.desk.transfers.journal.value.records] == [TransferState.UNKNOWN]
