"""Sweeps and fundings: exact, above every floor, and the same plan for the same input."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.legs import Place
from kraken_desk.domain.money import Asset
from kraken_desk.domain.routes import RouteMap
from kraken_desk.domain.sweep import (
    Difference,
    Holding,
    OpenWay,
    SweepRule,
    Target,
    plan_funding,
    plan_sweep,
    strictest,
)
from tests.helpers.builders import (
    BTC,
    LAB,
    NOW,
    TREASURY,
    USD,
    a_key,
    a_master,
    a_node,
    an_account,
    futures_info,
)

MASTER, CARRY, GRID = a_master(1), an_account(2, label="Carry"), an_account(3, label="Grid")
KEYS = (
    a_key(1, *TREASURY, name="treasury"),
    a_key(2, info=futures_info("FULL_ACCESS", "FULL_ACCESS"), venue=Venue.FUTURES, name="futures"),
)
FLEET = FleetSnapshot(LAB.name, NOW, (a_node(MASTER, *KEYS, below=(a_node(CARRY), a_node(GRID))),))
WALLETS = {account.account_id: frozenset({"fi_xbtusd"}) for account in (MASTER, CARRY, GRID)}
ROUTES = RouteMap(FLEET, frozenset(Venue), NOW, WALLETS)
HOME = Place(MASTER.account_id, "spot")
PLACES = ROUTES.places()


def ways(source: Place, destination: Place, asset: Asset) -> OpenWay | str:
    way = ROUTES.way(source, destination, asset)
    if not way.open:
        return way.reasons()[0].text
    return OpenWay((source, *(leg.destination for leg in way.legs)), 4)


def held(account: object, wallet: str, total: str, asset: Asset = USD, **changes: object) -> Holding:
    quantity = Decimal(total)
    given: dict[str, object] = {"available": quantity, **changes}
    place = Place(account.account_id, wallet)  # type: ignore[attr-defined]  # an Account of this module
    return Holding(place, asset, quantity, **given)  # type: ignore[arg-type]  # by name


def told(difference: Difference) -> list[tuple[str, str, str, str, str]]:
    return [
        (
            leg.source.account,
            leg.source.wallet,
            leg.destination.account,
            leg.destination.wallet,
            str(leg.quantity),
        )
        for leg in difference.legs
    ]


def test_everything_comes_home_and_shared_legs_are_merged() -> None:
    """Two subaccounts' Futures money leaves the master's holding wallet in one withdrawal, last."""
    found = plan_sweep(
        [
            held(CARRY, "flex", "100"),
            held(GRID, "cash", "50.5"),
            held(MASTER, "cash", "7"),
            held(GRID, "spot", "3"),
            held(MASTER, "spot", "10"),
        ],
        HOME,
        (),
        ways,
    )

    assert told(found) == [
        ("account-2", "flex", "account-1", "cash", "100.0000"),
        ("account-3", "cash", "account-1", "cash", "50.5000"),
        ("account-3", "spot", "account-1", "spot", "3.0000"),
        ("account-1", "cash", "account-1", "spot", "157.5000"),
    ]
    assert found.totals() == {USD: (Decimal("170.5"), Decimal("170.5"))}
    assert [f.after for f in found.figures if f.place == HOME] == [Decimal("170.5")]


def test_rules_leave_what_they_say() -> None:
    """Floors, dust, small contributions, holds, parts and skipped branches stay, each with its reason."""
    rules = (
        SweepRule(account=CARRY.account_id, asset=USD, floor=Decimal(40)),
        SweepRule(asset=BTC, dust=Decimal("0.001")),
        SweepRule(account=GRID.account_id, asset=USD, minimum=Decimal(20)),
        SweepRule(account=GRID.account_id, wallet="cash", skip=True),
    )
    found = plan_sweep(
        [
            held(CARRY, "spot", "100", available=Decimal(90)),
            held(CARRY, "spot", "0.001", BTC),
            held(CARRY, "spot", "9", part="F", available=None),
            held(CARRY, "cash", "30"),
            held(GRID, "spot", "19"),
            held(GRID, "cash", "500"),
            held(GRID, "flex", "5", available=Decimal(0)),
        ],
        HOME,
        rules,
        ways,
    )

    assert told(found) == [("account-2", "spot", "account-1", "spot", "60.0000")]
    assert {(s.place.account, s.place.wallet, s.asset): s.reason for s in found.skipped} == {
        ("account-2", "spot", BTC): "dust",
        ("account-2", "spot", USD): "earning",
        ("account-2", "cash", USD): "its floor",
        ("account-3", "spot", USD): "below the smallest leg",
        ("account-3", "cash", USD): "a rule leaves it alone",
        ("account-3", "flex", USD): "on hold or in use as margin",
    }


def test_one_branch_is_swept_and_the_figures_of_the_others_stay_true() -> None:
    """Carry alone comes home; what the master's holding wallet holds already is shown, not moved."""
    found = plan_sweep(
        [held(CARRY, "flex", "100"), held(GRID, "spot", "3"), held(MASTER, "cash", "60000")],
        HOME,
        (),
        ways,
        frozenset({CARRY.account_id}),
    )

    assert [leg.quantity for leg in found.legs] == [Decimal(100), Decimal(100)]
    assert {f.place.wallet: (f.before, f.after) for f in found.figures}["cash"] == (
        Decimal(60000),
        Decimal(60000),
    )
    assert found.skipped == ()


def test_funding_reaches_targets_and_says_where_it_falls_short() -> None:
    """The source keeps its floor; the last target gets what is left."""
    found = plan_funding(
        [held(MASTER, "spot", "150"), held(CARRY, "spot", "40"), held(GRID, "cash", "0")],
        HOME,
        [
            Target(Place(CARRY.account_id, "spot"), USD, Decimal(100)),
            Target(Place(GRID.account_id, "cash"), USD, Decimal(100)),
        ],
        (SweepRule(account=MASTER.account_id, floor=Decimal(20)),),
        ways,
    )

    assert told(found) == [
        ("account-1", "spot", "account-1", "cash", "70.0000"),
        ("account-1", "spot", "account-2", "spot", "60.0000"),
        ("account-1", "cash", "account-3", "cash", "70.0000"),
    ]
    assert [(s.quantity, s.reason) for s in found.skipped] == [
        (Decimal("30.0000"), "the source holds too little above its floor")
    ]


quantities = st.decimals(min_value=0, max_value=10**9, places=8, allow_nan=False)
assets = st.sampled_from([USD, BTC, Asset("EUR")])


@st.composite
def worlds(draw: st.DrawFn) -> list[Holding]:
    """Any holdings at any places, each place and asset once, with holds and parts."""
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(PLACES), assets, st.sampled_from(["", "", "", "F", "B"])),
            unique=True,
            max_size=25,
        )
    )
    found = []
    for place, asset, part in keys:
        total = draw(quantities)
        share = draw(st.sampled_from(["1", "0.5", "0", "none"]))
        available = None if part or share == "none" else total * Decimal(share)
        found.append(Holding(place, asset, total, available, part))
    return found


rule_lists = st.lists(
    st.builds(
        SweepRule,
        account=st.sampled_from([None, CARRY.account_id, MASTER.account_id]),
        wallet=st.sampled_from([None, "spot", "cash", "flex"]),
        asset=st.none() | assets,
        floor=quantities,
        dust=st.sampled_from([Decimal(0), Decimal("0.01"), Decimal(5)]),
        minimum=st.sampled_from([Decimal(0), Decimal(1)]),
        skip=st.sampled_from([False, False, True]),
    ),
    max_size=4,
).map(tuple)


def carry_out(difference: Difference, holdings: list[Holding], rules: tuple[SweepRule, ...]) -> None:
    """Execute leg by leg as Kraken would, and check every promise on the way."""
    total = defaultdict(Decimal, {(h.place, h.asset): h.total for h in holdings if not h.part})
    free = defaultdict(
        Decimal, {(h.place, h.asset): h.available or Decimal(0) for h in holdings if not h.part}
    )
    floors = {key: min(strictest(rules, *key).floor, value) for key, value in total.items()}
    before = dict(total)
    sums: defaultdict[Asset, Decimal] = defaultdict(Decimal)
    for (_, asset), value in total.items():
        sums[asset] += value
    for leg in difference.legs:
        out, into = (leg.source, leg.asset), (leg.destination, leg.asset)
        route = ROUTES.leg(leg.source, leg.destination)
        assert route is not None
        assert route.open
        assert leg.quantity > 0
        assert leg.quantity <= free[out]
        total[out] -= leg.quantity
        free[out] -= leg.quantity
        total[into] += leg.quantity
        free[into] += leg.quantity
        assert total[out] >= floors.get(out, Decimal(0))
    after: defaultdict[Asset, Decimal] = defaultdict(Decimal)
    for (_, asset), value in total.items():
        after[asset] += value
    assert after == sums
    assert {(f.place, f.asset): (f.before, f.after) for f in difference.figures} == {
        key: (before.get(key, Decimal(0)), total[key])
        for leg in difference.legs
        for key in ((leg.source, leg.asset), (leg.destination, leg.asset))
    }


@settings(max_examples=150, deadline=None)
@given(holdings=worlds(), rules=rule_lists, home=st.sampled_from(PLACES), data=st.data())
def test_a_sweep_keeps_every_promise(
    holdings: list[Holding], rules: tuple[SweepRule, ...], home: Place, data: st.DataObject
) -> None:
    """Never below a floor, exact conservation, only legs that Kraken has, equal plans for equal input."""
    found = plan_sweep(holdings, home, rules, ways)

    carry_out(found, holdings, rules)
    shuffled = data.draw(st.permutations(holdings))
    assert plan_sweep(shuffled, home, tuple(reversed(rules)), ways) == found


@settings(max_examples=150, deadline=None)
@given(
    holdings=worlds(),
    rules=rule_lists,
    hub=st.sampled_from(PLACES),
    targets=st.lists(
        st.builds(Target, st.sampled_from(PLACES), assets, quantities),
        max_size=6,
        unique_by=lambda t: (t.place, t.asset),
    ),
    data=st.data(),
)
def test_a_funding_keeps_every_promise(
    holdings: list[Holding],
    rules: tuple[SweepRule, ...],
    hub: Place,
    targets: list[Target],
    data: st.DataObject,
) -> None:
    """The same promises outward, and no target is overshot."""
    found = plan_funding(holdings, hub, targets, rules, ways)

    carry_out(found, holdings, rules)
    shuffled = data.draw(st.permutations(targets))
    assert plan_funding(list(reversed(holdings)), hub, shuffled, rules, ways) == found
    after = {(f.place, f.asset): (f.before, f.after) for f in found.figures}
    for target in targets:
        before, now = after.get((target.place, target.asset), (Decimal(0), Decimal(0)))
        assert target.place == hub or now <= max(before, target.quantity)
