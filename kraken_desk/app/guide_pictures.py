"""Pictures of the guide to a new key with the comparison, of a promotion, and of the report's export."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox

from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.screen_driver import ScreenDriver
from kraken_desk.simulator import control_keys
from kraken_desk.simulator.control_body import Body

_PROCESS, _ACCOUNT = "grid-bot", "Momentum"
_ADDRESS = "203.0.113.10"


async def picture_guide(driver: ScreenDriver, world: DemoWorld) -> None:
    """Follow the guide to a key that is made with one right too many, and add nothing."""
    desk = world.open_desk.desk
    if not any(host.name == _PROCESS for host in await desk.hosts.load()):
        await desk.hosts.add(_PROCESS, (_ADDRESS,))
    await _guide(driver, world)
    await _promote(driver)
    await _export(driver)
    await desk.hosts.remove(_PROCESS)


async def _guide(driver: ScreenDriver, world: DemoWorld) -> None:
    driver.act("key-guide")
    dialog = await driver.dialog()
    await driver.settle()
    driver.find(QComboBox, "guide_process", dialog).setEditText(_PROCESS)
    driver.choose("guide_account", f"{_ACCOUNT} (subaccount)", dialog)
    driver.choose("guide_client", "ccxt", dialog)
    driver.choose("guide_host", _PROCESS, dialog)
    await driver.picture("guide", dialog)
    await driver.click("primary", dialog)
    await driver.picture("guide-values", dialog)
    await driver.click("primary", dialog)
    made = _made(world)
    adding = await driver.dialog()
    driver.type("api_key", made["api_key"], adding)
    driver.type("secret", made["api_secret"], adding)
    await driver.click("primary", adding)
    await driver.picture("guide-comparison", adding)
    await driver.close(adding)


async def _promote(driver: ScreenDriver) -> None:
    driver.select("mm-bot-1")
    driver.act("promote-key")
    dialog = await driver.dialog()
    await driver.settle()
    await driver.click("primary", dialog)
    await driver.picture("promote", dialog)
    await driver.close(dialog)


async def _export(driver: ScreenDriver) -> None:
    driver.act("export-report")
    dialog = await driver.dialog()
    driver.find(QCheckBox, "redact_addresses", dialog).setChecked(True)
    await driver.picture("export-report", dialog)
    await driver.close(dialog)


def _made(world: DemoWorld) -> dict[str, Any]:
    """Make the key as an operator does on Kraken's page, with one right too many."""
    account = next(a for a in world.description["accounts"] if a["label"] == _ACCOUNT)
    wish = {
        "account": account["iiban"],
        "name": f"{_PROCESS}-trading",
        "permissions": [
            "query-funds",
            "query-open-trades",
            "modify-trades",
            "close-trades",
            "withdraw-funds",
        ],
        "ip_allowlist": [_ADDRESS],
    }
    return dict(control_keys.add(world.simulator.world, Body.read(json.dumps(wish).encode())))
