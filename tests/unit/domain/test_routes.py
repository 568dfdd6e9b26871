"""Ways between places: fewest legs, the right key on each, and plain reasons where a way is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kraken_desk.domain.fleet import AccountNode, FleetSnapshot, KeyNode
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.legs import LegKind, Place, accepts, collateral_of, kind_between
from kraken_desk.domain.route_keys import Obstacle
from kraken_desk.domain.routes import RouteMap, Way
from kraken_desk.domain.sunset import FUTURES_V3_ENDS
from tests.helpers.builders import (
    BTC,
    LAB,
    NOW,
    TREASURY,
    USD,
    a_key,
    a_master,
    a_node,
    a_refused_key,
    an_account,
    an_unchecked_key,
    futures_info,
    spot_info,
)

BOTH = frozenset(Venue)
MASTER, CARRY, GRID = a_master(1), an_account(2, label="Carry"), an_account(3, label="Grid")


def futures_key(number: int, general: str = "FULL_ACCESS", transfer: str = "FULL_ACCESS") -> KeyNode:
    return a_key(number, info=futures_info(general, transfer), venue=Venue.FUTURES, name=f"futures {number}")


def fleet_of(*master_keys: KeyNode, subaccounts: tuple[AccountNode, ...] | None = None) -> FleetSnapshot:
    below = subaccounts if subaccounts is not None else (a_node(CARRY), a_node(GRID))
    return FleetSnapshot(LAB.name, NOW, (a_node(MASTER, *master_keys, below=below),))


FULL = fleet_of(a_key(1, *TREASURY, name="treasury"), futures_key(2))


def at(account: object, wallet: str = "spot") -> Place:
    return Place(account.account_id, wallet)  # type: ignore[attr-defined]  # an Account of this module


def way(source: Place, destination: Place, fleet: FleetSnapshot = FULL, **options: object) -> Way:
    return RouteMap(fleet, BOTH, NOW, **options).way(source, destination, USD)  # type: ignore[arg-type]  # by name


def steps(found: Way) -> list[tuple[LegKind, str, str]]:
    return [(leg.kind, leg.destination.account, leg.destination.wallet) for leg in found.legs]


def obstacles(found: Way) -> list[Obstacle]:
    return [closure.obstacle for closure in found.reasons()]


def test_master_and_subaccount_are_one_leg_apart() -> None:
    """The master's treasury key signs either direction."""
    for source, destination in ((at(MASTER), at(CARRY)), (at(CARRY), at(MASTER))):
        found = way(source, destination)

        assert found.open
        assert [(leg.kind, leg.key_name) for leg in found.legs] == [(LegKind.ACCOUNT_TRANSFER, "treasury")]


def test_subaccounts_move_directly_and_the_doubt_is_told() -> None:
    """One leg, observed and not documented; asked to, the planner goes through the master."""
    direct = way(at(CARRY), at(GRID))
    around = way(at(CARRY), at(GRID), via_master=True)

    assert steps(direct) == [(LegKind.ACCOUNT_TRANSFER, "account-3", "spot")]
    assert "observed" in direct.legs[0].notes[0]
    assert steps(around) == [
        (LegKind.ACCOUNT_TRANSFER, "account-1", "spot"),
        (LegKind.ACCOUNT_TRANSFER, "account-3", "spot"),
    ]


def test_a_futures_subaccount_reaches_spot_through_the_master() -> None:
    """Withdrawals from subaccounts are blocked, so the master's holding wallet comes first."""
    found = way(at(CARRY, "flex"), at(MASTER))

    assert found.open
    assert steps(found) == [
        (LegKind.FUTURES_ACCOUNTS, "account-1", "cash"),
        (LegKind.WITHDRAWAL, "account-1", "spot"),
    ]


def test_a_futures_subaccount_reaches_its_own_spot_side_in_three_legs() -> None:
    """Out through the master and back down."""
    found = way(at(CARRY, "cash"), at(CARRY))

    assert [leg.kind.value for leg in found.legs] == ["transfer/subaccount", "withdrawal", "AccountTransfer"]


def test_spot_to_futures_of_a_subaccount_takes_its_own_key_or_the_master() -> None:
    """A key of the subaccount that queries funds signs WalletTransfer; without one the master helps."""
    own = a_node(CARRY, a_key(5, name="carry monitor", account_id=CARRY.account_id))
    direct = way(at(CARRY), at(CARRY, "cash"), fleet_of(*FULL.masters[0].keys, subaccounts=(own,)))
    around = way(at(CARRY), at(CARRY, "cash"))

    assert [(leg.kind.value, leg.key_name) for leg in direct.legs] == [("WalletTransfer", "carry monitor")]
    assert [leg.kind.value for leg in around.legs] == [
        "AccountTransfer",
        "WalletTransfer",
        "transfer/subaccount",
    ]


def test_single_collateral_wallets_take_their_own_asset_only() -> None:
    """fi_xbtusd holds bitcoin; between it and flex the holding wallet lies."""
    wallets = {MASTER.account_id: frozenset({"fi_xbtusd"})}
    routes = RouteMap(FULL, BOTH, NOW, wallets)

    bitcoin = routes.way(at(MASTER, "fi_xbtusd"), at(MASTER, "flex"), BTC)
    dollars = routes.way(at(MASTER, "fi_xbtusd"), at(MASTER, "flex"), USD)

    assert [(leg.kind.value, leg.destination.wallet) for leg in bitcoin.legs] == [
        ("transfer", "cash"),
        ("transfer", "flex"),
    ]
    assert not dollars.open
    assert "cannot hold USD" in dollars.reasons()[0].text


@pytest.mark.parametrize(
    ("key", "obstacle"),
    [
        (None, Obstacle.NO_KEY),
        (a_key(1), Obstacle.MISSING_RIGHT),
        (an_unchecked_key(1), Obstacle.UNCHECKED_KEY),
        (a_refused_key(1), Obstacle.REFUSED_KEY),
        (a_key(1, *TREASURY, process="bot"), Obstacle.FOREIGN_KEY),
        (
            a_key(1, info=spot_info(*TREASURY, valid_until=NOW - timedelta(days=1))),
            Obstacle.EXPIRED_KEY,
        ),
    ],
)
def test_a_closed_way_says_what_the_key_lacks(key: KeyNode | None, obstacle: Obstacle) -> None:
    """Every way a key can fail has its own word, and a hint that opens the way."""
    found = way(at(MASTER), at(CARRY), fleet_of(*([key] if key else [])))

    assert not found.open
    assert obstacles(found) == [obstacle]
    assert found.reasons()[0].hint


def test_unknown_ids_close_their_venue() -> None:
    """Without an IIBAN or a Futures uid the account cannot be named in the call."""
    bare = a_node(replace(CARRY, iiban=None, futures_uid=None))
    fleet = fleet_of(*FULL.masters[0].keys, subaccounts=(bare,))

    assert obstacles(way(at(MASTER), at(CARRY), fleet)) == [Obstacle.NO_IIBAN]
    assert obstacles(way(at(MASTER, "cash"), at(CARRY, "cash"), fleet)) == [Obstacle.NO_FUTURES_UID]


def test_without_a_master_nobody_signs() -> None:
    """Two subaccounts alone: the reason names the missing master."""
    fleet = FleetSnapshot(LAB.name, NOW, (a_node(CARRY, a_key(1, *TREASURY)), a_node(GRID)))

    assert obstacles(way(at(CARRY), at(GRID), fleet)) == [Obstacle.NO_MASTER]


def test_masters_are_worlds_apart() -> None:
    """Kraken moves nothing between two masters."""
    other = a_master(9, label="Second")
    fleet = FleetSnapshot(LAB.name, NOW, (FULL.masters[0], a_node(other, a_key(9, *TREASURY))))

    found = way(at(MASTER), at(other), fleet)

    assert found.legs == ()
    assert obstacles(found) == [Obstacle.BLOCKED_BY_KRAKEN]


def test_an_environment_without_futures_has_no_futures_ways() -> None:
    """The UAT environment serves Spot only."""
    found = RouteMap(FULL, frozenset({Venue.SPOT}), NOW).way(at(MASTER), at(MASTER, "cash"), USD)

    assert obstacles(found) == [Obstacle.ENVIRONMENT]


def test_after_the_sunset_futures_ways_say_so() -> None:
    """The day the API ends is data, and the way tells it."""
    found = RouteMap(FULL, BOTH, FUTURES_V3_ENDS).way(at(CARRY, "cash"), at(MASTER, "cash"), USD)

    assert obstacles(found) == [Obstacle.SUNSET]
    assert "1 March 2027" in found.reasons()[0].text


def test_money_never_rests_at_a_third_subaccount() -> None:
    """Grid could carry Carry's money to Futures with its own key, and is not used for it."""
    helpful = a_node(GRID, a_key(6, account_id=GRID.account_id), futures_key(7))
    fleet = fleet_of(a_key(1, *TREASURY), subaccounts=(a_node(CARRY), helpful))

    found = way(at(CARRY), at(CARRY, "cash"), fleet)

    assert {leg.source.account for leg in found.legs} <= {CARRY.account_id, MASTER.account_id}


def test_the_way_does_not_depend_on_the_order_of_accounts() -> None:
    """The same fleet in another order gives the same legs."""
    reversed_fleet = fleet_of(*reversed(FULL.masters[0].keys), subaccounts=(a_node(GRID), a_node(CARRY)))

    assert way(at(CARRY, "cash"), at(GRID)) == way(at(CARRY, "cash"), at(GRID), reversed_fleet)


def test_the_table_of_legs_is_krakens() -> None:
    """Which wallets one call joins, in one account and between two."""
    assert kind_between("spot", "cash", same_account=True) is LegKind.WALLET_TRANSFER
    assert kind_between("spot", "flex", same_account=True) is None
    assert kind_between("spot", "cash", same_account=False) is None
    assert kind_between("flex", "spot", same_account=True) is LegKind.WITHDRAWAL
    assert kind_between("fi_xbtusd", "spot", same_account=True) is None
    assert kind_between("fi_xbtusd", "fi_ethusd", same_account=True) is None
    assert kind_between("flex", "flex", same_account=False) is LegKind.FUTURES_ACCOUNTS
    assert kind_between("cash", "cash", same_account=True) is None
    assert (collateral_of("fi_xbtusd"), collateral_of("fv_xbteur"), collateral_of("flex")) == (
        "BTC",
        "EUR",
        None,
    )
    assert not accepts("cash", type(USD)("USD credit"))
