"""`audit blast`: the worst that today's thief of each secret could do, in money."""

from __future__ import annotations

from decimal import Decimal

import click

from kraken_desk.cli import documents
from kraken_desk.cli.output import Document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.audit.blast import BlastReport, Radius
from kraken_desk.domain.money import Asset, format_quantity
from kraken_desk.domain.prices import Rates
from kraken_desk.domain.worth import rounded
from kraken_desk.services.desk import Desk
from kraken_desk.services.valuation import parse_currency


@click.command("blast")
@click.option("--currency", help="Value everything in this currency; without it, in the profile's own.")
@shared_options
def command(session: Session, currency: str | None) -> None:
    """Reckon what each key could lose if its secret were stolen; reads balances and public prices.

    The weighted figure takes allowlist and expiry into account and only ranks keys.
    """
    wanted = parse_currency(currency) if currency is not None else None

    async def work(profile: Profile) -> None:
        found = []
        for desk in await session.desks(profile):
            await desk.valuation.load()
            await desk.balances.refresh()
            rates = await desk.valuation.refresh(wanted or desk.valuation.currency)
            found.append((desk, rates, await _reckoned(desk, rates)))
        documents_ = [_document(desk, rates, report) for desk, rates, report in found]
        text = "\n\n".join(_text(desk, rates, report) for desk, rates, report in found)
        session.answer({"blast": documents_}, text)

    session.run(work)


async def _reckoned(desk: Desk, rates: Rates) -> BlastReport:
    balances = desk.balances.snapshot.value
    held = {row.asset for sheet in balances.sheets for row in sheet.rows}
    prices = {asset: rate.factor for asset in held if (rate := rates.of(asset)) is not None}
    return await desk.audit.blast(balances, prices)


def _text(desk: Desk, rates: Rates, report: BlastReport) -> str:
    slots = {str(slot.slot_id): slot for slot in desk.fleet.slots()}
    rows = [
        (
            slots[ref].name,
            desk.fleet.account(slots[ref].account_id).label,
            _figure(radius.worst, rates.currency),
            _figure(radius.weighted, rates.currency),
            "; ".join((*radius.why, *(f"not counted: {gap}" for gap in radius.gaps))),
        )
        for ref, radius in sorted(report.keys.items(), key=_rank)
        if radius.worst != 0
    ]
    fleet = f"{desk.environment.name}: all keys together {_figure(report.fleet.worst, rates.currency)}"
    heads = ("Key", "Account", "Worst case", "Weighted", "Because")
    body = table(heads, rows, right=frozenset({2, 3})) if rows else "No key can lose money."
    gaps = [f"Not counted: {', '.join(report.fleet.gaps)}."] if report.fleet.gaps else []
    return "\n".join([f"{fleet} {rates.currency}", body, *gaps])


def _rank(item: tuple[str, Radius]) -> tuple[Decimal, Decimal, str]:
    ref, radius = item
    return (-(radius.worst or Decimal(0)), -(radius.weighted or Decimal(0)), ref)


def _figure(value: Decimal | None, currency: Asset) -> str:
    return "not known" if value is None else format_quantity(rounded(value, currency))


def _document(desk: Desk, rates: Rates, report: BlastReport) -> Document:
    return {
        "environment": desk.environment.name,
        "currency": rates.currency,
        "fleet": _radius(report.fleet, rates.currency),
        "accounts": {ref: _radius(radius, rates.currency) for ref, radius in report.accounts.items()},
        "keys": {ref: _radius(radius, rates.currency) for ref, radius in report.keys.items()},
    }


def _radius(radius: Radius, currency: Asset) -> Document:
    def figure(value: Decimal | None) -> object:
        return None if value is None else documents.value(rounded(value, currency))

    return {
        "worst": figure(radius.worst),
        "weighted": figure(radius.weighted),
        "why": list(radius.why),
        "gaps": list(radius.gaps),
    }
