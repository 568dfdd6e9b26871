"""The details of a key in words: complete, honest about gaps, with the time of reading."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.health import assess
from kraken_desk.domain.keys import CheckOutcome, KeyId, Problem, SpotPermission, Venue
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.transfers import (
    JournalId,
    JournalSnapshot,
    Route,
    TransferRecord,
    TransferRequest,
    TransferState,
)
from kraken_desk.ui.theme.tokens import Tone
from kraken_desk.ui.views.key_facts import history, key_facts, nonce_facts, right_facts
from kraken_desk.ui.widgets.facts import Fact
from tests.helpers.builders import (
    LAB,
    NOW,
    USD,
    a_key,
    a_lease,
    a_master,
    a_refused_key,
    a_slot,
    an_unchecked_key,
    futures_info,
    spot_info,
)

LATER = NOW + timedelta(minutes=3)


def facts(node: KeyNode) -> dict[str, Fact]:
    return {fact.label: fact for fact in key_facts(node, a_master(), LATER)}


def test_every_field_that_kraken_reports_is_shown() -> None:
    """Rights, allowlist, window, expiry, limits, times, name and id all have their line."""
    info = spot_info(
        nonce_window=5000,
        valid_until=LATER + timedelta(days=3),
        query_from=NOW,
        last_used=NOW,
        api_key_name="mm-bot key",
    )

    shown = facts(a_key(1, info=info))

    assert shown["Nonce window"].text == "5000"
    assert (shown["Expires"].text, shown["Expires"].tone) == ("in 3 d", Tone.WARN)
    assert shown["Data from"].text == "2026-11-20 12:00:00 UTC"
    assert shown["Data until"].text == "no limit"
    assert shown["Last used"].text == "3 min ago"
    assert shown["Name at Kraken"].text == "mm-bot key"
    assert shown["IIBAN"].text == "AA01 N84G WOAK NMOI"
    assert shown["Read"].text == "3 min ago, from Kraken"
    assert [look.text for look, _ in shown["Permissions"].badges] == ["Read", "Ledger"]
    assert shown["IP allowlist"].note == "203.0.113.7"


def test_gaps_are_named_as_kraken_leaves_them() -> None:
    """What a Futures key check does not tell is called not reported, field by field."""
    shown = facts(a_key(1, info=futures_info(ip_allowlist=NOT_REPORTED, iiban=None)))

    silent = sorted(label for label, fact in shown.items() if fact.text == "not reported by Kraken")
    assert silent == [
        "Data from",
        "Data until",
        "Expires",
        "IIBAN",
        "IP allowlist",
        "Last used",
        "Modified",
        "Name at Kraken",
        "Nonce window",
    ]
    assert shown["Account uid"].text == "uid-1"


def test_an_unchecked_key_has_no_reported_facts() -> None:
    """Nothing is claimed about a key that Kraken was never asked about."""
    shown = facts(an_unchecked_key())

    assert shown["At Kraken"].text == "not checked yet"
    assert shown["Read"].text == "never"
    assert "Permissions" not in shown


def test_a_refused_key_keeps_its_old_facts_and_says_how_old() -> None:
    """After a refusal the last facts stay, with the time at which they were true."""
    shown = facts(a_refused_key())

    assert (shown["Last check"].text, shown["Last check"].tone) == ("refused, 3 min ago", Tone.DANGER)
    assert shown["Last check"].note == "facts above read 3 min ago"
    assert shown["Kraken said"].text == "EAPI:Invalid key"
    assert "Permissions" in shown


def test_an_unreached_kraken_is_no_refusal() -> None:
    """A check that did not get through is amber and says so."""
    node = a_key(1)
    assert node.check is not None
    check = replace(
        node.check, outcome=CheckOutcome.UNREACHED, problem=Problem("UnreachableError", "Not reached")
    )

    shown = facts(KeyNode(a_slot(), check, assess(check, NOW)))

    assert (shown["Last check"].text, shown["Last check"].tone) == ("not reached, 3 min ago", Tone.WARN)


def test_single_rights_stand_with_their_wire_string() -> None:
    """Together they are the thirteen documented ones; what lets money out is marked."""
    granted, missing = right_facts(spot_info("withdraw-funds", "query-funds", "brew-coffee").permissions)

    assert [(f.label, f.text) for f in granted] == [
        ("Query Funds", "query-funds"),
        ("Withdraw Funds", "withdraw-funds"),
        ("Unknown right", "brew-coffee"),
    ]
    assert [f.label_tone for f in granted] == [Tone.PLAIN, Tone.DANGER, Tone.MUTED]
    assert len(missing) == len(SpotPermission) - 2
    assert "query-funds" not in {f.text for f in missing}


def test_futures_rights_are_two_levels() -> None:
    """A Futures key shows its two levels exactly as Kraken spells them."""
    granted, missing = right_facts(futures_info("FULL_ACCESS", "NO_ACCESS").permissions)

    assert [(f.label, f.text) for f in granted] == [
        ("General API", "FULL_ACCESS"),
        ("Withdrawal API", "NO_ACCESS"),
    ]
    assert missing == ()


def test_a_leased_key_says_who_uses_it() -> None:
    """Command, process, host and time."""
    shown = facts(replace(a_key(1, process="mm-bot"), lease=a_lease()))

    assert shown["In use"].text == "leased"
    assert shown["In use"].note == "Held by freqtrade (process 4712 on box) since 2026-11-20 12:00:00 UTC"


def test_the_client_decides_the_nonce_scale() -> None:
    """The scale is that of the process's own library; an undeclared one is called so."""
    declared = nonce_facts(a_key(1, process="bot", client="python-kraken-sdk"))[-1]
    unknown = nonce_facts(a_key(1, process="bot", client=""))[-1]

    assert (declared.text, declared.note) == ("python-kraken-sdk", "nonces in 10 ns")
    assert (unknown.text, unknown.note) == ("not declared", "checks use nonces in milliseconds")


def a_record(key_id: str) -> TransferRecord:
    route = Route(LAB.name, Venue.SPOT, AccountId("account-1"), AccountId("account-2"), "spot", "spot")
    return TransferRecord(
        JournalId("j1"),
        TransferRequest(route, USD, Decimal(5)),
        TransferState.CONFIRMED,
        "Main",
        "Momentum",
        KeyId(key_id),
        "treasury",
        "AccountTransfer",
        NOW,
        LATER,
    )


def test_the_history_is_newest_first_and_its_own() -> None:
    """What happened to a key is told from the newest on; transfers of other keys are not."""
    info = spot_info(created_time=NOW - timedelta(days=9), modified_time=NOW - timedelta(days=2))
    journal = JournalSnapshot(LAB.name, (a_record("key-1"), a_record("key-2")))

    events = history(a_key(1, info=info, added_at=NOW - timedelta(days=1)), journal)

    assert [event.text for event in events] == [
        "Transfer to Momentum: confirmed",
        "Checked: accepted",
        "Added to Kraken Desk",
        "Modified at Kraken",
        "Created at Kraken",
    ]


def test_no_fact_shows_the_whole_public_key() -> None:
    """The public key is shortened wherever it is shown."""
    node = a_key(1)

    shown = [fact.text + fact.note + fact.tip for fact in key_facts(node, a_master(), LATER)]

    assert not [text for text in shown if node.slot.api_key in text]
