"""Reading what both ends of a transfer show: marks before it is sent, traces when its end is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kraken_desk.domain.desk_keys import ledger_key, monitor_key, why_no_key
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.evidence import alike, equal_rows, traces
from kraken_desk.domain.legs import Place
from kraken_desk.domain.money import Asset
from kraken_desk.domain.settlement import balance_trace
from kraken_desk.domain.transfers import (
    BalanceTrace,
    Evidence,
    LedgerEntry,
    TransferRecord,
    TransferRequest,
    TransferState,
)
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.keys import KeysService
from kraken_desk.services.ports import Clock, TransferJournal
from kraken_desk.services.tasks import all_of


@dataclass(frozen=True, slots=True)
class Mark:
    """One end just before a transfer: where its ledger ends, and what its wallet holds of the asset.

    "" and None where they cannot be read, which loses only comfort.
    """

    ledger: str
    balance: Decimal | None


@dataclass(frozen=True, slots=True)
class _Side:
    rows: tuple[LedgerEntry, ...] | None
    equal: int
    balance: BalanceTrace | None


class EvidenceReader:
    """Reads ledgers and balances by each account's own desk keys; never sends anything else."""

    def __init__(
        self,
        environment: EnvironmentName,
        journal: TransferJournal,
        fleet: FleetService,
        keys: KeysService,
        clock: Clock,
    ) -> None:
        self._environment = environment
        self._journal = journal
        self._fleet = fleet
        self._keys = keys
        self._clock = clock

    async def marks(self, request: TransferRequest) -> tuple[Mark, Mark]:
        """Remember both ends, the source first."""
        route, asset = request.route, request.asset
        source, destination = await all_of(
            (
                self._mark(route.source_place, asset),
                self._mark(route.destination_place, asset),
            )
        )
        return source, destination

    async def read(self, record: TransferRecord) -> Evidence:
        """Read both ends for traces of a transfer; what cannot be read is named as a gap."""
        gaps: list[str] = []
        source = await self._side(record, gaps, outgoing=True)
        destination = await self._side(record, gaps, outgoing=False)
        return Evidence(
            journal_id=record.journal_id,
            read_at=self._clock.now(),
            source_rows=source.rows,
            destination_rows=destination.rows,
            gaps=tuple(gaps),
            source_balance=source.balance,
            destination_balance=destination.balance,
            source_equal=source.equal,
            destination_equal=destination.equal,
        )

    async def _mark(self, place: Place, asset: Asset) -> Mark:
        balance = await self._balance(place, asset)
        key = ledger_key(self._fleet.keys_of(place.account), place.venue, self._clock.now())
        if key is None:
            return Mark("", balance)
        try:
            mark = await self._keys.gateway(place.venue).ledger_mark(self._keys.signer_of(key.slot))
        except KrakenDeskError:
            mark = ""
        return Mark(mark, balance)

    async def _balance(self, place: Place, asset: Asset) -> Decimal | None:
        """Read what a wallet holds now; a sheet without the asset means none of it."""
        venue, wallet = place.venue, place.wallet
        key = monitor_key(self._fleet.keys_of(place.account), venue, self._clock.now())
        if key is None:
            return None
        try:
            rows = await self._keys.gateway(venue).balances(self._keys.signer_of(key.slot))
        except KrakenDeskError:
            return None
        found = (row.total for row in rows if (row.asset, row.wallet, row.part) == (asset, wallet, ""))
        return next(found, Decimal(0))

    async def _side(self, record: TransferRecord, gaps: list[str], *, outgoing: bool) -> _Side:
        route = record.request.route
        place = route.source_place if outgoing else route.destination_place
        before = record.source_before if outgoing else record.destination_before
        label = record.source_label if outgoing else record.destination_label
        rows = await self._rows(record, gaps, outgoing=outgoing)
        if rows is None:
            return _Side(None, 0, None)
        journal = await self._journal.records(self._environment)
        found = traces(rows, record, journal, outgoing=outgoing)
        if found and any(o.state is TransferState.UNKNOWN for o in alike(record, journal, outgoing=outgoing)):
            gaps.append(f"{label}: another unsettled transfer of the same amount may have left these rows.")
        asset = record.request.asset
        held = None
        if before is not None and record.state is TransferState.UNKNOWN:
            held = await self._balance(place, asset)
        own = tuple(row for row in rows if row.asset == asset and row.wallet == place.wallet)
        trace = balance_trace(own, before, held, record.planned_at) if held is not None else None
        return _Side(found, len(equal_rows(own, record, outgoing=outgoing)), trace)

    async def _rows(
        self, record: TransferRecord, gaps: list[str], *, outgoing: bool
    ) -> tuple[LedgerEntry, ...] | None:
        """Read one ledger from its mark on; None when it cannot be read."""
        route = record.request.route
        place = route.source_place if outgoing else route.destination_place
        label = record.source_label if outgoing else record.destination_label
        keys = self._fleet.keys_of(place.account)
        key = ledger_key(keys, place.venue, self._clock.now())
        if key is None:
            gaps.append(f"{label}: {why_no_key(keys, place.venue, 'read the ledger')}")
            return None
        mark = record.source_mark if outgoing else record.destination_mark
        try:
            return await self._keys.gateway(place.venue).ledger_since(self._keys.signer_of(key.slot), mark)
        except KrakenDeskError as error:
            gaps.append(f"{label}: {error.title}. {error.detail}")
            return None
