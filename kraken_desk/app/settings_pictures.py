"""Pictures of the command palette and of every page of the settings."""

from __future__ import annotations

from kraken_desk.app.screen_driver import ScreenDriver
from kraken_desk.ui.dialogs.settings import PAGES, SettingsDialog


async def picture_settings(driver: ScreenDriver) -> None:
    """Find something by two letters, and look at all settings; nothing is changed."""
    driver.act("palette")
    palette = await driver.dialog()
    driver.type("palette-line", "mo", palette)
    await driver.picture("palette", palette)
    await driver.close(palette)
    driver.act("settings")
    dialog = await driver.dialog()
    assert isinstance(dialog, SettingsDialog)
    for name in PAGES:
        dialog.show_page(name)
        await driver.picture(f"settings-{name}", dialog)
    await driver.close(dialog)
