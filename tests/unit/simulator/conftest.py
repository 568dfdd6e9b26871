"""A small exchange with a frozen clock: one master, two subaccounts, a stranger, and keys to each."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.building import Builder
from kraken_desk.simulator.credentials import Access, FuturesKey, SpotKey
from kraken_desk.simulator.exchange import Exchange
from kraken_desk.simulator.ids import Ids
from kraken_desk.simulator.world import World
from tests.unit.simulator.asking import Asker

NOW = 1_790_000_000.0
EVERYTHING = (
    "query-funds",
    "add-funds",
    "withdraw-funds",
    "query-ledger",
    "query-open-trades",
    "query-closed-trades",
    "create-ws-token",
)


@dataclass
class SmallExchange:
    """The exchange with names for what is on it."""

    exchange: Exchange
    master: Account
    first: Account
    second: Account
    stranger: Account
    master_key: SpotKey
    first_key: SpotKey
    futures_master: FuturesKey
    futures_first: FuturesKey
    build: Builder

    @property
    def world(self) -> World:
        return self.exchange.world

    @property
    def ask(self) -> Asker:
        return Asker(self.exchange)

    def balance(self, account: Account, asset_id: str) -> Decimal:
        return account.spot.holdings[asset_id].balance


@pytest.fixture
def small() -> SmallExchange:
    exchange = Exchange("empty", 1)
    world = exchange.world
    world.clock.set(NOW)
    world.clock.freeze()
    world.clock.set(NOW)
    world.caller_address = "203.0.113.10"
    build = Builder(world, Ids("tests"))
    master = build.account("Master", iiban="AA88 N84G WOAK NMOI", email="master@test.example")
    first = build.account("First", master=master, email="first@test.example")
    second = build.account("Second", master=master)
    stranger = build.account("Stranger")
    build.spot_balances(master, {"ZUSD": "1000.0000", "XXBT": "2.0000000000", "XBT.F": "0.5000000000"})
    build.spot_balances(first, {"ZUSD": "500.0000", "DOT": "0"}, holds={"ZUSD": "120.0000"})
    build.futures_balances(master, "cash", {"usd": "300", "xbt": "0.5", "usd credit": "0"})
    build.futures_balances(first, "cash", {"usd": "50", "xbt": "0.00000000346"})
    build.futures_balances(first, "flex", {"xbt": "1.5", "usd": "1000"})
    build.futures_balances(first, "fi_xbtusd", {"xbt": "0.25"}, currency="xbt")
    return SmallExchange(
        exchange,
        master,
        first,
        second,
        stranger,
        build.spot_key(master, "master", EVERYTHING),
        build.spot_key(first, "first", EVERYTHING),
        build.futures_key(master, "futures master", Access.FULL, Access.FULL),
        build.futures_key(first, "futures first", Access.FULL, Access.FULL),
        build,
    )
