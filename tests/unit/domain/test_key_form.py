"""The values for Kraken's form, field by field."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.environments import PRODUCTION
from kraken_desk.domain.key_form import FUTURES_PAGE, SPOT_PAGE, form_values, next_name, page_of, wish_like
from kraken_desk.domain.keys import Venue
from tests.helpers.builders import LAB, NOW, futures_info, spot_info


def test_a_spot_form() -> None:
    """Name, a box for every right, addresses, dates and window in ticks, in the form's order."""
    info = spot_info(
        "query-funds", "create-ws-token",
        api_key_name="mm-bot", nonce_window=10_000,
        ip_allowlist=IpAllowlist(("203.0.113.7", "2001:db8::/64")),
        created_time=NOW - timedelta(days=10), valid_until=NOW + timedelta(days=80),
    )  # fmt: skip

    values = {value.label: value for value in form_values(wish_like(info, "ccxt", NOW))}

    assert next(iter(values)) == "Name"
    assert values["Name"].value == "mm-bot-2"
    assert {label for label, value in values.items() if value.is_box and value.value == "on"} == {
        "Query Funds", "Access WebSocket API",
    }  # fmt: skip
    assert sum(value.is_box for value in values.values()) == 13
    assert values["IP restriction"].value == "203.0.113.7, 2001:db8::/64"
    assert values["Key expiration"].value == "2027-02-18 12:00"
    assert values["Query start date"].value == ""
    assert values["Custom nonce window"].value == "10000"
    assert "10 s for ccxt" in values["Custom nonce window"].hint


def test_a_futures_form() -> None:
    """Two menus in Kraken's words, and no fields that the form does not have."""
    values = form_values(wish_like(futures_info("FULL_ACCESS"), "", NOW))

    assert [(v.label, v.value) for v in values] == [
        ("Name", "key-2"),
        ("General API", "Full Access"),
        ("Withdrawal API", "No Access"),
        ("IP restriction", "203.0.113.7"),
    ]


@pytest.mark.parametrize(
    ("name", "following"),
    [("bot", "bot-2"), ("bot-2", "bot-3"), ("bot-99", "bot-100"), ("", "key-2"), ("x" * 40, "x" * 30 + "-2")],
)
def test_names_count_on(name: str, following: str) -> None:
    """A number is added or raised, within Kraken's 32 characters."""
    assert next_name(name) == following


def test_the_page_is_krakens_own_only() -> None:
    """An environment that is not Kraken's production has no address to offer."""
    assert page_of(Venue.SPOT, PRODUCTION) == SPOT_PAGE
    assert page_of(Venue.FUTURES, PRODUCTION) == FUTURES_PAGE
    assert page_of(Venue.SPOT, LAB) == ""
