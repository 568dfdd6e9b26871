"""Keeps what checks see of the keys' use, and judges it against our own calls and leases."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from kraken_desk.domain.errors import StoreError
from kraken_desk.domain.foreign_use import Observation, OwnCall, UseFinding, judge
from kraken_desk.domain.keys import ApiKeyInfo, KeySlot, SlotId
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.signer import Signer
from kraken_desk.services.ports import NonceStore, UseStore

LeasesOf = Callable[[SlotId], Awaitable[tuple[Lease, ...]]]
"""Returns the leases of a slot, those that have ended too."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Glance:
    """A check under way: the key's slot, what signs for it, and our last call before."""

    slot: KeySlot
    signer: Signer
    before: OwnCall | None


class UseWatch:
    """Implements no port; a store that cannot write costs the evidence and never the check."""

    def __init__(
        self,
        nonces: NonceStore,
        store: UseStore,
        leases_of: LeasesOf,
        tell: Callable[[UseFinding], None] = lambda _finding: None,
    ) -> None:
        self._nonces = nonces
        self._store = store
        self._leases_of = leases_of
        self._tell = tell

    async def begin(self, slot: KeySlot, signer: Signer) -> Glance:
        """Note where our own record of the key stands before a check."""
        return Glance(slot, signer, await self._last_call(signer))

    async def accepted(self, glance: Glance, info: ApiKeyInfo) -> Observation:
        """Keep what Kraken reported, and judge the key anew."""
        look = Observation(
            glance.slot.key_id,
            info.read_at,
            accepted=True,
            nonce=_told(info.nonce, int),
            nonce_window=_told(info.nonce_window, int),
            last_used=_told(info.last_used, datetime),
            modified_time=_told(info.modified_time, datetime),
        )
        return await self._keep(glance, look)

    async def refused(self, glance: Glance, at: datetime) -> Observation:
        """Keep that Kraken answered “invalid nonce”: it had seen a larger one."""
        return await self._keep(glance, Observation(glance.slot.key_id, at, accepted=False))

    async def observations(self, slot: KeySlot) -> tuple[Observation, ...]:
        """Return the kept looks at the slot's present key, oldest first."""
        return await self._store.observations(slot.key_id)

    async def judge_anew(self, slot: KeySlot, now: datetime) -> UseFinding:
        """Weigh what is kept of a key, for instance after its slot was described otherwise."""
        looks = await self._store.observations(slot.key_id)
        finding = judge(slot, looks, await self._leases_of(slot.slot_id), now)
        await self._store.save_finding(finding)
        return finding

    async def _keep(self, glance: Glance, look: Observation) -> Observation:
        own = await self._last_call(glance.signer)
        look = replace(
            look,
            signed=own.nonce if own is not None else None,
            before=glance.before,
            counted=glance.signer.count_from is not None,
        )
        try:
            await self._store.observe(look)
            self._tell(await self.judge_anew(glance.slot, look.at))
        except StoreError as error:
            _log.warning("what a check saw of a key's use was not kept: %s", error.category)
        return look

    async def _last_call(self, signer: Signer) -> OwnCall | None:
        try:
            return await self._nonces.last_call(signer.fingerprint)
        except StoreError as error:
            _log.warning("our last call with a key is not known: %s", error.category)
            return None


def _told(value: object, kind: type[T]) -> T | None:
    """Return what Kraken told, None for never and for what it does not report."""
    return value if isinstance(value, kind) else None
