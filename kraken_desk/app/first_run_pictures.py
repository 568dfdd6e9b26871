"""Pictures of an empty profile's window: the welcome, what to tick for a first key, a backup looked into."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtWidgets import QComboBox

from kraken_desk.app.clock import SystemClock
from kraken_desk.app.paths import resource_root
from kraken_desk.app.screen_driver import ScreenDriver
from kraken_desk.app.wiring import OpenDesk
from kraken_desk.domain.environments import PRODUCTION
from kraken_desk.domain.preferences import Preferences
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.keychain.memory import MemoryVault
from kraken_desk.services.backup import BackupReport
from kraken_desk.services.profile_doors import FirstSteps, ProfileDoors, unkept
from kraken_desk.store import Store
from kraken_desk.ui.guide.opening import GuideKeeper
from kraken_desk.ui.shell import build_window

SIZE = (1440, 900)


async def picture_first_run(directory: Path, scheme: str) -> list[Path]:
    """Show the window of real money before any key was added; nothing is asked of anybody."""
    with tempfile.TemporaryDirectory(prefix="kraken-desk-first-") as home:
        store = await Store.open(Path(home) / "kraken-desk.sqlite3")
        opened = OpenDesk(PRODUCTION, store, MemoryVault(), SystemClock())
        await opened.desk.fleet.load()
        doors = ProfileDoors(unkept(Preferences(theme=scheme)), first_steps=_steps())
        window = build_window(opened.desk, resource_root(), profile=doors)
        window.resize(*SIZE)
        window.show()
        driver = ScreenDriver(window, opened.desk, directory, f"{scheme}-first")
        await _begin(driver)
        window.close_for_good()
        await opened.close()
        await store.close()
        return driver.saved


async def _begin(driver: ScreenDriver) -> None:
    await driver.picture("run")
    driver.act("first-key")
    dialog = await driver.dialog()
    await driver.picture("key", dialog)
    driver.find(QComboBox, "purpose", dialog).setCurrentIndex(1)
    await driver.picture("key-treasury", dialog)
    await driver.close(dialog)
    driver.act("restore-backup")
    dialog = await driver.dialog()
    driver.type("backup_file", "desk.backup", dialog)
    driver.type("backup_passphrase", "four words of a passphrase", dialog)
    await driver.picture("restore", dialog)
    await driver.click("primary", dialog)
    await driver.picture("restore-holds", dialog)
    await driver.close(dialog)
    driver.act("help")
    keeper = driver.window.findChild(GuideKeeper)
    assert keeper is not None
    for name in ("first-key", "findings"):
        keeper.window.show_about(name)
        await driver.picture(f"guide-{name}", keeper.window)


def _steps() -> FirstSteps:
    """Return doors that lead nowhere, with a backup that holds something."""

    async def look_into(file: Path, passphrase: Passphrase) -> BackupReport:
        del file, passphrase
        holds = (("accounts", 6), ("slots", 21), ("transfers", 14), ("transfer_moves", 43))
        return BackupReport(SystemClock().now(), holds, 21, 0)

    return FirstSteps(lambda: None, look_into, lambda _file, _passphrase: None)
