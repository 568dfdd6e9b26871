"""Whether a key may be handed to its process: not to fail there, and not to two."""

from __future__ import annotations

from datetime import datetime

from kraken_desk.domain.errors import HandOverError
from kraken_desk.domain.keys import ApiKeyInfo, KeyCheck, KeySlot

_ANYWAY = "If you know better, repeat the command with --anyway."


def refuse_what_would_fail(slot: KeySlot, check: KeyCheck | None, now: datetime) -> None:
    """Raise HandOverError when the key would be refused at its process, as far as is known."""
    info = check.info if check is not None else None
    if info is None:
        return
    if info.expired(now):
        raise HandOverError(
            "The key has expired",
            f"Kraken gave “{slot.name}” an end that is over.",
            f"Make a new key at Kraken, or extend this one there and check it here. {_ANYWAY}",
        )
    if slot.client:
        _refuse_a_lost_scale(slot, info, now)


def refuse_the_desks_own(slot: KeySlot) -> None:
    """Raise HandOverError for a key that Kraken Desk itself uses."""
    if slot.is_desk_key:
        raise HandOverError(
            "The key is Kraken Desk's own",
            f"“{slot.name}” serves the desk itself, and one key serves one process.",
            "Make a key of its own for this process.",
        )


def _refuse_a_lost_scale(slot: KeySlot, info: ApiKeyInfo, now: datetime) -> None:
    if not isinstance(info.nonce, int):
        return
    from kraken_desk.domain.nonces import (
        Usability,
        fingerprint,
        outlook,
    )  # a run of an unchecked key is quick

    window = info.nonce_window if isinstance(info.nonce_window, int) else 0
    prospect = outlook(info.nonce, window, slot.client, now)
    if prospect.works:
        return
    found = fingerprint(info.nonce, info.read_at)
    users = f" (as {', '.join(found.clients)} do)" if found.clients else ""
    said = f"Kraken's last nonce of “{slot.name}” has {found.digits} digits{users}"
    if prospect.usability is Usability.AHEAD:
        raise HandOverError(
            "The key's counter is ahead of the clock",
            f"{said} and lies in the future; {slot.client} is refused until "
            f"{prospect.free_at:%Y-%m-%d %H:%M} UTC.",
            f"Wait, make a new key, or look for who used it. {_ANYWAY}",
        )
    raise HandOverError(
        "The key is lost for this client",
        f"{said}; {slot.client} counts in smaller numbers and would be refused for ever.",
        f"Make a new key at Kraken for this process. {_ANYWAY}",
    )
