"""`balances`: what the accounts hold, in which parts, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import click

from kraken_desk.cli import documents, valuing
from kraken_desk.cli.exit_codes import ExitCode, code_for_category
from kraken_desk.cli.output import Document, print_problem, problem_document, say, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.wording import moment
from kraken_desk.domain.balances import BalanceSheet, total_by_asset
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.parts import parts_of
from kraken_desk.domain.prices import Rates
from kraken_desk.domain.worth import rounded, worth_of
from kraken_desk.reports.balances_table import SheetOf, balances_csv
from kraken_desk.services.balances import NO_KEY
from kraken_desk.services.desk import Desk
from kraken_desk.services.valuation import parse_currency

HEADS = ("Account", "Venue", "Asset", "Wallet", "Total", "Available", "On hold", "Value", "As of")
_RIGHT = frozenset({4, 5, 6, 7})


@dataclass(frozen=True)
class _Reading:
    """One environment's sheets, with what is needed to name and value them."""

    environment: str
    fleet: FleetSnapshot
    sheets: tuple[BalanceSheet, ...]
    rates: Rates

    def label(self, sheet: BalanceSheet) -> str:
        node = self.fleet.account(sheet.account_id)
        return node.account.label if node else sheet.account_id

    def key(self, sheet: BalanceSheet) -> str:
        node = self.fleet.key(sheet.source) if sheet.source else None
        return node.slot.name if node else ""


@click.command("balances")
@click.option("--account", help="Only this account (label, IIBAN or Futures uid).")
@click.option("--currency", help="Value everything in this currency; without it, in the profile's own.")
@click.option("--csv", "csv_file", metavar="FILE", help="Write all rows as a table to FILE, or to - .")
@shared_options
def command(session: Session, account: str | None, currency: str | None, csv_file: str | None) -> None:
    """Read the balances of all accounts, or of one, with their parts and their value.

    Values come from public last-trade prices, over USD or BTC where no market leads to the currency.
    What has no price is named and not counted. Money of different environments is never added up.
    """
    wanted = parse_currency(currency) if currency is not None else None
    if csv_file == "-" and session.as_json:
        raise InputError("Two documents", "--csv - and --json both want standard output.", "Name a file.")

    async def work(profile: Profile) -> int:
        readings = []
        for desk in [await session.one_desk(profile)] if account else await session.desks(profile):
            only = (desk.fleet.account_named(account).account_id,) if account else None
            await desk.valuation.load()
            snapshot = await desk.balances.refresh(only)
            rates = await desk.valuation.refresh(wanted or desk.valuation.currency)
            readings.append(_reading(desk, snapshot.sheets, rates))
        return _answer(session, readings, csv_file)

    session.run(work)


def _reading(desk: Desk, sheets: tuple[BalanceSheet, ...], rates: Rates) -> _Reading:
    return _Reading(desk.environment.name, desk.fleet.snapshot.value, sheets, rates)


def _answer(session: Session, readings: list[_Reading], csv_file: str | None) -> int:
    sheets = [(reading.label(sheet), sheet) for reading in readings for sheet in reading.sheets]
    failed = [s.problem for _, s in sheets if s.problem and s.problem.category != NO_KEY]
    document = _document(readings)
    if failed:
        document["error"] = problem_document(failed[0])
    if csv_file is not None:
        _write_csv(session, csv_file, readings)
    text = "" if csv_file == "-" else _text(readings)
    if csv_file not in (None, "-"):
        text += f"\nWrote all rows to {csv_file}."
    session.answer(document, text)
    if not session.as_json:
        _print_gaps(sheets)
    return code_for_category(failed[0].category) if failed else ExitCode.DONE


def _document(readings: list[_Reading]) -> Document:
    return {
        "accounts": [_sheet(reading, sheet) for reading in readings for sheet in reading.sheets],
        "totals": [total for reading in readings for total in _totals(reading)],
        "worth": [
            {
                "environment": reading.environment,
                "total": valuing.worth(worth_of(reading.sheets, reading.rates)),
                "accounts": valuing.tree(reading.fleet, reading.sheets, reading.rates),
                "prices": valuing.prices(
                    reading.rates, {row.asset for sheet in reading.sheets for row in sheet.rows}
                ),
            }
            for reading in readings
        ],
    }


def _sheet(reading: _Reading, sheet: BalanceSheet) -> Document:
    document = documents.sheet(sheet, reading.label(sheet))
    for row, shown in zip(sheet.rows, document["rows"], strict=True):
        shown["value"] = documents.value(valuing.row_value(reading.rates, row))
    return {
        **document,
        "environment": reading.environment,
        "key": reading.key(sheet) or None,
        "margins": [valuing.margin(item) for item in sheet.margins],
        "worth": valuing.worth(worth_of((sheet,), reading.rates)),
    }


def _totals(reading: _Reading) -> list[Document]:
    found = []
    for total in total_by_asset(reading.sheets):
        exact = reading.rates.value(total.asset, total.total)
        found.append(
            {
                **documents.total(total),
                "parts": valuing.parts([row for _, _, row in total.parts]),
                "value": None if exact is None else documents.value(rounded(exact, reading.rates.currency)),
                "environment": reading.environment,
            }
        )
    return found


def _text(readings: list[_Reading]) -> str:
    rows = [row for reading in readings for row in _rows(reading)]
    if not rows:
        return "No balances were read."
    for reading in readings:
        name = "Total" if len(readings) == 1 else f"Total of {reading.environment}"
        for total in total_by_asset(reading.sheets):
            exact = reading.rates.value(total.asset, total.total)
            figures = (total.total, total.available, total.hold)
            rows.append(
                (name, "", total.asset, "", *map(valuing.figure, figures), _value(reading.rates, exact), "")
            )
    closing = [line for reading in readings for line in _closing(reading, alone=len(readings) == 1)]
    return "\n".join([table(HEADS, rows, right=_RIGHT), "", *closing])


def _rows(reading: _Reading) -> list[tuple[str, ...]]:
    return [
        (
            reading.label(sheet),
            sheet.venue.label,
            f"{row.asset}.{row.part}" if row.part else row.asset,
            row.wallet,
            *map(valuing.figure, (row.total, row.available, row.hold)),
            _value(reading.rates, reading.rates.value(row.asset, row.total)),
            moment(sheet.as_of, "never"),
        )
        for sheet in reading.sheets
        for row in sheet.rows
    ]


def _value(rates: Rates, exact: Decimal | None) -> str:
    return "not valued" if exact is None else valuing.figure(rounded(exact, rates.currency))


def _closing(reading: _Reading, *, alone: bool) -> list[str]:
    """Say the parts of assets that have several, margin figures, what all is worth, and the age of prices."""
    lines = []
    for total in total_by_asset(reading.sheets):
        parts = parts_of([row for _, _, row in total.parts])
        if len(parts) > 1:
            words = ", ".join(f"{part.kind} {valuing.figure(part.quantity)}" for part in parts)
            lines.append(f"{total.asset}: {words}")
    lines += [
        f"Margin of {reading.label(sheet)}, {item.wallet}: {valuing.margin_text(item)}"
        for sheet in reading.sheets
        for item in sheet.margins
    ]
    worth = worth_of(reading.sheets, reading.rates)
    name = "Worth" if alone else f"Worth of {reading.environment}"
    lines.append(f"{name}: {valuing.worth_text(worth)}")
    if worth.priced_at is not None:
        lines.append(f"Prices read {moment(worth.priced_at, 'never')}")
    if reading.rates.book.problem is not None:
        lines.append(f"Prices could not be read: {reading.rates.book.problem.title}")
    return lines


def _write_csv(session: Session, csv_file: str, readings: list[_Reading]) -> None:
    items = [
        SheetOf(reading.environment, reading.label(sheet), reading.key(sheet), sheet, reading.rates)
        for reading in readings
        for sheet in reading.sheets
    ]
    text = balances_csv(items)
    if csv_file == "-":
        session.print_text(text, newline=False)
        return
    try:
        Path(csv_file).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(
            "The table could not be written", f"{csv_file}: {error.strerror}.", "Name another file."
        ) from error


def _print_gaps(sheets: list[tuple[str, BalanceSheet]]) -> None:
    """Say what the totals leave out: failures as errors, accounts without a key as a note."""
    for label, sheet in sheets:
        problem = sheet.problem
        if problem is None:
            continue
        name = f"{label} ({sheet.venue.label})"
        if problem.category == NO_KEY:
            say(f"Not read: {name}. {problem.detail}")
        else:
            print_problem(f"{name}: {problem.title}", problem.detail, problem.hint)
