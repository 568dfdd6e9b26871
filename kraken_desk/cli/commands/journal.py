"""`journal list | show | evidence | settle | resolve | verify | export | receipt`."""

from __future__ import annotations

import click

from kraken_desk.cli import documents
from kraken_desk.cli.commands.journal_copies import export, receipt, verify
from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.output import table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.wording import moment
from kraken_desk.domain.errors import RuleError, UnknownNameError
from kraken_desk.domain.journal import TransferMove
from kraken_desk.domain.journal_filter import JournalFilter, journal_states
from kraken_desk.domain.money import format_quantity
from kraken_desk.domain.settlement import balances_moved
from kraken_desk.domain.transfers import Evidence, JournalId, LedgerEntry, TransferRecord, TransferState
from kraken_desk.reports.receipt import DECIDERS, OUTCOMES, evidence_lines
from kraken_desk.services.desk import Desk


@click.group("journal")
@shared_options
def command(session: Session) -> None:
    """Every transfer, written before it was sent."""


@command.command("list")
@click.option(
    "--state", "states", multiple=True, help="Only in this state, such as unknown; may be repeated."
)
@click.option("--account", help="Only from or to this account, by label.")
@click.option("--asset", help="Only of this asset.")
@click.option("--plan", help="Only the legs of this plan.")
@click.option("--text", "words", help="Only where id, key, reason or note contain this.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many, the newest.")
@shared_options
def list_(session: Session, limit: int | None, states: tuple[str, ...], **given: str | None) -> None:
    """List transfers, newest first."""

    async def work(profile: Profile) -> None:
        wanted = JournalFilter(
            states=journal_states(states),
            account=given["account"] or "",
            asset=given["asset"] or "",
            plan_id=given["plan"] or "",
            text=given["words"] or "",
        )
        records: list[TransferRecord] = []
        for desk in await session.desks(profile):
            records += wanted.of(desk.transfers.journal.value.records)
        records = sorted(records, key=lambda r: r.planned_at, reverse=True)[:limit]
        text = _table(records) if records else "No such transfers." if wanted.narrow else "No transfers yet."
        session.answer({"transfers": [documents.record(r) for r in records]}, text)

    session.run(work)


@command.command("show")
@click.argument("journal_id")
@shared_options
def show(session: Session, journal_id: str) -> None:
    """Show one transfer with its history, the evidence of its settlement, and its hashes."""

    async def work(profile: Profile) -> None:
        desk = await _desk_of(session, profile, journal_id)
        record = next(r for r in desk.transfers.journal.value.records if r.journal_id == journal_id)
        moves = await desk.journal.history(record.journal_id)
        document = {
            **documents.record(record),
            "history": [documents.move(m) for m in moves],
            "evidence": documents.evidence(record.evidence) if record.evidence else None,
        }
        session.answer({"transfer": document}, "\n".join(_told(record, moves)))

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
            _suggestion(_record(desk, journal_id), found),
        ]
        session.answer({"evidence": documents.evidence(found)}, "\n".join(lines))

    session.run(work)


@command.command("settle")
@click.argument("journal_ids", nargs=-1)
@shared_options
def settle(session: Session, journal_ids: tuple[str, ...]) -> None:
    """Settle transfers with unknown outcome where the traces at both ends prove it; all without an id."""

    async def work(profile: Profile) -> int:
        looks = []
        if journal_ids:
            for journal_id in journal_ids:
                desk = await _desk_of(session, profile, journal_id)
                looks.append(await desk.settling.settle(JournalId(journal_id)))
        else:
            for desk in await session.desks(profile):
                looks += await desk.settling.settle_all()
        lines = [f"{look.record.journal_id} is {look.record.state.value}. {look.reason}" for look in looks]
        found = [
            {
                "transfer": documents.record(look.record),
                "settled": look.settled,
                "reason": look.reason,
                "evidence": documents.evidence(look.evidence) if look.evidence else None,
            }
            for look in looks
        ]
        session.answer({"looks": found}, "\n".join(lines) or "No transfer has an unknown outcome.")
        open_ones = any(look.record.state is TransferState.UNKNOWN for look in looks)
        return ExitCode.UNKNOWN_OUTCOME if open_ones else ExitCode.DONE

    session.run(work)


@command.command("resolve")
@click.argument("journal_id")
@click.option("--executed/--not-executed", required=True, help="What you found out.")
@click.option("--note", default="", help="How you know.")
@click.option(
    "--against-evidence", is_flag=True, help="The row or the balance that fits belongs to something else."
)
@shared_options
def resolve(session: Session, journal_id: str, executed: bool, note: str, against_evidence: bool) -> None:
    """Settle a transfer with unknown outcome by your own decision; it frees the route.

    What the ledgers and balances show at this moment is kept with the decision.
    """

    async def work(profile: Profile) -> None:
        desk = await _desk_of(session, profile, journal_id)
        await _refuse_settled(desk, journal_id)
        found = await desk.transfers.evidence(JournalId(journal_id))
        if not executed and not against_evidence:
            _refuse_against(_record(desk, journal_id), found)
        record = await desk.transfers.settle(
            JournalId(journal_id), executed=executed, note=note, evidence=found
        )
        session.answer(
            {"transfer": documents.record(record)}, f"{record.journal_id} is {record.state.value}."
        )

    session.run(work)


for _copy in (verify, export, receipt):
    command.add_command(_copy)


def _record(desk: Desk, journal_id: str) -> TransferRecord | None:
    return next((r for r in desk.transfers.journal.value.records if r.journal_id == journal_id), None)


def _suggestion(record: TransferRecord | None, found: Evidence) -> str:
    if found.suggests_executed:
        return "The ledgers suggest that it executed."
    if record is not None and balances_moved(record, found):
        return (
            "No row yet, but a balance has changed by the amount: it probably executed, and its row is late."
        )
    return "No trace of it; entries can be late, and their absence alone proves nothing."


def _refuse_against(record: TransferRecord | None, found: Evidence) -> None:
    """Refuse “not executed” where money seems to have moved: it would invite to send it again."""
    if found.suggests_executed:
        rows = _rows((found.source_rows or ()) + (found.destination_rows or ()))
        raise RuleError(
            "The ledger says that it executed",
            f"This fits: {rows}. The transfer is still unknown and its route blocked.",
            "Say --executed; or --against-evidence as well, when you know that the row is of something else.",
        )
    if record is not None and balances_moved(record, found):
        raise RuleError(
            "A balance says that it executed",
            "It has changed by the amount, and no row explains it. The transfer is still unknown and its"
            " route blocked.",
            "Wait for the row, or say --executed; or --against-evidence as well, when it moved for another"
            " reason.",
        )


async def _refuse_settled(desk: Desk, journal_id: str) -> None:
    """Spare the ledgers a reading when there is nothing to decide."""
    for record in desk.transfers.journal.value.records:
        if record.journal_id == journal_id and record.state is not TransferState.UNKNOWN:
            raise RuleError(
                "Nothing to settle",
                f"This transfer is {record.state.value}.",
                "Only a transfer with unknown outcome is settled.",
            )


def _table(records: list[TransferRecord]) -> str:
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
    return table(("Environment", *heads) if several else heads, rows, right=frozenset({3 + several}))


def _told(record: TransferRecord, moves: tuple[TransferMove, ...]) -> list[str]:
    amount = f"{format_quantity(record.request.quantity)} {record.request.asset}"
    lines = [
        f"{record.journal_id}: {amount}, {record.source_label} → {record.destination_label}",
        f"{record.state.value}. {OUTCOMES[record.state]}",
        f"{record.endpoint}, signed by {record.key_name}; Kraken's id: {record.transfer_id or 'none'}",
    ]
    if record.plan_id:
        lines.append(f"leg {record.leg or '?'} of plan {record.plan_id}")
    for move in moves:
        by = f" {DECIDERS[move.settled_by]}" if move.settled_by else ""
        why = ": ".join(part for part in (move.problem.title if move.problem else "", move.note) if part)
        lines.append(
            f"  line {move.line}  {move.at:%Y-%m-%d %H:%M:%S} UTC  {move.state.value}{by}  {why}".rstrip()
        )
        lines.append(f"           {move.hash}")
    if record.evidence is not None:
        lines += [f"  {name}: {text}" for name, text in evidence_lines(record, record.evidence)]
    return lines


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
