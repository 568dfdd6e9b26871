"""Hosts and mutes: what an operator types is brought into form, or refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kraken_desk.domain.errors import InputError, UnknownNameError
from kraken_desk.domain.hosts import Host, HostId, checked_host, host_named, normal_address
from kraken_desk.domain.mutes import Mute, checked_mute
from tests.helpers.builders import LAB, NOW

BOX = Host(HostId("h1"), "box", ("203.0.113.7",))
MUTE = Mute(LAB.name, "rule", "slot-1", "a reason", NOW, NOW + timedelta(days=30))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (" 203.0.113.7/32 ", "203.0.113.7"),
        ("203.0.113.77/24", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("2001:db8::/64", "2001:db8::/64"),
    ],
)
def test_an_address_has_one_spelling(text: str, normal: str) -> None:
    """So that the same place is the same text."""
    assert normal_address(text) == normal


@pytest.mark.parametrize(
    "host",
    [
        replace(BOX, addresses=()),
        replace(BOX, addresses=("office",)),
        replace(BOX, addresses=("203.0.113.1-203.0.113.9",)),
        replace(BOX, addresses=tuple(f"203.0.113.{n}" for n in range(101))),
        replace(BOX, name=" "),
        replace(BOX, host_id=HostId("h2"), name="BOX"),
        replace(BOX, note="x" * 300),
    ],
)
def test_an_unusable_host_is_refused(host: Host) -> None:
    """No address, no name, a name that is taken, a novel as a note."""
    with pytest.raises(InputError):
        checked_host(host, (BOX,))


def test_addresses_are_kept_once_in_order() -> None:
    """The same address in two spellings is one."""
    host = checked_host(replace(BOX, addresses=("203.0.113.7/32", "203.0.113.7", "203.0.113.1")))

    assert host.addresses == ("203.0.113.7", "203.0.113.1")


def test_hosts_are_found_by_name() -> None:
    """In any case of letters; an unknown one is refused with those there are."""
    assert host_named(" Box", (BOX,)) == BOX
    with pytest.raises(UnknownNameError) as caught:
        host_named("ship", (BOX,))
    assert caught.value.hint == "Known: box."


@pytest.mark.parametrize(
    "mute",
    [
        replace(MUTE, reason=" "),
        replace(MUTE, reason="x" * 201),
        replace(MUTE, until=NOW),
        replace(MUTE, until=NOW + timedelta(days=367)),
    ],
)
def test_a_mute_needs_a_reason_and_an_end(mute: Mute) -> None:
    """Nothing is muted for ever or without a word."""
    with pytest.raises(InputError):
        checked_mute(mute)


def test_a_mute_ends() -> None:
    """At its end it holds no more."""
    assert checked_mute(MUTE) == MUTE
    assert MUTE.holds(NOW + timedelta(days=29))
    assert not MUTE.holds(NOW + timedelta(days=30))
