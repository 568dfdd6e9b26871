"""Time for the soak: waiting moves our clock and the exchange's alike, so hours pass in a minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bench.local_exchange import LocalExchange


class SharedClock:
    """Our clock; `advance` moves the exchange's first, so that its counters never lag behind ours."""

    def __init__(self, exchange: LocalExchange) -> None:
        self._exchange = exchange
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        """Let time pass at once, on both sides and for all calls under way."""
        self._exchange.control("PUT", "/clock", {"advance_s": seconds})
        self._ahead += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Stand in for asyncio.sleep where the stack waits by itself."""
        self.advance(seconds)
