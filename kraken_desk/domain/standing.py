"""What the processes of a profile know about a key and its address, before a call."""

from __future__ import annotations

from datetime import datetime

from kraken_desk.domain.values import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """The address's authentication failures and lockout, and whether this key fails.

    `failing_since` is None when the key's last call was accepted; `locked_out_until` may be past.
    """

    failures: int = 0
    failing_since: datetime | None = None
    locked_out_until: datetime | None = None

    def is_clean(self, now: datetime) -> bool:
        """Say that nothing stands against a call."""
        locked_out = self.locked_out_until is not None and self.locked_out_until > now
        return not self.failures and self.failing_since is None and not locked_out
