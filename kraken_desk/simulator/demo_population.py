"""The demo population: Meridian Capital, five subaccounts, and every kind of key an operator meets.

Imports the standard library only. Addresses are of the documentation ranges; the desk calls from
DESK_ADDRESS, which every allowlist of the demo contains, so that each usable key answers.
"""

from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.building import Builder
from kraken_desk.simulator.credentials import Access

DESK_ADDRESS = "203.0.113.10"
_DESK = (f"{DESK_ADDRESS}/32",)
_MONITOR = ("query-funds", "query-open-trades", "query-ledger", "create-ws-token")
_TRADING = ("query-funds", "query-open-trades", "query-closed-trades", "modify-trades", "close-trades")
_MS, _US, _NS = 1_000, 1_000_000, 1_000_000_000


def populate_demo(build: Builder) -> None:
    """Fill an empty world."""
    build.world.caller_address = DESK_ADDRESS
    master = build.account(
        "Meridian Capital",
        iiban="AA88 N84G WOAK NMOI",
        email="treasury@meridian.example",
        volume_30d=18_450_000,
    )
    _master_keys(build, master)
    makers = _subaccount(build, master, "Market making", 9_120_000)
    momentum = _subaccount(build, master, "Momentum", 4_310_000)
    basis = _subaccount(build, master, "Basis", 4_975_000)
    reserve = _subaccount(build, master, "Treasury reserve", 0)
    research = _subaccount(build, master, "Research", 45_000)
    _market_making_keys(build, makers)
    _momentum_keys(build, momentum)
    _basis_keys(build, basis)
    _reserve_keys(build, reserve)
    _research_keys(build, research)
    _spot_balances(build, master, makers, momentum, basis, reserve, research)
    _futures_balances(build, master, makers, momentum, basis, reserve, research)
    _history(build, master, makers, momentum, basis)


def _subaccount(build: Builder, master: Account, label: str, volume: int) -> Account:
    email = f"{label.lower().replace(' ', '-')}@meridian.example"
    return build.account(label, master=master, email=email, volume_30d=volume)


def _monitor(build: Builder, account: Account, name: str) -> None:
    build.spot_key(
        account,
        name,
        _MONITOR,
        allow=_DESK,
        used_s_ago=40,
        process="Kraken Desk",
        role="monitor",
        client="kraken-desk",
        desk=True,
    )


def _master_keys(build: Builder, master: Account) -> None:
    _monitor(build, master, "desk monitor")
    build.spot_key(
        master,
        "desk treasury",
        ("query-funds", "withdraw-funds", "query-ledger"),
        allow=(DESK_ADDRESS, "203.0.113.11"),
        valid_days=84,
        used_s_ago=5400,
        process="Kraken Desk",
        role="treasury",
        client="kraken-desk",
        desk=True,
    )
    build.futures_key(
        master,
        "futures desk",
        Access.FULL,
        process="Kraken Desk",
        role="treasury",
        client="kraken-desk",
        desk=True,
    )
    _strangers_keys(build, master)


def _strangers_keys(build: Builder, master: Account) -> None:
    """Keys of the master that are not the desk's own: too strong, expired, allowed to withdraw."""
    build.spot_key(
        master,
        "legacy export",
        (*_TRADING, "withdraw-funds", "query-ledger", "export-data"),
        created_days_ago=1699,
        used_s_ago=211 * 86_400,
        role="accounting",
        client="ccxt",
    )
    build.spot_key(
        master,
        "quarter-end audit",
        ("query-funds", "query-closed-trades", "query-ledger", "export-data"),
        allow=_DESK,
        created_days_ago=120,
        valid_days=-9,
        used_s_ago=12 * 86_400,
        process="auditor",
        role="accounting",
    )
    build.futures_key(
        master,
        "collateral sweeper",
        Access.FULL,
        Access.FULL,
        created_days_ago=410,
        process="sweeper",
        role="treasury",
        client="python-kraken-sdk",
    )


def _market_making_keys(build: Builder, account: Account) -> None:
    _monitor(build, account, "mm monitor")
    for number, window in ((1, 0), (2, 5000)):
        build.spot_key(
            account,
            f"mm-bot-{number}",
            (*_TRADING, "create-ws-token"),
            allow=_DESK,
            valid_days=41,
            used_s_ago=2,
            nonce=build.started * _MS - 2000,
            nonce_window=window,
            process="mm-bot",
            role="market making",
            client="ccxt",
        )
    build.spot_key(
        account,
        "mm-dashboard",
        ("query-funds", "query-open-trades"),
        allow=("203.0.0.0/16",),
        used_s_ago=95,
        nonce=(build.started - 95) * _MS,
        process="dashboard",
        role="dashboard",
        client="ccxt",
    )
    build.futures_key(
        account, "mm futures", Access.FULL, process="mm-bot", role="market making", client="ccxt"
    )


def _momentum_keys(build: Builder, account: Account) -> None:
    _monitor(build, account, "momentum monitor")
    build.spot_key(
        account,
        "momentum",
        _TRADING,
        allow=(DESK_ADDRESS, "203.0.113.20", "198.51.100.7"),
        created_days_ago=87,
        valid_days=3,
        used_s_ago=11,
        nonce=(build.started - 11) * _NS,
        process="momentum",
        role="trading",
        client="kraken-cli",
    )
    build.futures_key(
        account, "momentum futures", Access.FULL, process="momentum", role="trading", client="kraken-cli"
    )


def _basis_keys(build: Builder, account: Account) -> None:
    _monitor(build, account, "basis monitor")
    build.futures_key(
        account, "basis-exec", Access.FULL, process="basis", role="trading", client="python-kraken-sdk"
    )
    build.spot_key(
        account,
        "basis-recon",
        ("query-funds", "query-closed-trades", "query-ledger"),
        allow=_DESK,
        valid_days=180,
        used_s_ago=1900,
        nonce=(build.started - 1900) * _US,
        process="recon",
        role="reconciliation",
    )


def _reserve_keys(build: Builder, account: Account) -> None:
    _monitor(build, account, "reserve monitor")
    build.spot_key(
        account,
        "reserve-earn",
        ("query-funds", "earn-funds", "manage-vaults"),
        allow=("203.0.113.0/28",),
        created_days_ago=33,
        used_s_ago=9 * 86_400,
        process="earn-allocator",
        role="treasury",
    )
    build.futures_key(account, "reserve futures view", Access.READ, process="dashboard", role="dashboard")


def _research_keys(build: Builder, account: Account) -> None:
    _monitor(build, account, "research monitor")
    build.spot_key(
        account,
        "research-notebook",
        ("query-funds", "query-open-trades", "query-closed-trades"),
        allow=("2001:db8:42:17::/64", DESK_ADDRESS),
        used_s_ago=4 * 86_400,
        process="notebook",
        role="research",
        client="python-kraken-sdk",
    )
    build.spot_key(
        account,
        "backtest-2025",
        ("query-closed-trades", "export-data"),
        created_days_ago=301,
        used_s_ago=None,
        process="backtest",
        role="research",
    )


def _spot_balances(build: Builder, *accounts: Account) -> None:
    master, makers, momentum, basis, reserve, research = accounts
    build.spot_balances(
        master,
        {
            "ZUSD": "401207.5200",
            "ZEUR": "15250.0000",
            "XXBT": "4.7500150000",
            "XBT.F": "1.1000000000",
            "USDC": "250000.00000000",
            "USDC.F": "75000.00000000",
            "DOT": "0",
        },
    )
    build.spot_balances(
        makers,
        {"ZUSD": "61750.2150", "XXBT": "1.7523000000", "XETH": "25.5000000000", "USDT": "18400.00000000"},
    )
    build.spot_balances(
        momentum, {"ZUSD": "116492.1000", "SOL": "350.0000000000", "XXBT": "0.7500000000", "XXRP": "0"}
    )
    build.spot_balances(basis, {"ZUSD": "250004.8700", "XXBT": "2.0000000000"})
    build.spot_balances(
        reserve,
        {
            "USDC": "1200000.00000000",
            "USDC.F": "350000.00000000",
            "XXBT": "10.0000000000",
            "ETH.F": "42.7500000000",
            "ZEUR": "88000.0000",
        },
    )
    build.spot_balances(research, {"ZUSD": "4985.1200", "XXDG": "12000.00000000", "ADA": "2500.00000000"})


def _futures_balances(build: Builder, *accounts: Account) -> None:
    master, makers, momentum, basis, reserve, research = accounts
    build.futures_balances(master, "cash", {"usd": "60000", "xbt": "0.5", "usd credit": "0"})
    build.futures_balances(master, "flex", {"usd": "25000.5"})
    build.futures_balances(makers, "cash", {"usd": "5000", "xbt": "0.06616863739"})
    build.futures_balances(makers, "flex", {"xbt": "0.75", "usd": "31250.25"})
    build.futures_balances(makers, "fi_xbtusd", {"xbt": "0.25"}, currency="xbt")
    build.futures_balances(momentum, "flex", {"usd": "48999.02353918"})
    build.futures_balances(momentum, "cash", {"usd": "1200.75"})
    build.futures_balances(basis, "flex", {"xbt": "3.5", "usdc": "120000"})
    build.futures_balances(basis, "fi_xbtusd", {"xbt": "1.2"}, currency="xbt")
    build.futures_balances(basis, "cash", {"usd": "0", "xbt": "0.75"})
    build.futures_balances(reserve, "cash", {"usdc": "0"})
    build.futures_balances(research, "cash", {"usd": "0", "xbt": "0.00000000346"})
    makers.futures.wallets["flex"].initial_margin += 22_500
    basis.futures.wallets["flex"].initial_margin += 180_000
    build.position(makers, "long", "PF_ETHUSD", "3320.5", "12", 2.1)
    build.position(basis, "short", "PF_XBTUSD", "97210", "9.25", 20.4)


def _history(build: Builder, master: Account, *subaccounts: Account) -> None:
    """Trades, open orders, withdrawals and transfers; the balances after them are round figures."""
    makers, momentum, basis = subaccounts
    build.past_trade(makers, "XXBTZUSD", "buy", "95000.0", "0.1", 8.5)
    build.past_trade(makers, "XXBTZUSD", "sell", "97500.0", "0.01", 7.2)
    build.open_order(makers, "XXBTZUSD", "buy", "96320.0", "0.125")
    build.open_order(makers, "XXBTZUSD", "sell", "99150.0", "0.42")
    cold = build.saved_address(
        master, "XXBT", "Bitcoin", "cold-storage", "bc1qxdsh4sdd29h6ldehz0se5c61asq8cgwyjf2y3z"
    )
    build.saved_address(
        master, "XETH", "Ether", "custodian", "0x4675c7e5baafbffbca748158becba61ef3b0a263", verified=False
    )
    build.past_withdrawal(master, cold, "0.5", 14.1)
    build.past_withdrawal(master, cold, "0.72485", 14.0, canceled=True)
    build.past_transfer(momentum, master, "ZUSD", "12500.0000", 6.25)
    build.past_transfer(makers, master, "ZUSD", "5000.0000", 3.5)
    build.past_transfer(master, basis, "XXBT", "0.2500000000", 1.75)
