"""Pictures of a rotation: each stage of the dialog, and what tree and details say meanwhile."""

from __future__ import annotations

import json
from typing import Any

from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.screen_driver import ScreenDriver
from kraken_desk.simulator import control_keys
from kraken_desk.simulator.control_body import Body

KEY = "mm-bot-2"


async def picture_rotation(driver: ScreenDriver, world: DemoWorld) -> None:
    """Rotate a process's key up to the watch, show the tree, and go back to the old key."""
    driver.select(KEY)
    driver.act("rotate-key")
    dialog = await driver.dialog()
    await driver.click("primary", dialog)
    await driver.picture("rotate-create", dialog)
    made = _new_key(world)
    driver.type("api_key", made["api_key"], dialog)
    driver.type("secret", made["api_secret"], dialog)
    for name in ("rotate-compare", "rotate-hand-over", "rotate-watch", "rotate-watching"):
        await driver.click("primary", dialog)
        await driver.picture(name, dialog)
    await driver.close(dialog)
    await driver.picture("rotating")


def _new_key(world: DemoWorld) -> dict[str, Any]:
    """Create the new key as an operator does on Kraken's page, with one right too few."""
    accounts = world.description["accounts"]
    found = [(a, k) for a in accounts for k in a["keys"] if k["name"] == KEY]
    account, old = found[0]
    wish = {
        "account": account["iiban"],
        "name": f"{KEY}-new",
        "permissions": old["permissions"][1:],
        "ip_allowlist": old["ip_allowlist"],
    }
    return dict(control_keys.add(world.simulator.world, Body.read(json.dumps(wish).encode())))
