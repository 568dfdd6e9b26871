"""Pictures of the audit: findings, matrix, hosts, and what dialogs ask about them."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QTableView, QTreeView

from kraken_desk.app.screen_driver import ScreenDriver
from kraken_desk.services.desk import Desk


async def picture_audit(driver: ScreenDriver, desk: Desk) -> None:
    """Look through the panes of the audit; nothing is changed."""
    await driver.until(lambda: desk.judging.judgement.value is not None)
    await desk.judging.refresh()
    driver.window.enlarge_drawer(True)
    await _findings(driver)
    await _matrix(driver)
    await _hosts(driver, desk)
    await _roles(driver)
    driver.window.enlarge_drawer(False)
    driver.window.show_pane("balances")
    for row in ("legacy export", "Meridian Capital"):
        driver.select(row)
        await driver.picture(f"health-{row.split()[0].lower()}")


async def _findings(driver: ScreenDriver) -> None:
    driver.window.show_pane("findings")
    table = driver.find(QTableView, "findings-table")
    table.setCurrentIndex(table.model().index(1, 0))
    await driver.picture("findings")
    driver.choose("findings-grouping", "By rule", driver.window)
    table.selectAll()
    await driver.picture("findings-by-rule")
    table.clearSelection()
    table.setCurrentIndex(table.model().index(1, 0))
    driver.act("finding-mute")
    dialog = await driver.dialog()
    driver.type("reason", "Replaced with the new strategy next month", dialog)
    await driver.picture("findings-mute", dialog)
    await driver.close(dialog)
    driver.choose("findings-grouping", "By severity", driver.window)


async def _matrix(driver: ScreenDriver) -> None:
    driver.window.show_pane("matrix")
    table = driver.find(QTableView, "matrix-rights")
    table.selectRow(3)
    await driver.picture("matrix")
    surplus = driver.find(QPushButton, "matrix-surplus")
    surplus.setChecked(True)
    await driver.picture("matrix-surplus")
    surplus.setChecked(False)


async def _hosts(driver: ScreenDriver, desk: Desk) -> None:
    """Name two hosts, look at them and at the ranges, and forget them again."""
    await desk.hosts.add("trading box", ("203.0.113.0/28",), note="Frankfurt")
    await desk.hosts.add("this laptop", ("198.51.100.20",), this_machine=True)
    await desk.judging.refresh()
    driver.window.show_pane("hosts")
    await driver.settle()
    table = driver.find(QTreeView, "hosts-table")
    table.setCurrentIndex(table.model().index(0, 0, table.model().index(1, 0)))
    await driver.picture("hosts")
    driver.choose("hosts-what", "Addresses and ranges", driver.window)
    await driver.picture("hosts-ranges")
    driver.choose("hosts-what", "Hosts", driver.window)
    driver.act("host-edit")
    dialog = await driver.dialog()
    await driver.picture("host", dialog)
    await driver.close(dialog)
    for name in ("trading box", "this laptop"):
        await desk.hosts.remove(name)
    await desk.judging.refresh()


async def _roles(driver: ScreenDriver) -> None:
    """Look at a key's role and at the table of roles; both are cancelled."""
    driver.select("legacy export")
    for act in ("key-role", "key-process", "roles"):
        driver.act(act)
        dialog = await driver.dialog()
        if act == "roles":
            driver.choose("roles_role", "Trading", dialog)
        await driver.picture(act, dialog)
        await driver.close(dialog)
