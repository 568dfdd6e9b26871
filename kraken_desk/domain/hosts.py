"""Hosts: the machines that keys are used from, named once, with their addresses."""

from __future__ import annotations

from dataclasses import replace
from typing import NewType

from kraken_desk.domain.allowlist import network_of
from kraken_desk.domain.errors import InputError, UnknownNameError
from kraken_desk.domain.plain_names import LONGEST_REMARK, plain_line, plain_name
from kraken_desk.domain.values import dataclass

HostId = NewType("HostId", str)

_MOST_ADDRESSES = 100


@dataclass(frozen=True, slots=True)
class Host:
    """A machine or a network of machines; `addresses` are what Kraken sees, addresses or ranges.

    `this_machine` marks the host on which the desk itself runs. Nobody is asked for its address:
    it is what the operator has typed in.
    """

    host_id: HostId
    name: str
    addresses: tuple[str, ...]
    note: str = ""
    this_machine: bool = False


def checked_host(host: Host, others: tuple[Host, ...] = ()) -> Host:
    """Return the host with its addresses in normal form; raises InputError."""
    name = plain_name(host.name, what="A host's name")
    if any(name.casefold() == other.name.casefold() and other.host_id != host.host_id for other in others):
        raise InputError("The name is taken", f"Another host is called “{name}”.", "Choose another name.")
    if not host.addresses:
        raise InputError("No address", f"“{name}” has no address.", "Give at least one.")
    if len(host.addresses) > _MOST_ADDRESSES:
        raise InputError("Too many addresses", f"A host has at most {_MOST_ADDRESSES}.", "Use ranges.")
    return replace(
        host,
        name=name,
        addresses=tuple(dict.fromkeys(normal_address(address) for address in host.addresses)),
        note=plain_line(host.note, what="A note", longest=LONGEST_REMARK),
    )


def normal_address(text: str) -> str:
    """Return an address or range in its shortest spelling, IPv4 for a mapped one; raises InputError."""
    network = network_of(text)
    if network is None:
        raise InputError(
            "Not an address",
            f"“{text.strip()[:60]}” is no IPv4 or IPv6 address and no range.",
            "Write it like 203.0.113.7, 203.0.113.0/28 or 2001:db8::1.",
        )
    if network.prefixlen == network.max_prefixlen:
        return str(network.network_address)
    return str(network)


def host_named(name: str, hosts: tuple[Host, ...]) -> Host:
    """Find a host by its name; raises UnknownNameError."""
    wanted = " ".join(name.split()).casefold()
    found = next((host for host in hosts if host.name.casefold() == wanted), None)
    if found is None:
        known = ", ".join(host.name for host in hosts)
        hint = f"Known: {known}." if known else "Name it first: kraken-desk hosts add NAME ADDRESS …"
        raise UnknownNameError("No such host", f"No host is called “{name.strip()}”.", hint)
    return found
