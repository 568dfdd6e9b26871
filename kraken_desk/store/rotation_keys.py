"""Which keys rotations hold, for those who write slots.

Apart from `rotations`, because a run of a bot reads slots and is in a hurry: it needs none of the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kraken_desk.domain.keys import KeyId, SlotId

if TYPE_CHECKING:  # a first look knows no sessions
    from kraken_desk.store.database import Session

OPEN = "stage NOT IN ('finished', 'abandoned')"

_HOLDER = (
    f"SELECT slot_id FROM rotations WHERE {OPEN} AND slot_id <> :slot_id"  # noqa: S608  # a constant
    " AND (old_api_key = :api_key OR new_api_key = :api_key)"
)


def holding_slot(session: Session, api_key: str, besides: str = "") -> SlotId | None:
    """Return the slot whose rotation under way holds this API key."""
    found = session.value(_HOLDER, {"api_key": api_key, "slot_id": besides})
    return None if found is None else SlotId(found)


def holder_besides(session: Session, api_key: str, slot_id: SlotId) -> str | None:
    """Return the name of another slot whose rotation under way holds this API key."""
    found = holding_slot(session, api_key, slot_id)
    if found is None:
        return None
    name = session.value("SELECT name FROM slots WHERE slot_id = ?", (found,))
    return "another key" if name is None else str(name)


def key_under_way(session: Session, slot_id: SlotId) -> KeyId | None:
    """Return the key that an open rotation has made the slot's, None without one."""
    found = session.value(
        f"SELECT slots.key_id FROM rotations JOIN slots USING (slot_id) WHERE slot_id = ? AND {OPEN}",  # noqa: S608  # a constant
        (slot_id,),
    )
    return None if found is None else KeyId(found)
