"""Badges: every right is shown, the dangerous and the unknown never hidden."""

from __future__ import annotations

import pytest

from kraken_desk.domain.badges import LABELS, BadgeKind, badges, single_badges
from kraken_desk.domain.keys import FuturesAccess, SpotPermission, SpotPermissions


def texts(*rights: str) -> list[str]:
    return [badge.text for badge in badges(SpotPermissions.from_strings(rights))]


@pytest.mark.parametrize(
    ("right", "text", "kind"),
    [
        ("query-funds", "Read", BadgeKind.READ),
        ("add-funds", "Deposit", BadgeKind.FUNDS_IN),
        ("withdraw-funds", "Withdraw", BadgeKind.WITHDRAW),
        ("earn-funds", "Earn", BadgeKind.FUNDS_IN),
        ("query-open-trades", "Read", BadgeKind.READ),
        ("query-closed-trades", "Read", BadgeKind.READ),
        ("modify-trades", "Trade", BadgeKind.TRADE),
        ("close-trades", "Trade", BadgeKind.TRADE),
        ("query-ledger", "Ledger", BadgeKind.READ),
        ("export-data", "Ledger", BadgeKind.READ),
        ("create-ws-token", "WS", BadgeKind.WEBSOCKET),
        ("add-withdraw-address", "Addresses", BadgeKind.WITHDRAW),
        ("update-withdraw-address", "Addresses", BadgeKind.WITHDRAW),
    ],
)
def test_every_documented_right_has_a_badge(right: str, text: str, kind: BadgeKind) -> None:
    """Alone it shows as its group, and singly under Kraken's own label."""
    permissions = SpotPermissions.from_strings((right,))

    [badge] = badges(permissions)
    [single] = single_badges(permissions)

    assert (badge.text, badge.kind) == (text, kind)
    assert right in badge.rights[0]
    assert (single.text, single.kind) == (LABELS[SpotPermission(right)], kind)
    assert single.rights == (right,)


def test_groups_come_in_a_fixed_order() -> None:
    """Whatever order Kraken uses, rows of the tree can be compared."""
    all_rights = tuple(p.value for p in SpotPermission)
    order = ["Read", "Trade", "Deposit", "Earn", "Withdraw", "Addresses", "Ledger", "WS"]

    assert texts(*all_rights) == order
    assert texts(*reversed(all_rights)) == order
    assert len(single_badges(SpotPermissions.from_strings(all_rights))) == 13


def test_unknown_rights_are_shown_as_they_are() -> None:
    """A right that this program does not know is kept, shown verbatim, and called dangerous."""
    permissions = SpotPermissions.from_strings(("brew-coffee", "query-funds", "brew-coffee"))

    last = badges(permissions)[-1]

    assert (last.text, last.kind) == ("? brew-coffee", BadgeKind.UNKNOWN)
    assert "dangerous" in last.rights[0]
    assert [badge.text for badge in single_badges(permissions)] == ["Query Funds", "? brew-coffee"]
    assert permissions.strings() == ("query-funds", "brew-coffee")


def test_no_rights_have_no_badge() -> None:
    """A key without rights shows none."""
    assert texts() == []


@pytest.mark.parametrize(
    ("general", "transfer", "expected"),
    [
        ("FULL_ACCESS", "FULL_ACCESS", [("Full", BadgeKind.TRADE), ("Withdraw", BadgeKind.WITHDRAW)]),
        ("READ_ONLY", "NO_ACCESS", [("Read", BadgeKind.READ), ("No withdrawal", BadgeKind.NEUTRAL)]),
        ("NO_ACCESS", "NO_ACCESS", [("No access", BadgeKind.NEUTRAL), ("No withdrawal", BadgeKind.NEUTRAL)]),
        ("ROOT", "READ_ONLY", [("? ROOT", BadgeKind.UNKNOWN), ("? READ_ONLY", BadgeKind.UNKNOWN)]),
    ],
)
def test_futures_levels(general: str, transfer: str, expected: list[tuple[str, BadgeKind]]) -> None:
    """Two badges, one for each right; a level outside Kraken's form is unknown."""
    access = FuturesAccess(general, transfer)

    assert [(badge.text, badge.kind) for badge in badges(access)] == expected
    assert single_badges(access) == badges(access)
