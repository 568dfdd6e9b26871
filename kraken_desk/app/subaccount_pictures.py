"""Pictures of subaccounts and of the emergency stop: the account's words, the checklist, a drill."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

from PySide6.QtWidgets import QPlainTextEdit

from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.leasing import leases_of
from kraken_desk.app.screen_driver import ScreenDriver

TAGS = {"Momentum": "momentum", "Market making": "market-making, hft", "Basis": "basis"}
HELD = "momentum"
_HOLDS = "import time; print(1, flush=True); time.sleep(600)"


async def picture_account(driver: ScreenDriver, world: DemoWorld) -> None:
    """Tag accounts, write a note, and find an account by its tag."""
    fleet = world.open_desk.desk.fleet
    for label, tags in TAGS.items():
        await fleet.describe_account(fleet.account_named(label).account_id, tags=tags)
    driver.select("Momentum")
    driver.act("account")
    dialog = await driver.dialog()
    driver.type("tags", "momentum, trend v2, a/b", dialog)
    await driver.picture("account-refused", dialog)
    driver.type("tags", "momentum, trend", dialog)
    driver.find(QPlainTextEdit, "note", dialog).setPlainText("Runs on sg-2. Limits are agreed with Ann.")
    await driver.picture("account-words", dialog)
    await driver.click("primary", dialog)
    await driver.dialog_gone()
    await driver.picture("account-tagged")
    driver.type("filter", "tag:market", driver.window)
    await driver.picture("filter-tag")
    driver.type("filter", "", driver.window)
    await driver.settle()


async def picture_trading(driver: ScreenDriver) -> None:
    """Switch a subaccount's trading off and on again, and look at the form for a new Spot subaccount."""
    driver.select("Basis")
    driver.act("trading")
    dialog = await driver.dialog()
    await driver.picture("trading", dialog)
    await driver.click("primary", dialog)
    await driver.picture("trading-disabled", dialog)
    await driver.click("primary", dialog)
    await driver.settle()
    await driver.close(dialog)
    driver.act("new-subaccount")
    dialog = await driver.dialog()
    driver.type("username", "Meridian options", dialog)
    driver.type("email", "basis@meridian.example", dialog)
    await driver.picture("new-subaccount", dialog)
    await driver.click("primary", dialog)
    await driver.picture("new-subaccount-review", dialog)
    await driver.click("primary", dialog)
    await driver.picture("new-subaccount-refused", dialog)
    await driver.close(dialog)


async def picture_linking(driver: ScreenDriver) -> None:
    """Go through the checklist up to Kraken's list, which does not hold the subaccount yet."""
    driver.act("link-subaccount")
    dialog = await driver.dialog()
    await driver.settle()
    driver.type("label", "Options book", dialog)
    driver.type("master_email", "treasury@meridian.example", dialog)
    driver.type("email", "options@meridian.example", dialog)
    await driver.picture("link-start", dialog)
    for name in ("link-account", "link-futures", "link-ticket"):
        await driver.click("primary", dialog)
        await driver.picture(name, dialog)
    for _ in range(2):
        await driver.click("primary", dialog)
    await driver.click("primary", dialog)
    await driver.picture("link-not-yet", dialog)
    await driver.close(dialog)


async def picture_stop(driver: ScreenDriver, world: DemoWorld) -> None:
    """Drill the stop with one real process that holds a key, slowly enough to be seen under way."""
    process = await _held(world)
    driver.act("stop")
    dialog = await driver.dialog()
    await driver.picture("stop-before", dialog)
    driver.type("typed", "demo", dialog)
    world.simulator.world.latency_s = 0.4
    driver.press("primary", dialog)
    await asyncio.sleep(1.5)
    await driver.picture("stop-under-way", dialog, at_once=True)
    world.simulator.world.latency_s = 0.0
    await driver.until(lambda: "stop:everything" not in world.open_desk.desk.scope.groups.value)
    await driver.picture("stop-after", dialog)
    await driver.close(dialog)
    await asyncio.to_thread(process.communicate)


async def _held(world: DemoWorld) -> subprocess.Popen[bytes]:
    """Start a process that holds a key as `run` would have left it."""
    desk = world.open_desk.desk
    slot = next(s for s in desk.fleet.slots() if s.name == HELD)
    held = await leases_of(world.store, desk.clock).take(slot, "momentum-bot")
    inherited = (held.descriptor,) if os.name == "posix" else ()
    process = subprocess.Popen(  # noqa: ASYNC220, S603  # our own words; starting it takes a moment only
        [sys.executable, "-c", _HOLDS], stdout=subprocess.PIPE, pass_fds=inherited
    )
    assert process.stdout is not None
    await asyncio.to_thread(process.stdout.readline)
    await held.child_started(process.pid)
    os.close(held.descriptor)
    await desk.fleet.load()
    return process
