"""The vocabulary of rights: every name of every right, what it opens, and what surprises."""

from __future__ import annotations

import pytest

from kraken_desk.domain.errors import UnknownNameError
from kraken_desk.domain.keys import FuturesAccess, SpotPermission, SpotPermissions, Venue
from kraken_desk.domain.rights import (
    GENERAL_FULL,
    GENERAL_READ,
    RIGHTS,
    SPOT_RIGHTS,
    TRANSFER_FULL,
    Risk,
    in_order,
    label_of,
    permissions_of,
    right_ids,
    right_named,
    right_of,
    unknown_rights,
    worst_risk,
)


def test_every_spot_right_is_in_the_table_once() -> None:
    """All thirteen documented strings, in the documented order."""
    assert [right.right_id for right in SPOT_RIGHTS] == [p.value for p in SpotPermission]


def test_every_right_opens_something_and_no_two_share_a_name() -> None:
    """A name leads to one right."""
    names = [name for right in RIGHTS for name in right.names()]

    assert all(right.opens for right in RIGHTS)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "name",
    [
        "Query Funds",
        "query funds",
        "query-funds",
        "funds-query",
        "funds_query",
        "account.fast-api-key:funds-query",
    ],
)
def test_a_right_is_found_by_all_three_namings(name: str) -> None:
    """Label, wire string, OAuth scope and Fast API field mean the same."""
    assert right_named(name).right_id == "query-funds"


def test_an_unknown_name_is_refused() -> None:
    """A misspelt right is not guessed at."""
    with pytest.raises(UnknownNameError, match="No such right"):
        right_named("withdraw everything")


@pytest.mark.parametrize(
    ("right_id", "words"),
    [
        ("query-funds", "WalletTransfer"),
        ("withdraw-funds", "between master and subaccounts"),
        ("add-withdraw-address", "no confirmation by e-mail"),
        ("general:FULL_ACCESS", "between master and subaccounts"),
    ],
)
def test_surprises_are_told(right_id: str, words: str) -> None:
    """What a label hides stands beside the right."""
    right = right_of(right_id)

    assert right is not None
    assert words in right.surprise


@pytest.mark.parametrize(
    ("general", "transfer", "held"),
    [
        ("NO_ACCESS", "NO_ACCESS", set()),
        ("READ_ONLY", "NO_ACCESS", {GENERAL_READ}),
        ("FULL_ACCESS", "NO_ACCESS", {GENERAL_READ, GENERAL_FULL}),
        ("NO_ACCESS", "FULL_ACCESS", {TRANSFER_FULL}),
        ("EVERYTHING", "READ_ONLY", set()),
    ],
)
def test_futures_levels_become_rights(general: str, transfer: str, held: set[str]) -> None:
    """Full access includes reading; a level nobody knows gives no known right."""
    assert right_ids(FuturesAccess(general, transfer)) == held


def test_unknown_rights_keep_their_spelling() -> None:
    """An empty level is not reported rather than unknown."""
    assert unknown_rights(SpotPermissions.from_strings(("query-funds", "fly"))) == ("fly",)
    assert unknown_rights(FuturesAccess("EVERYTHING", "NO_ACCESS")) == ("general:EVERYTHING",)
    assert unknown_rights(FuturesAccess("", "ALL")) == ("transfer:ALL",)


@pytest.mark.parametrize("venue", list(Venue))
def test_rights_and_permissions_are_inverse(venue: Venue) -> None:
    """What a role needs can be shown as Kraken would report it."""
    held = frozenset(right.right_id for right in RIGHTS if right.venue is venue)

    assert right_ids(permissions_of(venue, held)) == held
    assert right_ids(permissions_of(venue, frozenset())) == frozenset()


def test_reading_alone_on_futures_survives() -> None:
    """The middle level comes back."""
    assert permissions_of(Venue.FUTURES, frozenset({GENERAL_READ})) == FuturesAccess("READ_ONLY", "NO_ACCESS")


def test_order_and_labels() -> None:
    """The table's order, unknown ones last; an unknown one is shown as it is spelt."""
    held = frozenset(right_ids(SpotPermissions.from_strings(("export-data", "query-funds"))))

    assert in_order(held) == ("query-funds", "export-data")
    assert label_of("export-data") == "Export Data"
    assert label_of("fly") == "fly"


@pytest.mark.parametrize(
    ("strings", "risk"),
    [
        ((), Risk.READ),
        (("query-funds", "query-ledger"), Risk.READ),
        (("query-funds", "modify-trades"), Risk.HIGH),
        (("withdraw-funds",), Risk.CRITICAL),
        (("query-funds", "fly"), Risk.HIGH),
    ],
)
def test_the_worst_risk_decides(strings: tuple[str, ...], risk: Risk) -> None:
    """An unknown right counts as high."""
    assert worst_risk(SpotPermissions.from_strings(strings)) is risk
