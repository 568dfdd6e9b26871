"""Drift: what a check shows that the one before did not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.drift import changes
from kraken_desk.domain.keys import ApiKeyInfo, SpotPermissions
from kraken_desk.domain.reported import NOT_REPORTED
from tests.helpers.builders import NOW, futures_info, spot_info

BEFORE = spot_info("query-funds", "query-ledger", ip_allowlist=IpAllowlist(("203.0.113.7", "203.0.113.8")))


@pytest.mark.parametrize(
    ("after", "text"),
    [
        (
            spot_info("query-funds", "withdraw-funds", ip_allowlist=BEFORE.ip_allowlist),
            "rights: + Withdraw Funds, - Query Ledger Entries",
        ),
        (
            spot_info("query-funds", "query-ledger", "fly", ip_allowlist=BEFORE.ip_allowlist),
            "rights: + fly",
        ),
        (
            spot_info(ip_allowlist=IpAllowlist(("203.0.113.7",))),
            "IP allowlist: - 203.0.113.8",
        ),
        (spot_info(ip_allowlist=IpAllowlist()), "IP allowlist: + any address, - 203.0.113.7, - 203.0.113.8"),
        (spot_info(ip_allowlist=BEFORE.ip_allowlist, nonce_window=5000), "nonce window: 0 → 5000"),
        (
            spot_info(ip_allowlist=BEFORE.ip_allowlist, valid_until=NOW),
            "expiry: never → 2026-11-20 12:00:00 UTC",
        ),
        (
            spot_info(ip_allowlist=BEFORE.ip_allowlist, valid_until=NOT_REPORTED),
            "expiry: never → not reported by Kraken",
        ),
        (spot_info(ip_allowlist=BEFORE.ip_allowlist, api_key_name="b key"), "name at Kraken: a key → b key"),
    ],
)
def test_a_changed_fact_is_told_in_one_line(after: ApiKeyInfo, text: str) -> None:
    """Lists as what came and went, the rest as before and after."""
    assert [change.text for change in changes(BEFORE, after)] == [text]


def test_order_and_use_are_no_change() -> None:
    """Lists in another order, a higher nonce and a later use say nothing."""
    after = spot_info(
        permissions=SpotPermissions.from_strings(("query-ledger", "query-funds")),
        ip_allowlist=IpAllowlist(("203.0.113.8", "203.0.113.7")),
        nonce=1_763_640_000_999,
        last_used=NOW,
        read_at=NOW + timedelta(days=1),
    )

    assert changes(BEFORE, after) == ()


def test_a_futures_level_is_told_in_words() -> None:
    """Both rights stand beside each other."""
    [change] = changes(futures_info("READ_ONLY"), futures_info("FULL_ACCESS"))

    assert change.after == "General API FULL_ACCESS, Withdrawal API NO_ACCESS"
    assert change.name == "rights"


def test_nothing_is_told_of_a_first_check() -> None:
    """Without two readings there is no difference."""
    assert changes(None, BEFORE) == ()
    assert changes(BEFORE, None) == ()
