"""Golden cases of the rules about rights and toxic pairs: the facts, and the verdict written out."""

from __future__ import annotations

from dataclasses import replace

from kraken_desk.domain.accounts import KindSource
from kraken_desk.domain.audit.engine import Hit
from kraken_desk.domain.audit.findings import Severity
from kraken_desk.domain.keys import SpotPermissions
from kraken_desk.domain.reported import NOT_REPORTED
from tests.helpers.builders import NOW
from tests.unit.domain.audit.facts import MASTER, SUB, TRADING, fleet, futures, key, role, trader

WITHDRAW = ("query-funds", "withdraw-funds")
BOTH = (*TRADING, "withdraw-funds")
ASSUMED = replace(SUB, kind_source=KindSource.ASSUMED)

GOLDEN: dict[str, list[tuple[object, ...]]] = {
    "surplus-rights": [
        (key(rights=BOTH), None),
        (trader(), None),
        (trader(rights=(*TRADING, "query-closed-trades", "create-ws-token")), None),
        (
            trader(rights=(*TRADING, "export-data")),
            Hit(("Beyond the role Trading: Export Data.",), Severity.LOW),
        ),
        (trader(rights=(*TRADING, "earn-funds")), Hit(("Beyond the role Trading: Earn.",), Severity.MEDIUM)),
        (
            trader(rights=(*TRADING, "export-data", "withdraw-funds")),
            Hit(("Beyond the role Trading: Withdraw Funds, Export Data.",), Severity.HIGH),
        ),
        (trader(rights=(*TRADING, "fly")), None),
        (
            futures(declared=role("dashboard")),
            Hit(("Beyond the role Monitoring dashboard: General API: Full Access.",), Severity.HIGH),
        ),
    ],
    "missing-rights": [
        (key(rights=("query-funds",)), None),
        (trader(), None),
        (
            trader(rights=("query-funds", "query-open-trades")),
            Hit(("Needed by the role Trading: Create & Modify Orders, Cancel/Close Orders.",)),
        ),
        (
            futures("READ_ONLY", declared=role("trading")),
            Hit(("Needed by the role Trading: General API: Full Access.",)),
        ),
    ],
    "unknown-right": [
        (key(), None),
        (
            key(rights=("query-funds", "swim", "fly")),
            Hit(("Kraken reports fly, swim, which this program does not know.",)),
        ),
        (futures("ALL"), Hit(("Kraken reports general:ALL, which this program does not know.",))),
    ],
    "rights-not-reported": [
        (key(), None),
        (futures(), None),
        (futures(""), Hit(("Kraken names no level for General API.",))),
        (futures("", ""), Hit(("Kraken names no level for General API, Withdrawal API.",))),
    ],
    "no-rights": [
        (key(), None),
        (key(rights=("fly",)), None),
        (
            key(facts={"permissions": SpotPermissions(frozenset())}),
            Hit(("Kraken reports no right of this key.",)),
        ),
        (futures("NO_ACCESS"), Hit(("Kraken reports no right of this key.",))),
    ],
    "no-role": [
        (key(), None),
        (key(role="research"), None),
        (key(role=" "), Hit(("No role is declared for this key.",))),
    ],
    "unknown-role": [
        (trader(), None),
        (key(role=" "), None),
        (key(role=" research "), Hit(("The declared role is “research”.",))),
    ],
    "futures-moves-money": [
        (futures(account=SUB, declared=role("trading")), None),
        (futures(account=MASTER), None),
        (futures("READ_ONLY", account=MASTER, declared=role("trading")), None),
        (futures(account=MASTER, declared=role("treasury")), None),
        (
            futures(account=MASTER, declared=role("trading")),
            Hit(("On the master with General API Full Access; its role is Trading.",)),
        ),
    ],
    "reader-moves-to-futures": [
        (key(rights=("query-ledger",)), None),
        (key(), None),
        (
            key(rights=("query-funds",)),
            Hit(("It reads balances of Carry, which has a Futures side.",)),
        ),
        (key(rights=("query-funds",)), fleet(accounts=(replace(SUB, futures_uid=None),)), None),
    ],
    "trade-with-withdraw": [
        (key(), None),
        (key(rights=WITHDRAW), None),
        (key(rights=BOTH), Hit(("It places orders and holds Withdraw Funds.",))),
        (
            futures("FULL_ACCESS", "FULL_ACCESS"),
            Hit(("It places orders and holds Withdrawal API: Full Access.",)),
        ),
    ],
    "withdraw-without-expiry": [
        (key(facts={"valid_until": None}), None),
        (key(rights=WITHDRAW, facts={"valid_until": NOW}), None),
        (key(rights=WITHDRAW, facts={"valid_until": NOT_REPORTED}), None),
        (
            key(rights=WITHDRAW, facts={"valid_until": None}),
            Hit(("It holds Withdraw Funds and never expires.",)),
        ),
    ],
    "withdraw-and-addresses": [
        (key(rights=WITHDRAW), None),
        (key(rights=("add-withdraw-address",)), None),
        (
            key(rights=(*WITHDRAW, "update-withdraw-address")),
            Hit(("It holds Withdraw Funds and Update withdrawal addresses.",)),
        ),
    ],
    "changes-addresses": [
        (key(), None),
        (key(rights=(*WITHDRAW, "add-withdraw-address")), None),
        (key(rights=("add-withdraw-address",)), Hit(("It holds Add withdrawal addresses.",))),
    ],
    "subaccount-withdraw": [
        (key(), None),
        (key(rights=WITHDRAW, account=MASTER), None),
        (
            key(rights=WITHDRAW),
            Hit(("Carry is a subaccount, and the key holds Withdraw Funds.",)),
        ),
    ],
    "kind-assumed": [
        (key(rights=WITHDRAW), None),
        (key(account=ASSUMED), None),
        (key(rights=WITHDRAW, account=None), None),
        (key(rights=WITHDRAW, account=ASSUMED), Hit(("Carry is taken for a subaccount.",))),
    ],
}
