"""IP allowlists: how far they narrow the use of a key, judged by what they really cover."""

from __future__ import annotations

import pytest

from kraken_desk.domain.allowlist import AllowlistStatus, IpAllowlist


@pytest.mark.parametrize(
    ("entries", "status", "summary"),
    [
        ((), "open", "Open"),
        (("0.0.0.0/0",), "open", "Open"),
        (("::/0",), "open", "Open"),
        (("203.0.113.7", "0.0.0.0/0"), "open", "Open"),
        (("0.0.0.0/1", "128.0.0.0/1"), "open", "Open"),
        (("::/1", "8000::/1"), "open", "Open"),
        (("::ffff:0:0/96",), "open", "Open"),
        (("203.0.113.7",), "restricted", "/32"),
        (("203.0.113.7/32",), "restricted", "/32"),
        (("203.0.113.0/24",), "restricted", "/24"),
        (("203.0.113.77/24",), "restricted", "/24"),
        ((" 203.0.113.7 ", "203.0.113.8"), "restricted", "2 addresses"),
        (("2001:db8::1",), "restricted", "/128"),
        (("2001:db8::/64",), "restricted", "/64"),
        (("::ffff:203.0.113.7",), "restricted", "/32"),
        (("203.0.112.0/23",), "wide", "/23 wide"),
        (("10.0.0.0/8", "203.0.0.0/16"), "wide", "/8 wide"),
        (("2001:db8::/48",), "wide", "/48 wide"),
        (("::ffff:10.0.0.0/104",), "wide", "/8 wide"),
        (("203.0.113.1-203.0.113.9",), "wide", "wide"),
        (("office",), "wide", "wide"),
        (("203.0.113.7", "office"), "wide", "wide"),
        (("0.0.0.0/1",), "wide", "/1 wide"),
    ],
)
def test_status_and_summary(entries: tuple[str, ...], status: str, summary: str) -> None:
    """Halves that make a whole are open, mapped addresses count as IPv4, the unreadable is wide."""
    allowlist = IpAllowlist(entries)

    assert allowlist.status is AllowlistStatus(status)
    assert allowlist.summary == summary


@pytest.mark.parametrize(
    ("entries", "address", "allowed"),
    [
        ((), "198.51.100.1", True),
        (("203.0.113.7",), "203.0.113.7", True),
        (("203.0.113.7",), "203.0.113.8", False),
        (("203.0.113.0/24",), "::ffff:203.0.113.9", True),
        (("::ffff:203.0.113.7",), "203.0.113.7", True),
        (("2001:db8::/32",), "2001:db8::5", True),
        (("2001:db8::/32",), "203.0.113.7", False),
        (("0.0.0.0/0",), "2001:db8::5", False),
        (("office",), "203.0.113.7", False),
        (("203.0.113.0/24",), "not an address", False),
        (("203.0.113.0/24",), "", False),
    ],
)
def test_who_may_use_the_key(entries: tuple[str, ...], address: str, allowed: bool) -> None:
    """An address is inside when an entry of its family covers it."""
    assert IpAllowlist(entries).allows(address) is allowed
