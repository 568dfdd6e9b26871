"""Ready-made worlds, by name: `demo`, `empty`, `large:N`. Imports the standard library only."""

from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.building import Builder
from kraken_desk.simulator.clock import MovableClock
from kraken_desk.simulator.credentials import Access
from kraken_desk.simulator.demo_population import DESK_ADDRESS, populate_demo
from kraken_desk.simulator.ids import Ids
from kraken_desk.simulator.world import World

NAMES = ("demo", "empty", "large:N")
MOST_SUBACCOUNTS = 5000
_READ = ("query-funds", "query-open-trades", "query-ledger", "create-ws-token")
_TRADE = ("query-funds", "query-open-trades", "query-closed-trades", "modify-trades", "close-trades")


def populate(population: str, seed: int, clock: MovableClock | None = None) -> World:
    """Build a world; raise ValueError for a name that is none. The same seed gives the same keys."""
    world = World(seed=seed, population=population, clock=clock)
    build = Builder(world, Ids(f"{seed}:{population}"))
    if population == "demo":
        populate_demo(build)
    elif population.startswith("large:"):
        _populate_large(build, _count(population))
    elif population != "empty":
        raise ValueError(f"no population is called {population!r}; there are {', '.join(NAMES)}")
    return world


def _count(population: str) -> int:
    text = population.removeprefix("large:")
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:6]) <= MOST_SUBACCOUNTS:
        raise ValueError(f"large:N takes a number from 1 to {MOST_SUBACCOUNTS}, not {text!r}")
    return int(text)


def _populate_large(build: Builder, count: int) -> None:
    """One master with desk keys, and `count` subaccounts with three keys each."""
    build.world.caller_address = DESK_ADDRESS
    master = build.account("Master", email="master@large.example")
    build.spot_key(master, "desk monitor", _READ, role="monitor", process="Kraken Desk", desk=True)
    build.spot_key(
        master,
        "desk treasury",
        ("query-funds", "withdraw-funds", "query-ledger"),
        allow=(DESK_ADDRESS,),
        role="treasury",
        process="Kraken Desk",
        desk=True,
    )
    build.futures_key(master, "futures desk", Access.FULL, role="treasury", process="Kraken Desk", desk=True)
    build.spot_balances(master, {"ZUSD": "10000000.0000", "XXBT": "100.0000000000"})
    build.futures_balances(master, "cash", {"usd": "1000000"})
    for number in range(1, count + 1):
        _large_subaccount(build, master, number)


def _large_subaccount(build: Builder, master: Account, number: int) -> None:
    account = build.account(
        f"Strategy {number:03d}", master=master, email=f"s{number}@large.example", volume_30d=number * 1000
    )
    name = f"s{number:03d}"
    build.spot_key(account, f"{name} monitor", _READ, role="monitor", process="Kraken Desk", desk=True)
    build.spot_key(account, f"{name} bot", _TRADE, allow=(DESK_ADDRESS,), role="trading", process=name)
    build.futures_key(account, f"{name} futures", Access.FULL, role="trading", process=name)
    build.spot_balances(account, {"ZUSD": f"{1000 + number}.2500", "XXBT": "0.0500000000"})
    build.futures_balances(account, "cash", {"usd": "250"})
