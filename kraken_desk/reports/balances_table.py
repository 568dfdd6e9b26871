"""Balances as a table for export: one row per wallet and part, with value, age and source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kraken_desk.domain.balances import Balance, BalanceSheet
from kraken_desk.domain.parts import part_words
from kraken_desk.domain.prices import Rates
from kraken_desk.domain.worth import rounded
from kraken_desk.reports.csv_text import Cell, csv_text

HEADS = (
    "Environment",
    "Account",
    "Venue",
    "Wallet",
    "Asset",
    "Part",
    "Total",
    "Available",
    "On hold",
    "Value",
    "Currency",
    "Price read at",
    "Read at",
    "Told by feed at",
    "Key",
    "Stale because",
)


@dataclass(frozen=True, slots=True)
class SheetOf:
    """A sheet with the names that stand for its ids."""

    environment: str
    account: str
    key: str
    sheet: BalanceSheet
    rates: Rates


def balances_csv(sheets: Iterable[SheetOf]) -> str:
    """Write every row of every sheet; an empty value means that no market leads to the currency."""
    return csv_text(HEADS, (_cells(item, row) for item in sheets for row in item.sheet.rows))


def _cells(item: SheetOf, row: Balance) -> tuple[Cell, ...]:
    rates, sheet = item.rates, item.sheet
    value, rate = rates.value(row.asset, row.total), rates.of(row.asset)
    return (
        item.environment,
        item.account,
        sheet.venue.label,
        row.wallet,
        str(row.asset),
        part_words(row.part),
        row.total,
        row.available,
        row.hold,
        None if value is None else rounded(value, rates.currency),
        str(rates.currency),
        rate.read_at if rate is not None else None,
        sheet.as_of,
        row.told_at,
        item.key,
        sheet.problem.title if sheet.problem else "",
    )
