"""Rotations: the steps over keychain, store and Kraken, in the order in which a crash is harmless.

One program at a time takes a step of a slot's rotation, under a lock across processes; it reads the stored
rotation first, so that it goes on from where it stands whoever brought it there. A keychain item is
noted in the store before it is made and before it is deleted.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from kraken_desk.domain import rotation as steps
from kraken_desk.domain.abilities import what_it_can_do
from kraken_desk.domain.errors import (
    AuthRejectedError,
    InputError,
    KeychainError,
    RotationStepError,
    StoreError,
)
from kraken_desk.domain.key_changes import Comparison, compare
from kraken_desk.domain.key_form import form_values, page_of, wish_like
from kraken_desk.domain.keys import ApiKeyInfo, CheckOutcome, KeyCheck, KeyId, KeySlot, SlotId
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.rotation import (
    USUAL_WATCH,
    Generation,
    Rotation,
    RotationId,
    RotationMove,
    Stage,
)
from kraken_desk.domain.rotation_evidence import (
    can_be_observed,
    cannot_be_watched,
    judge_proof,
    lease_sign,
    refused_while_watched,
    sign_of_use,
)
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.handing_over import refuse_what_would_fail
from kraken_desk.services.keys import KeysService
from kraken_desk.services.one_time import check_otp
from kraken_desk.services.ports import Clock, KeyLocks, KeyVault, RotationStore
from kraken_desk.services.rotation_proof import answer_of
from kraken_desk.services.rotation_report import RotationReport
from kraken_desk.services.tasks import carried_out


class RotationsService:
    """Every step of a rotation; each returns the rotation as it is stored afterwards.

    Steps that do not belong where the rotation stands raise RotationStepError and change nothing.
    """

    def __init__(
        self,
        keys: KeysService,
        fleet: FleetService,
        vault: KeyVault,
        store: RotationStore,
        locks: KeyLocks,
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._fleet = fleet
        self._vault = vault
        self._store = store
        self._locks = locks
        self._clock = clock

    # looking

    async def report(self, rotation: Rotation) -> RotationReport:
        """Put together what is shown of a rotation; makes no call."""
        slot, now = self._fleet.slot(rotation.slot_id), self._clock.now()
        old = self.facts(rotation.old)
        return RotationReport(
            slot=slot,
            rotation=rotation,
            now=now,
            form=form_values(wish_like(old, slot.signing_client, now)) if old is not None else (),
            page=page_of(slot.venue, self._keys.environment),
            comparison=self.comparison(rotation),
            moves=await self.moves(rotation),
            lease=self._fleet.lease_of(rotation.slot_id),
            straggler=self.straggler(rotation),
            observable=can_be_observed(slot.venue),
            ability=self._ability(rotation),
        )

    async def of(self, slot_id: SlotId) -> Rotation | None:
        """Return the rotation under way, or the last one, as any program has left it."""
        return next(iter(await self._store.of_slot(slot_id)), None)

    async def moves(self, rotation: Rotation) -> tuple[RotationMove, ...]:
        return await self._store.moves(rotation.rotation_id)

    def comparison(self, rotation: Rotation) -> tuple[Comparison, ...]:
        """Set the new key beside the old one, as far as both have been read; () without a new key."""
        new = self.facts(rotation.new) if rotation.new is not None else None
        if new is None:
            return ()
        client = self._fleet.slot(rotation.slot_id).signing_client
        return compare(self.facts(rotation.old), new, client, self._clock.now())

    def _ability(self, rotation: Rotation) -> str:
        """Say what the new key can do, "" while there is none."""
        info = self.facts(rotation.new) if rotation.new is not None else None
        if info is None:
            return ""
        account = self._fleet.account(self._fleet.slot(rotation.slot_id).account_id)
        return what_it_can_do(info.permissions, account.kind)

    def facts(self, generation: Generation) -> ApiKeyInfo | None:
        """Return what Kraken reported last about one key of a rotation."""
        check = self._fleet.check_of(generation.key_id)
        return check.info if check is not None else None

    def straggler(self, rotation: Rotation) -> Lease | None:
        """Return who holds the slot since before the hand-over, and so works with the old key."""
        lease = self._fleet.lease_of(rotation.slot_id)
        if lease is None or rotation.handed_over_at is None or lease.since >= rotation.handed_over_at:
            return None
        return lease

    # steps

    async def start(self, slot_id: SlotId) -> Rotation:
        """Begin; the key that serves now becomes the old one and stays as it is."""
        async with self._alone(slot_id):
            await self._fleet.load()
            last = await self.of(slot_id)
            if last is not None and not last.stage.is_open:
                await self._tidied(last)
            begun = steps.begin(
                RotationId(secrets.token_hex(8)), self._fleet.slot(slot_id), self._clock.now()
            )
            return await self._shown(await self._store.begin(begun, "Begun"))

    async def paste(self, slot_id: SlotId, api_key: str, secret: ApiSecret, *, otp: str = "") -> Rotation:
        """Check the new pair with one call and store its secret beside the old one.

        The successor of a key with 2FA has it too, and `otp` is its current code. Raises
        DuplicateKeyError and OneTimePasswordError before anything is sent, the latter when the code is
        missing or one too many, and InputError when the key is another account's.
        """
        async with self._step(slot_id) as rotation:
            steps.require(rotation, Stage.CREATE, "paste the new key")
            slot = self._fleet.slot(slot_id)
            check_otp(slot, otp)
            info = await self._keys.accept_pair(
                slot.venue, api_key, secret, client=slot.signing_client, otp=otp
            )
            self._refuse_another_account(slot, info)
            key_id = KeyId(secrets.token_hex(16))
            noted = await self._store.save(steps.storing(rotation, key_id, self._clock.now()), "")
            return await carried_out(self._store_new(noted, key_id, api_key, secret, info))

    async def accept(self, slot_id: SlotId) -> Rotation:
        """Take the differences between the two keys for wanted."""
        async with self._step(slot_id) as rotation:
            steps.require(rotation, Stage.COMPARE, "accept the differences")
            found = tuple(c.text for c in self.comparison(rotation) if c.differs)
            moved = steps.accepted(rotation, found, self._clock.now())
            return await self._saved(moved, f"Accepted: {' '.join(found)}" if found else "No differences")

    async def hand_over(self, slot_id: SlotId) -> Rotation:
        """Make the new key the slot's: whoever starts from now on gets it."""
        async with self._step(slot_id) as rotation:
            steps.require(rotation, Stage.HAND_OVER, "hand the new key over")
            assert rotation.new is not None
            await self._vault.get(rotation.new.key_id)  # otherwise the process would start without it
            moved = steps.handed_over(rotation, self._clock.now())
            slot = steps.current_slot(self._fleet.slot(slot_id), moved)
            refuse_what_would_fail(slot, self._fleet.check_of(rotation.new.key_id), self._clock.now())
            return await self._saved(moved, "Handed over: the new key serves")

    async def watch(
        self,
        slot_id: SlotId,
        quiet_for: timedelta | None = None,
        *,
        look: bool = False,
        unobserved: bool = False,
        otp: str = "",
    ) -> Rotation:
        """Begin to watch the old key, or look at it when the time is over or `look` asks for it.

        Every look spends one nonce of the old key. A sign of use by somebody else starts the time
        anew. With `unobserved` the operator's word stands for a look, once the time is over. A look at
        a key with 2FA needs `otp`, the old key's current code; without it OneTimePasswordError is raised.
        """
        async with self._step(slot_id) as rotation:
            steps.require(rotation, Stage.WATCH, "watch the old key")
            begins = rotation.watch is None
            watched = rotation
            if begins or quiet_for is not None:
                watched = steps.watching(rotation, quiet_for or USUAL_WATCH, self._clock.now())
            assert watched.watch is not None
            wanted = look or begins or not watched.watch.marked or self._is_due(watched)
            return await self._watched(watched, wanted=wanted, unobserved=unobserved, otp=otp)

    async def declare_revoked(self, slot_id: SlotId) -> Rotation:
        """Take the operator's word that the old key is deleted at Kraken; the proof comes next."""
        async with self._step(slot_id) as rotation:
            return await self._saved(
                steps.declared_revoked(rotation, self._clock.now()), "Said to be revoked at Kraken"
            )

    async def prove(self, slot_id: SlotId) -> Rotation:
        """Call Kraken once with the old key; only a refusal of the key itself proves its end.

        An answer that shows the key alive leads back to the revocation; no answer proves nothing.
        The lockout guard counts the refusal as it counts that of any key. No one-time password goes with
        it: Kraken names a living key that lacks one otherwise than a deleted key (documented).
        """
        async with self._step(slot_id) as rotation:
            asked = await self._store.save(steps.proving(rotation, self._clock.now()), "")
            slot = steps.old_slot(self._fleet.slot(slot_id), asked)
            answer = await answer_of(self._keys.ask_once(slot))
            seen = self.facts(rotation.old) is not None or bool(rotation.watch and rotation.watch.looks)
            outcome, text = judge_proof(answer, slot.venue, answered_before=seen)
            ended = steps.proof_ended(asked, outcome, text, self._clock.now())
            return await self._saved(ended, text)

    async def finish(self, slot_id: SlotId) -> Rotation:
        """Remove the old secret from the keychain, and end; doing it again after a crash is harmless."""
        async with self._step(slot_id) as rotation:
            steps.require(rotation, Stage.CLEAN_UP, "remove the old secret")
            await self._vault.remove(rotation.old.key_id)
            return await self._saved(steps.finished(rotation, self._clock.now()), "Old secret removed")

    async def back(self, slot_id: SlotId) -> Rotation:
        """Go one step back; from the watch the old key serves again."""
        async with self._step(slot_id) as rotation:
            moved = steps.gone_back(rotation, self._clock.now())
            restored = moved.current != rotation.current
            note = "Back: the old key serves again" if restored else "Back"
            return await self._tidied(await self._saved(moved, note))

    async def abandon(self, slot_id: SlotId) -> Rotation:
        """Give up before the hand-over and remove the new secret; the old key was never touched."""
        async with self._step(slot_id) as rotation:
            moved = steps.abandoned(rotation, self._clock.now())
            return await self._tidied(await self._saved(moved, "Abandoned"))

    # the watch

    def _is_due(self, rotation: Rotation) -> bool:
        watch = rotation.watch
        return watch is not None and watch.left(self._clock.now()) == timedelta(0)

    async def _watched(self, rotation: Rotation, *, wanted: bool, unobserved: bool, otp: str) -> Rotation:
        await self._fleet.look_at_leases()
        lease = self.straggler(rotation)
        if lease is not None:
            sign = lease_sign(lease)
            return await self._saved(steps.looked(rotation, sign, self._clock.now(), spent=False), sign)
        slot = steps.old_slot(self._fleet.slot(rotation.slot_id), rotation)
        note = ""
        if wanted and not unobserved and can_be_observed(slot.venue):
            sign, counted = await self._look(rotation, slot, otp)
            rotation = steps.looked(rotation, sign, self._clock.now(), counted=counted)
            note = sign or "Looked at the old key: no use by anybody else"
        if self._is_due(rotation) and (unobserved or note):
            rotation = steps.quiet(rotation, self._clock.now(), unobserved=unobserved)
            note = "Called quiet by the operator" if unobserved else "The old key was quiet"
        return await self._saved(rotation, note)

    async def _look(self, rotation: Rotation, slot: KeySlot, otp: str) -> tuple[str, bool]:
        """Spend one nonce of the old key; return the sign of use by others, or "", and whether it counted."""
        watch = rotation.watch
        assert watch is not None
        earlier = await self._keys.observations(slot)
        try:
            look = await self._keys.look_quietly(slot, afresh=not watch.marked, otp=otp)
        except AuthRejectedError as error:
            raise refused_while_watched(error) from error
        if watch.looks == 0 and not look.accepted:
            raise cannot_be_watched()
        before = earlier[-1] if look.counted and earlier else None
        return sign_of_use(before, look), look.counted

    # keeping order

    @asynccontextmanager
    async def _alone(self, slot_id: SlotId) -> AsyncIterator[None]:
        name = hashlib.sha256(f"rotation\n{slot_id}".encode()).hexdigest()[:32]
        async with self._locks.hold(name):
            yield

    @asynccontextmanager
    async def _step(self, slot_id: SlotId) -> AsyncIterator[Rotation]:
        """Hold the slot's rotation for one step, as it is stored now, without left-over items."""
        async with self._alone(slot_id):
            await self._fleet.load()
            rotation = await self.of(slot_id)
            if rotation is None:
                raise RotationStepError(
                    "No rotation", "No rotation of this key is under way.", "Start one first."
                )
            yield await self._tidied(rotation)

    async def _saved(self, rotation: Rotation, note: str) -> Rotation:
        return await self._shown(await self._store.save(rotation, note))

    async def _shown(self, rotation: Rotation) -> Rotation:
        await self._fleet.load()
        return rotation

    async def _tidied(self, rotation: Rotation) -> Rotation:
        """Remove keychain items that a step, or a program that died, has left over."""
        if not rotation.leftovers:
            return rotation
        for key_id in rotation.leftovers:
            await self._vault.remove(key_id)
        return await self._saved(steps.tidied(rotation, self._clock.now()), "")

    async def _store_new(
        self, rotation: Rotation, key_id: KeyId, api_key: str, secret: ApiSecret, info: ApiKeyInfo
    ) -> Rotation:
        """Store the secret, then the step that names it; what fails in between is tidied away."""
        now = self._clock.now()
        try:
            await self._vault.put(key_id, secret)
            await self._fleet.save_check(KeyCheck(key_id, info.read_at, CheckOutcome.ACCEPTED, info))
            moved = steps.pasted(rotation, Generation(key_id, api_key, now), now)
            return await self._saved(moved, "New key accepted by Kraken and stored")
        except BaseException:
            with suppress(KeychainError, StoreError, RotationStepError):
                await self._tidied(rotation)  # what cannot be removed now stays noted
            raise

    def _refuse_another_account(self, slot: KeySlot, info: ApiKeyInfo) -> None:
        """Refuse a key of another account: its process would work with other money."""
        account = self._fleet.account(slot.account_id)
        known = (account.iiban, info.iiban), (account.futures_uid, info.account_uid)
        if any(ours and theirs and ours != theirs for ours, theirs in known):
            raise InputError(
                "The key is another account's",
                f"Kraken says that it belongs to {info.iiban or info.account_uid}, and “{slot.name}” stands "
                f"on {account.label}.",
                "Switch to that account at Kraken and create the key there. Nothing was stored.",
            )
