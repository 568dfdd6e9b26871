"""Pictures of plans of several legs for `demo --snapshot`: a closed way, a stop, and going on."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDialog

from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.screen_driver import ScreenDriver

FUTURES_WITHDRAWAL = "/derivatives/api/v3/withdrawal"
ACCOUNT = "Market making"


async def picture_closed_way(driver: ScreenDriver) -> None:
    """Ask for a way that is closed: the dialog says why, and what opens it."""
    await _ask_for_legs(driver)
    dialog = await driver.dialog()
    await driver.picture("legs-closed", dialog)
    await driver.close(dialog)


async def picture_legs(driver: ScreenDriver, world: DemoWorld) -> None:
    """Empty a Futures subaccount to the master's Spot side: the second leg is lost, settled, and sent anew.

    The master's Futures key has to have the right to withdraw.
    """
    await _ask_for_legs(driver)
    dialog = await driver.dialog()
    driver.type("legs_amount", "250", dialog)
    await driver.picture("legs", dialog)
    await driver.click("primary", dialog)
    plan = await next_dialog(driver, "plan_dialog")
    await driver.picture("plan-checked", plan)
    world.simulator.world.faults.add("reply_lost_before_execution", path=FUTURES_WITHDRAWAL)
    await driver.click("primary", plan)
    await driver.settle()
    await driver.picture("plan-stopped", plan)
    plan.accept()
    await driver.dialog_gone()
    await _continue_plan(driver, world)
    await _typed(driver)
    await _one_time_password(driver)


async def picture_plan(driver: ScreenDriver) -> None:
    """Plan a way of two legs between subaccounts, and leave it at that."""
    driver.act("transfer-legs")
    dialog = await driver.dialog()
    await driver.settle()
    driver.choose("from_place", "Momentum · Spot", dialog)
    driver.choose("to_place", "Market making · Spot", dialog)
    driver.choose("legs_asset", "USD", dialog)
    driver.type("legs_amount", "100", dialog)
    await driver.settle()
    await driver.click("primary", dialog)
    plan = await next_dialog(driver, "plan_dialog")
    await driver.picture("plan-of-two-legs", plan)
    await driver.close(plan)


async def _continue_plan(driver: ScreenDriver, world: DemoWorld) -> None:
    """Go on with the plan from the list, once its doubtful leg has been settled by a person."""
    desk = world.open_desk.desk
    for record in desk.settling.unknown():
        await desk.transfers.settle(record.journal_id, executed=False, note="not in Kraken's log")
    driver.act("plans")
    dialog = await driver.dialog()
    await driver.picture("plans", dialog)
    await driver.click("primary", dialog)
    plan = await next_dialog(driver, "plan_dialog")
    await driver.picture("plan-continued", plan)
    await driver.click("primary", plan)
    await driver.settle()
    await driver.picture("plan-done", plan)
    plan.accept()
    await driver.dialog_gone()


async def _typed(driver: ScreenDriver) -> None:
    """Ask for the destination's name above a limit, before a plan is sent."""
    driver.act("limits")
    dialog = await driver.dialog()
    await driver.settle()
    driver.find(QComboBox, "limit_kind", dialog).setCurrentIndex(2)
    driver.type("limit_amount", "100", dialog)
    await driver.click("set_limit", dialog)
    await driver.settle()
    await driver.close(dialog)
    await _ask_for_legs(driver)
    dialog = await driver.dialog()
    driver.type("legs_amount", "120", dialog)
    await driver.settle()
    await driver.click("primary", dialog)
    plan = await next_dialog(driver, "plan_dialog")
    await driver.picture("plan-typed", plan)
    await driver.close(plan)


async def _one_time_password(driver: ScreenDriver) -> None:
    """Say that a key has 2FA."""
    driver.select("momentum")
    driver.act("one-time-password")
    dialog = await driver.dialog()
    driver.find(QCheckBox, "two_factor", dialog).setChecked(True)
    await driver.picture("one-time-password", dialog)
    await driver.close(dialog)
    driver.select("Meridian Capital")


async def _ask_for_legs(driver: ScreenDriver) -> None:
    driver.act("transfer-legs")
    dialog = await driver.dialog()
    await driver.settle()
    driver.choose("from_place", f"{ACCOUNT} · Futures cash", dialog)
    driver.choose("to_place", "Meridian Capital · Spot", dialog)
    driver.choose("legs_asset", "USD", dialog)


async def next_dialog(driver: ScreenDriver, name: str) -> QDialog:
    """Wait for the dialog that follows another."""
    await driver.until(lambda: _shown(name) is not None)
    await driver.settle()
    found = _shown(name)
    assert found is not None
    return found


def _shown(name: str) -> QDialog | None:
    dialogs = (w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible())
    return next((dialog for dialog in dialogs if dialog.objectName() == name), None)
