"""The blast radius: what a stolen secret could cost, each pot once, and never less for more power."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.audit.blast import BlastReport, PotWorth, blast_radius, pot_worths
from kraken_desk.domain.audit.facts import KeyFacts
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.keys import FuturesAccess, FuturesLevel, SpotPermission, SpotPermissions, Venue
from tests.helpers.builders import BTC, NOW, USD, a_balance, a_master, an_account
from tests.unit.domain.audit.facts import DAY, OPEN, TRADING, fleet, futures, key, unchecked

HEAD, SUB = a_master(1), an_account(2, label="Carry")
ONE, TWO = AccountId("account-1"), AccountId("account-2")
WORTHS = {
    (ONE, Venue.SPOT): PotWorth(Decimal(1000)),
    (TWO, Venue.SPOT): PotWorth(Decimal(300)),
    (ONE, Venue.FUTURES): PotWorth(Decimal(50)),
    (TWO, Venue.FUTURES): PotWorth(Decimal(7)),
}
WITHDRAW = ("query-funds", "withdraw-funds")


def on(account: Any, **changes: Any) -> KeyFacts:
    return key(account=account, account_id=account.account_id, **changes)


def blast(*keys: KeyFacts) -> BlastReport:
    named = [replace(k, slot=replace(k.slot, slot_id=f"slot-{n}")) for n, k in enumerate(keys)]  # type: ignore[arg-type]  # an id
    return blast_radius(fleet(*named, accounts=(HEAD, SUB)), WORTHS)


@pytest.mark.parametrize(
    ("stolen", "worst"),
    [
        (on(SUB, rights=("query-funds", "query-ledger")), 0),
        (on(SUB, rights=("query-funds", "earn-funds")), 0),
        (on(SUB, rights=TRADING), 300),
        (on(SUB, rights=WITHDRAW), 300),
        (on(HEAD, rights=WITHDRAW), 1300),
        (on(HEAD, rights=("add-withdraw-address",)), 1000),
        (on(SUB, rights=("query-funds", "fly")), 300),
        (on(HEAD, rights=WITHDRAW, facts={"valid_until": NOW}), 0),
        (futures(account=SUB, account_id=TWO), 7),
        (futures(account=HEAD), 57),
        (futures("READ_ONLY", "FULL_ACCESS", account=HEAD), 50),
        (futures("READ_ONLY", account=HEAD), 0),
    ],
)
def test_the_worst_case_of_a_key(stolen: KeyFacts, worst: int) -> None:
    """By rights, account and expiry; the master's key reaches the subaccounts too."""
    assert blast(stolen).keys["slot-0"].worst == worst


@pytest.mark.parametrize(
    ("entries", "weighted"),
    [
        (("203.0.113.7",), "15"),
        (("203.0.113.0/28",), "30"),
        (("203.0.113.0/24",), "75"),
        (("203.0.112.0/20",), "180"),
        ((), "300"),
    ],
)
def test_the_allowlist_weighs_and_does_not_forgive(entries: tuple[str, ...], weighted: str) -> None:
    """The worst case stays; the weight ranks keys."""
    facts = {"ip_allowlist": IpAllowlist(entries), "valid_until": None}

    radius = blast(on(SUB, rights=TRADING, facts=facts)).keys["slot-0"]

    assert (radius.worst, radius.weighted) == (Decimal(300), Decimal(weighted))


def test_money_counts_once_when_it_rolls_up() -> None:
    """Two keys to one pot are one loss, weighted by the more open way."""
    narrow = {"ip_allowlist": IpAllowlist(("203.0.113.7",)), "valid_until": None}
    report = blast(
        on(SUB, rights=TRADING, facts=narrow),
        on(SUB, rights=TRADING, facts={"ip_allowlist": OPEN, "valid_until": None}),
        futures(account=HEAD),
    )

    assert report.accounts[TWO].worst == 300
    assert report.accounts[TWO].weighted == 300
    assert report.fleet.worst == 357
    assert report.fleet.pots == ((ONE, Venue.FUTURES), (TWO, Venue.FUTURES), (TWO, Venue.SPOT))


def test_what_is_not_known_is_said() -> None:
    """No figure where nothing is known, a named gap where something is missing."""
    report = blast(unchecked(account_id=TWO), on(HEAD, rights=WITHDRAW))
    blind = blast_radius(fleet(on(HEAD, rights=TRADING), accounts=(HEAD,)), {})

    assert report.keys["slot-0"].worst is None
    assert report.fleet.gaps == ("keys that were never checked",)
    assert blind.fleet.worst is None
    assert blind.fleet.gaps == ("balances that were never read",)


def test_pots_are_valued_from_sheets() -> None:
    """Assets without a price are named, debts lower nothing below zero, unread sheets are absent."""
    sheets = [
        BalanceSheet(ONE, Venue.SPOT, (a_balance("2", BTC), a_balance("100")), as_of=NOW),
        BalanceSheet(TWO, Venue.SPOT, (a_balance("-5"),), as_of=NOW),
        BalanceSheet(TWO, Venue.FUTURES, (a_balance("5"),)),
    ]

    assert pot_worths(sheets, {USD: Decimal(1)}) == {
        (ONE, Venue.SPOT): PotWorth(Decimal(100), ("no price of BTC",)),
        (TWO, Venue.SPOT): PotWorth(Decimal(0)),
    }


spot_rights = st.frozensets(st.sampled_from([p.value for p in SpotPermission] + ["fly"]))
ranges = st.lists(
    st.sampled_from(["203.0.113.7", "203.0.113.0/28", "198.51.100.0/24", "10.0.0.0/8", "::/0", "odd"]),
    min_size=1,
    max_size=4,
)
accounts = st.sampled_from([HEAD, SUB])


def reckoned(account: Any, permissions: Any, entries: list[str], days: int | None) -> tuple[Decimal, ...]:
    facts = {
        "permissions": permissions,
        "ip_allowlist": IpAllowlist(tuple(entries)),
        "valid_until": None if days is None else NOW + days * DAY,
    }
    venue = Venue.SPOT if isinstance(permissions, SpotPermissions) else Venue.FUTURES
    report = blast(on(account, facts=facts, venue=venue), on(SUB, rights=TRADING))
    figures = [report.keys["slot-0"], report.accounts[account.account_id], report.fleet]
    return tuple(figure for r in figures for figure in (r.worst, r.weighted) if figure is not None)


def no_lower(before: tuple[Decimal, ...], after: tuple[Decimal, ...]) -> bool:
    return len(before) == len(after) == 6 and all(b <= a for b, a in zip(before, after, strict=True))


@given(accounts, spot_rights, spot_rights, ranges)
def test_another_right_never_lowers_it(
    account: Any, held: frozenset[str], more: frozenset[str], entries: list[str]
) -> None:
    """Neither the worst nor the weighted figure, of key, account or fleet."""
    before = SpotPermissions.from_strings(tuple(held))
    after = SpotPermissions.from_strings(tuple(held | more))

    assert no_lower(reckoned(account, before, entries, None), reckoned(account, after, entries, None))


@given(accounts, st.sampled_from(list(FuturesLevel)), st.sampled_from(list(FuturesLevel)), ranges)
def test_a_higher_futures_level_never_lowers_it(
    account: Any, general: FuturesLevel, transfer: FuturesLevel, entries: list[str]
) -> None:
    """Full access is no less than any other."""
    given_ = reckoned(account, FuturesAccess(general, transfer), entries, None)

    for higher in (FuturesAccess("FULL_ACCESS", transfer), FuturesAccess(general, "FULL_ACCESS")):
        assert no_lower(given_, reckoned(account, higher, entries, None))


@given(accounts, spot_rights, ranges, st.sampled_from(["203.0.0.0/8", "198.51.100.7", "0.0.0.0/0", "x"]))
def test_a_wider_range_never_lowers_it(
    account: Any, held: frozenset[str], entries: list[str], more: str
) -> None:
    """Another entry lets nobody out; no entry at all lets everybody in."""
    rights = SpotPermissions.from_strings(tuple(held))
    before = reckoned(account, rights, entries, None)

    assert no_lower(before, reckoned(account, rights, [*entries, more], None))
    assert no_lower(before, reckoned(account, rights, [], None))


@given(accounts, spot_rights, st.integers(-5, 120), st.integers(0, 200))
def test_a_later_end_never_lowers_it(account: Any, held: frozenset[str], days: int, more: int) -> None:
    """Up to none at all."""
    rights = SpotPermissions.from_strings(tuple(held))
    before = reckoned(account, rights, ["203.0.113.7"], days)

    assert no_lower(before, reckoned(account, rights, ["203.0.113.7"], days + more))
    assert no_lower(before, reckoned(account, rights, ["203.0.113.7"], None))
