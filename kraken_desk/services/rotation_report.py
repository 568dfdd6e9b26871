"""Everything a front end shows of a rotation, put together at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kraken_desk.domain.key_changes import Comparison
from kraken_desk.domain.key_form import FormValue
from kraken_desk.domain.keys import KeySlot
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.rotation import NEXT_STEP, Rotation, RotationMove, words


@dataclass(frozen=True, slots=True)
class RotationReport:
    """A rotation as of `now`; `form` and `page` say how to make the new key.

    `ability` says what the new key can do. `straggler` holds the slot since before the hand-over, so
    it works with the old key.
    """

    slot: KeySlot
    rotation: Rotation
    now: datetime
    form: tuple[FormValue, ...]
    page: str
    comparison: tuple[Comparison, ...]
    moves: tuple[RotationMove, ...]
    lease: Lease | None
    straggler: Lease | None
    observable: bool
    ability: str = ""

    @property
    def words(self) -> str:
        return words(self.rotation, self.now)

    @property
    def next_step(self) -> str:
        return NEXT_STEP[self.rotation.stage]

    @property
    def left(self) -> timedelta | None:
        """Return how long the old key must stay quiet still; None while it is not watched."""
        watch = self.rotation.watch
        return watch.left(self.now) if watch is not None else None

    @property
    def differences(self) -> tuple[Comparison, ...]:
        return tuple(row for row in self.comparison if row.differs)
