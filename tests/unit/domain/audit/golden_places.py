"""Golden cases of the rules about allowlists, processes, nonces and places: facts and verdicts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.audit.engine import Hit, Unknown
from kraken_desk.domain.audit.findings import Severity
from kraken_desk.domain.environments import EnvironmentKind
from kraken_desk.domain.foreign_use import UseState
from kraken_desk.domain.keys import CheckOutcome
from kraken_desk.domain.reported import NOT_REPORTED
from tests.helpers.builders import NOW, a_check, a_lease
from tests.unit.domain.audit.facts import (
    BOX,
    DAY,
    DESK,
    GOOD,
    account,
    fleet,
    futures,
    key,
    process,
    role,
    trader,
    unchecked,
    used,
)

WITHDRAW = ("query-funds", "withdraw-funds")
READ = ("query-funds",)
HERE = fleet(hosts=(BOX,))
PRODUCTION = fleet(kind=EnvironmentKind.PRODUCTION, rehearsed=frozenset())
AHEAD_MS = 1_763_640_000_000 + 365 * 86_400_000  # a year ahead in the test's calendar


def at(*entries: str, **more: Any) -> object:
    return key(facts={"ip_allowlist": IpAllowlist(entries)}, **more)


def window(ticks: Any, **more: Any) -> object:
    return key(facts={"nonce_window": ticks}, **more)


REHEARSE = "No lower environment has a key with this role, rights, allowlist width, client and window."
SILENT: dict[str, Any] = {"ip_allowlist": NOT_REPORTED}
EXPIRED: dict[str, Any] = {"valid_until": NOW - DAY}
REFUSED = a_check(info=GOOD, outcome=CheckOutcome.REJECTED)

GOLDEN: dict[str, list[tuple[object, ...]]] = {
    "withdraw-open": [
        (at(), None),
        (at("203.0.113.7", rights=WITHDRAW), None),
        (at(rights=WITHDRAW), Hit(("Its IP allowlist is open.",))),
        (
            at("0.0.0.0/1", "128.0.0.0/1", rights=("add-withdraw-address",)),
            Hit(("Its IP allowlist is open.",)),
        ),
        (key(facts=SILENT, rights=WITHDRAW), Unknown("Kraken does not report this key's IP allowlist.")),
    ],
    "trade-open": [
        (at("203.0.113.7"), None),
        (at(rights=READ), None),
        (at(rights=(*WITHDRAW, "modify-trades")), None),
        (at(), Hit(("Its IP allowlist is open.",))),
    ],
    "read-open": [
        (at("203.0.113.7", rights=READ), None),
        (at(), None),
        (at(rights=WITHDRAW), None),
        (at(rights=READ), Hit(("Its IP allowlist is open.",))),
    ],
    "wide-allowlist": [
        (at(), None),
        (at("203.0.113.0/24"), None),
        (key(facts=SILENT), None),
        (
            at("203.0.112.0/23"),
            Hit(("The allowlist 203.0.112.0/23 covers far more than one host.",), Severity.MEDIUM),
        ),
        (
            at("203.0.112.0/23", "198.51.100.1", rights=WITHDRAW),
            Hit(
                ("The allowlist 198.51.100.1, 203.0.112.0/23 covers far more than one host.",), Severity.HIGH
            ),
        ),
    ],
    "wider-than-role": [
        (at("203.0.113.0/28"), None),
        (at("203.0.113.7", declared=role("trading")), None),
        (trader(facts=SILENT), None),
        (at("203.0.112.0/23", declared=role("trading")), None),
        (at("203.0.113.0/28", declared=role("desk-treasury")), None),
        (
            at("203.0.113.0/28", declared=role("trading")),
            Hit(("It lets in a few addresses; the role Trading asks for single addresses.",)),
        ),
    ],
    "shadowed-entry": [
        (at("203.0.113.7", "203.0.113.8"), None),
        (key(facts=SILENT), None),
        (at("203.0.113.7", "203.0.113.0/24"), Hit(("203.0.113.7 lies inside 203.0.113.0/24.",))),
    ],
    "unreadable-entry": [
        (at("203.0.113.7"), None),
        (key(facts=SILENT), None),
        (at("office", "203.0.113.7", "home"), Hit(("Not readable: home, office.",))),
    ],
    "private-entry": [
        (at("203.0.113.7"), None),
        (key(facts=SILENT), None),
        (at("203.0.113.7", "192.168.1.0/24"), Hit(("Private: 192.168.1.0/24.",))),
    ],
    "unnamed-host": [
        (at("198.51.100.1"), None),
        (at("203.0.113.7"), HERE, None),
        (at(), HERE, None),
        (at("0.0.0.0/0"), HERE, None),
        (key(facts=SILENT), HERE, None),
        (at("203.0.113.7", "198.51.100.1"), HERE, Hit(("No host has 198.51.100.1.",))),
        (at("203.0.113.0/24"), HERE, Hit(("No host has 203.0.113.0/24.",))),
    ],
    "desk-locked-out": [
        (at("198.51.100.1", **DESK), None),
        (at("198.51.100.1"), HERE, None),
        (key(facts=SILENT, **DESK), HERE, None),
        (at("2001:db8::/64", **DESK), HERE, None),
        (at("198.51.100.1", **DESK), HERE, Hit(("box calls from 2001:db8::7, 203.0.113.7.",))),
    ],
    "key-without-process": [
        (key(), None),
        (unchecked(process=" "), Hit(("No process is declared for this key.",))),
    ],
    "several-processes": [
        (key(), None),
        (key(process="band"), None),
        (key(process="bot, dashboard"), Hit(("Its process is given as “bot, dashboard”.",))),
        (key(process="bot and dashboard"), Hit(("Its process is given as “bot and dashboard”.",))),
    ],
    "same-key-twice": [
        (key(), None),
        (key(), fleet(key(), key(slot_id="slot-2", name="copy")), Hit(("Also held as copy.",))),
        (
            key(),
            fleet(key(), elsewhere={key().slot.api_key: ("uat: bot",)}),
            Hit(("Also held as uat: bot.",)),
        ),
    ],
    "used-by-others": [
        (key(), None),
        (key(use=used(UseState.UNDECIDABLE)), None),
        (key(use=used()), Hit(("Its nonce rose. Nobody here signed.",))),
        (
            key(use=used(), **DESK),
            Hit(
                ("Its nonce rose. Nobody here signed.",),
                Severity.CRITICAL,
                "A key of the desk is used by others",
            ),
        ),
    ],
    "desk-key-leased": [
        (key(**DESK), None),
        (key(lease=a_lease()), None),
        (key(lease=a_lease(), **DESK), Hit(("“freqtrade” holds it on box.",))),
    ],
    "client-unknown": [
        (key(), None),
        (key(client="", process=""), None),
        (futures(client=""), None),
        (key(client="", **DESK), None),
        (key(client=""), Hit(("Nothing says what bot signs with.",))),
    ],
    "process-without-key": [
        (process(), Hit(("No key in this profile names it.",))),
        (process(key(), unchecked()), Unknown("Not all of its keys have been checked.")),
        (process(key(), key(check=REFUSED)), None),
        (
            process(key(check=REFUSED, name="b"), key(facts=EXPIRED, name="a")),
            Hit(("Refused or expired: a, b.",)),
        ),
    ],
    "nonce-window-wide": [
        (window(NOT_REPORTED), None),
        (window(60_001, client=""), None),
        (window(60_000), None),
        (window(60_001), Hit(("60001 is 1 min for ccxt; 1 min is allowed.",))),
        (window(10_000, declared=role("trading")), None),
        (window(20_000, declared=role("trading")), Hit(("20000 is 20 s for ccxt; 10 s is allowed.",))),
        (
            window(1, declared=replace(role("trading"), window_s=Decimal(0))),
            Hit(("1 is 1 ms for ccxt; 0 s is allowed.",)),
        ),
    ],
    "nonce-window-blink": [
        (window(0), None),
        (window(NOT_REPORTED), None),
        (window(1), None),
        (window(5000, client="kraken-cli"), Hit(("5000 is 5 µs for kraken-cli.",))),
    ],
    "nonce-scale": [
        (key(), None),
        (key(facts={"nonce": NOT_REPORTED}), None),
        (key(facts={"nonce": AHEAD_MS}), None),
        (
            key(facts={"nonce": 1_700_000_000_000_000_000}),
            Hit(("Its last nonce is 1700000000000000000; ccxt makes smaller ones.",)),
        ),
    ],
    "nonce-ahead": [
        (key(), None),
        (key(facts={"nonce": NOT_REPORTED}), None),
        (key(facts={"nonce": 1_700_000_000_000_000_000}), None),
        (
            key(facts={"nonce": 1_800_000_000_000}),
            Hit(("Its last nonce lets ccxt in again at 2027-01-15 08:00 UTC.",)),
        ),
    ],
    "no-monitor": [
        (account(key(**DESK)), None),
        (account(key(rights=("query-ledger",), **DESK), key(**DESK)), None),
        (account(unchecked(**DESK)), Unknown("Its desk keys have not all been checked.")),
        (
            account(unchecked(), futures(**DESK)),
            Hit(("Carry has 2 keys here, none of them a desk key that reads.",)),
        ),
        (
            account(key(rights=("query-ledger",), **DESK)),
            Hit(("Carry has 1 keys here, none of them a desk key that reads.",)),
        ),
    ],
    "futures-keys-full": [
        (account(*[futures()] * 44, key()), None),
        (account(*[futures()] * 45), Hit(("45 of 50 are known here.",))),
    ],
    "not-rehearsed": [
        (key(), None),
        (key(**DESK), PRODUCTION, None),
        (
            key(),
            replace(PRODUCTION, rehearsed=None),
            Unknown("The lower environments have not been looked at."),
        ),
        (key(), replace(PRODUCTION, rehearsed=frozenset({key().shape})), None),
        (
            key(),
            PRODUCTION,
            Hit((REHEARSE,)),
        ),
    ],
    "clock-off": [
        (fleet(), Unknown("Kraken's clock has not been asked.")),
        (fleet(clock_offset_s=5.0), None),
        (fleet(clock_offset_s=-5.0), None),
        (fleet(clock_offset_s=5.5), Hit(("It is 6 s behind Kraken's.",), Severity.MEDIUM)),
        (fleet(clock_offset_s=-60.0), Hit(("It is 60 s ahead of Kraken's.",), Severity.MEDIUM)),
        (fleet(clock_offset_s=-61.0), Hit(("It is 61 s ahead of Kraken's.",), Severity.HIGH)),
    ],
}
