"""`journal list | evidence | resolve`."""

from __future__ import annotations

import click

from kraken_desk.cli import documents
from kraken_desk.cli.output import table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.wording import moment
from kraken_desk.domain.errors import UnknownNameError
from kraken_desk.domain.money import format_quantity
from kraken_desk.domain.transfers import JournalId, LedgerEntry, TransferRecord
from kraken_desk.services.desk import Desk


@click.group("journal")
@shared_options
def command(session: Session) -> None:
    """Every transfer, written before it was sent."""


@command.command("list")
@shared_options
def list_(session: Session) -> None:
    """List transfers, newest first."""

    async def work(profile: Profile) -> None:
        records: list[TransferRecord] = []
        for desk in await session.desks(profile):
            records += desk.transfers.journal.value.records
        several = len({r.request.route.environment for r in records}) > 1
        rows = [
            (
                *((r.request.route.environment,) if several else ()),
                r.journal_id,
                moment(r.planned_at, ""),
                f"{r.source_label} → {r.destination_label}",
                f"{format_quantity(r.request.quantity)} {r.request.asset}",
                r.state.value,
                r.transfer_id or (r.problem.title if r.problem else ""),
            )
            for r in records
        ]
        heads: tuple[str, ...] = ("Id", "Planned", "Route", "Amount", "State", "Kraken's id or reason")
        if several:
            heads = ("Environment", *heads)
        text = table(heads, rows, right=frozenset({3 + several})) if rows else "No transfers yet."
        session.answer({"transfers": [documents.record(r) for r in records]}, text)

    session.run(work)


@command.command("evidence")
@click.argument("journal_id")
@shared_options
def evidence(session: Session, journal_id: str) -> None:
    """Read the ledgers for traces of a transfer with unknown outcome."""

    async def work(profile: Profile) -> None:
        desk = await _desk_of(session, profile, journal_id)
        found = await desk.transfers.evidence(JournalId(journal_id))
        lines = [
            f"Source: {_rows(found.source_rows)}",
            f"Destination: {_rows(found.destination_rows)}",
            *(f"Not read: {gap}" for gap in found.gaps),
            "The ledgers suggest that it executed."
            if found.suggests_executed
            else "No trace of it; entries can be late, and their absence alone proves nothing.",
        ]
        session.answer({"evidence": documents.evidence(found)}, "\n".join(lines))

    session.run(work)


@command.command("resolve")
@click.argument("journal_id")
@click.option("--executed/--not-executed", required=True, help="What you found out.")
@click.option("--note", default="", help="How you know.")
@shared_options
def resolve(session: Session, journal_id: str, executed: bool, note: str) -> None:
    """Settle a transfer with unknown outcome by your own decision; it frees the route."""

    async def work(profile: Profile) -> None:
        desk = await _desk_of(session, profile, journal_id)
        record = await desk.transfers.settle(JournalId(journal_id), executed=executed, note=note)
        session.answer(
            {"transfer": documents.record(record)}, f"{record.journal_id} is {record.state.value}."
        )

    session.run(work)


async def _desk_of(session: Session, profile: Profile, journal_id: str) -> Desk:
    for desk in await session.desks(profile):
        if any(r.journal_id == journal_id for r in desk.transfers.journal.value.records):
            return desk
    raise UnknownNameError(
        "No such journal record", f"The journal has no record “{journal_id}”.", "See journal list."
    )


def _rows(rows: tuple[LedgerEntry, ...] | None) -> str:
    if rows is None:
        return "not read"
    if not rows:
        return "no matching row"
    return "; ".join(
        f"{r.entry_id} {r.kind} {format_quantity(r.quantity)} {r.asset} at {moment(r.time, '')}" for r in rows
    )
