"""IP allowlists: the addresses a key may be used from, and how wide they are."""

from __future__ import annotations

import functools
import ipaddress
from dataclasses import dataclass
from enum import StrEnum

WIDE_V4 = 24
WIDE_V6 = 64
"""A range wider than these (fewer prefix bits) is called wide: more than one office's network."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MAPPED_BITS = 96


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
        if _cover_everything(self.entries):
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
        caller = _network(address)
        if caller is None:
            return False
        return any(n is not None and _inside(caller, n) for n in map(_network, self.entries))


@functools.lru_cache(maxsize=4096)
def _network(entry: str) -> Network | None:
    """Read an address or CIDR; IPv4 in IPv6 clothes (`::ffff:0:0/96`) is taken for what it is."""
    try:
        network = ipaddress.ip_network(entry.strip(), strict=False)
    except ValueError:
        return None
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= _MAPPED_BITS:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return ipaddress.IPv4Network((mapped, network.prefixlen - _MAPPED_BITS))
    return network


def _inside(inner: Network, outer: Network) -> bool:
    if isinstance(inner, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and inner.subnet_of(outer)


@functools.lru_cache(maxsize=4096)
def _cover_everything(entries: tuple[str, ...]) -> bool:
    """Say whether the entries together leave out no address of a family: two halves are a whole."""
    networks = [n for n in map(_network, entries) if n is not None]
    v4 = [n for n in networks if isinstance(n, ipaddress.IPv4Network)]
    v6 = [n for n in networks if isinstance(n, ipaddress.IPv6Network)]
    whole = ipaddress.IPv4Network("0.0.0.0/0"), ipaddress.IPv6Network("::/0")
    return whole[0] in ipaddress.collapse_addresses(v4) or whole[1] in ipaddress.collapse_addresses(v6)


def _is_wide(entry: str) -> bool:
    network = _network(entry)
    if network is None:
        return True
    return network.prefixlen < (WIDE_V4 if network.version == 4 else WIDE_V6)
