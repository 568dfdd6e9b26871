"""The blast radius: the worst that today's thief of a secret could do, in money.

A key reaches pots: the holdings of one account on one venue. Whoever withdraws from the master also
empties the subaccounts, since the same right pulls their money up first; whoever trades can trade it
away. Money that is only moved between own wallets is not lost and does not count. `worst` takes no
comfort from the allowlist, which a thief on the right host has already passed; `weighted` does, to
rank keys. Its factors are ours and mean nothing but an order.

Monotone: another right, a wider range or a later end never lowers any figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.allowlist import Width
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.values import dataclass

Pot = tuple[AccountId, Venue]
"""The holdings of one account on one venue."""

OPENNESS = {
    Width.HOST: Decimal("0.05"),
    Width.FEW: Decimal("0.1"),
    Width.NETWORK: Decimal("0.25"),
    Width.WIDE: Decimal("0.6"),
    Width.OPEN: Decimal(1),
}
"""How much of the worst case an allowlist leaves; a list that is not reported counts as open."""

_WIDE = Context(prec=120, rounding=ROUND_HALF_EVEN)
"""Prices over several markets have forty digits; more than these never meet here."""

_SOON, _LATER = timedelta(days=7), timedelta(days=90)


@dataclass(frozen=True, slots=True)
class PotWorth:
    """What a pot is worth, in the currency of the prices; `gaps` says what is not in it and why."""

    value: Decimal
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Radius:
    """What could be lost: `worst` and `weighted` in the currency of the prices, and from which pots.

    `gaps` names what is not counted because it is not known, so that the figure is a lower bound.
    `worst` None: nothing is known to reckon with.
    """

    worst: Decimal | None
    weighted: Decimal | None = None
    pots: tuple[Pot, ...] = ()
    why: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BlastReport:
    """The radius of every key by its slot, of every account, and of the fleet; no money counts twice."""

    keys: Mapping[str, Radius]
    accounts: Mapping[AccountId, Radius]
    fleet: Radius


@dataclass(frozen=True, slots=True)
class _Reach:
    """The pots a key can lose, why, and how open the way to them is; `known` False: never checked."""

    pots: frozenset[Pot]
    why: tuple[str, ...]
    factor: Decimal
    known: bool = True


def pot_worths(sheets: Iterable[BalanceSheet], prices: Mapping[Asset, Decimal]) -> dict[Pot, PotWorth]:
    """Value every sheet that was read; `prices` are the value of one unit. Debts lower no pot below zero."""
    found = {}
    for sheet in sheets:
        if sheet.as_of is None:
            continue
        priced = [row for row in sheet.rows if row.asset in prices]
        missing = sorted({row.asset for row in sheet.rows if row.total and row.asset not in prices})
        value = _sum(_WIDE.multiply(row.total, prices[row.asset]) for row in priced)
        gaps = tuple(f"no price of {asset}" for asset in missing)
        found[(sheet.account_id, sheet.venue)] = PotWorth(max(value, Decimal(0)), gaps)
    return found


def blast_radius(facts: FleetFacts, worths: Mapping[Pot, PotWorth]) -> BlastReport:
    """Reckon the worst case of every key, account and the fleet at `facts.now`."""
    masters = frozenset(account.account_id for account in facts.accounts if account.is_master)
    everybody = tuple(account.account_id for account in facts.accounts)
    reaches = {key.subject.ref: _reach(key, facts.now, masters, everybody) for key in facts.keys}
    of_account = {
        account.account.account_id: _rolled([reaches[k.subject.ref] for k in account.keys], worths)
        for account in facts.account_facts
    }
    return BlastReport(
        keys={ref: _rolled([reach], worths) for ref, reach in reaches.items()},
        accounts=of_account,
        fleet=_rolled(list(reaches.values()), worths),
    )


def together(radii: Iterable[Radius], worths: Mapping[Pot, PotWorth]) -> Radius:
    """Put radii together, each pot once: what falls with several keys at once, such as those of a host.

    `weighted` is left out: whoever has the keys has passed their allowlists.
    """
    found = tuple(radii)
    pots = tuple(sorted({pot for radius in found for pot in radius.pots}))
    gaps = {gap for radius in found for gap in radius.gaps}
    counted = [worths[pot].value for pot in pots if pot in worths]
    blind = bool(pots and not counted) or (not pots and any(radius.worst is None for radius in found))
    why = tuple(dict.fromkeys(reason for radius in found for reason in radius.why))
    return Radius(None if blind else _sum(counted), None, pots, why, tuple(sorted(gaps)))


def _reach(
    key: KeyFacts, now: datetime, masters: frozenset[AccountId], everybody: tuple[AccountId, ...]
) -> _Reach:
    if not key.known:
        return _Reach(frozenset(), (), Decimal(0), known=False)
    if key.info.expired(now):
        return _Reach(frozenset(), (), Decimal(0))
    can, venue, own = key.can, key.slot.venue, key.slot.account_id
    pots: set[Pot] = set()
    why = []
    if can.trades or can.unknown:
        pots.add((own, venue))
        why.append("its orders can lose the account" if can.trades else "an unknown right may do anything")
    if can.takes_money_out or can.withdraws_to_spot or can.blocked_withdrawal:
        pots.add((own, venue))
        why.append("its withdrawals can empty the account")
    if can.moves_between_accounts and own in masters:
        pots |= {(account, venue) for account in everybody}
        why.append("it can pull money up from the subaccounts")
    return _Reach(frozenset(pots), tuple(why), _openness(key) * _lasting(key, now))


def _openness(key: KeyFacts) -> Decimal:
    return OPENNESS[Width.OPEN if key.width is None else key.width]


def _lasting(key: KeyFacts, now: datetime) -> Decimal:
    """Weigh how long a stolen secret stays of use."""
    until = key.info.valid_until
    if not isinstance(until, datetime) or until - now > _LATER:
        return Decimal(1)
    return Decimal("0.9") if until - now > _SOON else Decimal("0.7")


def _rolled(reaches: list[_Reach], worths: Mapping[Pot, PotWorth]) -> Radius:
    """Put reaches together: each pot once, weighted by the most open way to it."""
    known = [reach for reach in reaches if reach.known]
    factors: dict[Pot, Decimal] = {}
    for reach in known:
        for pot in reach.pots:
            factors[pot] = max(reach.factor, factors.get(pot, Decimal(0)))
    pots = tuple(sorted(factors))
    gaps = {gap for pot in pots for gap in _gaps(pot, worths)}
    if len(known) < len(reaches):
        gaps.add("keys that were never checked")
    counted = [pot for pot in pots if pot in worths]
    blind = bool(reaches and not known) or bool(pots and not counted)
    weighted = _sum(_WIDE.multiply(worths[pot].value, factors[pot]) for pot in counted)
    return Radius(
        worst=None if blind else _sum(worths[pot].value for pot in counted),
        weighted=None if blind else weighted,
        pots=pots,
        why=tuple(dict.fromkeys(reason for reach in known for reason in reach.why)),
        gaps=tuple(sorted(gaps)),
    )


def _sum(values: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for value in values:
        total = _WIDE.add(total, value)
    return total


def _gaps(pot: Pot, worths: Mapping[Pot, PotWorth]) -> tuple[str, ...]:
    worth = worths.get(pot)
    return worth.gaps if worth is not None else ("balances that were never read",)
