"""Orders and trades of one account: few, fixed, and in step with its holds and ledger.

Imports the standard library only. The simulator has no matching engine; a population opens what it shows.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from kraken_desk.simulator.markets import Pair


@dataclass(frozen=True, slots=True)
class Order:
    """A limit order; `closed_at` is None while it is open."""

    txid: str
    pair: Pair
    side: str
    price: Decimal
    volume: Decimal
    opened_at: float
    closed_at: float | None = None
    fee: Decimal = Decimal(0)
    trade_id: str = ""

    @property
    def cost(self) -> Decimal:
        return self.price * self.volume

    def reserve(self) -> tuple[str, Decimal]:
        """Name the balance that the open order holds, and how much of it."""
        if self.side == "buy":
            return self.pair.quote.asset_id, self.cost
        return self.pair.base.asset_id, self.volume


@dataclass(slots=True)
class TradingBook:
    """Open orders and filled ones, oldest first."""

    open: list[Order] = field(default_factory=list)
    filled: list[Order] = field(default_factory=list)
