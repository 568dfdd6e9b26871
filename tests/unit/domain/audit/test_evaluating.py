"""Evaluating: one order whatever the order of the input, mutes, scores, and nothing judged unknown."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from kraken_desk.domain.audit.engine import NEVER_CHECKED
from kraken_desk.domain.audit.evaluating import evaluate
from kraken_desk.domain.audit.findings import (
    FUTURES_KEYS_PAGE,
    SPOT_KEYS_PAGE,
    AuditReport,
    Score,
    Severity,
)
from kraken_desk.domain.mutes import Mute
from tests.helpers.builders import LAB, NOW, an_account
from tests.unit.domain.audit.facts import OPEN, SUB, fleet, futures, key, trader, unchecked

STOLEN = key(
    rights=("query-funds", "withdraw-funds"),
    facts={"ip_allowlist": OPEN},
    account=replace(SUB, label="Main"),
    slot_id="slot-9",
    name="stolen",
)
MUTE = Mute(LAB.name, "withdraw-open", "slot-9", "known", NOW, NOW + timedelta(days=1))


def rules_of(report: AuditReport, ref: str) -> list[str]:
    return [finding.rule for finding in report.of(ref)]


def test_the_worst_comes_first() -> None:
    """And findings carry what is needed to mend them."""
    report = evaluate(fleet(trader(), STOLEN))

    first = report.findings[0]
    assert (first.rule, first.severity, first.subject.name) == ("withdraw-open", Severity.CRITICAL, "stolen")
    assert first.link == SPOT_KEYS_PAGE
    assert [f.severity for f in report.findings] == sorted(
        (f.severity for f in report.findings), reverse=True
    )
    assert report.count(Severity.CRITICAL) == 1
    assert len(report.at_least(Severity.INFO)) == len(report.findings)


def test_futures_keys_are_mended_on_their_own_page() -> None:
    """The systems are separate at Kraken; what is mended here has no page."""
    report = evaluate(fleet(futures("ALL", slot_id="slot-2")))

    links = {finding.rule: finding.link for finding in report.of("slot-2")}
    assert links["unknown-right"] == FUTURES_KEYS_PAGE
    assert links["no-role"] == ""


def test_the_report_does_not_depend_on_the_order_of_its_input() -> None:
    """Keys, accounts and list entries in any order give an equal report."""
    keys = [
        trader(slot_id="slot-1"),
        STOLEN,
        unchecked(slot_id="slot-2", name="new"),
        futures(slot_id="slot-3", name="f2"),
        futures(slot_id="slot-4", name="f1"),
    ]
    accounts = [SUB, an_account(2)]
    first = evaluate(fleet(*keys, accounts=tuple(accounts)), (MUTE,))

    for seed in range(5):
        random.Random(seed).shuffle(keys)
        random.Random(seed).shuffle(accounts)
        assert evaluate(fleet(*keys, accounts=tuple(accounts)), (MUTE,)) == first


def test_a_key_that_was_never_checked_is_not_judged() -> None:
    """One line says so; what needs no report is judged all the same."""
    report = evaluate(fleet(unchecked(process="", client="")))

    assert rules_of(report, "slot-1") == ["key-without-process", "unknown-role"]
    assert ("", NEVER_CHECKED) in [(n.rule, n.why) for n in report.not_judged if n.subject.ref == "slot-1"]
    assert report.score("slot-1") == Score(None)


def test_a_muted_finding_stays_visible_and_costs_nothing() -> None:
    """Until its end."""
    muted = evaluate(fleet(STOLEN), (MUTE,))
    later = evaluate(fleet(STOLEN, now=MUTE.until), (MUTE,))

    [finding] = [f for f in muted.findings if f.rule == "withdraw-open"]
    assert finding.muted == MUTE
    assert finding not in muted.open()
    assert muted.count(Severity.CRITICAL) == 0
    assert later.count(Severity.CRITICAL) == 1
    assert (muted.score("slot-9").value or 0) - (later.score("slot-9").value or 0) == 45


def test_accounts_are_scored_by_their_worst_key() -> None:
    """With the reasons; an account without known keys has no score."""
    report = evaluate(fleet(trader(slot_id="slot-2"), STOLEN, accounts=(SUB, an_account(2))))

    own, worst = report.score(SUB.account_id), report.score("slot-9")
    assert own.value is not None
    assert worst.value is not None
    assert own.value < worst.value
    assert own.reasons[-len(worst.reasons) :] == worst.reasons
    assert "Can withdraw from anywhere" in own.reasons
    assert report.score("nobody") == Score(None)


def test_a_score_is_never_below_zero() -> None:
    """However much there is to mend."""
    worst = key(
        rights=("modify-trades", "withdraw-funds", "add-withdraw-address", "fly"),
        facts={"ip_allowlist": OPEN, "valid_until": None, "nonce_window": 10**9},
        process="",
    )

    assert evaluate(fleet(worst)).score("slot-1").value == 0
