"""`horizon`: what lies ahead of the keys."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from kraken_desk.cli import documents
from kraken_desk.cli.output import Document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.horizon import AHEAD, Milestone, within


@click.command("horizon")
@click.option(
    "--days",
    type=click.IntRange(0, 36_500),
    default=AHEAD.days,
    show_default=True,
    help="How many days ahead; what is overdue is always listed.",
)
@shared_options
def command(session: Session, days: int) -> None:
    """List what lies ahead of the keys: expiry, rotation by role, likely dormancy, the end of an API.

    Nothing is asked of Kraken: the dates come from the last checks.
    """

    async def work(profile: Profile) -> None:
        listed: list[tuple[Milestone, datetime]] = []
        for desk in await session.desks(profile):
            now = desk.clock.now()
            found = within(await desk.horizon.load(), now, timedelta(days=days))
            listed += [(stone, now) for stone in found]
        listed.sort(key=lambda pair: pair[0].at)
        heads = ("Date", "In", "What", "Key", "Account", "Environment")
        rows = [_row(stone, now) for stone, now in listed]
        text = table(heads, rows) if rows else f"Nothing lies within {days} days."
        session.answer({"horizon": [_document(stone, now) for stone, now in listed]}, text)

    session.run(work)


def _row(stone: Milestone, now: datetime) -> tuple[str, ...]:
    days = stone.days_left(now)
    when = "overdue" if stone.at <= now else "today" if days == 0 else f"{days} d"
    what = f"{stone.kind.label} (assumed)" if stone.assumed else stone.kind.label
    return (f"{stone.at:%Y-%m-%d}", when, what, stone.name, stone.account, stone.environment)


def _document(stone: Milestone, now: datetime) -> Document:
    return {
        "kind": stone.kind.value,
        "at": documents.value(stone.at),
        "days_left": stone.days_left(now),
        "overdue": stone.at <= now,
        "name": stone.name,
        "slot_id": stone.slot_id,
        "account": stone.account or None,
        "environment": stone.environment,
        "assumed": stone.assumed,
        "why": stone.why,
    }
