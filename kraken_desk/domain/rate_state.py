"""How much of a key's call allowance is used, as the desk reckons it; Kraken reports no figure."""

from __future__ import annotations

from kraken_desk.domain.values import dataclass


@dataclass(frozen=True, slots=True)
class RateState:
    """One counter of one key: `used` of `limit` points, of which `per_second` become free again.

    Only the desk's own calls are counted; the key's process uses the same allowance unseen.
    """

    pool: str
    used: float
    limit: float
    per_second: float

    @property
    def free_again_in_s(self) -> float:
        return self.used / self.per_second
