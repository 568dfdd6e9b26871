"""One call to Kraken as the rest of the adapter sees it: its name, its purpose, what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kraken_desk.domain.keys import Venue


class Pool(Enum):
    """The counters that calls are charged to."""

    SPOT = "spot"
    DERIVATIVES = "derivatives"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Operation:
    """A call by Kraken's own name.

    `purpose` completes the sentence “… to …”. `changes` says that it changes something: it is sent
    once, and an unclear answer means an unknown outcome; what it changes is money unless
    `moves_money` is False. `cost` is what it takes from `pool`. `put` sends a change of Futures as
    PUT with its values in the query.
    """

    name: str
    purpose: str
    venue: Venue
    needs: tuple[str, ...] = ()
    changes: bool = False
    cost: int = 1
    pool: Pool = Pool.SPOT
    moves_money: bool = True
    put: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """A call with what else is known when it fails: the venue that the secret's size suggests."""

    operation: Operation
    secret_looks_like: Venue | None = None
