"""The system's clock as the Clock port."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """Aware UTC time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)
