"""The allowlist x-ray: what a list covers, what in it does nothing, and who can use what from where."""

from __future__ import annotations

import functools
import ipaddress

from kraken_desk.domain.allowlist import IpAllowlist, Network, Width, is_inside, network_of
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.hosts import Host, normal_address
from kraken_desk.domain.values import dataclass

_V4_SPECIAL = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
        ),
    )
)
_V6_SPECIAL = tuple(map(ipaddress.IPv6Network, ("::1/128", "fc00::/7", "fe80::/10")))


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: as Kraken has it, in its shortest spelling, its grade, and remarks.

    `normal` is None for what is neither address nor range; `inside` names the entry that covers it.
    """

    text: str
    normal: str | None
    width: Width
    mapped: bool = False
    private: bool = False
    host_bits: bool = False
    inside: str | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class XRay:
    """All entries of a list, and the list's own grade."""

    width: Width
    entries: tuple[Entry, ...]


def xray(allowlist: IpAllowlist, hosts: tuple[Host, ...] = ()) -> XRay:
    """Look through a list; named hosts are shown beside the entries that let them in."""
    covered = dict(shadowed(allowlist))
    return XRay(
        allowlist.width,
        tuple(_entry(text, covered.get(text), hosts) for text in allowlist.entries),
    )


@functools.lru_cache(maxsize=4096)
def shadowed(allowlist: IpAllowlist) -> tuple[tuple[str, str], ...]:
    """Return the entries that lie inside others, each with the first that covers it.

    Of two equal ranges the later one is the superfluous one.
    """
    ranges = [(text, network) for text in allowlist.entries if (network := network_of(text)) is not None]
    found = []
    for place, (text, network) in enumerate(ranges):
        for other_place, (other, outer) in enumerate(ranges):
            wider = network != outer or other_place < place
            if other_place != place and wider and is_inside(network, outer):
                found.append((text, other))
                break
    return tuple(found)


@functools.lru_cache(maxsize=4096)
def unreadable(allowlist: IpAllowlist) -> tuple[str, ...]:
    """Return the entries that are neither address nor range."""
    return tuple(text for text in allowlist.entries if network_of(text) is None)


@functools.lru_cache(maxsize=4096)
def private_entries(allowlist: IpAllowlist) -> tuple[str, ...]:
    """Return the entries that the internet never shows as a caller."""
    return tuple(text for text in allowlist.entries if _is_private(network_of(text)))


@functools.lru_cache(maxsize=4096)
def strangers(allowlist: IpAllowlist, known: IpAllowlist) -> tuple[str, ...]:
    """Return the entries that no range of `known` covers whole."""
    ranges = [network for text in known.entries if (network := network_of(text)) is not None]
    return tuple(
        text
        for text in allowlist.entries
        if not any((entry := network_of(text)) is not None and is_inside(entry, outer) for outer in ranges)
    )


def lets_in(allowlist: IpAllowlist, host: Host) -> bool:
    """Say whether any address of a host may use a key with this list: what falls when the host is taken."""
    return any(_overlaps(allowlist, address) for address in host.addresses)


def lets_in_all(allowlist: IpAllowlist, host: Host) -> bool:
    """Say whether every address of a host is let in, so that its processes work whatever address they get."""
    return not allowlist.entries or all(
        any(_covers(entry, address) for entry in allowlist.entries) for address in host.addresses
    )


def kraken_block(addresses: tuple[str, ...]) -> str:
    """Return addresses as Kraken's form takes them: one a line, each once, sorted; raises InputError."""
    if not addresses:
        raise InputError("No address", "An empty list would open the key to every address.", "Name a host.")
    normal = {normal_address(address) for address in addresses}
    return "\n".join(sorted(normal, key=_by_number))


def _entry(text: str, inside: str | None, hosts: tuple[Host, ...]) -> Entry:
    network = network_of(text)
    if network is None:
        return Entry(text, None, Width.WIDE)
    alone = IpAllowlist((text,))
    return Entry(
        text=text,
        normal=normal_address(text),
        width=alone.width,
        mapped=":" in text and network.version == 4,
        private=_is_private(network),
        host_bits=_has_host_bits(text),
        inside=inside,
        hosts=tuple(host.name for host in hosts if lets_in(alone, host)),
    )


def _has_host_bits(text: str) -> bool:
    """Say whether a range is written with an address inside it, so that perhaps that address was meant."""
    try:
        ipaddress.ip_network(text.strip(), strict=True)
    except ValueError:
        return True
    return False


def _is_private(network: Network | None) -> bool:
    if network is None:
        return False
    special: tuple[Network, ...] = _V4_SPECIAL if network.version == 4 else _V6_SPECIAL
    return any(is_inside(network, outer) for outer in special)


def _overlaps(allowlist: IpAllowlist, address: str) -> bool:
    """Say whether a list and a range share an address; an empty list and an unreadable entry let all in."""
    here = network_of(address)
    if not allowlist.entries or here is None:
        return True
    for text in allowlist.entries:
        entry = network_of(text)
        if entry is None or is_inside(here, entry) or is_inside(entry, here):
            return True
    return False


def _covers(entry: str, address: str) -> bool:
    outer, inner = network_of(entry), network_of(address)
    return outer is not None and inner is not None and is_inside(inner, outer)


def _by_number(text: str) -> tuple[int, int, int]:
    network = network_of(text)
    assert network is not None
    return (network.version, int(network.network_address), network.prefixlen)
