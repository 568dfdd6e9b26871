"""Dossiers for report tests: a fleet with something of everything, hostile names included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.audit.dossier import Dossier, dossier_of
from kraken_desk.domain.audit.evaluating import evaluate
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.environments import EnvironmentKind
from kraken_desk.domain.money import Amount, Asset
from kraken_desk.domain.mutes import Mute
from tests.helpers.builders import LAB, NOW, a_public_key, an_iiban
from tests.unit.domain.audit.facts import MASTER, SUB, fleet, key

HOSTILE = "=cmd|' /C calc'!A0<script>alert(1)</script>\u202e\x1b[2J&\"'"
SECRET = "A" * 86 + "=="  # in the form of a secret, but nobody's
WIDE = IpAllowlist(("198.51.0.0/16", "203.0.113.9", "2001:db8::1"))


def keys() -> tuple[KeyFacts, ...]:
    """Return an open withdrawer with a hostile name, a wide one that was muted, and an unchecked one."""
    rights = ("query-funds", "withdraw-funds", "modify-trades")
    open_ = key(rights=rights, facts={"ip_allowlist": IpAllowlist()}, name=HOSTILE, slot_id="slot-a")
    wide = key(rights=rights, facts={"ip_allowlist": WIDE}, name="wide", slot_id="slot-b")
    wide = replace(wide, slot=replace(wide.slot, api_key=a_public_key(2), process=SECRET))
    return (open_, wide, key(None, name="new at 203.0.113.9", slot_id="slot-c", process="12.5 BTC mover"))


def facts(order: Sequence[int] = (0, 1, 2), *, accounts: Sequence[int] = (0, 1)) -> FleetFacts:
    made, known = keys(), (SUB, replace(MASTER, account_id=AccountId("account-9"), iiban=an_iiban(99)))
    return replace(fleet(*(made[i] for i in order)), accounts=tuple(known[i] for i in accounts))


def dossier(of: FleetFacts | None = None) -> Dossier:
    known = of or facts()
    mute = Mute(LAB.name, "wide-allowlist", "slot-b", "moving house", NOW, NOW + timedelta(days=9))
    worst = {"slot-a": Amount(Decimal("1234567.5"), Asset("USD"))}
    made = dossier_of(known, evaluate(known, [mute]), worst)
    return replace(made, kind=EnvironmentKind.CUSTOM)
