"""Pictures of an empty profile's window: the welcome, what to tick for a first key, a backup looked into."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication, QComboBox

from kraken_desk.app.clock import SystemClock
from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.paths import resource_root
from kraken_desk.app.screen_driver import ScreenDriver
from kraken_desk.app.wiring import OpenDesk
from kraken_desk.domain.environments import PRODUCTION
from kraken_desk.domain.errors import StoreCorruptError
from kraken_desk.domain.journal import ChainFinding, ChainReport
from kraken_desk.domain.preferences import Preferences
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.domain.upkeep import RepairReport, TableOutcome
from kraken_desk.keychain.memory import MemoryVault
from kraken_desk.services.backup import BackupReport
from kraken_desk.services.diagnosis import Diagnosis
from kraken_desk.services.profile_doors import FirstSteps, ProfileDoors, unkept
from kraken_desk.services.upkeep import REPAIR_HINT
from kraken_desk.store import Store
from kraken_desk.ui.guide.opening import GuideKeeper
from kraken_desk.ui.rescue_window import RescueWindow
from kraken_desk.ui.shell import build_window
from kraken_desk.ui.theme import apply_theme

SIZE = (1440, 900)


async def picture_first_run(directory: Path, scheme: str) -> list[Path]:
    """Show the window of real money before any key was added; nothing is asked of anybody."""
    with tempfile.TemporaryDirectory(prefix="kraken-desk-first-") as home:
        store = await Store.open(Path(home) / "kraken-desk.sqlite3")
        opened = OpenDesk(PRODUCTION, store, MemoryVault(), SystemClock())
        await opened.desk.fleet.load()
        doors = ProfileDoors(
            unkept(Preferences(theme=scheme)), first_steps=_steps(), examine=_examine, repair=lambda: None
        )
        window = build_window(opened.desk, resource_root(), profile=doors)
        window.resize(*SIZE)
        window.show()
        driver = ScreenDriver(window, opened.desk, directory, f"{scheme}-first")
        await _begin(driver)
        window.close_for_good()
        await opened.close()
        await store.close()
        rescued = await picture_rescue(directory, scheme, len(driver.saved) + 1)
        return [*driver.saved, *rescued, *await _visit(directory, scheme)]


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
    driver.act("doctor")
    dialog = await driver.dialog()
    await driver.picture("examination", dialog)
    await driver.close(dialog)
    driver.act("help")
    keeper = driver.window.findChild(GuideKeeper)
    assert keeper is not None
    for name in ("first-key", "findings"):
        keeper.window.show_about(name)
        await driver.picture(f"guide-{name}", keeper.window)


async def _visit(directory: Path, scheme: str) -> list[Path]:
    """Show the demo as the welcome leads to it."""
    async with DemoWorld.running() as world:
        desk = world.open_desk.desk
        doors = ProfileDoors(unkept(Preferences(theme=scheme)), leave_demo=lambda: None)
        window = build_window(desk, resource_root(), profile=doors)
        window.resize(*SIZE)
        window.show()
        driver = ScreenDriver(window, desk, directory, f"{scheme}-first-demo")
        await driver.picture("visit")
        await desk.scope.close()
        window.close_for_good()
        return driver.saved


async def _examine() -> tuple[Diagnosis, ...]:
    """Return what a machine says whose database has been damaged a little."""
    return (
        Diagnosis("keychain", True, "GNOME Keyring (Secret Service)"),
        Diagnosis(
            "database", False, "row 812 missing from index moves_of_a_transfer, and 3 more", REPAIR_HINT
        ),
        Diagnosis("journal", True, "1204 lines, each with the hash that it must have"),
        Diagnosis("secrets", True, "all 21 keys have their secret"),
        Diagnosis("leases", True, "2 keys are held by running processes"),
        Diagnosis("files", True, "nothing is left over"),
        Diagnosis("Spot API", True, "https://api.kraken.com is online"),
        Diagnosis("clock against Spot", True, "Kraken's clock is +0.2 s from this one"),
        Diagnosis("display", True, "a display is there"),
    )


async def picture_rescue(directory: Path, scheme: str, first: int) -> list[Path]:
    """Show a profile that does not open: why, the question before a repair, and what it did."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = apply_theme(app, scheme, resource_root())
    window = RescueWindow(theme)
    window.show_error(
        StoreCorruptError(
            "The database is damaged",
            "kraken-desk.sqlite3: file is not a database.",
            "Repair it or restore a backup; the secrets in the keychain are not affected.",
        ),
        can_repair=True,
    )
    window.show()
    saved: list[Path] = []

    def picture(name: str) -> None:
        QApplication.processEvents()
        path = directory / f"{scheme}-first-{first + len(saved):02}-{name}.png"
        if not window.grab().save(str(path)):
            raise OSError(f"{path} could not be written")
        saved.append(path)

    picture("rescue")
    window.ask()
    picture("rescue-question")
    window.show_report(_report())
    picture("rescue-report")
    window.close_for_good()
    theme.deleteLater()
    return saved


def _report() -> RepairReport:
    broken = ChainReport(1189, "", (ChainFinding(871, "", "is missing: line 886 follows line 870"),), 1)
    tables = (
        TableOutcome("slots", 21),
        TableOutcome("accounts", 6),
        TableOutcome("transfer_moves", 1189, 15),
        TableOutcome("transfers", 402),
        TableOutcome("settings", 9),
    )
    folder = "kraken-desk/damaged-20261120T231502Z"
    return RepairReport(
        folder, tables, broken, True, ("The file's header was damaged and was written anew.",)
    )


def _steps() -> FirstSteps:
    """Return doors that lead nowhere, with a backup that holds something."""

    async def look_into(file: Path, passphrase: Passphrase) -> BackupReport:
        del file, passphrase
        holds = (("accounts", 6), ("slots", 21), ("transfers", 14), ("transfer_moves", 43))
        return BackupReport(SystemClock().now(), holds, 21, 0)

    return FirstSteps(lambda: None, look_into, lambda _file, _passphrase: None)
