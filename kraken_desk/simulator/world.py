"""The state of one simulated exchange: accounts, keys, limits, switches, faults and log.

Imports the standard library only and does no I/O. Rules take a world and a request and give a reply;
everything that a rule may consult or change hangs here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from kraken_desk.simulator.accounts import Account, AccountRegistry
from kraken_desk.simulator.assets import find_futures_asset, total_name
from kraken_desk.simulator.clock import MovableClock
from kraken_desk.simulator.credentials import KeyRegistry
from kraken_desk.simulator.faults import FaultBook
from kraken_desk.simulator.futures_book import LogRow
from kraken_desk.simulator.ids import Ids
from kraken_desk.simulator.limits import Limits
from kraken_desk.simulator.request_log import RequestLog
from kraken_desk.simulator.spot_book import LedgerEntry
from kraken_desk.simulator.switches import Switches

SpotObserver = Callable[[Account, LedgerEntry], None]
FuturesObserver = Callable[[Account, LogRow], None]


@dataclass(slots=True, eq=False)
class SpotToken:
    """A WebSocket token, whose it is, and by how many subscriptions it is kept alive."""

    token: str
    api_key: str
    issued_at: float
    in_use: int = 0


@dataclass(frozen=True, slots=True)
class Notification:
    """A Futures notification, such as planned maintenance."""

    type: str
    priority: str
    note: str
    effective_at: float | None = None


@dataclass(slots=True)
class SystemStatus:
    """State of both engines; Spot speaks Kraken's words, Futures is up or not."""

    spot: str = "online"
    futures: str = "online"


class World:
    """Everything that exists on the simulated exchange."""

    def __init__(
        self, *, seed: int = 1, population: str = "empty", clock: MovableClock | None = None
    ) -> None:
        self.seed = seed
        self.population = population
        self.clock = clock or MovableClock()
        self.ids = Ids(f"{seed}:run")
        self.switches = Switches()
        self.accounts = AccountRegistry()
        self.keys = KeyRegistry()
        self.limits = Limits()
        self.faults = FaultBook()
        self.requests = RequestLog()
        self.system = SystemStatus()
        self.caller_address = "127.0.0.1"
        self.latency_s = 0.0
        self.tokens: dict[str, SpotToken] = {}
        self.notifications: list[Notification] = []
        self.spot_observers: list[SpotObserver] = []
        self.futures_observers: list[FuturesObserver] = []

    def now(self) -> float:
        return self.clock.now()

    def post_spot(
        self,
        account: Account,
        *,
        refid: str,
        type_: str,
        subtype: str,
        asset_id: str,
        amount: Decimal,
        at: float | None = None,
    ) -> LedgerEntry:
        """Book one Spot ledger entry and tell the feeds."""
        entry = account.spot.post(
            ledger_id=self.ids.ledger_id(),
            refid=refid,
            time=self.now() if at is None else at,
            lag_s=self.switches.ledger_lag_s,
            type_=type_,
            subtype=subtype,
            asset_id=asset_id,
            amount=amount,
        )
        for observe in tuple(self.spot_observers):
            observe(account, entry)
        return entry

    def post_futures(
        self,
        account: Account,
        *,
        wallet: str,
        code: str,
        amount: Decimal,
        info: str,
        execution: str | None,
        at: float | None = None,
    ) -> LogRow:
        """Book one Futures log row and tell the feeds."""
        row = account.futures.post(
            wallet=wallet,
            code=code,
            amount=amount,
            info=info,
            booking_uid=self.ids.uid(),
            execution=execution,
            at=self.now() if at is None else at,
            lag_s=self.switches.futures_log_lag_s,
        )
        for observe in tuple(self.futures_observers):
            observe(account, row)
        return row

    def totals(self) -> dict[str, Decimal]:
        """Add up every asset over all accounts and both venues, suffixed rows with their base asset."""
        totals: dict[str, Decimal] = {}
        for account in self.accounts:
            for asset_id, holding in account.spot.holdings.items():
                name = total_name(asset_id)
                totals[name] = totals.get(name, Decimal(0)) + holding.balance
            for wallet in account.futures.wallets.values():
                for code, amount in wallet.balances.items():
                    asset = find_futures_asset(code)
                    name = asset.display if asset else code
                    totals[name] = totals.get(name, Decimal(0)) + amount
        return dict(sorted(totals.items()))
