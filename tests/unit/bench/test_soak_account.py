"""The soak's accounts find what is wrong: each claim fails for a record that breaks it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench.soak_account import claims
from bench.soak_record import Sent

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BALANCE = "/0/private/BalanceEx"
TRANSFER = "/0/private/AccountTransfer"


def a_call(number: int, *, path: str = BALANCE, key: str = "key", nonce: int | None = None) -> Sent:
    """A call that left `number` seconds after the start and was answered at once."""
    at = START + timedelta(seconds=number)
    return Sent(path, key, str(1000 + number if nonce is None else nonce), at, at)


def a_line(sent: Sent, *, verdict: str = "ok", fault: str = "", read: bool = True) -> dict[str, Any]:
    return {
        "path": sent.path,
        "api_key": sent.api_key,
        "nonce": sent.nonce if read else "",
        "verdict": verdict,
        "fault": fault,
        "at": sent.sent_at.timestamp(),
    }


def failing(sent: list[Sent], log: list[dict[str, Any]], transfers: int = 0) -> list[str]:
    return [claim.name for claim in claims(sent, log, transfers) if not claim.holds]


def test_a_clean_record_holds() -> None:
    """Calls that both sides know, with rising nonces, some struck before they were read, prove everything."""
    sent = [a_call(number) for number in range(4)]
    log = [a_line(entry) for entry in sent]
    log[2] = a_line(sent[2], verdict="fault html_502", fault="html_502", read=False)
    public = Sent("/0/public/Assets", "", "", START)

    assert failing([*sent, public], log) == []


def test_a_call_that_one_side_does_not_know_is_found() -> None:
    """A call that is missing from the log, or twice in it, breaks the account."""
    sent = [a_call(0), a_call(1)]
    log = [a_line(entry) for entry in sent]

    assert failing(sent, log[:1]) == ["no calls that only one side knows"]
    assert failing(sent, [*log, log[1]]) == ["no calls that only one side knows"]


def test_a_call_that_never_left_is_not_expected() -> None:
    """What provably stayed on this machine needs no line in the log."""
    stayed = a_call(1)
    stayed.left = False

    assert failing([a_call(0), stayed], [a_line(a_call(0))]) == []


@pytest.mark.parametrize(
    ("verdict", "claim"),
    [
        ("EAPI:Invalid nonce", "no invalid nonces caused by us"),
        ("nonceBelowThreshold", "no invalid nonces caused by us"),
        ("EAPI:Invalid signature", "no failed authentications caused by us"),
        ("EGeneral:Temporary lockout", "no lockouts provoked"),
    ],
)
def test_a_refusal_by_the_exchange_itself_is_ours(verdict: str, claim: str) -> None:
    """A verdict of the exchange's own rules counts, also under a fault that spoilt only the answer."""
    sent = [a_call(0)]

    assert failing(sent, [a_line(sent[0], verdict=verdict)]) == [claim]
    assert failing(sent, [a_line(sent[0], verdict=verdict, fault="late_reply")]) == [claim]


def test_a_nonce_that_does_not_rise_is_found() -> None:
    """Equal and falling nonces of one key break the claim, those of different keys do not."""
    same = [a_call(0, nonce=7), a_call(1, nonce=7)]
    apart = [a_call(0, nonce=7), a_call(1, nonce=7, key="other")]

    assert failing(same, [a_line(entry) for entry in same]) == ["no nonces of a key that did not rise"]
    assert failing(apart, [a_line(entry) for entry in apart]) == []


def test_too_many_failures_at_once_are_found() -> None:
    """Six injected refusals within a quarter of an hour are beyond the budget; spread out they are not."""
    near = [a_call(60 * number) for number in range(6)]
    spread = [a_call(200 * number) for number in range(6)]

    def refused(calls: list[Sent]) -> list[dict[str, Any]]:
        return [a_line(entry, verdict="fault invalid_key", fault="invalid_key") for entry in calls]

    assert failing(near, refused(near)) == [
        "failures in any quarter of an hour, injected ones included, stay inside our budget"
    ]
    assert failing(spread, refused(spread)) == []


def test_calls_during_a_lockout_are_found() -> None:
    """More calls after an answer “locked out” than could have been under way break the claim."""
    sent = [a_call(number) for number in range(7)]
    log = [a_line(entry) for entry in sent]
    log[0] = a_line(sent[0], verdict="fault lockout", fault="lockout", read=False)

    assert failing(sent, log) == [
        "an injected lockout is heeded: only calls already admitted were still sent"
    ]
    assert failing(sent[:5], log[:5]) == []


def test_a_repeated_transfer_is_found() -> None:
    """Two transfers that left for one that was asked for are one too many."""
    sent = [a_call(0, path=TRANSFER), a_call(1, path=TRANSFER)]
    log = [a_line(entry) for entry in sent]

    assert failing(sent, log, transfers=1) == ["no transfer was sent twice"]
    assert failing(sent, log, transfers=2) == []
