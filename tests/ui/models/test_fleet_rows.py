"""The rows of the tree as plain values: what each cell says, and what the shape before a name means."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kraken_desk.domain.allowlist import AllowlistStatus, IpAllowlist
from kraken_desk.domain.fleet import KeyNode, key_node
from kraken_desk.domain.health import Level, assess
from kraken_desk.domain.keys import CheckOutcome, Problem
from kraken_desk.domain.levels import NOT_JUDGED
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.ui.models.fleet_rows import Column, State, account_row, aged, key_row
from kraken_desk.ui.theme.tokens import Tone
from tests.helpers.builders import (
    NOW,
    a_check,
    a_key,
    a_lease,
    a_master,
    a_node,
    a_refused_key,
    a_slot,
    an_account,
    an_unchecked_key,
    futures_info,
    spot_info,
)


def key_with(**facts: Any) -> KeyNode:
    """Return a key whose last check reported these facts."""
    return a_key(1, info=spot_info(**facts))


def cell(node: KeyNode, column: Column) -> str:
    return key_row(node, NOW).cells[column].text


def tone(node: KeyNode, column: Column) -> Tone:
    return key_row(node, NOW).cells[column].tone


def test_a_checked_key_fills_every_column() -> None:
    """A row says name, venue, rights, allowlist, process, expiry, last use and age of the check."""
    info = spot_info(
        "query-funds",
        "withdraw-funds",
        valid_until=NOW + timedelta(days=84, hours=1),
        last_used=NOW - timedelta(minutes=3),
    )

    row = key_row(a_key(1, info=info, process="mm-bot"), NOW + timedelta(seconds=12))

    assert [c.text for c in row.cells] == [
        "key 1",
        "Spot",
        "Read, Withdraw",
        "/32",
        "mm-bot",
        "in 84 d",
        "3 min",
        "12 s",
    ]


def test_what_kraken_does_not_report_is_said_and_marked() -> None:
    """A Futures key has no expiry and no last use: the cells say so and are marked as not reported."""
    row = key_row(a_key(1, info=futures_info(ip_allowlist=NOT_REPORTED)), NOW)

    missing = {c: row.cells[c].text for c in Column if not row.cells[c].reported}
    assert missing == {Column.ALLOWLIST: "not reported", Column.EXPIRES: "n/r", Column.LAST_USED: "n/r"}
    assert row.cells[Column.EXPIRES].tip == "Not reported by Kraken"
    assert row.allowlist is AllowlistStatus.NOT_REPORTED


def test_never_is_a_report_and_not_a_gap() -> None:
    """A key that Kraken calls never used and never expiring says never, as a value."""
    row = key_row(key_with(), NOW)

    assert (row.cells[Column.EXPIRES].text, row.cells[Column.LAST_USED].text) == ("never", "never")
    assert row.cells[Column.EXPIRES].reported


def test_an_unchecked_key_claims_nothing() -> None:
    """Before the first check no right and no allowlist is shown, and the state is hollow."""
    row = key_row(an_unchecked_key(), NOW)

    assert row.state is State.UNCHECKED
    assert row.badges is None
    assert row.allowlist is None
    assert row.cells[Column.PERMISSIONS].text == "not checked"
    assert row.cells[Column.CHECKED].text == "never"


def test_a_key_refused_from_the_start_is_unknown() -> None:
    """A key that was asked about but never accepted has unknown facts, not unchecked ones."""
    problem = Problem("AuthRejectedError", "Kraken refused the key")
    check = replace(a_check(), outcome=CheckOutcome.REJECTED, problem=problem, info=None)
    row = key_row(KeyNode(a_slot(), check, assess(check, NOW)), NOW)

    assert row.cells[Column.PERMISSIONS].text == "unknown"
    assert row.cells[Column.CHECKED].text == "refused"
    assert row.cells[Column.CHECKED].tone is Tone.DANGER


@pytest.mark.parametrize(
    ("entries", "text", "shade"),
    [
        ((), "Open", Tone.DANGER),
        (("203.0.0.0/16",), "/16 wide", Tone.WARN),
        (("203.0.113.7",), "/32", Tone.OK),
        (("203.0.113.7", "203.0.113.8", "2001:db8::1"), "3 addresses", Tone.OK),
    ],
)
def test_allowlists_say_how_wide_they_are(entries: tuple[str, ...], text: str, shade: Tone) -> None:
    """Open, wide and restricted lists differ by word and by tone."""
    node = key_with(ip_allowlist=IpAllowlist(entries))

    assert cell(node, Column.ALLOWLIST) == text
    assert tone(node, Column.ALLOWLIST) is shade


@pytest.mark.parametrize(
    ("left", "text", "shade"),
    [
        (timedelta(days=84), "in 84 d", Tone.MUTED),
        (timedelta(days=3), "in 3 d", Tone.WARN),
        (timedelta(days=-9), "expired", Tone.DANGER),
    ],
)
def test_expiry_warns_within_a_week(left: timedelta, text: str, shade: Tone) -> None:
    """An end within seven days is amber, a passed one says expired."""
    node = key_with(valid_until=NOW + left)

    assert (cell(node, Column.EXPIRES), tone(node, Column.EXPIRES)) == (text, shade)


def test_the_state_names_the_worst() -> None:
    """Fine, findings, stale, locked out and being checked are different states."""
    locked = Problem("LockedOutError", "Locked out")
    unreached = Problem("UnreachableError", "Kraken was not reached")
    fine = a_key(1)
    old = replace(fine, check=replace(fine.check or a_check(), checked_at=NOW - timedelta(days=3)))

    def state(outcome: CheckOutcome, problem: Problem) -> State:
        check = replace(a_check(), outcome=outcome, problem=problem)
        return key_row(KeyNode(a_slot(), check, assess(check, NOW)), NOW).state

    assert key_row(fine, NOW).state is State.FINE
    assert key_row(a_refused_key(), NOW).state is State.FINDINGS
    assert key_row(old, NOW).state is State.STALE
    assert state(CheckOutcome.UNREACHED, unreached) is State.STALE
    assert state(CheckOutcome.REJECTED, locked) is State.LOCKED_OUT
    assert key_row(replace(fine, checking=True), NOW).state is State.CHECKING


def test_an_aged_row_equals_a_new_one() -> None:
    """Letting a row age gives what making it anew would give, and the same row while nothing changes."""
    info = spot_info(valid_until=NOW + timedelta(days=8), last_used=NOW)
    node, later = a_key(1, info=info), NOW + timedelta(days=3)
    row = key_row(node, NOW)

    assert aged(row, node, later) == key_row(node, later)
    assert aged(row, node, later) != row
    assert aged(row, node, NOW) is row


def test_accounts_count_the_worst_below_them() -> None:
    """A master's row tells how many keys of the worst level stand on it and below."""
    open_key = a_key(2, info=spot_info("withdraw-funds", ip_allowlist=IpAllowlist(())))
    below = a_node(an_account(2), a_refused_key(3), a_refused_key(4))

    row = account_row(a_node(a_master(), a_key(1), below=(below,)), ())
    worse = account_row(a_node(a_master(), open_key, below=(below,)), ())

    assert (row.level, row.tally, row.state) == (Level.HIGH, "2 high", State.FINDINGS)
    assert (worse.level, worse.tally) == (Level.CRITICAL, "1 critical")
    assert row.subtitle == "master · AA01 N84G WOAK NMOI"


def test_an_account_with_fine_keys_needs_no_tally() -> None:
    """Nothing is counted where nothing is wrong."""
    row = account_row(a_node(an_account(2), a_key(1)), ())

    assert (row.tally, row.state, row.figure) == ("", State.FINE, "")


def test_a_leased_key_shows_it_beside_its_process() -> None:
    """The word stands beside the process, and the tip says who holds the key since when."""
    leased = replace(a_key(1, process="mm-bot"), lease=a_lease())
    unassigned = replace(a_key(1, process=""), lease=a_lease())

    assert cell(leased, Column.PROCESS) == "mm-bot ● leased"
    assert "Held by freqtrade (process 4712 on box)" in key_row(leased, NOW).cells[Column.PROCESS].tip
    assert cell(unassigned, Column.PROCESS) == "freqtrade ● leased"


def test_a_settling_key_is_not_called_refused() -> None:
    """Kraken may need minutes for a new key; the column says so without alarm."""
    problem = Problem("AuthRejectedError", "Kraken refused the key", kraken=("EAPI:Invalid key",))
    check = a_check("key-1", outcome=CheckOutcome.REJECTED, problem=problem)
    node = key_node(a_slot(1, added_at=NOW), check, NOW)

    assert (cell(node, Column.CHECKED), tone(node, Column.CHECKED)) == ("settling", Tone.MUTED)


def test_a_key_that_nobody_has_judged_yet_is_neither_fine_nor_unchecked() -> None:
    """A tree that is shown before the audit's rules are loaded promises nothing by its shapes."""
    node = replace(a_key(1), health=NOT_JUDGED)

    row, above = key_row(node, NOW), account_row(a_node(a_master(), node), ())

    assert (row.state, above.state) == (State.UNJUDGED, State.UNJUDGED)
    assert above.tally == ""
