"""What to do on a feed, without I/O: text and time in, actions out.

A feed counts only while it is whole: subscribed, snapshot received, no gap in the sequence, never
silent for too long. Anything else makes it stale at once and is mended by a new connection with a
new snapshot, further and further apart. What the messages look like is a `Dialect`'s matter.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from kraken_desk.domain.balances import Balance
from kraken_desk.domain.live import FeedState
from kraken_desk.domain.money import Asset
from kraken_desk.exchange.values import WireError

MOST_ROWS = 5_000
"""Kraken lists under a thousand assets, with a few wallets each."""

POLICY_CLOSE = 1008
RESTART_CLOSE = 1012


@dataclass(frozen=True, slots=True)
class Place:
    """Where a balance stands: asset, wallet, and Kraken's part of the wallet."""

    asset: Asset
    wallet: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What stands there; `available` only where the feed tells it."""

    total: Decimal
    available: Decimal | None = None


Rows = Mapping[Place, Held]


@dataclass(frozen=True, slots=True)
class Alive:
    """Something came that says nothing but that the connection lives; a probe's answer `answers`."""

    answers: bool = False


@dataclass(frozen=True, slots=True)
class Challenge:
    """The exchange wants a text signed before it tells anything."""

    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """Balances: all of them (`whole`) or those that changed, with the message's number."""

    rows: Rows
    sequence: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A subscription was refused; `final` when asking again cannot help."""

    reason: str
    final: bool


Heard = Alive | Challenge | Told | Refused


class Dialect(Protocol):
    """A venue's messages. One instance serves one connection."""

    silence_s: float

    def opening(self) -> tuple[str, ...]:
        """Return what to send when the connection is open."""
        ...

    def answering(self, challenge: str, signed: str) -> tuple[str, ...]:
        """Return what to send when a challenge has been signed."""
        ...

    def probe(self) -> str:
        """Return a message that the exchange answers at once, "" where none is needed."""
        ...

    def read(self, text: str) -> Heard:
        """Understand one message; raises WireError when it cannot be."""
        ...


@dataclass(frozen=True, slots=True)
class Send:
    """Send a text."""

    text: str


@dataclass(frozen=True, slots=True)
class Sign:
    """Have a challenge signed and hand the signature to `signed`."""

    challenge: str


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Close, wait, and connect anew with new credentials."""

    after_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Close and give the feed up: calls must do."""

    reason: str


Action = Send | Sign | Reconnect | Stop

PROBE_AFTER_S, ANSWER_S = 4.0, 4.0
"""Quiet seconds before a probe is sent, and those that its answer may take."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Times in seconds: waits between attempts, and how long to wait for a snapshot."""

    first_s: float = 1.0
    longest_s: float = 60.0
    factor: float = 2.0
    jitter: float = 0.1
    restart_s: float = 5.0
    stable_s: float = 30.0
    snapshot_s: float = 10.0


@dataclass(slots=True)
class FeedProtocol:
    """One account's feed over all its connections. `now` is seconds of any steady clock.

    Where heartbeats come rarely, or their pace is not known yet, a quiet feed is asked something that is
    answered at once. Only a connection that has answered the first such probe, sent after the snapshot, is
    taken for silent when it leaves one unanswered; on all others the dialect's patience counts.
    """

    patience: Patience = field(default_factory=Patience)
    state: FeedState = FeedState.CONNECTING
    changes: int = 0
    reason: str = ""
    _dialect: Dialect | None = None
    _rows: dict[Place, Held] = field(default_factory=dict)
    _sequence: int | None = None
    _opened_at: float = 0.0
    _heard_at: float = 0.0
    _failures: int = 0
    _refusals: int = 0
    _answers: bool = False
    _probed_at: float | None = None

    def opened(self, dialect: Dialect, now: float) -> list[Action]:
        """Begin on a new connection; the rows of the last one stay until a snapshot replaces them."""
        self._dialect, self._sequence = dialect, None
        self._opened_at = self._heard_at = now
        self._answers, self._probed_at = False, None
        return [Send(text) for text in dialect.opening()]

    def signed(self, challenge: str, signature: str) -> list[Action]:
        assert self._dialect is not None
        return [Send(text) for text in self._dialect.answering(challenge, signature)]

    def received(self, text: str, now: float) -> list[Action]:
        assert self._dialect is not None
        self._heard_at, self._probed_at = now, None
        try:
            heard = self._dialect.read(text)
        except WireError as error:
            return self._anew(f"a message could not be read: {error}", now)
        if isinstance(heard, Told):
            return self._told(heard, now)
        if isinstance(heard, Challenge):
            return [Sign(heard.text)]
        if isinstance(heard, Refused):
            return self._refused(heard, now)
        if heard.answers and self._sequence is not None:
            self._answers = True
        return []

    def closed(self, code: int | None, now: float) -> list[Action]:
        """Take note that the connection ended, whoever ended it."""
        if code == POLICY_CLOSE:
            return self._given_up("Kraken closed the connection as not permitted (1008)")
        least = self.patience.restart_s if code == RESTART_CLOSE else 0.0
        return self._anew("the connection was closed", now, least_s=least)

    def failed(self, reason: str, now: float) -> list[Action]:
        """Take note that no connection, or no leave to subscribe, could be had this time."""
        return self._anew(reason, now)

    def given_up(self, reason: str) -> list[Action]:
        """End the feed: the key was refused, so asking again would only harm."""
        return self._given_up(reason)

    def tick(self, now: float) -> list[Action]:
        """Look at the clock; to be called when `deadline` has passed."""
        if now < self.deadline():
            return []
        if self._sequence is None and now - self._opened_at >= self.patience.snapshot_s:
            return self._anew("no snapshot came", now)
        if self._may_probe() and now < self._patience_ends():
            self._probed_at = now
            return self._probe()
        return self._anew("the feed fell silent", now)

    def deadline(self) -> float:
        """Return when a probe is due, or silence or a missing snapshot becomes too long."""
        silence = self._patience_ends()
        if self._sequence is None:
            return min(silence, self._opened_at + self.patience.snapshot_s)
        if self._probed_at is not None:
            return min(silence, self._probed_at + ANSWER_S)
        return min(silence, self._heard_at + PROBE_AFTER_S) if self._may_probe() else silence

    def _patience_ends(self) -> float:
        assert self._dialect is not None
        return self._heard_at + self._dialect.silence_s

    def _may_probe(self) -> bool:
        return self._answers and self._probed_at is None and self._sequence is not None

    def _probe(self) -> list[Action]:
        assert self._dialect is not None
        text = self._dialect.probe()
        return [Send(text)] if text else []

    def balances(self) -> tuple[Balance, ...]:
        """Return what is known, ordered; old when the state is not LIVE."""
        known = sorted(self._rows.items(), key=lambda item: (item[0].wallet, item[0].asset, item[0].part))
        return tuple(
            Balance(place.asset, place.wallet, held.total, held.available, None, place.part)
            for place, held in known
        )

    def _told(self, told: Told, now: float) -> list[Action]:
        if told.whole:
            self._rows = dict(told.rows)
            self.state, self.reason = FeedState.LIVE, ""
            self._refusals = 0
        elif self._sequence is None:
            return []  # a change before the snapshot is part of the snapshot to come
        elif told.sequence != self._sequence + 1:
            return self._anew(f"messages {self._sequence + 1} to {told.sequence - 1} are missing", now)
        else:
            self._rows.update(told.rows)
            self.changes += 1
        self._sequence = told.sequence
        if len(self._rows) > MOST_ROWS:
            self._rows = {}
            return self._anew("it tells more balances than Kraken has assets", now)
        return self._probe() if told.whole and not self._answers else []

    def _refused(self, refused: Refused, now: float) -> list[Action]:
        if refused.final:
            return self._given_up(f"Kraken answered “{refused.reason}”")
        self._refusals += 1
        if self._refusals == 1:  # a token that expired meanwhile: new credentials are worth one try at once
            self._stale(f"Kraken answered “{refused.reason}”")
            return [Reconnect(0.0, self.reason)]
        return self._anew(f"Kraken answered “{refused.reason}”", now)

    def _anew(self, reason: str, now: float, *, least_s: float = 0.0) -> list[Action]:
        if self._sequence is not None and now - self._opened_at >= self.patience.stable_s:
            self._failures = 0
        wait = min(self.patience.first_s * self.patience.factor**self._failures, self.patience.longest_s)
        spread = 1 + random.uniform(-self.patience.jitter, self.patience.jitter)  # noqa: S311  # spreads load
        self._failures = min(self._failures + 1, 16)
        self._stale(reason)
        return [Reconnect(max(wait * spread, least_s), reason)]

    def _given_up(self, reason: str) -> list[Action]:
        self.state, self.reason = FeedState.ENDED, reason
        return [Stop(reason)]

    def _stale(self, reason: str) -> None:
        self.reason = reason
        self.state = FeedState.STALE
