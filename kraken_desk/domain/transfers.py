"""Transfers between accounts: the request, its journal record, and the legal moves of its state."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import KeyId, Problem, Venue
from kraken_desk.domain.legs import LegKind, Place, kind_between
from kraken_desk.domain.money import Asset
from kraken_desk.domain.values import dataclass

JournalId = NewType("JournalId", str)
"""Our own id of a journal record; Kraken's `transfer_id` comes only with its answer."""


class TransferState(StrEnum):
    """Where a transfer stands; the word is always shown beside its sign."""

    PLANNED = "planned"
    SENT = "sent"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    EXECUTED = "settled: executed"
    NOT_EXECUTED = "settled: not executed"

    @property
    def open(self) -> bool:
        """Say whether money may still be in question, which blocks the route."""
        return self in (TransferState.PLANNED, TransferState.SENT, TransferState.UNKNOWN)


LEGAL_MOVES: dict[TransferState, frozenset[TransferState]] = {
    TransferState.PLANNED: frozenset({TransferState.SENT, TransferState.REJECTED}),
    TransferState.SENT: frozenset({TransferState.CONFIRMED, TransferState.REJECTED, TransferState.UNKNOWN}),
    TransferState.UNKNOWN: frozenset({TransferState.EXECUTED, TransferState.NOT_EXECUTED}),
    TransferState.CONFIRMED: frozenset(),
    TransferState.REJECTED: frozenset(),
    TransferState.EXECUTED: frozenset(),
    TransferState.NOT_EXECUTED: frozenset(),
}
"""PLANNED becomes REJECTED when it is provably never sent. No move leads back to SENT."""


@dataclass(frozen=True, slots=True)
class Route:
    """The way money takes in one leg: a source and a destination account with their wallets.

    `venue` is the one whose key signs; between Spot and Futures the ends lie on either.
    """

    environment: EnvironmentName
    venue: Venue
    source: AccountId
    destination: AccountId
    source_wallet: str
    destination_wallet: str

    @property
    def source_place(self) -> Place:
        return Place(self.source, self.source_wallet)

    @property
    def destination_place(self) -> Place:
        return Place(self.destination, self.destination_wallet)

    @property
    def kind(self) -> LegKind | None:
        """Return Kraken's call for this leg; None where Kraken has none."""
        return kind_between(
            self.source_wallet, self.destination_wallet, same_account=self.source == self.destination
        )


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """What the operator wants moved; `quantity` is in units of the asset, exact."""

    route: Route
    asset: Asset
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """A request in the venue's own identifiers: IIBANs on Spot, account uids on Futures.

    Between the venues of one account both ids are the same.
    """

    source_id: str
    destination_id: str
    source_wallet: str
    destination_wallet: str
    asset: Asset
    quantity: Decimal

    @property
    def kind(self) -> LegKind | None:
        return kind_between(
            self.source_wallet, self.destination_wallet, same_account=self.source_id == self.destination_id
        )


@dataclass(frozen=True, slots=True)
class TransferReceipt:
    """Kraken's answer to a transfer; Futures gives no `transfer_id`."""

    transfer_id: str | None
    status: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One row of an account's ledger (Spot) or account log (Futures); `quantity` is signed.

    `balance` is the wallet's after the row, which changed it by `quantity` less `fee`; None where
    it was not reported.
    """

    entry_id: str
    refid: str
    time: datetime
    kind: str
    subtype: str
    asset: Asset
    quantity: Decimal
    wallet: str
    fee: Decimal = Decimal(0)
    balance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BalanceTrace:
    """What one end's balance says about a transfer, in units of the asset.

    `before` was read just before the sending and `now` with the evidence; `unexplained` is the
    change that no row of the ledger accounts for, None where that cannot be told.
    """

    before: Decimal | None
    now: Decimal | None
    unexplained: Decimal | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the ledgers and balances say about a transfer with unknown outcome.

    `source_rows` and `destination_rows` are matching rows that no other transfer explains; None
    means that the ledger could not be read (no key, or a failure named in `gaps`). `source_equal`
    and `destination_equal` count all rows that changed the wallet by the amount, of whatever kind.
    """

    journal_id: JournalId
    read_at: datetime
    source_rows: tuple[LedgerEntry, ...] | None
    destination_rows: tuple[LedgerEntry, ...] | None
    gaps: tuple[str, ...] = ()
    source_balance: BalanceTrace | None = None
    destination_balance: BalanceTrace | None = None
    source_equal: int = 0
    destination_equal: int = 0

    @property
    def suggests_executed(self) -> bool:
        return bool(self.source_rows) or bool(self.destination_rows)


class SettledBy(StrEnum):
    """Who decided about a transfer with unknown outcome."""

    PERSON = "person"
    TRACES = "traces"
    ANSWER = "late answer"


@dataclass(frozen=True, slots=True)
class TransferRecord:
    """A journal record. The labels are those of the day, so that history stays readable.

    `plan_id` is common to the legs of one plan, which `leg` numbers from 1. `source_before` and
    `destination_before` are the wallets' balances just before the sending, in units of the asset,
    None where no key could read them.
    """

    journal_id: JournalId
    request: TransferRequest
    state: TransferState
    source_label: str
    destination_label: str
    key_id: KeyId
    key_name: str
    endpoint: str
    planned_at: datetime
    changed_at: datetime
    sent_at: datetime | None = None
    source_mark: str = ""
    destination_mark: str = ""
    transfer_id: str | None = None
    problem: Problem | None = None
    note: str = ""
    plan_id: str | None = None
    leg: int | None = None
    source_before: Decimal | None = None
    destination_before: Decimal | None = None
    evidence: Evidence | None = None
    settled_by: SettledBy | None = None

    @property
    def blocks_route(self) -> bool:
        return self.state.open


@dataclass(frozen=True, slots=True)
class TransferEnd:
    """An account as one end of a transfer; `reason` says why it cannot be one, "" when it can."""

    account: Account
    wallet: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one end holds of the asset now and would hold after; `as_of` is when it was read."""

    label: str
    before: Decimal
    after: Decimal
    as_of: datetime | None


class Verdict(StrEnum):
    """What a check says: go on, go on knowingly, or stop."""

    OK = "ok"
    WARN = "warn"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """One pre-flight check: its short name, whether it holds, and the reason in a sentence.

    One that `warns` holds all the same: a person should know it before saying yes.
    """

    name: str
    holds: bool
    text: str
    warns: bool = False

    @property
    def verdict(self) -> Verdict:
        if not self.holds:
            return Verdict.STOP
        return Verdict.WARN if self.warns else Verdict.OK


@dataclass(frozen=True, slots=True)
class TransferPlan:
    """A transfer worked out but not sent: who signs it, where it goes, what it changes.

    A figure is None where no key of the desk can read that end. `plan_id` makes the plan good for
    one send only.
    """

    request: TransferRequest
    source_label: str
    destination_label: str
    order: TransferOrder
    key_id: KeyId
    key_name: str
    endpoint: str
    source: Figure | None
    destination: Figure | None
    checks: tuple[PlanCheck, ...] = ()
    plan_id: str = ""
    notes: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return all(check.holds for check in self.checks)


@dataclass(frozen=True, slots=True)
class JournalSnapshot:
    """The journal of an environment, newest first."""

    environment: EnvironmentName
    records: tuple[TransferRecord, ...] = ()


def matches(entry: LedgerEntry, request: TransferRequest, *, outgoing: bool, wallet: str) -> bool:
    """Say whether a ledger row is the trace of `request` on one side.

    Kraken does not document that `refid` equals the transfer id, nor the row's subtype, so the
    match is by asset, wallet, kind and the exact signed quantity.
    """
    expected = -request.quantity if outgoing else request.quantity
    return (
        entry.asset == request.asset
        and entry.wallet == wallet
        and "transfer" in entry.kind
        and entry.quantity == expected
    )
