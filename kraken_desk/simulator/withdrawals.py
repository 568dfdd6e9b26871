"""Withdrawal methods, saved addresses and past withdrawals. Imports the standard library only.

The simulator shows withdrawals and quotes their fees; it has no call that makes one.
"""

import uuid
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Method:
    """A way out for one asset."""

    asset_id: str
    method: str
    network: str
    minimum: Decimal
    fee: Decimal

    @property
    def method_id(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, self.method))

    @property
    def network_id(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, self.network))


@dataclass(frozen=True, slots=True)
class SavedAddress:
    """An address book entry; `key` is the nickname that calls use."""

    asset_id: str
    method: str
    key: str
    address: str
    verified: bool


@dataclass(frozen=True, slots=True)
class PastWithdrawal:
    """A withdrawal as WithdrawStatus shows it; `property_` is the `status-prop` of a failure."""

    saved: SavedAddress
    refid: str
    txid: str
    amount: Decimal
    fee: Decimal
    at: int
    status: str
    property_: str = ""


METHODS = (
    Method("XXBT", "Bitcoin", "Bitcoin", Decimal("0.0004"), Decimal("0.00001500")),
    Method("XXBT", "Bitcoin Lightning", "Lightning", Decimal("0.00001"), Decimal(0)),
    Method("XETH", "Ether", "Ethereum", Decimal("0.004"), Decimal("0.00150000")),
    Method("USDC", "USDC", "Ethereum", Decimal(5), Decimal("1.50000000")),
    Method("USDT", "Tether USD (TRC20)", "Tron", Decimal(5), Decimal("1.00000000")),
    Method("SOL", "Solana", "Solana", Decimal("0.05"), Decimal("0.00500000")),
    Method("ZUSD", "Fedwire (Frost Bank)", "Fedwire", Decimal(500), Decimal(35)),
    Method("ZEUR", "SEPA (Banking Circle)", "SEPA", Decimal(1), Decimal(1)),
)
