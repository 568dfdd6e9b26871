"""Finding a key by name in the asked environment, or in all that hold keys."""

from __future__ import annotations

from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import KeySlot
from kraken_desk.services.desk import Desk


async def find_slot(session: Session, profile: Profile, name: str) -> tuple[Desk, KeySlot]:
    """Return the first key of that name with its desk; raises UnknownNameError."""
    problem: InputError | None = None
    for desk in await session.desks(profile):
        try:
            return desk, desk.fleet.slot_named(name)
        except InputError as error:
            problem = error
    assert problem is not None
    raise problem
