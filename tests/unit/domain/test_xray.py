"""The allowlist x-ray: graded as `ipaddress` counts, and hosts that can use what."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kraken_desk.domain.allowlist import IpAllowlist, Width
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.hosts import Host, HostId
from kraken_desk.domain.xray import (
    kraken_block,
    lets_in,
    lets_in_all,
    private_entries,
    shadowed,
    strangers,
    unreadable,
    xray,
)

BOX = Host(HostId("h1"), "box", ("203.0.113.7", "2001:db8::7"))
OFFICE = Host(HostId("h2"), "office", ("198.51.100.0/28",))

v4 = st.builds(
    lambda number, bits: str(ipaddress.ip_network((number, bits), strict=False)),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)
v6 = st.builds(
    lambda number, bits: str(ipaddress.ip_network((number + 2**125, bits), strict=False)),
    st.integers(0, 2**120),
    st.integers(0, 128),
)
entries = st.lists(st.one_of(v4, v6), min_size=1, max_size=6).map(tuple)


def widest(texts: tuple[str, ...]) -> Width:
    """Grade by the plain definition: the largest run of addresses that the list covers."""
    grades = []
    for version, office in ((4, 8), (6, 64)):
        networks: list[Any] = [n for n in map(ipaddress.ip_network, texts) if n.version == version]
        for network in ipaddress.collapse_addresses(networks):
            size = network.num_addresses
            if size == 2**network.max_prefixlen:
                grades.append(Width.OPEN)
            elif size > 2**office:
                grades.append(Width.WIDE)
            elif size > 16:
                grades.append(Width.NETWORK)
            else:
                grades.append(Width.HOST if size == 1 else Width.FEW)
    return max(grades)


@given(entries)
def test_grades_agree_with_ipaddress(texts: tuple[str, ...]) -> None:
    """For any list of ranges of both families."""
    assert IpAllowlist(texts).width is widest(texts)


@given(v4)
def test_a_mapped_range_is_graded_as_what_it_is(text: str) -> None:
    """IPv4 in IPv6 clothes."""
    network = ipaddress.IPv4Network(text)
    mapped = f"::ffff:{network.network_address}/{network.prefixlen + 96}"

    assert IpAllowlist((mapped,)).width is IpAllowlist((text,)).width


@given(entries, st.one_of(v4, v6))
def test_adding_an_entry_never_narrows(texts: tuple[str, ...], more: str) -> None:
    """The grade is monotone."""
    assert IpAllowlist((*texts, more)).width >= IpAllowlist(texts).width


@given(entries)
def test_shadowed_entries_change_nothing(texts: tuple[str, ...]) -> None:
    """A list without them covers the same."""
    hidden = [inner for inner, _ in shadowed(IpAllowlist(texts))]
    left = list(texts)
    for text in hidden:
        left.remove(text)

    def covered(given: list[str], version: int) -> list[Any]:
        networks: list[Any] = [n for n in map(ipaddress.ip_network, given) if n.version == version]
        return list(ipaddress.collapse_addresses(networks))

    assert covered(left, 4) == covered(list(texts), 4)
    assert covered(left, 6) == covered(list(texts), 6)


@given(entries, st.integers(0, 2**32 - 1))
def test_an_address_is_let_in_as_ipaddress_says(texts: tuple[str, ...], number: int) -> None:
    """By membership of any range."""
    address = ipaddress.IPv4Address(number)
    inside = any(n.version == 4 and address in n for n in map(ipaddress.ip_network, texts))

    assert IpAllowlist(texts).allows(str(address)) is inside


def test_every_entry_is_looked_through() -> None:
    """Spelling, width, cover, and the hosts it lets in."""
    seen = xray(IpAllowlist(("::ffff:203.0.113.7", "203.0.113.77/24", "10.0.0.1", "office")), (BOX, OFFICE))

    mapped, network, private, odd = seen.entries
    assert (mapped.normal, mapped.mapped, mapped.inside, mapped.hosts) == (
        "203.0.113.7",
        True,
        "203.0.113.77/24",
        ("box",),
    )
    assert (network.normal, network.host_bits, network.width) == ("203.0.113.0/24", True, Width.NETWORK)
    assert (private.private, private.host_bits, private.hosts) == (True, False, ())
    assert (odd.normal, odd.width) == (None, Width.WIDE)
    assert seen.width is Width.WIDE


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (("203.0.113.7", "203.0.113.8"), ()),
        (("203.0.113.7", "203.0.113.0/24"), (("203.0.113.7", "203.0.113.0/24"),)),
        (("203.0.113.7", "203.0.113.7/32"), (("203.0.113.7/32", "203.0.113.7"),)),
        (("::ffff:203.0.113.7", "203.0.113.0/24"), (("::ffff:203.0.113.7", "203.0.113.0/24"),)),
        (("2001:db8::1", "::/0", "203.0.113.7"), (("2001:db8::1", "::/0"),)),
        (("office", "0.0.0.0/0"), ()),
    ],
)
def test_shadowed_ranges(texts: tuple[str, ...], found: tuple[object, ...]) -> None:
    """What lies in another entry, with the entry that covers it; of twins the later one."""
    assert shadowed(IpAllowlist(texts)) == found


def test_private_and_unreadable_entries() -> None:
    """Of both families; a public one is neither."""
    texts = ("10.1.2.3", "fd00::/64", "203.0.113.7", "100.64.0.1", "home", "0.0.0.0/0")

    assert private_entries(IpAllowlist(texts)) == ("10.1.2.3", "fd00::/64", "100.64.0.1")
    assert unreadable(IpAllowlist(texts)) == ("home",)


def test_strangers_are_entries_no_host_covers_whole() -> None:
    """A range that is wider than the host lets in others as well."""
    known = IpAllowlist((*BOX.addresses, *OFFICE.addresses))

    assert strangers(IpAllowlist(("203.0.113.7", "198.51.100.3", "198.51.100.0/24", "x")), known) == (
        "198.51.100.0/24",
        "x",
    )


@pytest.mark.parametrize(
    ("texts", "any_", "all_"),
    [
        ((), True, True),
        (("203.0.113.7",), True, False),
        (("203.0.113.0/24", "2001:db8::/32"), True, True),
        (("198.51.100.1",), False, False),
        (("office",), True, False),
    ],
)
def test_what_falls_with_a_host(texts: tuple[str, ...], any_: bool, all_: bool) -> None:
    """Any address of a taken host is enough; for its processes to work, all should be let in."""
    assert lets_in(IpAllowlist(texts), BOX) is any_
    assert lets_in_all(IpAllowlist(texts), BOX) is all_


def test_a_network_host_meets_narrower_entries() -> None:
    """A single address within a host's network lets the host in."""
    assert lets_in(IpAllowlist(("198.51.100.3",)), OFFICE)
    assert not lets_in_all(IpAllowlist(("198.51.100.3",)), OFFICE)


def test_the_block_for_krakens_form() -> None:
    """One a line, each once, in the order of numbers; never an empty one, which would open the key."""
    assert kraken_block(("203.0.113.10", "203.0.113.9/32", "2001:db8::1", "203.0.113.9")) == (
        "203.0.113.9\n203.0.113.10\n2001:db8::1"
    )
    with pytest.raises(InputError):
        kraken_block(())
    with pytest.raises(InputError):
        kraken_block(("office",))
