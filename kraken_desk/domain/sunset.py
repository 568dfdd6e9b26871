"""The announced end of Kraken's Derivatives v3 API, as data."""

from __future__ import annotations

from datetime import UTC, datetime

FUTURES_V3_ENDS = datetime(2027, 3, 1, tzinfo=UTC)
"""From this day REST and WebSocket of Derivatives v3 are gone (Kraken docs: deprecation notice)."""


def futures_v3_ended(now: datetime) -> bool:
    return now >= FUTURES_V3_ENDS
