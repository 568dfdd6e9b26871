"""The table of balances for a spreadsheet, made of what the pane shows and written beside its work."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.errors import InputError
from kraken_desk.reports.balances_table import SheetOf, balances_csv
from kraken_desk.ui.bridge import Bridge


def table_of(bridge: Bridge, account_id: AccountId | None) -> str:
    """Return the rows of one account, or of all, as comma-separated text."""
    fleet, rates = bridge.fleet, bridge.rates
    labels = {node.account.account_id: node.account.label for node in fleet.accounts()}
    keys = {node.slot.key_id: node.slot.name for node in fleet.keys()}  # noqa: SIM118  # a fleet is no dict
    return balances_csv(
        SheetOf(
            bridge.environment.name,
            labels.get(sheet.account_id, ""),
            keys.get(sheet.source, "") if sheet.source else "",
            sheet,
            rates,
        )
        for sheet in bridge.balances.sheets
        if account_id in (None, sheet.account_id)
    )


async def write_table(path: Path, table: str) -> None:
    """Write the file on a worker thread; raises InputError when it cannot be written."""
    try:
        await asyncio.to_thread(path.write_text, table, "utf-8", newline="")
    except OSError as error:
        raise InputError(
            "The table was not saved", f"{path}: {error.strerror}.", "Choose another place."
        ) from error
