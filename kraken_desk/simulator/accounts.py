"""Accounts of the exchange: masters with their subaccounts, each with a Spot and a Futures side.

Imports the standard library only. An account is known by IIBAN on Spot and by uid on Futures; the key check
of Futures joins the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from kraken_desk.simulator.futures_book import FuturesBook
from kraken_desk.simulator.ids import compact_iiban
from kraken_desk.simulator.spot_book import SpotBook
from kraken_desk.simulator.trading_book import TradingBook
from kraken_desk.simulator.withdrawals import PastWithdrawal, SavedAddress


class Tier(Enum):
    """Verification tier: the largest value of the private REST counter, and its decay per second."""

    STARTER = "starter"
    INTERMEDIATE = "intermediate"
    PRO = "pro"

    @property
    def limit(self) -> float:
        return {"starter": 15.0, "intermediate": 20.0, "pro": 20.0}[self.value]

    @property
    def decay_per_s(self) -> float:
        return {"starter": 0.33, "intermediate": 0.5, "pro": 1.0}[self.value]


@dataclass(slots=True, eq=False)
class Account:
    """A master (no `master`) or a subaccount (with one)."""

    label: str
    iiban: str
    futures_uid: str
    master: "Account | None" = None
    username: str = ""
    email: str = ""
    tier: Tier = Tier.PRO
    wallet_id: str = ""
    volume_30d: int = 0
    addresses: list[SavedAddress] = field(default_factory=list)
    withdrawals: list[PastWithdrawal] = field(default_factory=list)
    spot: SpotBook = field(default_factory=SpotBook)
    trading: TradingBook = field(default_factory=TradingBook)
    futures: FuturesBook = field(default_factory=FuturesBook)

    @property
    def kind(self) -> str:
        return "subaccount" if self.master else "master"

    @property
    def domain(self) -> "Account":
        """The master at the head of this account's domain; a master is its own head."""
        return self.master or self


class AccountRegistry:
    """All accounts, found by any of the names that Kraken or an operator uses."""

    def __init__(self) -> None:
        self._accounts: list[Account] = []
        self._by_name: dict[str, Account] = {}

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts)

    def __len__(self) -> int:
        return len(self._accounts)

    def add(self, account: Account) -> Account:
        """Enter an account; raise ValueError if its IIBAN or uid is taken."""
        names = (compact_iiban(account.iiban), account.futures_uid)
        if any(name in self._by_name for name in names):
            raise ValueError(f"an account {account.iiban} / {account.futures_uid} exists already")
        self._accounts.append(account)
        self._by_name.update(dict.fromkeys(names, account))
        return account

    def by_iiban(self, iiban: str) -> Account | None:
        return self._by_name.get(compact_iiban(iiban))

    def by_uid(self, uid: str) -> Account | None:
        return self._by_name.get(uid.strip().lower())

    def find(self, name: str) -> Account | None:
        """Find an account by IIBAN, uid, e-mail address or label."""
        found = self.by_iiban(name) or self.by_uid(name)
        if found:
            return found
        return next((account for account in self if name in {account.label, account.email}), None)

    def subaccounts(self, master: Account) -> list[Account]:
        return [account for account in self if account.master is master]

    def domain(self, account: Account) -> list[Account]:
        """List the master of `account`'s domain and all its subaccounts."""
        return [account.domain, *self.subaccounts(account.domain)]
