"""What a nonce tells: at which scale it was made, by which clients, and who can still use the key.

Kraken accepts a nonce that is higher than the highest it has seen of the key, less the key's nonce
window; both count in units of the client's own scale, not in time. So a key that was signed at a
larger scale once is lost for every client with a smaller one, and a window that is ten seconds for one
client is a blink for another.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from kraken_desk.domain.clients import CLIENTS, DESK_CLIENT, SECOND_COUNTERS, NonceScale, scale_of
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.values import dataclass

LARGEST_NONCE = 2**64 - 1
"""Kraken's nonces are unsigned 64-bit numbers."""

FIRST_NONCE_AT = datetime(2011, 7, 1, tzinfo=UTC)
"""Before Kraken was founded no clock made a nonce for it."""

AHEAD_AT_MOST = timedelta(days=400)
"""A counter this far ahead of the clock is taken for another scale's."""

CLOCK_TOLERANCE = timedelta(seconds=60)
"""Two clocks may differ by this much before a nonce counts as ahead."""

SECOND = timedelta(seconds=1)
LOOK_MARGIN = timedelta(seconds=1)
"""Between a second-counter's last nonce and a look at its key, beyond the unit itself."""

SCALES: tuple[NonceScale, ...] = tuple(dict.fromkeys(sorted(CLIENTS.values(), key=lambda s: s.per_second)))


class Usability(StrEnum):
    """Whether a client's next nonce would be accepted."""

    USABLE = "usable"
    RAISES = "usable, and raises the key's scale"
    AHEAD = "the counter is ahead of the clock"
    DEAD = "a larger scale has been used"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the nonce that Kraken reports says by itself; `scale` is None for no clock we know."""

    nonce: int
    scale: NonceScale | None
    clients: tuple[str, ...]
    means: datetime | None
    ahead: timedelta

    @property
    def digits(self) -> int:
        return len(str(self.nonce))

    @property
    def ahead_of_clock(self) -> bool:
        return self.ahead > CLOCK_TOLERANCE


@dataclass(frozen=True, slots=True)
class Outlook:
    """Whether a client can use the key now; `headroom` is in the client's ticks, below zero when it lacks.

    `free_at` is when the clock has caught up, None when the key works now or never will.
    """

    usability: Usability
    headroom: int
    free_at: datetime | None

    @property
    def works(self) -> bool:
        return self.usability in (Usability.USABLE, Usability.RAISES)


def fingerprint(nonce: int, read_at: datetime) -> Fingerprint:
    """Find the scale at which `nonce` means a time close to `read_at`."""
    plausible = [
        (abs(read_at - means), scale, means)
        for scale in SCALES
        if (means := time_of(nonce, scale)) is not None and FIRST_NONCE_AT <= means <= read_at + AHEAD_AT_MOST
    ]
    if not plausible:
        return Fingerprint(nonce, None, (), None, timedelta(0))
    _, scale, means = min(plausible, key=lambda found: found[0])
    return Fingerprint(nonce, scale, clients_of(scale), means, means - read_at)


def clients_of(scale: NonceScale) -> tuple[str, ...]:
    """Return the clients of a scale, our own apart."""
    return tuple(sorted(name for name, its in CLIENTS.items() if its == scale and name != DESK_CLIENT))


def time_of(nonce: int, scale: NonceScale) -> datetime | None:
    """Return the time that a nonce means at a scale; None beyond the calendar."""
    try:
        return scale.epoch + timedelta(microseconds=nonce * 1_000_000 // scale.per_second)
    except OverflowError:
        return None


def outlook(nonce: int, window: int, client: str, now: datetime) -> Outlook:
    """Say whether the client's next nonce passes Kraken's `nonce` with this window."""
    scale = scale_of(client)
    headroom = scale.at(now) - (nonce - window)
    if headroom > 0:
        raises = is_larger(scale, fingerprint(nonce, now).scale)
        return Outlook(Usability.RAISES if raises else Usability.USABLE, headroom, None)
    free_at = time_of(nonce - window + 1, scale)
    if free_at is not None and free_at - now <= AHEAD_AT_MOST:
        return Outlook(Usability.AHEAD, headroom, free_at)
    return Outlook(Usability.DEAD, headroom, None)


@dataclass(frozen=True, slots=True)
class Busy:
    """A second-counter that has called just now: when its last nonce means, and when a look is safe."""

    last: datetime
    free_at: datetime


def busy_until(client: str, nonces: Iterable[int], now: datetime) -> Busy | None:
    """Say whether a second-counter's last known nonce is too young for a look; None when a look is safe.

    A look signs with the last nonce of the second before `now`, which must be above everything used:
    the unit of one second, and one more as margin. A counter at another scale is nobody's business
    here: the look will be refused, which is the answer.
    """
    if client not in SECOND_COUNTERS:
        return None
    last = time_of(max(nonces, default=0), scale_of(client))
    if last is None:
        return None
    free_at = last.replace(microsecond=0) + SECOND + LOOK_MARGIN
    return Busy(last, free_at) if now < free_at <= now + AHEAD_AT_MOST else None


def ticks_in(seconds: Decimal, client: str) -> int:
    """Return the nonce window that lets nonces of `seconds` ago pass, rounded up."""
    if not seconds.is_finite() or seconds < 0:
        raise InputError("Not a span of time", f"{seconds} seconds is no window.", "Give zero or more.")
    ticks = int((seconds * scale_of(client).per_second).to_integral_value(ROUND_CEILING))
    if ticks > LARGEST_NONCE:
        raise InputError("Too long", f"{seconds} s is beyond Kraken's numbers.", "Give a shorter span.")
    return ticks


def seconds_in(ticks: int, client: str) -> Decimal:
    """Return how many seconds a nonce window is for a client."""
    if not 0 <= ticks <= LARGEST_NONCE:
        raise InputError("Not a nonce window", f"{ticks} is no 64-bit number.", "Give zero or more.")
    return Decimal(ticks) / scale_of(client).per_second


def span_text(seconds: Decimal) -> str:
    """Write a span in the unit in which it is easiest to read: 0.5 ms, 10 s, 2.5 min."""
    size = abs(seconds)
    if size == 0:
        return "0 s"
    for name, unit in _UNITS:
        if size >= (unit / 10 if name == "ms" else unit):  # 0.5 ms reads better than 500 µs
            return f"{_short(seconds / unit)} {name}"
    return f"{_short(seconds / _UNITS[-1][1])} {_UNITS[-1][0]}"


_UNITS: tuple[tuple[str, Decimal], ...] = (
    ("years", Decimal(31_557_600)),
    ("days", Decimal(86_400)),
    ("h", Decimal(3_600)),
    ("min", Decimal(60)),
    ("s", Decimal(1)),
    ("ms", Decimal("1e-3")),
    ("µs", Decimal("1e-6")),
    ("ns", Decimal("1e-9")),
)


def _short(number: Decimal) -> str:
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return f"{number:,.0f}" if abs(number) >= 1_000 else text


def is_larger(scale: NonceScale, than: NonceScale | None) -> bool:
    """Say whether a scale's nonces are larger numbers; compared by the numbers of the same moment."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return than is not None and scale.at(moment) > than.at(moment)
