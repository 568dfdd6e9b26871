"""The Spot side of one account: balances and an append-only ledger.

Imports the standard library only. Every change of a balance goes through `post`, which writes the ledger
entry, so the last entry of an asset always shows its current balance.
"""

from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(slots=True)
class Holding:
    """One balance row. `credit` is None on accounts without a credit line, which is nearly all of them."""

    balance: Decimal = ZERO
    hold_trade: Decimal = ZERO
    credit: Decimal | None = None
    credit_used: Decimal | None = None

    @property
    def available(self) -> Decimal:
        return self.balance + (self.credit or ZERO) - (self.credit_used or ZERO) - self.hold_trade


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the ledger, reported from `visible_at` on: Kraken writes entries at settlement."""

    ledger_id: str
    refid: str
    time: float
    visible_at: float
    type: str
    subtype: str
    asset_id: str
    amount: Decimal
    fee: Decimal
    balance: Decimal


@dataclass(slots=True)
class SpotBook:
    """Balances by asset id, and the ledger, oldest entry first."""

    holdings: dict[str, Holding] = field(default_factory=dict)
    entries: list[LedgerEntry] = field(default_factory=list)

    def available(self, asset_id: str) -> Decimal:
        holding = self.holdings.get(asset_id)
        return holding.available if holding else ZERO

    def post(
        self,
        *,
        ledger_id: str,
        refid: str,
        time: float,
        lag_s: float,
        type_: str,
        subtype: str,
        asset_id: str,
        amount: Decimal,
        fee: Decimal = ZERO,
    ) -> LedgerEntry:
        """Change a balance by `amount - fee` and write the entry for it."""
        holding = self.holdings.setdefault(asset_id, Holding())
        holding.balance += amount - fee
        entry = LedgerEntry(
            ledger_id, refid, time, time + lag_s, type_, subtype, asset_id, amount, fee, holding.balance
        )
        self.entries.append(entry)
        return entry

    def visible(self, now: float) -> list[LedgerEntry]:
        """Give the entries settled by `now`, newest first."""
        return sorted((entry for entry in self.entries if entry.visible_at <= now), key=_age)


def _age(entry: LedgerEntry) -> float:
    return -entry.time
