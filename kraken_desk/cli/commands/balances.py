"""`balances`: what the accounts hold."""

from __future__ import annotations

from decimal import Decimal

import click

from kraken_desk.cli import documents
from kraken_desk.cli.exit_codes import ExitCode, code_for_category
from kraken_desk.cli.output import print_problem, problem_document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.wording import moment
from kraken_desk.domain.balances import AssetTotal, BalanceSheet, total_by_asset
from kraken_desk.domain.money import format_quantity
from kraken_desk.services.balances import NO_KEY

_Reading = tuple[str, list[tuple[str, BalanceSheet]], tuple[AssetTotal, ...]]
"""An environment's name, its sheets with their accounts' labels, and its totals."""


@click.command("balances")
@click.option("--account", help="Only this account (label, IIBAN or Futures uid).")
@shared_options
def command(session: Session, account: str | None) -> None:
    """Read the balances of all accounts, or of one."""

    async def work(profile: Profile) -> int:
        readings: list[_Reading] = []
        for desk in [await session.one_desk(profile)] if account else await session.desks(profile):
            only = (desk.fleet.account_named(account).account_id,) if account else None
            snapshot = await desk.balances.refresh(only)
            labelled = [(desk.fleet.account(s.account_id).label, s) for s in snapshot.sheets]
            readings.append((desk.environment.name, labelled, total_by_asset(snapshot.sheets)))
        return _answer(session, readings)

    session.run(work)


def _answer(session: Session, readings: list[_Reading]) -> int:
    """Print rows and totals; money of different environments is never added up."""
    sheets = [labelled for _, found, _ in readings for labelled in found]
    failed = [(label, s.problem) for label, s in sheets if s.problem and s.problem.category != NO_KEY]
    document = {
        "accounts": [
            {**documents.sheet(sheet, label), "environment": name}
            for name, found, _ in readings
            for label, sheet in found
        ],
        "totals": [
            {**documents.total(total), "environment": name}
            for name, _, totals in readings
            for total in totals
        ],
    }
    if failed:
        document["error"] = problem_document(failed[0][1])  # type: ignore[assignment]  # the document is JSON
    rows = [
        (
            label,
            sheet.venue.label,
            f"{row.asset}.{row.part}" if row.part else row.asset,
            row.wallet,
            format_quantity(row.total),
            _figure(row.available),
            _figure(row.hold),
            moment(sheet.as_of, "never"),
        )
        for label, sheet in sheets
        for row in sheet.rows
    ]
    rows += [
        (
            "Total" if len(readings) == 1 else f"Total of {name}",
            "",
            t.asset,
            "",
            format_quantity(t.total),
            _figure(t.available),
            _figure(t.hold),
            "",
        )
        for name, _, totals in readings
        for t in totals
    ]
    heads = ("Account", "Venue", "Asset", "Wallet", "Total", "Available", "On hold", "As of")
    session.answer(
        document, table(heads, rows, right=frozenset({4, 5, 6})) if rows else "No balances were read."
    )
    if not session.as_json:
        _print_gaps(sheets)
    return code_for_category(failed[0][1].category) if failed else ExitCode.DONE


def _print_gaps(sheets: list[tuple[str, BalanceSheet]]) -> None:
    """Say what the totals leave out: failures as errors, accounts without a key as a note."""
    for label, sheet in sheets:
        problem = sheet.problem
        if problem is None:
            continue
        name = f"{label} ({sheet.venue.label})"
        if problem.category == NO_KEY:
            click.echo(f"Not read: {name}. {problem.detail}", err=True)
        else:
            print_problem(f"{name}: {problem.title}", problem.detail, problem.hint)


def _figure(quantity: Decimal | None) -> str:
    """Write a figure, or nothing where Kraken reports none: that is not zero."""
    return "" if quantity is None else format_quantity(quantity)
