"""Lockouts in the answers of commands that list or check keys."""

from __future__ import annotations

import math

from kraken_desk.cli import documents
from kraken_desk.cli.output import Document, say
from kraken_desk.cli.runtime import Profile, Session


async def lockouts(profile: Profile, session: Session) -> Document:
    """Return the ends of running lockouts by environment; people are told on standard error."""
    found: Document = {}
    for desk in await session.desks(profile):
        until = await desk.status.locked_out_until()
        if until is None:
            continue
        found[desk.environment.name] = documents.value(until)
        minutes = math.ceil((until - desk.clock.now()).total_seconds() / 60)
        if not session.as_json:
            say(
                f"Locked out: Kraken refuses calls of “{desk.environment.name}” from this address until"
                f" {until:%H:%M:%S} UTC ({minutes} min). Nothing signed is sent meanwhile.",
                color="red",
            )
    return found
