"""The Futures side of one account: wallets and the account log.

Imports the standard library only. Wallet names are Kraken's: `cash`, `flex`, and single-collateral margin
wallets such as `fi_xbtusd`. Amounts are kept per lower-case asset code. Log ids count from 1 per account.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from kraken_desk.simulator.assets import find_futures_asset

ZERO = Decimal(0)


class WalletKind(Enum):
    """How a wallet is reported; the values are the words of the wire."""

    CASH = "cashAccount"
    FLEX = "multiCollateralMarginAccount"
    MARGIN = "marginAccount"


@dataclass(slots=True)
class Wallet:
    """One wallet. `currency` limits a margin wallet to its collateral; its margin figures never move."""

    name: str
    kind: WalletKind
    currency: str = ""
    balances: dict[str, Decimal] = field(default_factory=dict)
    initial_margin: Decimal = ZERO
    profit: Decimal = ZERO

    def accepts(self, code: str) -> bool:
        if self.kind is WalletKind.MARGIN:
            return code == self.currency
        return "credit" not in code

    def available(self, code: str) -> Decimal:
        """Say how much of `code` may leave: all of a cash wallet, what margin does not need of the others."""
        balance = self.balances.get(code, ZERO)
        if self.kind is WalletKind.CASH:
            return balance
        if self.kind is WalletKind.MARGIN:
            return max(ZERO, balance + self.profit - self.initial_margin)
        asset = find_futures_asset(code)
        if asset is None or not self.initial_margin:
            return balance
        free = self.available_margin / (asset.price_usd * (1 - asset.haircut))
        return max(ZERO, min(balance, free.quantize(Decimal("1e-10"))))

    @property
    def value_usd(self) -> Decimal:
        return sum((value_usd(code, amount) for code, amount in self.balances.items()), ZERO)

    @property
    def collateral_usd(self) -> Decimal:
        return sum((collateral_usd(code, amount) for code, amount in self.balances.items()), ZERO)

    @property
    def available_margin(self) -> Decimal:
        return self.collateral_usd + self.profit - self.initial_margin


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the account log."""

    id: int
    at: float
    visible_at: float
    asset: str
    info: str
    booking_uid: str
    wallet: str
    execution: str | None
    old_balance: Decimal
    new_balance: Decimal


@dataclass(frozen=True, slots=True)
class Position:
    """An open position; it never moves, since prices do not."""

    side: str
    symbol: str
    price: Decimal
    size: Decimal
    opened_at: float


@dataclass(slots=True)
class FuturesBook:
    """Wallets by name, and the account log, oldest row first."""

    wallets: dict[str, Wallet] = field(default_factory=dict)
    log: list[LogRow] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)
    trading_enabled: bool = True

    def __post_init__(self) -> None:
        self.wallets.setdefault("cash", Wallet("cash", WalletKind.CASH))
        self.wallets.setdefault("flex", Wallet("flex", WalletKind.FLEX))

    def wallet(self, name: str) -> Wallet | None:
        return self.wallets.get(name.lower())

    def open_margin_wallet(self, name: str, currency: str) -> Wallet:
        return self.wallets.setdefault(name, Wallet(name, WalletKind.MARGIN, currency))

    def post(
        self,
        *,
        wallet: str,
        code: str,
        amount: Decimal,
        info: str,
        booking_uid: str,
        execution: str | None,
        at: float,
        lag_s: float,
    ) -> LogRow:
        """Change a wallet's balance by `amount` and write the log row for it."""
        balances = self.wallets[wallet].balances
        old = balances.get(code, ZERO)
        balances[code] = old + amount
        row = LogRow(
            len(self.log) + 1, at, at + lag_s, code, info, booking_uid, wallet, execution, old, old + amount
        )
        self.log.append(row)
        return row


def slashed_name(wallet: str) -> str:
    """Spell `fi_xbtusd` as the subaccount list and the log do: `f-xbt:usd`."""
    pair = wallet.partition("_")[2]
    return f"f-{pair[:-3]}:{pair[-3:]}"


def value_usd(code: str, amount: Decimal) -> Decimal:
    asset = find_futures_asset(code)
    return amount * asset.price_usd if asset else ZERO


def collateral_usd(code: str, amount: Decimal) -> Decimal:
    asset = find_futures_asset(code)
    return amount * asset.price_usd * (1 - asset.haircut) if asset else ZERO
