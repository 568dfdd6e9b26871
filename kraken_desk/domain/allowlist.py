"""IP allowlists: the addresses a key may be used from, and how wide they are."""

from __future__ import annotations

import functools
import ipaddress
from enum import IntEnum, StrEnum

from kraken_desk.domain.values import dataclass

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


class Width(IntEnum):
    """How wide a list of ranges is, by its widest range; wider is larger.

    HOST is one address, FEW at most 16 in a row (/28, /124), NETWORK up to a /24 or a /64, WIDE
    beyond that or unreadable, OPEN every address of a family.
    """

    HOST = 0
    FEW = 1
    NETWORK = 2
    WIDE = 3
    OPEN = 4

    @property
    def word(self) -> str:
        return ("single addresses", "a few addresses", "a network", "wide", "open")[self]

    @classmethod
    def named(cls, word: str) -> Width:
        """Return the grade of that word; raises ValueError."""
        for width in cls:
            if width.word == word:
                return width
        raise ValueError(word)


@dataclass(frozen=True, slots=True)
class IpAllowlist:
    """The entries as Kraken reports them; an entry that cannot be read counts as wide."""

    entries: tuple[str, ...] = ()

    @property
    def status(self) -> AllowlistStatus:
        width = self.width
        if width is Width.OPEN:
            return AllowlistStatus.OPEN
        return AllowlistStatus.WIDE if width is Width.WIDE else AllowlistStatus.RESTRICTED

    @property
    def width(self) -> Width:
        """Grade the list by what it covers; see `Width`."""
        return _width(self.entries)

    @property
    def summary(self) -> str:
        """Return the few characters that fit a badge: `Open`, `/16 wide`, `/32`, `3 addresses`."""
        status = self.status
        if status is AllowlistStatus.OPEN:
            return "Open"
        if status is AllowlistStatus.WIDE:
            wide = [n.prefixlen for n in _joined(self.entries) if n and _width_of(n) is Width.WIDE]
            widest = min(wide, default=None)
            return "wide" if widest is None else f"/{widest} wide"
        if len(self.entries) > 1:
            return f"{len(self.entries)} addresses"
        network = network_of(self.entries[0])
        return f"/{network.prefixlen}" if network else self.entries[0]

    def covers(self, other: IpAllowlist) -> bool:
        """Say whether all that `other` allows is allowed here; an unreadable entry only equals itself."""
        if self.status is AllowlistStatus.OPEN:
            return True
        if other.status is AllowlistStatus.OPEN:
            return False
        return all(self._holds(entry) for entry in other.entries)

    def _holds(self, entry: str) -> bool:
        inner = network_of(entry)
        if inner is None:
            return entry in self.entries
        return any(n is not None and is_inside(inner, n) for n in map(network_of, self.entries))

    def allows(self, address: str) -> bool:
        """Say whether `address` lies inside the list; an empty list allows every address."""
        if not self.entries:
            return True
        caller = network_of(address)
        if caller is None:
            return False
        return any(n is not None and is_inside(caller, n) for n in map(network_of, self.entries))


@functools.lru_cache(maxsize=4096)
def network_of(entry: str) -> Network | None:
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


def is_inside(inner: Network, outer: Network) -> bool:
    if isinstance(inner, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and inner.subnet_of(outer)


@functools.lru_cache(maxsize=4096)
def _cover_everything(entries: tuple[str, ...]) -> bool:
    """Say whether the entries together leave out no address of a family: two halves are a whole."""
    networks = [n for n in map(network_of, entries) if n is not None]
    v4 = [n for n in networks if isinstance(n, ipaddress.IPv4Network)]
    v6 = [n for n in networks if isinstance(n, ipaddress.IPv6Network)]
    whole = ipaddress.IPv4Network("0.0.0.0/0"), ipaddress.IPv6Network("::/0")
    return whole[0] in ipaddress.collapse_addresses(v4) or whole[1] in ipaddress.collapse_addresses(v6)


@functools.lru_cache(maxsize=4096)
def _width(entries: tuple[str, ...]) -> Width:
    if not entries or _cover_everything(entries):
        return Width.OPEN
    return max(map(_width_of, _joined(entries)))


def _joined(entries: tuple[str, ...]) -> list[Network | None]:
    """Return the ranges with neighbours put together: two halves of a /23 are a /23."""
    networks = [network_of(entry) for entry in entries]
    v4 = [n for n in networks if isinstance(n, ipaddress.IPv4Network)]
    v6 = [n for n in networks if isinstance(n, ipaddress.IPv6Network)]
    unreadable: list[Network | None] = [None] * networks.count(None)
    return [*ipaddress.collapse_addresses(v4), *ipaddress.collapse_addresses(v6), *unreadable]


def _width_of(network: Network | None) -> Width:
    if network is None:
        return Width.WIDE
    free = network.max_prefixlen - network.prefixlen
    few, office = (4, 32 - WIDE_V4) if network.version == 4 else (4, 128 - WIDE_V6)
    if free == 0:
        return Width.HOST
    if free <= few:
        return Width.FEW
    return Width.NETWORK if free <= office else Width.WIDE
