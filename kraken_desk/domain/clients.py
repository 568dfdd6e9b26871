"""The client libraries that processes use, and the nonce scale each one signs at.

Nonces of one key must rise for ever, so a key signed once at a larger scale is dead for every
client with a smaller one. A check therefore signs at the scale of the slot's own process.
The table was read off the clients' sources; a scale is ticks per second since an epoch.
"""

from __future__ import annotations

from datetime import UTC, datetime

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.values import dataclass

_TICKS_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NonceScale:
    """How a client turns the clock into a nonce."""

    name: str
    per_second: int
    epoch: datetime = _UNIX_EPOCH

    def at(self, now: datetime) -> int:
        """Return the nonce that a client of this scale would use at `now`."""
        elapsed = now - self.epoch
        micros = (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds
        return micros * self.per_second // 1_000_000


SECONDS = NonceScale("seconds", 1)
MILLISECONDS = NonceScale("milliseconds", 1_000)
MICROSECONDS = NonceScale("microseconds", 1_000_000)
TEN_NANOSECONDS = NonceScale("10 ns", 100_000_000)
TICKS = NonceScale("100 ns since year 1", 10_000_000, _TICKS_EPOCH)
NANOSECONDS = NonceScale("nanoseconds", 1_000_000_000)

CLIENTS: dict[str, NonceScale] = {
    "kraken-desk": MILLISECONDS,
    "hummingbot": SECONDS,
    "krakenex": MILLISECONDS,
    "ccxt": MILLISECONDS,
    "freqtrade": MILLISECONDS,
    "rotki": MILLISECONDS,
    "api-go": MILLISECONDS,
    "node-microseconds": MICROSECONDS,
    "python-kraken-sdk": TEN_NANOSECONDS,
    "kraken.net": TICKS,
    "kraken-cli": NANOSECONDS,
}

DESK_CLIENT = "kraken-desk"

SECOND_COUNTERS = frozenset({"hummingbot", "api-go"})
"""Clients whose nonces stand still for a second, or start anew in each: a nonce of the running second
that is not theirs may be the one they make next."""


def observers_nonce(client: str, now: datetime) -> int:
    """Return the nonce with which to look at a client's key without coming in its way.

    At the client's scale; for second-counters the last one of the second before, which is below
    everything that they still can make.
    """
    if client in SECOND_COUNTERS:
        return scale_of(client).at(now.replace(microsecond=0)) - 1
    return scale_of(client).at(now)


def scale_of(client: str) -> NonceScale:
    """Return the scale of a declared client; milliseconds, the smallest common one, if undeclared."""
    return CLIENTS.get(client, MILLISECONDS)


def known_client(text: str) -> str:
    """Return the client's name as the table spells it, or "" for none; raises InputError."""
    wanted = text.strip().lower()
    if wanted and wanted not in CLIENTS:
        raise InputError(
            "Unknown client library",
            f"“{text.strip()}” is not in the table.",
            "Known: " + ", ".join(sorted(CLIENTS)),
        )
    return wanted
