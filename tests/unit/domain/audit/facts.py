"""Ready-made facts for rules: a good key of a trading bot, and what a case changes about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from kraken_desk.domain.accounts import Account, KindSource
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.audit.facts import AccountFacts, FleetFacts, KeyFacts, ProcessFacts
from kraken_desk.domain.environments import EnvironmentKind
from kraken_desk.domain.foreign_use import Sign, TraceKind, UseFinding, UseState
from kraken_desk.domain.hosts import Host, HostId
from kraken_desk.domain.keys import DESK_PROCESS, ApiKeyInfo, KeyCheck, KeyId
from kraken_desk.domain.roles import STARTING_ROLES, Role, role_named
from tests.helpers.builders import LAB, NOW, a_check, a_master, a_slot, an_account, futures_info, spot_info

DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
TRADING = ("query-funds", "query-open-trades", "modify-trades", "close-trades")
OPEN = IpAllowlist()
SUB = an_account(1, label="Carry", kind_source=KindSource.KRAKEN)
MASTER = a_master(1, kind_source=KindSource.KRAKEN)
BOX = Host(HostId("h1"), "box", ("203.0.113.7", "2001:db8::7"), this_machine=True)
DESK: dict[str, Any] = {"process": DESK_PROCESS, "role": "monitor"}

GOOD = spot_info(*TRADING, valid_until=NOW + 50 * DAY, last_used=NOW - DAY, nonce=1_700_000_000_000)


def role(name: str) -> Role:
    return role_named(name, STARTING_ROLES)


def key(
    info: ApiKeyInfo | None = GOOD,
    *,
    rights: tuple[str, ...] | None = None,
    account: Account | None = SUB,
    check: KeyCheck | None = None,
    declared: Role | None = None,
    lease: Any = None,
    use: UseFinding | None = None,
    facts: dict[str, Any] | None = None,
    **slot: Any,
) -> KeyFacts:
    """Return a trading bot's key in order; `facts` change what Kraken reports, the rest its slot."""
    if info is not None and rights is not None:
        info = replace(info, permissions=spot_info(*rights).permissions)
    if info is not None and facts:
        info = replace(info, **facts)
    given = {"process": "bot", "role": "trading", "client": "ccxt", "name": "bot key", **slot}
    made = a_slot(**given)
    found = check or (a_check(info=info) if info is not None else None)
    return KeyFacts(made, account, found, declared, lease, use)


def trader(**changes: Any) -> KeyFacts:
    return key(declared=role("trading"), **changes)


def futures(general: str = "FULL_ACCESS", transfer: str = "NO_ACCESS", **changes: Any) -> KeyFacts:
    info = futures_info(general, transfer)
    return key(info, venue=info.venue, **{"role": "", **changes})


def unchecked(**slot: Any) -> KeyFacts:
    return key(None, **slot)


def fleet(*keys: KeyFacts, **changes: Any) -> FleetFacts:
    """Return a fleet of these keys on SUB, as of NOW."""
    facts = FleetFacts(LAB.name, EnvironmentKind.CUSTOM, NOW, keys, (SUB,))
    return replace(facts, **changes)


def account(*keys: KeyFacts, of: Account = SUB) -> AccountFacts:
    return AccountFacts(of, keys)


def process(*keys: KeyFacts) -> ProcessFacts:
    return ProcessFacts("bot", keys)


def used(state: UseState = UseState.FOREIGN) -> UseFinding:
    sign = Sign(state, TraceKind.NONCE, NOW, "Its nonce rose.", "Nobody here signed.")
    other = Sign(UseState.EXPECTED, TraceKind.LAST_USED, NOW, "It was used.", "We did.")
    return UseFinding(KeyId("key-1"), state, NOW, (sign, other))
