"""One-time passwords: wanted by a Spot key with 2FA on every call, and by no other key."""

from __future__ import annotations

from kraken_desk.domain.errors import InputError, OneTimePasswordError
from kraken_desk.domain.keys import KeySlot, Venue


def check_otp(slot: KeySlot, otp: str) -> None:
    """Raise OneTimePasswordError where a one-time password is missing, or would be one too many.

    A key with 2FA wants one on every call; sent for a key without it, Kraken refuses the key
    (documented; the second half observed).
    """
    if slot.two_factor and not otp:
        raise OneTimePasswordError(
            "A one-time password is needed",
            f"“{slot.name}” has two-factor authentication at Kraken. Nothing was sent.",
            "Give the current code: in the window's field, or by --otp-stdin.",
        )
    if otp and not slot.two_factor:
        raise OneTimePasswordError(
            "A one-time password too many",
            f"“{slot.name}” is not marked as having two-factor authentication, and Kraken refuses a key"
            " that sends a code without need. Nothing was sent.",
            f"Leave the code out, or mark the key: kraken-desk keys two-factor {slot.name} on",
        )


def refuse_futures_code(venue: Venue, *, wanted: bool) -> None:
    """Raise InputError where a Futures key is to have 2FA: its API has no field for a code (inferred)."""
    if wanted and venue is Venue.FUTURES:
        raise InputError(
            "Futures keys take no one-time password",
            "Kraken asks for one with Spot keys only. Nothing was sent or changed.",
            "Leave the code out.",
        )
