"""Looks at keys without coming in the way of their processes, and keeps what the looks show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kraken_desk.domain.clients import SECOND_COUNTERS
from kraken_desk.domain.errors import KeyBusyError, NonceStaleError
from kraken_desk.domain.foreign_use import Observation
from kraken_desk.domain.keys import ApiKeyInfo, KeyCheck, KeyId, KeySlot, Venue
from kraken_desk.domain.nonces import busy_until
from kraken_desk.domain.signer import Signer
from kraken_desk.services.clock_watch import ClockWatch
from kraken_desk.services.ports import Clock, ExchangeGateway
from kraken_desk.services.use_watch import Glance, UseWatch

GatewayOf = Callable[[Venue], ExchangeGateway]
CheckOf = Callable[[KeyId], KeyCheck | None]


class Observer:
    """Makes signed checks as a guest: at the process's scale, in its idle time, by a right clock."""

    def __init__(
        self, gateway_of: GatewayOf, watch: ClockWatch, use: UseWatch, check_of: CheckOf, clock: Clock
    ) -> None:
        self._gateway_of = gateway_of
        self._watch = watch
        self._use = use
        self._check_of = check_of
        self._clock = clock

    async def check(self, slot: KeySlot, signer: Signer, *, asked: bool) -> ApiKeyInfo:
        """Make one signed check.

        Raises ClockAheadError and KeyBusyError before anything is signed, and what the gateway raises.
        """
        glance = await self._begin(slot, signer)
        try:
            info = await self._gateway_of(slot.venue).check_key(signer, asked=asked)
        except NonceStaleError:
            await self._use.refused(glance, self._clock.now())
            raise
        await self._use.accepted(glance, info)
        return info

    async def look_quietly(self, slot: KeySlot, signer: Signer, *, afresh: bool) -> Observation:
        """Make a counted look; see KeysService.look_quietly."""
        looks = () if afresh else (await self._use.observations(slot))[-1:]
        last = [look for look in looks if look.accepted]
        known = [nonce for look in last for nonce in (look.nonce, look.signed) if nonce is not None]
        if known:
            signer = replace(signer, count_from=max(known) + 1)
        glance = await self._begin(slot, signer)
        try:
            info = await self._gateway_of(slot.venue).check_key(signer, asked=True)
        except NonceStaleError:
            return await self._use.refused(glance, self._clock.now())
        return await self._use.accepted(glance, info)

    async def observations(self, slot: KeySlot) -> tuple[Observation, ...]:
        return await self._use.observations(slot)

    async def _begin(self, slot: KeySlot, signer: Signer) -> Glance:
        if not slot.is_desk_key:
            await self._watch.refuse_when_ahead(slot.venue)
        glance = await self._use.begin(slot, signer)
        if signer.count_from is None and slot.venue is Venue.SPOT:
            self._refuse_when_busy(slot, glance)
        return glance

    def _refuse_when_busy(self, slot: KeySlot, glance: Glance) -> None:
        """Leave a second-counter alone in the seconds after a call: its next nonce could be ours."""
        client = slot.signing_client
        if client not in SECOND_COUNTERS:
            return
        last = self._check_of(slot.key_id)
        told = last.info.nonce if last is not None and last.info is not None else None
        nonces = [told] if isinstance(told, int) else []
        nonces += [glance.before.nonce] if glance.before is not None else []
        until = busy_until(client, nonces, self._clock.now())
        if until is not None:
            raise KeyBusyError(
                "Busy, not checked",
                f"{client} counts its nonces by the second, and the key's last one stands at"
                f" {until.last:%H:%M:%S} UTC. A check now could take the nonce of its next call.",
                f"Check it again after {until.free_at:%Y-%m-%d %H:%M:%S} UTC. Nothing was sent.",
            )
