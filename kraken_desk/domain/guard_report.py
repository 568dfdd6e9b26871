"""What the lockout guard knows of an address and its keys, for showing."""

from __future__ import annotations

from datetime import datetime

from kraken_desk.domain.values import dataclass


@dataclass(frozen=True, slots=True)
class RestingKey:
    """A key that is left alone since Kraken refused it."""

    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class GuardReport:
    """Refused calls of the last 15 minutes against those we allow ourselves, lockout, resting keys."""

    failures: int
    budget: int
    locked_out_until: datetime | None = None
    resting: tuple[RestingKey, ...] = ()

    @property
    def quiet(self) -> bool:
        return self.locked_out_until is None and not self.resting and self.failures < self.budget
