"""`demo --snapshot`: the main job in the real window, over real HTTP, with a picture of every step.

Runs without a display (Qt's offscreen platform). The pictures show what the program shows; nothing
is drawn for them.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QRadioButton, QTabWidget, QWidget

from kraken_desk.app.application import has_display, make_application
from kraken_desk.app.audit_pictures import picture_audit
from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.desktop import start_work
from kraken_desk.app.first_run_pictures import picture_first_run
from kraken_desk.app.garbage import MainThreadCollector
from kraken_desk.app.guide_pictures import picture_guide
from kraken_desk.app.leasing import leases_of
from kraken_desk.app.paths import resource_root
from kraken_desk.app.qt_loop import loop_factory
from kraken_desk.app.rotation_pictures import picture_rotation
from kraken_desk.app.screen_driver import ScreenDriver
from kraken_desk.app.settings_pictures import picture_settings
from kraken_desk.app.snapshots_balances import picture_balances
from kraken_desk.app.snapshots_money import picture_money
from kraken_desk.app.subaccount_pictures import (
    picture_account,
    picture_linking,
    picture_stop,
    picture_trading,
)
from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.domain.errors import InputError
from kraken_desk.services.desk import Desk
from kraken_desk.ui.shell import build_window

SIZE = (1440, 900)
LEFT_OUT = "backtest-2025"
"""The key that the pictures add by hand."""

HELD = "mm-bot-1"
"""The key that a process holds in the pictures."""

LONGER_THAN_A_BLINK_S = 0.4
"""After this the window shows that it is loading."""


def run_snapshots(directory: Path) -> int:
    """Save the pictures in dark and light below `directory` and say where they are."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            "No such directory", f"{directory}: {error.strerror}.", "Name another one."
        ) from error
    app = make_application(["kraken-desk"])
    qInstallMessageHandler(_on_qt_message)
    collector = MainThreadCollector()
    collector.start()
    saved: list[Path] = []
    with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
        for scheme in ("dark", "light"):
            saved += runner.run(_main_job(directory, scheme))
            saved += runner.run(picture_first_run(directory, scheme))
    collector.stop()
    click.echo(f"Saved {len(saved)} pictures of the main job in {directory.absolute()}")
    return ExitCode.DONE


def _on_qt_message(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Pass Qt's messages on, but for the one that the offscreen platform repeats for every window."""
    if "propagateSizeHints" not in text:
        click.echo(text, err=True)


async def _main_job(directory: Path, scheme: str) -> list[Path]:
    async with DemoWorld.running(without=frozenset({LEFT_OUT})) as world:
        desk = world.open_desk.desk
        window = build_window(desk, resource_root(), scheme)
        window.resize(*SIZE)
        window.show()
        driver = ScreenDriver(window, desk, directory, scheme)
        await driver.picture("unchecked")
        start_work(world.open_desk)
        await _checking(driver, world)
        await driver.until(lambda: bool(desk.balances.snapshot.value.sheets))
        await driver.until(lambda: "desk:first" not in desk.scope.groups.value)
        await _reminder(driver, desk)
        await _fleet(driver)
        await picture_balances(driver, desk, world.simulator)
        await picture_audit(driver, desk)
        await _filter(driver)
        await picture_settings(driver)
        await _processes(driver, world)
        await _small_dialogs(driver)
        await picture_account(driver, world)
        await picture_trading(driver)
        await picture_linking(driver)
        await _add_key(driver, world)
        await picture_rotation(driver, world)
        await picture_guide(driver, world)
        await picture_money(driver, world)
        await picture_stop(driver, world)
        await _exchange_down(driver, world)
        await _locked_out(driver, world)
        await desk.scope.close()
        window.close_for_good()
        return driver.saved


async def _checking(driver: ScreenDriver, world: DemoWorld) -> None:
    """Catch the first check in the middle, with an exchange that takes its time."""
    world.simulator.world.latency_s = 0.5
    await driver.until(lambda: "checking" in driver.shown_in_tree())
    await asyncio.sleep(LONGER_THAN_A_BLINK_S)
    await driver.picture("checking", at_once=True)
    world.simulator.world.latency_s = 0.0


async def _reminder(driver: ScreenDriver, desk: Desk) -> None:
    """Be told of the dates that are near, and dismiss the notice."""
    await desk.horizon.look()
    strip = driver.find(QWidget, "reminder-strip")
    await driver.until(strip.isVisible)
    await driver.picture("reminder")
    await driver.click("reminder-dismiss", strip)


async def _fleet(driver: ScreenDriver) -> None:
    await driver.picture("fleet")
    driver.select("legacy export")
    await driver.picture("key-with-findings")
    tabs = driver.find(QTabWidget, "key-tabs")
    for tab in range(1, tabs.count()):
        tabs.setCurrentIndex(tab)
        await driver.picture(f"key-{tabs.tabText(tab).lower()}")
    tabs.setCurrentIndex(0)
    driver.select("quarter-end audit")
    await driver.picture("key-refused")
    driver.select("futures desk")
    await driver.picture("futures-key")
    driver.select("Momentum")
    await driver.picture("account")


async def _filter(driver: ScreenDriver) -> None:
    """Filter the tree, once with a match and once without any."""
    driver.type("filter", "withdraw", driver.window)
    await driver.picture("filter")
    driver.type("filter", "no such key", driver.window)
    await driver.picture("filter-no-match")
    driver.type("filter", "", driver.window)
    await driver.settle()


async def _processes(driver: ScreenDriver, world: DemoWorld) -> None:
    """Show who holds what, hand a key over, and look ahead."""
    slot = next(s for s in world.open_desk.desk.fleet.slots() if s.name == HELD)
    held = await leases_of(world.store, world.open_desk.desk.clock).take(slot, "freqtrade")
    await world.open_desk.desk.fleet.load()
    driver.window.show_pane("processes")
    driver.select(HELD)
    await driver.picture("processes")
    await held.release()
    await world.open_desk.desk.fleet.load()
    driver.act("hand-over")
    dialog = await driver.dialog()
    await driver.picture("hand-over", dialog)
    driver.find(QRadioButton, "form-variables", dialog).setChecked(True)
    driver.choose("client", "freqtrade", dialog)
    driver.type("command", "freqtrade trade --config basis.json", dialog)
    await driver.picture("hand-over-variables", dialog)
    await driver.close(dialog)
    driver.window.show_pane("timeline")
    driver.window.enlarge_drawer(True)
    await driver.picture("timeline")
    driver.window.enlarge_drawer(False)
    driver.window.show_pane("balances")


async def _small_dialogs(driver: ScreenDriver) -> None:
    """Ask before a removal, and offer other names; all are cancelled."""
    acts = (
        ("research-notebook", "remove-key"),
        ("research-notebook", "rename-key"),
        ("Momentum", "rename-account"),
    )
    for row, act in acts:
        driver.select(row)
        driver.act(act)
        dialog = await driver.dialog()
        await driver.picture(act, dialog)
        await driver.close(dialog)


async def _add_key(driver: ScreenDriver, world: DemoWorld) -> None:
    """Add a key: first with a wrong secret, then with the right one."""
    keys = [key for account in world.description["accounts"] for key in account["keys"]]
    key = next(k for k in keys if k["name"] == LEFT_OUT)
    other = next(k for k in keys if k["name"] == "research-notebook")
    driver.act("add-key")
    dialog = await driver.dialog()
    await driver.picture("add-key", dialog)
    driver.type("api_key", key["api_key"], dialog)
    driver.type("secret", other["api_secret"], dialog)
    await driver.click("primary", dialog)
    await driver.picture("add-key-rejected", dialog)
    driver.type("secret", key["api_secret"], dialog)
    await driver.click("primary", dialog)
    await driver.picture("add-key-facts", dialog)
    driver.type("name", LEFT_OUT, dialog)
    await driver.click("primary", dialog)
    await driver.dialog_gone()
    await driver.picture("key-added")


async def _exchange_down(driver: ScreenDriver, world: DemoWorld) -> None:
    """Let the exchange answer with error pages: figures stay and are marked stale."""
    world.simulator.world.faults.add("html_520", count=None)
    driver.window.show_pane("balances")
    driver.select("Meridian Capital")
    await world.open_desk.desk.balances.refresh()
    await world.open_desk.desk.status.refresh()
    await driver.picture("exchange-down")
    world.simulator.world.faults.clear(None)


async def _locked_out(driver: ScreenDriver, world: DemoWorld) -> None:
    """Let Kraken lock this address out: the banner says so, the status bar counts down."""
    world.simulator.world.faults.add("lockout", count=None)
    driver.select("mm-bot-1")
    driver.act("check-now")
    await driver.settle()
    await world.open_desk.desk.status.refresh()
    await driver.picture("locked-out")
    world.simulator.world.faults.clear(None)
