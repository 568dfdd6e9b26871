"""Sweeping money home and funding from it: the legs worked out as a difference, exactly.

Pure: holdings, rules and ways go in, legs come out. No place is left below its floor, what leaves
one place arrives at another to the last digit, and equal input gives equal legs whatever its order.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from decimal import ROUND_DOWN, Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.legs import Place
from kraken_desk.domain.money import EXACT, Asset, exact_sum
from kraken_desk.domain.plans import PlaceFigure, PlannedLeg
from kraken_desk.domain.values import dataclass

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Holding:
    """What a place holds of an asset; `available` is None where Kraken does not report it.

    `part` is Kraken's suffix of an earning, bonded, staked or tokenised row, which never moves.
    """

    place: Place
    asset: Asset
    total: Decimal
    available: Decimal | None
    part: str = ""


@dataclass(frozen=True, slots=True)
class SweepRule:
    """What is left alone at places it covers; None covers any account, wallet or asset.

    `floor` stays in the place, an amount up to `dust` is not worth moving, a contribution below
    `minimum` is not sent; all in units of the asset. With `skip` nothing moves at all.
    """

    account: AccountId | None = None
    wallet: str | None = None
    asset: Asset | None = None
    floor: Decimal = ZERO
    dust: Decimal = ZERO
    minimum: Decimal = ZERO
    skip: bool = False

    def covers(self, place: Place, asset: Asset) -> bool:
        return (
            self.account in (None, place.account)
            and self.wallet in (None, place.wallet)
            and self.asset in (None, asset)
        )


@dataclass(frozen=True, slots=True)
class Target:
    """How much of an asset a place is to hold."""

    place: Place
    asset: Asset
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class OpenWay:
    """The places that money passes from one to another, both ends included, and what it may carry.

    `decimals` is the finest that every leg takes.
    """

    places: tuple[Place, ...]
    decimals: int


Ways = Callable[[Place, Place, Asset], OpenWay | str]
"""Finds the way from one place to another, or says why there is none."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Money that stays where it is, and why."""

    place: Place
    asset: Asset
    quantity: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A sweep or a funding worked out: its legs in order, what changes, and what stays."""

    legs: tuple[PlannedLeg, ...]
    figures: tuple[PlaceFigure, ...]
    skipped: tuple[Skipped, ...]

    def totals(self) -> dict[Asset, tuple[Decimal, Decimal]]:
        """Return each asset's total over the places that change, before and after: always equal."""
        assets = sorted({figure.asset for figure in self.figures})
        return {
            asset: (
                exact_sum([f.before for f in self.figures if f.asset == asset]),
                exact_sum([f.after for f in self.figures if f.asset == asset]),
            )
            for asset in assets
        }


def strictest(rules: Iterable[SweepRule], place: Place, asset: Asset) -> SweepRule:
    """Merge the rules that cover a place: the highest floor, dust and minimum of them hold."""
    ours = [rule for rule in rules if rule.covers(place, asset)]
    return SweepRule(
        floor=max((rule.floor for rule in ours), default=ZERO),
        dust=max((rule.dust for rule in ours), default=ZERO),
        minimum=max((rule.minimum for rule in ours), default=ZERO),
        skip=any(rule.skip for rule in ours),
    )


def plan_sweep(
    holdings: Iterable[Holding],
    home: Place,
    rules: tuple[SweepRule, ...],
    ways: Ways,
    branches: frozenset[AccountId] | None = None,
) -> Difference:
    """Work out how everything movable above the floors comes to one place, of some or all accounts.

    The holdings of the others serve the figures only: money passes through the master's wallets.
    """
    draft = _Draft(holdings, branches)
    for holding in draft.movable:
        if holding.place == home or holding.total <= 0 or not draft.concerns(holding):
            continue
        rule = strictest(rules, holding.place, holding.asset)
        quantity = _above_floor(holding, rule)
        reason = _why_left(holding, quantity, rule)
        way = ways(holding.place, home, holding.asset) if not reason else ""
        if isinstance(way, str):
            draft.skip(holding, reason or way)
            continue
        quantity = _rounded(quantity, way.decimals)
        if quantity <= 0 or quantity < rule.minimum:
            draft.skip(holding, "less than one leg may carry")
            continue
        draft.move(way, holding.asset, quantity)
    return draft.difference()


def plan_funding(
    holdings: Iterable[Holding],
    hub: Place,
    targets: Iterable[Target],
    rules: tuple[SweepRule, ...],
    ways: Ways,
) -> Difference:
    """Work out how places are brought up to their targets from one place, which keeps its floor."""
    draft = _Draft(holdings)
    held = {(h.place, h.asset): h for h in draft.movable}
    left: dict[Asset, Decimal] = {}
    for target in sorted(targets, key=lambda t: (t.asset, t.place.account, t.place.wallet)):
        there = held.get((target.place, target.asset))
        if target.place == hub or there is None:
            reason = "it is the source" if target.place == hub else "what it holds is not known"
            draft.skipped.append(Skipped(target.place, target.asset, target.quantity, reason))
            continue
        if target.asset not in left:
            at_hub = held.get((hub, target.asset), Holding(hub, target.asset, ZERO, ZERO))
            left[target.asset] = _above_floor(at_hub, strictest(rules, hub, target.asset))
        need = EXACT.subtract(target.quantity, there.total)
        rule = strictest(rules, target.place, target.asset)
        sent = _fund(draft, (hub, target), need, left[target.asset], rule, ways)
        left[target.asset] = EXACT.subtract(left[target.asset], sent)
    return draft.difference()


def _fund(
    draft: _Draft,
    ends: tuple[Place, Target],
    need: Decimal,
    left: Decimal,
    rule: SweepRule,
    ways: Ways,
) -> Decimal:
    """Send what one target needs, or what is left for it; return how much that is."""
    hub, target = ends
    if need <= rule.dust or rule.skip:
        if need > 0:
            reason = "a rule leaves it alone" if rule.skip else "the gap is dust"
            draft.skipped.append(Skipped(target.place, target.asset, need, reason))
        return ZERO
    way = ways(hub, target.place, target.asset)
    if isinstance(way, str):
        draft.skipped.append(Skipped(target.place, target.asset, need, way))
        return ZERO
    quantity = _rounded(min(need, max(left, ZERO)), way.decimals)
    if quantity < need:
        short = EXACT.subtract(need, max(quantity, ZERO))
        draft.skipped.append(
            Skipped(target.place, target.asset, short, "the source holds too little above its floor")
        )
    if quantity <= 0 or quantity < rule.minimum:
        return ZERO
    draft.move(way, target.asset, quantity)
    return quantity


class _Draft:
    """Flows between places, gathered asset by asset and merged where they share a leg."""

    def __init__(self, holdings: Iterable[Holding], branches: frozenset[AccountId] | None = None) -> None:
        self._branches = branches
        rows = sorted(holdings, key=lambda h: (h.asset, h.place.account, h.place.wallet, h.part))
        self.movable = [row for row in rows if not row.part]
        self.skipped = [
            Skipped(row.place, row.asset, row.total, _PARTS.get(row.part, f"part .{row.part}"))
            for row in rows
            if row.part and row.total > 0 and self.concerns(row)
        ]
        self._flows: defaultdict[tuple[Asset, Place, Place], Decimal] = defaultdict(lambda: ZERO)
        self._depth: dict[tuple[Asset, Place, Place], int] = {}

    def concerns(self, holding: Holding) -> bool:
        return self._branches is None or holding.place.account in self._branches

    def skip(self, holding: Holding, reason: str) -> None:
        self.skipped.append(Skipped(holding.place, holding.asset, holding.total, reason))

    def move(self, way: OpenWay, asset: Asset, quantity: Decimal) -> None:
        """Add a flow along a way; legs are counted from both ends so that money arrives before it leaves."""
        for index, (start, end) in enumerate(zip(way.places, way.places[1:], strict=False)):
            key = (asset, start, end)
            self._flows[key] = EXACT.add(self._flows[key], quantity)
            self._depth[key] = max(self._depth.get(key, 0), index)

    def difference(self) -> Difference:
        keys = self._in_order()
        legs = tuple(
            PlannedLeg(number, start, end, asset, self._flows[asset, start, end])
            for number, (asset, start, end) in enumerate(keys, 1)
        )
        return Difference(legs, self._figures(legs), tuple(self.skipped))

    def _in_order(self) -> list[tuple[Asset, Place, Place]]:
        """Order legs so that every one comes after those that bring its money."""
        to_come = Counter((asset, end) for asset, _, end in self._flows)
        starting: defaultdict[tuple[Asset, Place], list[tuple[Asset, Place, Place]]] = defaultdict(list)
        for key in self._flows:
            starting[key[0], key[1]].append(key)
        ready = [(self._rank(key), key) for key in self._flows if not to_come[key[0], key[1]]]
        heapq.heapify(ready)
        ordered = []
        while ready:
            _, key = heapq.heappop(ready)
            ordered.append(key)
            arrived = (key[0], key[2])
            to_come[arrived] -= 1
            if not to_come[arrived]:
                for follower in starting[arrived]:
                    heapq.heappush(ready, (self._rank(follower), follower))
        if len(ordered) != len(self._flows):
            raise ValueError("the ways of a plan run in a circle")
        return ordered

    def _rank(self, key: tuple[Asset, Place, Place]) -> tuple[int, str, str, str, str, str]:
        asset, start, end = key
        return (self._depth[key], asset, start.account, start.wallet, end.account, end.wallet)

    def _figures(self, legs: tuple[PlannedLeg, ...]) -> tuple[PlaceFigure, ...]:
        """Return what changes; a place whose money is only passing through shows no change."""
        change: defaultdict[tuple[Asset, Place], Decimal] = defaultdict(lambda: ZERO)
        for leg in legs:
            out, into = (leg.asset, leg.source), (leg.asset, leg.destination)
            change[out] = EXACT.subtract(change[out], leg.quantity)
            change[into] = EXACT.add(change[into], leg.quantity)
        held = {(h.asset, h.place): h.total for h in self.movable}
        return tuple(
            PlaceFigure(place, asset, before := held.get((asset, place), ZERO), EXACT.add(before, moved))
            for (asset, place), moved in sorted(
                change.items(), key=lambda item: (item[0][0], item[0][1].account, item[0][1].wallet)
            )
        )


_PARTS = {"B": "bonded", "F": "earning", "M": "earning", "S": "staked", "T": "tokenised"}


def _above_floor(holding: Holding, rule: SweepRule) -> Decimal:
    """Return what may leave a place: available, and above its floor."""
    if holding.available is None:
        return ZERO
    return max(min(holding.available, EXACT.subtract(holding.total, rule.floor)), ZERO)


def _why_left(holding: Holding, quantity: Decimal, rule: SweepRule) -> str:
    if rule.skip:
        return "a rule leaves it alone"
    if holding.available is None:
        return "Kraken does not report what of it can move"
    if quantity <= 0:
        return "its floor" if rule.floor > 0 and holding.available > 0 else "on hold or in use as margin"
    if quantity <= rule.dust:
        return "dust"
    return "below the smallest leg" if quantity < rule.minimum else ""


def _rounded(quantity: Decimal, decimals: int) -> Decimal:
    return quantity.quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN, _WIDE)


_WIDE = EXACT.copy()
_WIDE.traps = dict.fromkeys(_WIDE.traps, False)
