"""Golden cases of the rules about checks and ages: the facts, and the verdict written out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from kraken_desk.domain.audit.engine import Hit, Unknown
from kraken_desk.domain.audit.findings import Severity
from kraken_desk.domain.keys import CheckOutcome, Problem
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.sunset import FUTURES_V3_ENDS
from tests.helpers.builders import NOW, a_check, futures_info
from tests.unit.domain.audit.facts import (
    DAY,
    GOOD,
    MOMENT,
    account,
    fleet,
    futures,
    key,
    role,
    trader,
    unchecked,
)

REFUSED = Problem(
    "AuthRejectedError", "Kraken refused it", "It is unknown.", "Look it up.", ("EAPI:Invalid key",)
)
SILENT = Problem("UnreachableError", "No answer", "Kraken was silent.")
AGED = replace(GOOD, created_time=NOW - 60 * DAY, modified_time=NOW - 60 * DAY)
_OLD = a_check(info=GOOD, checked_at=NOW - 31 * DAY)


def _checked(outcome: CheckOutcome, problem: Problem | None, info: Any = AGED) -> object:
    check = replace(a_check(), info=info, outcome=outcome, problem=problem)
    return key(check=check, added_at=NOW - DAY)


def _until(when: Any, **more: Any) -> object:
    return key(facts={"valid_until": when}, **more)


GOLDEN: dict[str, list[tuple[object, ...]]] = {
    "key-refused": [
        (key(), None),
        (unchecked(), None),
        (_checked(CheckOutcome.UNREACHED, SILENT), None),
        (_checked(CheckOutcome.REJECTED, REFUSED, GOOD), None),
        (_checked(CheckOutcome.REJECTED, None), Hit(("Refused at 2026-11-20 12:00 UTC.",))),
        (
            _checked(CheckOutcome.REJECTED, REFUSED, None),
            Hit(
                ("Refused at 2026-11-20 12:00 UTC.", "Kraken said: EAPI:Invalid key."),
                title="Kraken refused it",
                reason="It is unknown.",
                repair=("Look it up.",),
            ),
        ),
        (
            _checked(CheckOutcome.REJECTED, SILENT),
            Hit(("Refused at 2026-11-20 12:00 UTC.",), title="No answer", reason="Kraken was silent."),
        ),
        (_checked(CheckOutcome.REJECTED, REFUSED, replace(AGED, valid_until=NOW - DAY)), None),
    ],
    "settling": [
        (unchecked(), None),
        (key(), None),
        (_checked(CheckOutcome.REJECTED, REFUSED), None),
        (_checked(CheckOutcome.REJECTED, REFUSED, GOOD), Hit(("Kraken said: EAPI:Invalid key.",))),
        (_checked(CheckOutcome.REJECTED, replace(REFUSED, kraken=()), GOOD), Hit(())),
    ],
    "key-unreached": [
        (key(), None),
        (unchecked(), None),
        (_checked(CheckOutcome.REJECTED, REFUSED), None),
        (_checked(CheckOutcome.UNREACHED, None), None),
        (
            _checked(CheckOutcome.UNREACHED, SILENT),
            Hit(("Tried at 2026-11-20 12:00 UTC.",), title="No answer", reason="Kraken was silent."),
        ),
        (
            _checked(CheckOutcome.UNREACHED, replace(SILENT, hint="Try again.")),
            Hit(
                ("Tried at 2026-11-20 12:00 UTC.",),
                title="No answer",
                reason="Kraken was silent.",
                repair=("Try again.",),
            ),
        ),
    ],
    "facts-old": [
        (unchecked(), None),
        (key(check=replace(_OLD, checked_at=NOW - 2 * DAY)), None),
        (
            key(check=replace(_OLD, checked_at=NOW - 2 * DAY - MOMENT)),
            Hit(("Last accepted at 2026-11-18 11:59 UTC.",)),
        ),
        (
            key(check=replace(_OLD, checked_at=NOW - 30 * DAY)),
            Hit(("Last accepted at 2026-10-21 12:00 UTC.",)),
        ),
        (
            key(check=_OLD),
            Hit(
                ("Last accepted at 2026-10-20 12:00 UTC.",),
                Severity.MEDIUM,
                "Checked too long ago to judge",
                "After a month, what Kraken reported then says little about now.",
            ),
        ),
        (key(check=replace(_OLD, outcome=CheckOutcome.UNREACHED)), None),
    ],
    "key-expired": [
        (_until(None), None),
        (_until(NOW + MOMENT), None),
        (_until(NOW), Hit(("It ended at 2026-11-20 12:00 UTC.",))),
        (_until(NOT_REPORTED), Unknown("Kraken reports no expiry of this key.")),
    ],
    "key-expiring": [
        (_until(None), None),
        (_until(NOT_REPORTED), None),
        (_until(NOW), None),
        (_until(NOW + MOMENT), Hit(("It ends at 2026-11-20 12:00 UTC.",))),
        (_until(NOW + 7 * DAY), Hit(("It ends at 2026-11-27 12:00 UTC.",))),
        (_until(NOW + 7 * DAY + MOMENT), None),
    ],
    "never-expires": [
        (_until(None), None),
        (_until(None, declared=role("desk-monitor")), None),
        (_until(NOW, declared=role("trading")), None),
        (_until(None, declared=role("trading")), Hit(("The role Trading asks for an end within 100 days.",))),
        (
            _until(NOT_REPORTED, declared=role("trading")),
            Unknown("Trading is to expire, but Kraken reports no expiry of this key."),
        ),
    ],
    "expires-too-late": [
        (_until(NOW + 500 * DAY), None),
        (_until(NOW + 500 * DAY, declared=role("desk-monitor")), None),
        (_until(None, declared=role("trading")), None),
        (_until(NOW + 100 * DAY, declared=role("trading")), None),
        (
            _until(NOW + 100 * DAY + MOMENT, declared=role("trading")),
            Hit(("It ends on 2027-02-28; the role Trading allows 100 days ahead.",)),
        ),
    ],
    "rotation-due": [
        (key(facts={"created_time": NOW - 500 * DAY}), None),
        (
            key(
                facts={"created_time": NOW - 500 * DAY}, declared=replace(role("trading"), rotation_days=None)
            ),
            None,
        ),
        (trader(facts={"created_time": NOW - 90 * DAY + MOMENT}), None),
        (
            trader(facts={"created_time": NOW - 90 * DAY}),
            Hit(("Made on 2026-08-22; the role Trading asks for 90 days at most.",)),
        ),
        (
            trader(facts={"created_time": NOT_REPORTED}),
            Unknown("Kraken does not report when this key was made."),
        ),
    ],
    "dormant": [
        (key(facts={"last_used": NOW}), Unknown("The last use that Kraken reports may be our own check.")),
        (
            key(facts={"last_used": NOW - timedelta(minutes=1)}),
            Unknown("The last use that Kraken reports may be our own check."),
        ),
        (key(facts={"last_used": NOW - timedelta(minutes=1) - MOMENT}), None),
        (key(facts={"last_used": None}), None),
        (key(facts={"last_used": NOW - 90 * DAY + MOMENT}), None),
        (key(facts={"last_used": NOW - 90 * DAY}), Hit(("Last used on 2026-08-22.",))),
        (key(facts={"last_used": NOT_REPORTED}), Unknown("Kraken does not report when this key was used.")),
    ],
    "never-used": [
        (key(facts={"last_used": NOW, "created_time": NOW - 20 * DAY}), None),
        (key(facts={"last_used": NOT_REPORTED, "created_time": NOW - 20 * DAY}), None),
        (key(facts={"last_used": None, "created_time": NOT_REPORTED}), None),
        (key(facts={"last_used": None, "created_time": NOW - 14 * DAY + MOMENT}), None),
        (key(facts={"last_used": None, "created_time": NOW - 14 * DAY}), Hit(("Made on 2026-11-06.",))),
    ],
    "edited-outside": [
        (key(facts={"modified_time": NOW}), None),
        (key(facts={"modified_time": NOT_REPORTED}), None),
        (
            key(facts={"modified_time": NOW}, added_at=NOW - DAY),
            Hit(("Edited at 2026-11-20 12:00 UTC; added here at 2026-11-19 12:00 UTC.",)),
        ),
        (key(facts={"modified_time": NOW - 30 * DAY}, added_at=NOW - 40 * DAY), None),
    ],
    "query-range-over": [
        (key(facts={"query_to": None}), None),
        (key(facts={"query_to": NOT_REPORTED}), None),
        (key(facts={"query_to": NOW + MOMENT}), None),
        (key(facts={"query_to": NOW}), Hit(("Its query end date is 2026-11-20.",))),
    ],
    "futures-sunset": [
        (account(key()), None),
        (
            account(futures(name="b"), futures(name="a")),
            fleet(now=FUTURES_V3_ENDS - 180 * DAY - MOMENT),
            None,
        ),
        (
            account(futures(name="b"), futures(name="a"), key()),
            fleet(now=FUTURES_V3_ENDS - 180 * DAY),
            Hit(("The end is on 2027-03-01.", "Keys: a, b.")),
        ),
        (
            account(futures(name="a")),
            fleet(now=FUTURES_V3_ENDS - MOMENT),
            Hit(("The end is on 2027-03-01.", "Keys: a.")),
        ),
        (
            account(futures(name="a")),
            fleet(now=FUTURES_V3_ENDS),
            Hit(
                ("The end is on 2027-03-01.", "Keys: a."),
                Severity.HIGH,
                "Futures keys are of an API that has ended",
            ),
        ),
        (account(key(futures_info(), venue=GOOD.venue)), None),
    ],
}
