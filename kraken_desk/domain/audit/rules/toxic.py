"""Rules about rights that are worse together, or on the wrong account."""

from __future__ import annotations

from datetime import datetime

from kraken_desk.domain.accounts import KindSource
from kraken_desk.domain.audit.engine import Hit, Verdict, rule
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import Severity
from kraken_desk.domain.audit.rules.words import labels
from kraken_desk.domain.keys import SpotPermission
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.rights import TRANSFER_FULL, RightId

_WITHDRAW = RightId(SpotPermission.WITHDRAW_FUNDS.value)
_ADDRESSES = frozenset(
    {
        RightId(SpotPermission.ADD_WITHDRAW_ADDRESS.value),
        RightId(SpotPermission.UPDATE_WITHDRAW_ADDRESS.value),
    }
)
_OUT = frozenset({_WITHDRAW, TRANSFER_FULL})


@rule(
    "trade-with-withdraw",
    "toxic pairs",
    Severity.HIGH,
    "Trades and withdraws with one key",
    reason="The secret of a bot lies on a host that talks to many; from there it should take nothing out.",
    repair=(
        "Make one key that trades and another that withdraws.",
        "Take the withdrawal right from this one.",
    ),
    reference="Kraken docs: API key permissions by use case",
)
def trade_with_withdraw(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report orders and withdrawals in one hand; a role that needs both is judged by its owner."""
    del fleet
    out = key.rights & _OUT
    if not key.can.trades or not out:
        return None
    return Hit((f"It places orders and holds {labels(out)}.",))


@rule(
    "withdraw-without-expiry",
    "toxic pairs",
    Severity.HIGH,
    "Can withdraw for ever",
    reason="A withdrawal right without an end stays open long after everybody has forgotten the key.",
    repair=("Set an expiry at Kraken.", "Or take the withdrawal right away."),
    reference="Kraken docs: GetApiKeyInfo, valid_until",
)
def withdraw_without_expiry(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report Withdraw Funds without an end; Futures keys cannot have one."""
    del fleet
    if _WITHDRAW not in key.rights or key.info.valid_until is NOT_REPORTED:
        return None
    if isinstance(key.info.valid_until, datetime):
        return None
    return Hit(("It holds Withdraw Funds and never expires.",))


@rule(
    "withdraw-and-addresses",
    "toxic pairs",
    Severity.CRITICAL,
    "Can name an address and withdraw to it",
    reason="Addresses made by a key need no e-mail, so whoever has the secret sends the money to himself.",
    repair=("Take the address rights away at Kraken.", "Name addresses by hand, with their e-mails."),
    reference="Kraken docs: withdrawal addresses through the API are confirmed at once",
)
def withdraw_and_addresses(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report withdrawal and address rights in one hand."""
    del fleet
    addresses = key.rights & _ADDRESSES
    if _WITHDRAW not in key.rights or not addresses:
        return None
    return Hit((f"It holds Withdraw Funds and {labels(addresses)}.",))


@rule(
    "changes-addresses",
    "toxic pairs",
    Severity.MEDIUM,
    "Can change withdrawal addresses",
    reason="An address that is made here needs no e-mail; the next withdrawal by any other key may go there.",
    repair=("Take the address rights away at Kraken.", "Name addresses by hand, with their e-mails."),
    reference="Kraken docs: withdrawal addresses through the API are confirmed at once",
)
def changes_addresses(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report address rights by themselves."""
    del fleet
    addresses = key.rights & _ADDRESSES
    if not addresses or _WITHDRAW in key.rights:
        return None
    return Hit((f"It holds {labels(addresses)}.",))


@rule(
    "subaccount-withdraw",
    "toxic pairs",
    Severity.MEDIUM,
    "Withdrawal right on a subaccount",
    reason="Kraken blocks withdrawals from subaccounts: useless now, and dangerous the day it works.",
    repair=("Take the withdrawal right away at Kraken.",),
    reference="Kraken support: withdrawals from subaccounts are blocked",
)
def subaccount_withdraw(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report withdrawal rights of subaccounts."""
    del fleet
    if not key.can.blocked_withdrawal:
        return None
    return Hit((f"{key.subject.account} is a subaccount, and the key holds {labels(key.rights & _OUT)}.",))


@rule(
    "kind-assumed",
    "toxic pairs",
    Severity.INFO,
    "Judged on an assumption",
    reason="Whether a withdrawal right works depends on the account being a master, which nobody has said.",
    repair=("Say what the account is (kraken-desk accounts set-kind).",),
    reference="the account's declaration here",
    at_kraken=False,
)
def kind_assumed(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report withdrawal rights on an account whose kind is only assumed."""
    del fleet
    if key.account is None or key.account.kind_source is not KindSource.ASSUMED or not key.rights & _OUT:
        return None
    return Hit((f"{key.account.label} is taken for a {key.account.kind.value}.",))
