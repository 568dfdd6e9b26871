"""Live balances: what a feed shows now, and whether it can be relied on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from kraken_desk.domain.balances import Balance
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.domain.values import dataclass


class FeedState(StrEnum):
    """How far a feed can be relied on; in any state but LIVE its figures may be old."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class LiveBalances:
    """An account's balances as a feed tells them.

    Feeds know nothing of order holds, so Spot rows have no `available`. `changes` counts the
    messages that moved a balance: when it rises, a reading by call shows the rest. `problem` says
    why a feed is stale or has ended for good; after that only calls tell.
    """

    venue: Venue
    state: FeedState = FeedState.CONNECTING
    rows: tuple[Balance, ...] = ()
    as_of: datetime | None = None
    changes: int = 0
    problem: Problem | None = None
