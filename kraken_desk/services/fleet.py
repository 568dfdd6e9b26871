"""The fleet: accounts, slots and checks of one environment as the current snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Protocol, TypeVar

from kraken_desk.domain.account_marks import read_tags, usable_note
from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.environments import BUILT_IN, Environment, EnvironmentName
from kraken_desk.domain.errors import InputError, RotationStepError, StoreError, UnknownNameError
from kraken_desk.domain.fleet import FleetSnapshot, KeyNode, join_fleet, key_node
from kraken_desk.domain.foreign_use import UseFinding
from kraken_desk.domain.keys import ApiKeyInfo, KeyCheck, KeyId, KeySlot, SlotId
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.placement import completed, proven_merge
from kraken_desk.domain.plain_names import plain_name
from kraken_desk.domain.rotation import Rotation
from kraken_desk.domain.slot_history import SlotEvent, check_changes, edits
from kraken_desk.services.ports import Clock, MetadataStore
from kraken_desk.services.topics import Topic

K = TypeVar("K")
T = TypeVar("T")

Leases = Callable[[], Awaitable[tuple[Lease, ...]]]
"""Returns the leases that hold at the moment."""


Findings = Callable[[], Awaitable[dict[KeyId, UseFinding]]]
"""Returns the last judgement of each key's use."""


class RotationBook(Protocol):
    """What the fleet asks about rotations."""

    async def under_way(self, environment: EnvironmentName) -> tuple[Rotation, ...]: ...

    async def holder(self, api_key: str) -> SlotId | None:
        """Return the slot whose rotation under way holds this API key."""
        ...


class NoRotations:
    """A RotationBook for where nothing is ever rotated."""

    async def under_way(self, environment: EnvironmentName) -> tuple[Rotation, ...]:
        del environment
        return ()

    async def holder(self, api_key: str) -> SlotId | None:
        del api_key
        return None


async def no_leases() -> tuple[Lease, ...]:
    return ()


async def no_findings() -> dict[KeyId, UseFinding]:
    return {}


NoteEvents = Callable[[Sequence[SlotEvent]], Awaitable[None]]
"""Keeps what has happened to slots."""


async def forget_events(_: Sequence[SlotEvent]) -> None:
    pass


_SHOWN_PARTS = 64
"""A run over many keys is shown in so many steps at least: one for each key would cost their square."""

_SHOWN_EVERY = timedelta(seconds=0.3)
"""A slow run shows each result, but for those that come closer together than this."""


_AGES = timedelta(seconds=50)
"""What the store says as before is joined anew only this often: joining 400 keys takes milliseconds."""

_ABANDONED = timedelta(minutes=10)
"""Storing a key takes seconds, or a few minutes while the keychain asks for its password."""


class FleetService:
    """Keeps `snapshot` true to the store; the only writer of accounts and slots."""

    def __init__(
        self,
        environment: Environment,
        store: MetadataStore,
        clock: Clock,
        leases: Leases = no_leases,
        findings: Findings = no_findings,
        note: NoteEvents = forget_events,
        rotations: RotationBook | None = None,
    ) -> None:
        self._note = note
        self._environment = environment.name
        self._store = store
        self._clock = clock
        self._read_leases = leases
        self._read_findings = findings
        self._rotation_book = rotations or NoRotations()
        self._leases: dict[SlotId, Lease] = {}
        self._rotations: dict[SlotId, Rotation] = {}
        self._accounts: tuple[Account, ...] = ()
        self._slots: tuple[KeySlot, ...] = ()
        self._by_id: dict[SlotId, KeySlot] = {}
        self._checks: dict[KeyId, KeyCheck] = {}
        self._uses: dict[KeyId, UseFinding] = {}
        self._nodes: dict[SlotId, KeyNode] = {}
        self._checking: Counter[KeyId] = Counter()
        self._unshown = 0
        self._shown: tuple[object, ...] = ()
        self._shown_at = clock.now()
        self.snapshot: Topic[FleetSnapshot] = Topic(FleetSnapshot(environment.name, clock.now()))

    async def load(self) -> FleetSnapshot:
        """Read everything from the store, also what another process has changed."""
        self._accounts = await self._store.accounts(self._environment)
        before = self._by_id
        slots = await self._store.slots(self._environment)
        self._by_id = {slot.slot_id: _kept(before.get(slot.slot_id), slot) for slot in slots}
        self._slots = tuple(self._by_id.values())
        self._checks = _all_kept(self._checks, await self._store.checks(self._environment))
        self._uses = _all_kept(self._uses, await self._read_findings())
        rotations = await self._rotation_book.under_way(self._environment)
        self._rotations = {rotation.slot_id: rotation for rotation in rotations}
        self._leases = {lease.slot_id: lease for lease in await self._read_leases()}
        lately = abs(self._clock.now() - self._shown_at) < _AGES
        if lately and not self._unshown and self._known() == self._shown:
            return self.snapshot.value
        return self.publish()

    def _known(self) -> tuple[object, ...]:
        return self._accounts, self._slots, self._checks, self._uses, self._rotations, self._leases

    async def look_at_leases(self) -> FleetSnapshot:
        """Read which keys are held by processes at this moment."""
        self._leases = {lease.slot_id: lease for lease in await self._read_leases()}
        return self.publish()

    async def renew_leases(self) -> None:
        """Read the leases; publish only when they have changed."""
        leases = {lease.slot_id: lease for lease in await self._read_leases()}
        if leases != self._leases:
            self._leases = leases
            self.publish()

    def note_use(self, finding: UseFinding) -> None:
        """Take over what a check has shown of a key's use; it is published with the check itself."""
        self._uses[finding.key_id] = _kept(self._uses.get(finding.key_id), finding)

    def lease_of(self, slot_id: SlotId) -> Lease | None:
        """Return who held a key at the last look."""
        return self._leases.get(slot_id)

    async def slot_rotating(self, api_key: str) -> SlotId | None:
        """Return the slot, of any environment, whose rotation under way holds this API key."""
        return await self._rotation_book.holder(api_key)

    async def refuse_while_rotating(self, slot: KeySlot) -> None:
        """Raise RotationStepError while a rotation holds a second secret of this key."""
        await self.load()
        if self.rotation_of(slot.slot_id) is not None:
            raise RotationStepError(
                "The key is being rotated",
                f"A rotation of “{slot.name}” is under way and holds a second secret.",
                "Finish the rotation or abandon it first.",
            )

    def rotation_of(self, slot_id: SlotId) -> Rotation | None:
        """Return the rotation of a key that was under way at the last load."""
        return self._rotations.get(slot_id)

    async def save_account(self, account: Account) -> None:
        await self._store.save_account(account)
        await self.load()

    async def take_over_ids(self, slot: KeySlot, info: ApiKeyInfo) -> None:
        """Let a key's facts complete its account, and make one of two records of the same account.

        Two stay two while a transfer of the one that would go is unsettled; the next check tries again.
        """
        merge = proven_merge(self._accounts, info)
        if merge is not None:
            with suppress(InputError):
                await self._store.merge_accounts(merge.kept, merge.gone.account_id)
                await self.load()
            return
        account = self.account(slot.account_id)
        complete = completed(self._accounts, account, info)
        if complete != account:
            await self.save_account(complete)

    async def rename_account(self, account_id: AccountId, label: str) -> None:
        """Give an account another label; raises InputError when it is empty, long or taken."""
        await self.describe_account(account_id, label=label)

    async def describe_account(
        self,
        account_id: AccountId,
        *,
        label: str | None = None,
        note: str | None = None,
        tags: str | None = None,
    ) -> Account:
        """Change the operator's own words about an account; None leaves one as it is.

        Raises InputError for a label that is taken, and for notes and tags that cannot be kept.
        """
        await self.load()  # what another program has written meanwhile stays
        account = self.account(account_id)
        changed = replace(
            account,
            label=account.label if label is None else self.free_label(label, besides=account_id),
            note=account.note if note is None else usable_note(note),
            tags=account.tags if tags is None else read_tags(tags),
        )
        if (changed.note, changed.tags) != (account.note, account.tags):
            await self._store.save_words(account_id, changed.note, changed.tags)
        if changed.label != account.label:
            await self._store.save_account(changed)
        await self.load()
        return changed

    def free_label(self, label: str, *, besides: AccountId | None = None) -> str:
        """Return the label trimmed; raises InputError when it cannot be used."""
        clean = plain_name(label, what="A name")
        if any(a.answers_to(clean) and a.account_id != besides for a in self._accounts):
            raise InputError(
                "The name is taken", f"Another account is called “{clean}”.", "Choose another name."
            )
        return clean

    async def save_slot(self, slot: KeySlot) -> None:
        """Insert or update a slot; what changes goes into its history."""
        before = next((s for s in self._slots if s.slot_id == slot.slot_id), None)
        await self._store.save_slot(slot)
        await self._remember(edits(before, slot, self._clock.now()))
        await self.load()

    async def announce_secret(self, key_id: KeyId) -> None:
        await self._store.announce_secret(key_id, self._clock.now())

    async def secret_removed(self, key_id: KeyId) -> None:
        await self._store.secret_removed(key_id)

    async def abandoned_secrets(self) -> tuple[KeyId, ...]:
        """Return the secrets that processes have left in the keychain when they died."""
        return await self._store.abandoned_secrets(self._clock.now() - _ABANDONED)

    async def remove_slot(self, slot_id: SlotId) -> None:
        await self._store.remove_slot(slot_id)
        await self.load()

    async def save_check(self, check: KeyCheck) -> None:
        await self._store.save_check(check)
        slot = next((s for s in self._slots if s.key_id == check.key_id), None)
        if slot is not None:
            await self._remember(check_changes(slot.slot_id, self._checks.get(check.key_id), check))
        self._checks[check.key_id] = check
        self._publish_soon()

    async def forget(self, slot: KeySlot, account: Account | None) -> None:
        """Remove a slot that was never wanted, and its account unless other keys stand in it."""
        await self._store.remove_slot(slot.slot_id)
        if account is not None:
            with suppress(InputError):
                await self._store.remove_account(account.account_id)
        await self.load()

    def begin_checking(self, key_ids: Iterable[KeyId]) -> None:
        """Show that these keys are being checked; several runs may check a key at once."""
        self._checking.update(key_ids)
        self.publish()

    def end_checking(self, key_ids: Iterable[KeyId]) -> None:
        """End what one `begin_checking` of these keys began."""
        for key_id in key_ids:
            self._checking[key_id] -= 1
            if self._checking[key_id] <= 0:
                del self._checking[key_id]
        self._publish_soon()

    def accounts(self) -> tuple[Account, ...]:
        return self._accounts

    def account(self, account_id: AccountId) -> Account:
        found = next((a for a in self._accounts if a.account_id == account_id), None)
        if found is None:
            raise UnknownNameError("No such account", "The account is no longer in this profile.", "")
        return found

    def slot(self, slot_id: SlotId) -> KeySlot:
        found = self._by_id.get(slot_id)
        if found is None:
            raise UnknownNameError("No such key", "The key is no longer in this profile.", "")
        return found

    def slots(self) -> tuple[KeySlot, ...]:
        return self._slots

    def check_of(self, key_id: KeyId) -> KeyCheck | None:
        return self._checks.get(key_id)

    def keys_of(self, account_id: AccountId) -> tuple[KeyNode, ...]:
        node = self.snapshot.value.account(account_id)
        return node.keys if node else ()

    def account_named(self, name: str) -> Account:
        """Find an account by label, IIBAN or Futures uid; raises UnknownNameError."""
        found = [a for a in self._accounts if a.answers_to(name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownNameError(
                "Several accounts match", f"“{name}” names {len(found)} accounts.", "Use the IIBAN."
            )
        known = ", ".join(a.label for a in self._accounts) or "none yet"
        raise UnknownNameError(
            "No such account", f"No account answers to “{name}”.", f"Known accounts: {known}."
        )

    def slot_named(self, name: str) -> KeySlot:
        """Find a key by its name or id; raises UnknownNameError."""
        wanted = name.strip().casefold()
        found = [s for s in self._slots if wanted in (s.name.casefold(), s.slot_id)]
        if found:
            return found[0]
        known = ", ".join(s.name for s in self._slots) or "none yet"
        raise UnknownNameError("No such key", f"No key is called “{name}”.", f"Known keys: {known}.")

    async def all_slots(self) -> tuple[KeySlot, ...]:
        """Return the slots of every environment, for finding a key that is held twice."""
        known = [e.name for e in (*BUILT_IN, *await self._store.environments())]
        found: list[KeySlot] = []
        for name in dict.fromkeys((self._environment, *known, EnvironmentName("demo"))):
            found += await self._store.slots(name)
        return tuple(found)

    async def _remember(self, events: tuple[SlotEvent, ...]) -> None:
        """Keep events; what was done is not undone because its history could not be written."""
        with suppress(StoreError):
            if events:
                await self._note(events)

    def node_of(self, slot: KeySlot) -> KeyNode:
        """Return a key as it stands now, also while a run over many keys is only shown in steps."""
        return key_node(
            slot,
            self._checks.get(slot.key_id),
            self._clock.now(),
            checking=slot.key_id in self._checking,
            lease=self._leases.get(slot.slot_id),
            use=self._uses.get(slot.key_id),
            rotation=self._rotations.get(slot.slot_id),
            before=self._nodes.get(slot.slot_id),
        )

    def publish(self) -> FleetSnapshot:
        """Show everything as it is now; what has not changed is taken over as it is."""
        now = self._clock.now()
        self._nodes = {slot.slot_id: self.node_of(slot) for slot in self._slots}
        snapshot = join_fleet(
            self._environment, self._accounts, self._nodes.values(), now, self.snapshot.value
        )
        self._unshown, self._shown_at, self._shown = 0, now, self._known()
        self.snapshot.publish(snapshot)
        return snapshot

    def _publish_soon(self) -> None:
        """Show a result of a run at once if the fleet is small, or the run slow, or at its end."""
        self._unshown += 1
        waited = abs(self._clock.now() - self._shown_at) >= _SHOWN_EVERY
        if not self._checking or waited or self._unshown * _SHOWN_PARTS >= len(self._slots):
            self.publish()


def _kept(before: T | None, now: T) -> T:
    """Return the value known before where it is equal, so that equal things stay the same object."""
    return before if before == now and before is not None else now


def _all_kept(before: dict[K, T], now: dict[K, T]) -> dict[K, T]:
    return {key: _kept(before.get(key), value) for key, value in now.items()}
