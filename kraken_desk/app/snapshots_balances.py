"""Pictures of balances for `demo --snapshot`: table, distribution, and a feed that has gone."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtWidgets import QComboBox, QTreeView

from kraken_desk.app.screen_driver import ScreenDriver
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.services.desk import Desk
from kraken_desk.simulator import Simulator
from kraken_desk.simulator.spot_book import Holding

MASTER = "Meridian Capital"

FEED_GONE = Problem(
    "FeedInterrupted",
    "The live feed was interrupted",
    "The feed fell silent. Figures are being read anew; until then they may be old.",
)


async def picture_balances(driver: ScreenDriver, desk: Desk, simulator: Simulator) -> None:
    """Show the selected account's balances in every form, then stale ones; leaves them fresh."""
    master = simulator.world.accounts.find(MASTER)
    assert master is not None
    master.spot.holdings["XXLM"] = Holding(Decimal(12_000))  # has no market there, so it has no value
    await desk.balances.refresh(automatic=True)
    await driver.until(lambda: bool(desk.valuation.rates.value.book.prices))
    driver.select(MASTER)
    face = driver.find(QComboBox, "balances-face")
    for index in range(face.count()):
        face.setCurrentIndex(index)
        driver.find(QTreeView, "balances-tree").expandAll()
        await driver.picture(f"balances-{face.currentText().lower().replace(' ', '-')}")
    face.setCurrentIndex(0)
    for sheet in desk.balances.snapshot.value.sheets:
        desk.balances.mark_stale(sheet.account_id, Venue.SPOT, FEED_GONE)
    await driver.picture("balances-stale-feed")
    await desk.balances.refresh(automatic=True)
