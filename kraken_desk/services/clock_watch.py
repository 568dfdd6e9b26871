"""Refuses to sign for another process's key while this machine's clock is ahead of Kraken's.

Nonces are made from the clock. One check at a wrong time would spend a nonce that the key's own
process cannot reach before that time has come, and nothing sets a nonce back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from kraken_desk.domain.errors import ClockAheadError, KrakenDeskError
from kraken_desk.domain.keys import Venue
from kraken_desk.services.ports import Clock, ExchangeGateway

TOLERATED_S = 60.0
ASK_AGAIN = timedelta(minutes=10)


class ClockWatch:
    """Compares the clocks by a public call, once in ten minutes of this machine's own time."""

    def __init__(self, gateways: Mapping[Venue, ExchangeGateway], clock: Clock) -> None:
        self._gateways = gateways
        self._clock = clock
        self._right_at: datetime | None = None

    async def refuse_when_ahead(self, venue: Venue) -> None:
        """Raise ClockAheadError; where Kraken's time cannot be had, nothing is refused.

        Futures checks carry no nonce (Kraken docs: the header is optional), so only Spot counts.
        """
        gateway = self._gateways.get(venue)
        if venue is not Venue.SPOT or gateway is None or self._is_fresh():
            return
        try:
            offset_s = (await gateway.server_status()).offset_s
        except KrakenDeskError:
            return
        if offset_s is not None and offset_s < -TOLERATED_S:
            raise ClockAheadError(
                "This machine's clock is ahead",
                f"It is {-offset_s:.0f} s ahead of Kraken's. A check now would use a nonce of the future, and"
                " the key's own process would be refused until then.",
                "Nothing was sent. Set the system clock (NTP), then check again.",
            )
        self._right_at = self._clock.now()

    def _is_fresh(self) -> bool:
        if self._right_at is None:
            return False
        return timedelta(0) <= self._clock.now() - self._right_at < ASK_AGAIN
