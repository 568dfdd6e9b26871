"""Routes: the places where money can be, the legs between them, and the way with the fewest.

The planner is pure: the fleet, the known wallets and the time go in, legs come out, each with the
key that signs it or the reasons why none does. Equal input gives an equal way, whatever its order.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import CASH_WALLET, SPOT_WALLET
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot, KeyNode
from kraken_desk.domain.keys import KeyId, Venue
from kraken_desk.domain.legs import (
    FLEX_WALLET,
    LegKind,
    Place,
    accepts,
    is_wallet,
    kind_between,
    wallet_label,
)
from kraken_desk.domain.money import Asset
from kraken_desk.domain.route_keys import RULES, Closure, Obstacle, signing_key
from kraken_desk.domain.sunset import FUTURES_V3_ENDS, futures_v3_ended
from kraken_desk.domain.values import dataclass, field

_ORDER = {CASH_WALLET: 0, SPOT_WALLET: 1, FLEX_WALLET: 2}
_KINDS = list(LegKind)

Gate = Callable[[LegKind, Place, Place], Closure | None]
"""A rule of the operator's own that may close a leg."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One move between two places: its endpoint, the key that signs it, and what closes it."""

    kind: LegKind
    source: Place
    destination: Place
    key_id: KeyId | None = None
    key_name: str = ""
    closures: tuple[Closure, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        return not self.closures


@dataclass(frozen=True, slots=True)
class Way:
    """The legs from one place to another; without legs, `closures` say why there is no way."""

    source: Place
    destination: Place
    legs: tuple[Leg, ...] = ()
    closures: tuple[Closure, ...] = ()

    @property
    def open(self) -> bool:
        return bool(self.legs) and all(leg.open for leg in self.legs)

    def reasons(self) -> tuple[Closure, ...]:
        """Return everything that closes the way, each reason once."""
        found = [*self.closures, *(closure for leg in self.legs for closure in leg.closures)]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class RouteMap:
    """Everything that decides about ways; `wallets` are the Futures wallets known of each account.

    With `via_master`, money between two subaccounts goes through the master in two legs: that
    Kraken takes one leg there is observed on Spot and not spelled out in its Futures reference.
    """

    fleet: FleetSnapshot
    venues: frozenset[Venue]
    now: datetime
    wallets: Mapping[AccountId, frozenset[str]] = field(default_factory=dict)
    via_master: bool = False
    gate: Gate | None = None
    _known: dict[tuple[Place, Place], Leg | None] = field(default_factory=dict, init=False, compare=False)

    def places(self) -> tuple[Place, ...]:
        """Return every place of the environment, accounts in the order of the tree."""
        return tuple(place for node in self._nodes.values() for place in self._places_of(node))

    def way(self, source: Place, destination: Place, asset: Asset) -> Way:
        """Find the legs: an open way with the fewest, else the one that lacks least."""
        why_not = self._why_no_way(source, destination, asset)
        if why_not is not None:
            return Way(source, destination, closures=(why_not,))
        found = self._search(source, destination, asset)
        if found is None:
            return Way(source, destination, closures=(_no_leg(source, destination),))
        return Way(source, destination, found)

    def leg(self, source: Place, destination: Place) -> Leg | None:
        """Return the leg between two places with its key or its closures; None where Kraken has none."""
        if (source, destination) not in self._known:
            self._known[source, destination] = self._leg(source, destination)
        return self._known[source, destination]

    @cached_property
    def _nodes(self) -> dict[AccountId, AccountNode]:
        return {node.account.account_id: node for node in self.fleet.accounts()}

    @cached_property
    def _masters(self) -> list[AccountNode]:
        return sorted(
            (n for n in self._nodes.values() if n.account.is_master), key=lambda n: n.account.account_id
        )

    def _leg(self, source: Place, destination: Place) -> Leg | None:
        start, end = self._nodes.get(source.account), self._nodes.get(destination.account)
        if start is None or end is None:
            return None
        kind = kind_between(
            source.wallet, destination.wallet, same_account=source.account == destination.account
        )
        if kind is None or self._outside_kraken(kind, start, end):
            return None
        signed = self._signer(kind, start, end)
        closures = (*self._closed_ends(kind, start, end), *([signed] if isinstance(signed, Closure) else []))
        if self.gate is not None and (ours := self.gate(kind, source, destination)) is not None:
            closures = (*closures, ours)
        notes = _notes(kind, start, end)
        if isinstance(signed, Closure):
            return Leg(kind, source, destination, closures=closures, notes=notes)
        key = signed.slot
        return Leg(kind, source, destination, key.key_id, key.name, closures, notes)

    def _places_of(self, node: AccountNode) -> tuple[Place, ...]:
        account = node.account.account_id
        found = {SPOT_WALLET} if Venue.SPOT in self.venues else set()
        if Venue.FUTURES in self.venues:
            found |= {CASH_WALLET, FLEX_WALLET, *self.wallets.get(account, frozenset())}
        return tuple(
            Place(account, wallet)
            for wallet in sorted(found, key=lambda wallet: (wallet != SPOT_WALLET, _wallet_order(wallet)))
        )

    def _why_no_way(self, source: Place, destination: Place, asset: Asset) -> Closure | None:
        if source == destination:
            return Closure(Obstacle.BLOCKED_BY_KRAKEN, "Both ends are the same place.", "Nothing would move.")
        for place in (source, destination):
            if place.venue not in self.venues:
                return _no_venue(place.venue)
            if not is_wallet(place.wallet):
                return Closure(Obstacle.BLOCKED_BY_KRAKEN, f"Kraken has no wallet “{place.wallet}”.", "")
            if not accepts(place.wallet, asset):
                text = f"The wallet {place.wallet} cannot hold {asset}."
                return Closure(Obstacle.BLOCKED_BY_KRAKEN, text, "Choose another wallet.")
        start, end = self._nodes.get(source.account), self._nodes.get(destination.account)
        if start is None or end is None:
            return Closure(Obstacle.NO_KEY, "An end is not an account of this profile.", "")
        masters = [n for n in (start, end) if n.account.is_master]
        if len(masters) == 2 and start is not end:
            return Closure(
                Obstacle.BLOCKED_BY_KRAKEN,
                "Kraken moves money inside the domain of one master only.",
                "Withdraw to the other master's deposit address at Kraken.",
            )
        return None

    def _search(self, source: Place, destination: Place, asset: Asset) -> tuple[Leg, ...] | None:
        """Search with the fewest closures first, then the fewest legs, then in a fixed order."""
        stops = self._stops(source, destination, asset)
        queue: list[tuple[tuple[int, int, tuple[tuple[int, ...], ...]], int, Place, tuple[Leg, ...]]] = []
        heapq.heappush(queue, ((0, 0, ()), 0, source, ()))
        done: set[Place] = set()
        pushed = 0
        while queue:
            (closed, length, path), _, place, legs = heapq.heappop(queue)
            if place == destination:
                return legs
            if place in done:
                continue
            done.add(place)
            for index, stop in enumerate(stops):
                leg = None if stop in done else self.leg(place, stop)
                if leg is None:
                    continue
                pushed += 1
                rank = (_KINDS.index(leg.kind), _ORDER.get(stop.wallet, 3), index)
                cost = (closed + len(leg.closures), length + 1, (*path, rank))
                heapq.heappush(queue, (cost, pushed, stop, (*legs, leg)))
        return None

    def _stops(self, source: Place, destination: Place, asset: Asset) -> tuple[Place, ...]:
        """Return where the money may rest on its way: both accounts and the masters, nobody else's."""
        nodes = {source.account, destination.account, *(n.account.account_id for n in self._masters)}
        places = {place for account in nodes for place in self._places_of(self._nodes[account])}
        places |= {source, destination}
        # the operator's order of accounts must not decide, so ids do
        usable = [p for p in places if accepts(p.wallet, asset)]
        return tuple(sorted(usable, key=lambda p: (_wallet_order(p.wallet), p.account)))

    def _outside_kraken(self, kind: LegKind, start: AccountNode, end: AccountNode) -> bool:
        """Say whether Kraken has no such leg between these accounts."""
        if kind is LegKind.WITHDRAWAL:
            return not start.account.is_master
        if start is end:
            return False
        masters = (start.account.is_master, end.account.is_master)
        return masters == (True, True) or (masters == (False, False) and self.via_master)

    def _closed_ends(self, kind: LegKind, start: AccountNode, end: AccountNode) -> tuple[Closure, ...]:
        crossing = kind in (LegKind.WALLET_TRANSFER, LegKind.WITHDRAWAL)
        wanted = tuple(Venue) if crossing else (kind.venue,)
        found = [_no_venue(venue) for venue in wanted if venue not in self.venues]
        uses_futures = crossing or kind.venue is Venue.FUTURES
        if uses_futures and futures_v3_ended(self.now):
            found.append(
                Closure(
                    Obstacle.SUNSET,
                    f"Kraken ended this Futures API on {FUTURES_V3_ENDS:%-d %B %Y}.",
                    "Move Futures money in Kraken's own pages.",
                )
            )
        for node in (start,) if start is end else (start, end):
            found += _unknown_ids(node, spot=kind is LegKind.ACCOUNT_TRANSFER, futures=uses_futures)
        return tuple(found)

    def _signer(self, kind: LegKind, start: AccountNode, end: AccountNode) -> KeyNode | Closure:
        """Choose the key; a master that is an end of the leg signs before any other."""
        if not RULES[kind].of_master:
            return signing_key(start, kind, self.now)
        masters = sorted(self._masters, key=lambda node: node not in (start, end))
        if not masters:
            return Closure(
                Obstacle.NO_MASTER,
                "No account here is known to be the master, whose key signs such moves.",
                "Add a key of the master, or say which account it is.",
            )
        answers = [signing_key(node, kind, self.now) for node in masters]
        return next((a for a in answers if not isinstance(a, Closure)), answers[0])


def _unknown_ids(node: AccountNode, *, spot: bool, futures: bool) -> list[Closure]:
    account, found = node.account, []
    if spot and account.iiban is None:
        found.append(
            Closure(
                Obstacle.NO_IIBAN,
                f"The IIBAN of {account.label} is not known.",
                "Add and check one of its Spot keys first.",
            )
        )
    if futures and account.futures_uid is None:
        found.append(
            Closure(
                Obstacle.NO_FUTURES_UID,
                f"The Futures uid of {account.label} is not known.",
                "Add and check one of its Futures keys, or the master's: it lists its subaccounts.",
            )
        )
    return found


def _no_venue(venue: Venue) -> Closure:
    return Closure(
        Obstacle.ENVIRONMENT,
        f"This environment has no {venue.label}.",
        "Choose an environment that serves it.",
    )


def _no_leg(source: Place, destination: Place) -> Closure:
    way = f"from {wallet_label(source.wallet)} to {wallet_label(destination.wallet)}"
    return Closure(
        Obstacle.BLOCKED_BY_KRAKEN, f"Kraken has no transfer {way}, nor one by way of the master.", ""
    )


def _notes(kind: LegKind, start: AccountNode, end: AccountNode) -> tuple[str, ...]:
    """Return what is worth knowing about an open leg: where Kraken's documents leave doubt."""
    between = start is not end and not start.account.is_master and not end.account.is_master
    if kind is LegKind.ACCOUNT_TRANSFER and between:
        return ("Subaccount to subaccount in one leg is observed, not spelled out by Kraken.",)
    if kind is LegKind.FUTURES_ACCOUNTS and between:
        return ("Subaccount to subaccount in one leg is inferred from Kraken's reference.",)
    if kind is LegKind.WITHDRAWAL:
        return ("Only the master may move Futures money to Spot.",)
    return ()


def _wallet_order(wallet: str) -> tuple[int, str]:
    return _ORDER.get(wallet, 3), wallet
