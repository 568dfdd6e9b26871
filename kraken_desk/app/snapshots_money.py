"""Pictures of moving money for `demo --snapshot`: transfers, lost replies, sweeps and limits."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QRadioButton, QTabBar, QTableView

from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.screen_driver import ScreenDriver
from kraken_desk.app.snapshots_legs import next_dialog, picture_closed_way, picture_legs
from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.transfers import TransferState
from kraken_desk.ui.dialogs.settle import SettleDialog
from kraken_desk.ui.widgets.account_combo import AccountCombo

ACCOUNT_TRANSFER = "/0/private/AccountTransfer"

LONGER_THAN_ANY_LOOK_S = 3600.0


async def picture_money(driver: ScreenDriver, world: DemoWorld) -> None:
    """Move money in every way that the window offers, and let it go wrong where it can."""
    driver.select("Meridian Capital")  # the journal shows the transfers of the selected account
    await _futures_transfer(driver, world)
    await _transfer(driver, world)
    await picture_unknown_transfer(driver, world)
    await _settled_by_itself(driver, world)
    await picture_closed_way(driver)
    await _sweep(driver, world)
    await picture_legs(driver, world)
    await _limits(driver)


async def _transfer(driver: ScreenDriver, world: DemoWorld) -> None:
    """Move money: an amount that is too much, the review, the confirmation, the journal."""
    driver.act("transfer")
    dialog = await driver.dialog()
    await driver.settle()
    _fill_in(driver, world, "Momentum", "Meridian Capital")
    driver.type("amount", "900000", dialog)
    await driver.picture("transfer-too-much", dialog)
    driver.type("amount", "12500", dialog)
    await driver.until(lambda: driver.shows("AccountTransfer", dialog))
    await driver.picture("transfer", dialog)
    await driver.click("primary", dialog)
    await driver.picture("transfer-review", dialog)
    await driver.click("send", dialog)
    await driver.picture("transfer-confirmed", dialog)
    dialog.accept()
    await driver.picture("journal")


async def _futures_transfer(driver: ScreenDriver, world: DemoWorld) -> None:
    """Work out a transfer between Futures cash wallets, and leave it at that."""
    driver.act("transfer")
    dialog = await driver.dialog()
    driver.find(QTabBar, "venue", dialog).setCurrentIndex(1)
    await driver.settle()
    _fill_in(driver, world, "Market making", "Meridian Capital")
    driver.type("amount", "100", dialog)
    await driver.until(lambda: driver.shows("transfer/subaccount", dialog))
    await driver.picture("transfer-futures", dialog)
    await driver.close(dialog)


async def _sweep(driver: ScreenDriver, world: DemoWorld) -> None:
    """Empty a Futures subaccount to the master's Spot side: refused without the right, then in two legs."""
    driver.select("Momentum")
    driver.act("sweep")
    dialog = await driver.dialog()
    await driver.settle()
    await driver.picture("sweep", dialog)
    driver.choose("sweep_asset", "USD", dialog)
    await driver.click("primary", dialog)
    await driver.settle()
    await driver.picture("sweep-refused-route", dialog)
    await driver.close(dialog)
    await driver.dialog_gone()
    await _give_withdrawal_right(world)
    driver.act("sweep")
    dialog = await driver.dialog()
    await driver.settle()
    driver.choose("sweep_asset", "USD", dialog)
    await driver.click("primary", dialog)
    await driver.settle()
    await driver.picture("sweep-plan", dialog)
    await driver.click("primary", dialog)
    plan = await next_dialog(driver, "plan_dialog")
    await driver.picture("sweep-checked", plan)
    await driver.click("primary", plan)
    await driver.settle()
    await driver.picture("sweep-done", plan)
    plan.accept()
    await driver.dialog_gone()


async def _give_withdrawal_right(world: DemoWorld) -> None:
    """Let the master's own Futures key withdraw, as an operator would at Kraken, and check it again."""
    desk = world.open_desk.desk
    slot = desk.fleet.slot_named("futures desk")
    key = world.simulator.world.keys.futures[slot.api_key]
    key.transfer = key.general
    await desk.keys.check((slot.slot_id,))


async def _limits(driver: ScreenDriver) -> None:
    """Set two limits and turn the program to read only and back."""
    driver.act("limits")
    dialog = await driver.dialog()
    await driver.settle()
    for kind, amount in ((0, "25000"), (1, "100000")):
        driver.find(QComboBox, "limit_kind", dialog).setCurrentIndex(kind)
        driver.type("limit_amount", amount, dialog)
        await driver.click("set_limit", dialog)
        await driver.settle()
    await driver.picture("limits", dialog)
    await driver.click("read_only", dialog)
    await driver.settle()
    await driver.picture("read-only")
    await driver.click("read_only", dialog)
    await driver.settle()
    await driver.close(dialog)


async def picture_unknown_transfer(driver: ScreenDriver, world: DemoWorld) -> None:
    """Lose Kraken's reply while its ledgers are behind: the program cannot settle it, so a person does."""
    world.simulator.world.switches.ledger_lag_s = LONGER_THAN_ANY_LOOK_S
    dialog = await _lose_reply(driver, world, "Basis", "5000")
    world.simulator.world.switches.ledger_lag_s = 0.0
    await driver.picture("transfer-unknown", dialog)
    dialog.accept()
    await driver.picture("journal-unknown")
    driver.find(QTableView, "journal-table").selectRow(0)
    await driver.click("journal-show-details", driver.window)
    await driver.picture("journal-details")
    driver.act("settle")
    settle = await driver.dialog()
    assert isinstance(settle, SettleDialog)
    await driver.picture("settle", settle)
    driver.find(QRadioButton, "executed", settle).setChecked(True)
    driver.find(QCheckBox, "sure", settle).setChecked(True)
    await driver.picture("settle-decided", settle)
    await driver.click("primary", settle)
    await driver.dialog_gone()
    await driver.picture("journal-settled-by-a-person")


async def _settled_by_itself(driver: ScreenDriver, world: DemoWorld) -> None:
    """Lose the reply of a transfer that left its rows in both ledgers: the program finds and tells them."""
    transfers = world.open_desk.desk.transfers
    dialog = await _lose_reply(driver, world, "Momentum", "2500")
    dialog.accept()
    await driver.until(lambda: transfers.journal.value.records[0].state is TransferState.EXECUTED)
    driver.find(QTableView, "journal-table").selectRow(0)
    await driver.picture("journal-settled-by-itself")
    await driver.click("journal-show-details", driver.window)


async def _lose_reply(driver: ScreenDriver, world: DemoWorld, source: str, amount: str) -> QDialog:
    """Send a transfer to the master whose answer never comes; return the dialog that says so."""
    driver.act("transfer")
    dialog = await driver.dialog()
    await driver.settle()
    _fill_in(driver, world, source, "Meridian Capital")
    driver.type("amount", amount, dialog)
    await driver.settle()
    await driver.click("primary", dialog)
    await driver.settle()
    world.simulator.world.faults.add("reply_lost_after_execution", path=ACCOUNT_TRANSFER)
    await driver.click("send", dialog)
    await driver.settle()
    return dialog


def _fill_in(driver: ScreenDriver, world: DemoWorld, source: str, destination: str) -> None:
    """Choose both ends and US dollars in the open transfer dialog."""
    accounts = world.open_desk.desk.fleet.accounts()
    ids: dict[str, AccountId] = {a.label: a.account_id for a in accounts}
    for name, label in (("source", source), ("destination", destination)):
        driver.find(AccountCombo, name, driver.open_dialog()).choose(ids[label])
    driver.choose("asset", "USD", driver.open_dialog())
