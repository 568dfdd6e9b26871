"""The state of the desk itself: keychain, connection and lockout, for the status bar."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kraken_desk.domain.values import dataclass

if TYPE_CHECKING:  # the keychain describes itself with this, and a run reads it without figures
    from kraken_desk.domain.accounts import AccountId
    from kraken_desk.domain.environments import Environment
    from kraken_desk.domain.keys import Problem, Venue
    from kraken_desk.domain.live import LiveBalances
    from kraken_desk.domain.rate_state import RateState


@dataclass(frozen=True, slots=True)
class VaultDescription:
    """Which keychain holds the secrets: its name, whether it is usable, and why not."""

    name: str
    usable: bool
    persistent: bool
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class FeedReport:
    """How the feed of one account on one venue stands."""

    account_id: AccountId
    venue: Venue
    live: LiveBalances


@dataclass(frozen=True, slots=True)
class KeyRate:
    """A desk key's call counters, as the desk reckons them."""

    key_name: str
    states: tuple[RateState, ...]


@dataclass(frozen=True, slots=True)
class DeskStatus:
    """What the status bar shows; `offsets` are the venues' clocks minus ours in seconds."""

    environment: Environment
    vault: VaultDescription | None = None
    locked_out_until: datetime | None = None
    connection: Problem | None = None
    reached_at: datetime | None = None
    offsets: tuple[tuple[Venue, float], ...] = ()
    feeds: tuple[FeedReport, ...] = ()
    rates: tuple[KeyRate, ...] = ()
