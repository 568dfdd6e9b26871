"""IP allowlists: the addresses a key may be used from, and how wide they are."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum

WIDE_V4 = 24
WIDE_V6 = 64
"""A range wider than these (fewer prefix bits) is called wide: more than one office's network."""


class AllowlistStatus(StrEnum):
    """How far an allowlist narrows the use of its key."""

    OPEN = "open"
    WIDE = "wide"
    RESTRICTED = "restricted"
    NOT_REPORTED = "not reported"


@dataclass(frozen=True, slots=True)
class IpAllowlist:
    """The entries as Kraken reports them; an entry that cannot be read counts as wide."""

    entries: tuple[str, ...] = ()

    @property
    def status(self) -> AllowlistStatus:
        if not self.entries:
            return AllowlistStatus.OPEN
        if any(_covers_everything(entry) for entry in self.entries):
            return AllowlistStatus.OPEN
        if any(_is_wide(entry) for entry in self.entries):
            return AllowlistStatus.WIDE
        return AllowlistStatus.RESTRICTED

    @property
    def summary(self) -> str:
        """Return the few characters that fit a badge: `Open`, `/16 wide`, `/32`, `3 addresses`."""
        status = self.status
        if status is AllowlistStatus.OPEN:
            return "Open"
        if status is AllowlistStatus.WIDE:
            widest = min(
                (n.prefixlen for e in self.entries if (n := _network(e)) is not None and _is_wide(e)),
                default=None,
            )
            return "wide" if widest is None else f"/{widest} wide"
        if len(self.entries) > 1:
            return f"{len(self.entries)} addresses"
        network = _network(self.entries[0])
        return f"/{network.prefixlen}" if network else self.entries[0]

    def allows(self, address: str) -> bool:
        """Say whether `address` lies inside the list; an empty list allows every address."""
        if not self.entries:
            return True
        caller = ipaddress.ip_address(address)
        networks = (_network(entry) for entry in self.entries)
        return any(n is not None and n.version == caller.version and caller in n for n in networks)


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry.strip(), strict=False)
    except ValueError:
        return None


def _covers_everything(entry: str) -> bool:
    network = _network(entry)
    return network is not None and network.prefixlen == 0


def _is_wide(entry: str) -> bool:
    network = _network(entry)
    if network is None:
        return True
    return network.prefixlen < (WIDE_V4 if network.version == 4 else WIDE_V6)
