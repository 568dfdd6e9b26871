"""Fees: the domain's 30-day volume and tier, as the master's Spot key is told."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.desk_keys import monitor_key, why_no_key
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.fees import FEE_PAIR, FeeFacts
from kraken_desk.domain.fleet import AccountNode, KeyNode
from kraken_desk.domain.keys import KeyId, Problem, Venue
from kraken_desk.services.balances import NO_KEY
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.keys import KeysService, problem_of
from kraken_desk.services.ports import Clock
from kraken_desk.services.topics import Topic


@dataclass(frozen=True, slots=True)
class FeeSheet:
    """What is known of one account's volume and fees; a failed reading keeps the old facts."""

    account_id: AccountId
    facts: FeeFacts | None = None
    source: KeyId | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class FeesSnapshot:
    """The fee sheets read so far."""

    sheets: tuple[FeeSheet, ...] = ()

    def of(self, account_id: AccountId) -> FeeSheet | None:
        return next((sheet for sheet in self.sheets if sheet.account_id == account_id), None)


class FeesService:
    """Reads fees on request; each reading spends one call of the key that reads balances."""

    def __init__(self, fleet: FleetService, keys: KeysService, clock: Clock) -> None:
        self._fleet = fleet
        self._keys = keys
        self._clock = clock
        self.snapshot: Topic[FeesSnapshot] = Topic(FeesSnapshot())

    def masters(self) -> tuple[AccountNode, ...]:
        """Return the accounts whose fees count for a domain; all of them where no master is known."""
        accounts = self._fleet.snapshot.value.accounts()
        return tuple(node for node in accounts if node.account.is_master) or accounts

    async def read(self, account_id: AccountId, pair: str = FEE_PAIR, *, automatic: bool = False) -> FeeSheet:
        """Read one account's fees; failures and a missing key become part of the sheet."""
        node = self._fleet.snapshot.value.account(account_id)
        if node is None:
            return FeeSheet(account_id)
        old = self.snapshot.value.of(account_id) or FeeSheet(account_id)
        key = monitor_key(node.keys, Venue.SPOT, self._clock.now(), automatic=automatic)
        sheet = await self._read(old, key, pair) if key is not None else _without_key(old, node)
        others = [known for known in self.snapshot.value.sheets if known.account_id != account_id]
        self.snapshot.publish(FeesSnapshot((*others, sheet)))
        return sheet

    async def _read(self, old: FeeSheet, key: KeyNode, pair: str) -> FeeSheet:
        slot = key.slot
        try:
            facts = await self._keys.gateway(Venue.SPOT).fees(self._keys.signer_of(slot), pair)
        except KrakenDeskError as error:
            return replace(old, problem=problem_of(error), source=slot.key_id)
        return FeeSheet(old.account_id, facts, slot.key_id)


def _without_key(old: FeeSheet, node: AccountNode) -> FeeSheet:
    reason = why_no_key(node.keys, Venue.SPOT, "read volume and fees (Query Funds)")
    return replace(old, problem=Problem(NO_KEY, "No key reads volume and fees", reason))
