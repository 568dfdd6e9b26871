"""The comparison of a key with its successor, in plain words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.health import Level
from kraken_desk.domain.key_changes import Comparison, compare
from tests.helpers.builders import NOW, futures_info, spot_info

DAY = timedelta(days=1)


def differing(old: dict[str, Any], new: dict[str, Any], client: str = "ccxt") -> list[Comparison]:
    rows = compare(spot_info(**old), spot_info(**new), client, NOW)
    return [row for row in rows if row.differs]


def test_equal_keys_do_not_differ() -> None:
    """All rows are there, none of them differs."""
    rows = compare(spot_info(), spot_info(), "ccxt", NOW)

    assert [row.label for row in rows] == [
        "Rights", "IP allowlist", "Nonce window", "Expires", "Data from", "Data until",
    ]  # fmt: skip
    assert not any(row.differs for row in rows)


def test_rights_missing_and_surplus() -> None:
    """Both are named in Kraken's words; a missing one is the gravest."""
    [row] = compare(
        spot_info("query-funds", "modify-trades"), spot_info("query-funds", "withdraw-funds"), "", NOW
    )[:1]

    assert row.level is Level.HIGH
    assert row.text == (
        "Missing: Create & Modify Orders; the process's calls that need it will be refused. "
        "Surplus: Withdraw Funds; the new key may do more than the old one."
    )


def test_a_surplus_of_reading_is_a_warning() -> None:
    """More reading is less grave than more doing."""
    rows = compare(spot_info("query-funds"), spot_info("query-funds", "query-ledger"), "", NOW)

    assert rows[0].level is Level.MEDIUM


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            ("10.0.0.0/24",),
            ("10.0.0.7",),
            "IP allowlist: narrower; make sure that the process's host is still inside.",
        ),
        (("10.0.0.7",), (), "IP allowlist: wider; the new key can be used from more places."),
        (("10.0.0.7",), ("10.0.0.8",), "IP allowlist: other addresses; the process's host may be shut out."),
        (("10.0.0.7", "10.0.0.8"), ("10.0.0.8", "10.0.0.7"), ""),
        (("odd",), ("odd",), ""),
    ],
)
def test_allowlists(old: tuple[str, ...], new: tuple[str, ...], text: str) -> None:
    """Wider, narrower, elsewhere, or the same in another order."""
    found = differing({"ip_allowlist": IpAllowlist(old)}, {"ip_allowlist": IpAllowlist(new)})

    assert [row.text for row in found] == ([text] if text else [])


def test_a_window_is_told_in_time() -> None:
    """Ticks mean different times for different clients."""
    [row] = differing({"nonce_window": 10_000}, {"nonce_window": 5_000})
    [ticks] = differing({"nonce_window": 10_000}, {"nonce_window": 5_000}, "kraken.net")

    assert (row.old, row.new, row.level) == ("10000 (10 s)", "5000 (5 s)", Level.MEDIUM)
    assert row.text.startswith("Nonce window: shorter, 5 s instead of 10 s.")
    assert ticks.new == "5000 (0.5 ms)"


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        (None, None, None),
        (NOW + 9 * DAY, None, Level.LOW),
        (None, NOW + 9 * DAY, Level.MEDIUM),
        (NOW + 9 * DAY, NOW + 99 * DAY, None),
        (NOW + 9 * DAY, NOW - DAY, Level.HIGH),
    ],
)
def test_expiry(old: Any, new: Any, level: Level | None) -> None:
    """A later end is no difference to mind; an end that is over is grave."""
    assert [r.level for r in differing({"valid_until": old}, {"valid_until": new})] == (
        [level] if level else []
    )


def test_futures_levels() -> None:
    """Lower and higher levels are both grave; what Futures does not report does not differ."""
    rows = compare(futures_info("FULL_ACCESS"), futures_info("READ_ONLY", "FULL_ACCESS"), "", NOW)

    assert [row.text for row in rows if row.differs] == [
        "General API: lower; calls that need more will be refused.",
        "Withdrawal API: higher; the new key may do more than the old one.",
    ]


def test_an_old_key_never_read() -> None:
    """Everything is to be looked at by a person."""
    rows = compare(None, spot_info(), "ccxt", NOW)

    assert {row.old for row in rows} == {"never read"}
    assert all(row.differs for row in rows)


def test_data_limits() -> None:
    """A later start shows less history, a limit that is gone is told."""
    found = differing({"query_from": NOW, "query_to": NOW}, {"query_from": NOW + DAY, "query_to": None})

    assert [row.text for row in found] == [
        "Data from: the new key sees less history.",
        "Data until: the old key's limit is gone.",
    ]
