"""Keys: try a pasted pair, store it, check it, remove it."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from kraken_desk.domain.accounts import Account, AccountId, AccountKind, KindSource
from kraken_desk.domain.clients import DESK_CLIENT, known_client
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import (
    AuthRejectedError,
    DuplicateKeyError,
    ExchangeError,
    InputError,
    KeychainError,
    KrakenDeskError,
    LockedOutError,
    LockoutGuardError,
    NonceStaleError,
    RejectedError,
    RuleError,
)
from kraken_desk.domain.keys import (
    DESK_PROCESS,
    ApiKeyInfo,
    CheckOutcome,
    KeyCheck,
    KeyId,
    KeySlot,
    Problem,
    SlotId,
    Venue,
    can_read_balances,
)
from kraken_desk.domain.placement import account_of, corrections, propose_account
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.venue_facts import DomainFacts
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.ports import Clock, ExchangeGateway, KeyVault, ProgressReport

_LONGEST_NAME = 60
_AT_ONCE = 8
_REFUSALS_IN_A_ROW = 2


@dataclass(frozen=True, slots=True)
class TriedPair:
    """A pair that Kraken accepted, before it is stored; `account` may be a proposal."""

    venue: Venue
    api_key: str
    info: ApiKeyInfo
    account: Account
    account_is_new: bool
    facts: DomainFacts


@dataclass(frozen=True, slots=True)
class SlotDetails:
    """What the operator says about a key; label and kind are used when its account is new."""

    name: str
    process: str = ""
    role: str = ""
    client: str = ""
    account_label: str = ""
    account_kind: AccountKind | None = None


def problem_of(error: KrakenDeskError) -> Problem:
    """Keep an error as plain facts."""
    kraken = error.kraken if isinstance(error, ExchangeError) else ()
    return Problem(error.category, error.title, error.detail, error.hint, kraken)


class KeysService:
    """The life of keys in this environment; the fleet shows what it does."""

    def __init__(
        self,
        environment: Environment,
        gateways: dict[Venue, ExchangeGateway],
        vault: KeyVault,
        fleet: FleetService,
        clock: Clock,
    ) -> None:
        self._environment = environment
        self._gateways = gateways
        self._vault = vault
        self._fleet = fleet
        self._clock = clock

    async def try_pair(self, venue: Venue, api_key: str, secret: ApiSecret, *, client: str = "") -> TriedPair:
        """Check a pair with one signed call at the client's nonce scale; nothing is stored.

        Raises DuplicateKeyError before anything is sent when the profile holds this key.
        """
        await self._refuse_duplicate(api_key)
        client = known_client(client)
        signer = self._signer(venue, api_key, client, secret)
        gateway = self.gateway(venue)
        info = await gateway.check_key(signer, asked=True)
        known = account_of(self._fleet.accounts(), info)
        if known is not None:
            return TriedPair(venue, api_key, info, known, account_is_new=False, facts=DomainFacts())
        facts = DomainFacts()
        if can_read_balances(info.permissions):
            facts = await gateway.domain_facts(signer)
        proposal = propose_account(
            self._fleet.accounts(), self._environment.name, info, facts, AccountId(secrets.token_hex(8))
        )
        return TriedPair(venue, api_key, info, proposal, account_is_new=True, facts=facts)

    async def add(self, tried: TriedPair, secret: ApiSecret, details: SlotDetails) -> KeySlot:
        """Store a tried pair: first the secret, then the slot that names it."""
        await self._refuse_duplicate(tried.api_key)
        name = self._free_name(details.name)
        client = known_client(details.client)
        account = self._account_for(tried, details)
        key_id = KeyId(secrets.token_hex(16))
        slot = KeySlot(
            slot_id=SlotId(secrets.token_hex(8)),
            environment=self._environment.name,
            account_id=account.account_id,
            venue=tried.venue,
            name=name,
            key_id=key_id,
            api_key=tried.api_key,
            added_at=self._clock.now(),
            process=details.process.strip(),
            role=details.role.strip(),
            client=client or (DESK_CLIENT if details.process.strip() == DESK_PROCESS else ""),
        )
        await self._vault.put(key_id, secret)
        try:
            await self._save(account, slot, tried)
        except BaseException:
            # a secret that no slot names would stay in the keychain for ever
            await asyncio.shield(self._vault.remove(key_id))
            raise
        return slot

    async def check(
        self, slot_ids: tuple[SlotId, ...], *, asked: bool = True, progress: ProgressReport | None = None
    ) -> tuple[KeyCheck, ...]:
        """Check keys, known good ones side by side, doubtful ones one after another.

        Without `asked`, keys that already failed or have expired are left alone. After two refusals
        in a row the rest of the doubtful keys is left alone as well. Results come in input order; a
        key that was left alone has its last check, or one with the reason.
        """
        slots = [self._fleet.slot(slot_id) for slot_id in slot_ids]
        sure = [s for s in slots if self._is_sure(s)]
        doubtful = [s for s in slots if s not in sure]
        run = _CheckRun(len(slots), progress)
        self._fleet.mark_checking(frozenset(s.key_id for s in slots))
        try:
            await self._check_sure(sure, run, asked=asked)
            for slot in doubtful:
                run.record(slot, await self._check_doubtful(slot, run, asked=asked))
        finally:
            self._fleet.mark_checking(frozenset())
        return tuple(run.results[s.slot_id] for s in slots)

    async def remove(self, slot_id: SlotId) -> None:
        """Remove a key from the profile and its secret from the keychain; Kraken keeps the key."""
        slot = self._fleet.slot(slot_id)
        await self._vault.remove(slot.key_id)
        await self._fleet.remove_slot(slot_id)

    def signer_of(self, slot: KeySlot) -> Signer:
        """Return what signs for a stored key; the secret is read at the moment of signing."""

        async def from_vault() -> ApiSecret:
            return await self._vault.get(slot.key_id)

        return Signer(self._environment.name, slot.venue, slot.api_key, slot.signing_client, from_vault)

    def gateway(self, venue: Venue) -> ExchangeGateway:
        gateway = self._gateways.get(venue)
        if gateway is None:
            raise InputError(
                f"No {venue.label} here",
                f"The environment “{self._environment.name}” has no {venue.label} address.",
                "Choose another environment or add the address to it.",
            )
        return gateway

    def _signer(self, venue: Venue, api_key: str, client: str, secret: ApiSecret) -> Signer:
        async def in_hand() -> ApiSecret:
            return secret

        return Signer(self._environment.name, venue, api_key, client, in_hand)

    async def _refuse_duplicate(self, api_key: str) -> None:
        for slot in await self._fleet.all_slots():
            if slot.api_key == api_key:
                raise DuplicateKeyError(
                    "This key is already here",
                    f"“{slot.name}” in the environment “{slot.environment}” holds the same API key.",
                    "One key serves one process. Make a key of its own for each process.",
                )

    def _free_name(self, name: str) -> str:
        clean = " ".join(name.split())
        if not clean or len(clean) > _LONGEST_NAME:
            raise InputError("Not a usable name", f"A key's name has 1 to {_LONGEST_NAME} characters.", "")
        if any(s.name.casefold() == clean.casefold() for s in self._fleet.slots()):
            raise DuplicateKeyError(
                "The name is taken", f"Another key is called “{clean}”.", "Choose another name."
            )
        return clean

    def _account_for(self, tried: TriedPair, details: SlotDetails) -> Account:
        known = account_of(self._fleet.accounts(), tried.info)
        if known is not None:
            return _completed(known, tried.info)
        account = tried.account
        if details.account_label.strip():
            account = replace(account, label=self._fleet.free_label(details.account_label))
        if details.account_kind is not None and details.account_kind is not account.kind:
            account = replace(account, kind=details.account_kind, kind_source=KindSource.OPERATOR)
        return account

    async def _save(self, account: Account, slot: KeySlot, tried: TriedPair) -> None:
        if tried.facts.is_master and account.kind_source is KindSource.KRAKEN:
            for corrected in corrections(self._fleet.accounts(), account, tried.facts):
                await self._fleet.save_account(corrected)
        await self._fleet.save_account(account)
        await self._fleet.save_slot(slot)
        await self._fleet.save_check(
            KeyCheck(slot.key_id, tried.info.read_at, CheckOutcome.ACCEPTED, tried.info)
        )

    def _is_sure(self, slot: KeySlot) -> bool:
        last = self._fleet.check_of(slot.key_id)
        if last is None or last.outcome is CheckOutcome.REJECTED or last.info is None:
            return False
        return not last.info.expired(self._clock.now())

    async def _check_sure(self, slots: list[KeySlot], run: _CheckRun, *, asked: bool) -> None:
        """Check one key alone first: if this address has lost Kraken's trust, one refusal tells."""
        if not slots:
            return
        first, *rest = slots
        run.record(first, await self._check_one(first, asked=asked))
        if run.refusals_in_a_row and rest:
            for slot in rest:
                run.record(slot, await self._check_doubtful(slot, run, asked=asked))
            return
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(slot: KeySlot) -> None:
            async with places:
                run.record(slot, await self._check_doubtful(slot, run, asked=asked))

        async with asyncio.TaskGroup() as group:
            for slot in rest:
                group.create_task(one(slot), name=f"check:{slot.slot_id}")

    async def _check_doubtful(self, slot: KeySlot, run: _CheckRun, *, asked: bool) -> KeyCheck:
        last = self._fleet.check_of(slot.key_id)
        if not asked and last is not None and last.info is not None and last.info.expired(self._clock.now()):
            return last
        if run.refusals_in_a_row >= _REFUSALS_IN_A_ROW:
            error = LockoutGuardError(
                "Not checked",
                "Two keys in a row were refused, and repeated failures lock this address out at Kraken.",
                "Look into the refused keys, then check this one by itself.",
            )
            return _left_alone(slot, last, error, self._clock.now())
        return await self._check_one(slot, asked=asked)

    async def _check_one(self, slot: KeySlot, *, asked: bool) -> KeyCheck:
        last = self._fleet.check_of(slot.key_id)
        now = self._clock.now
        try:
            info = await self.gateway(slot.venue).check_key(self.signer_of(slot), asked=asked)
        except (AuthRejectedError, NonceStaleError) as error:
            kept = last.info if last else None
            check = KeyCheck(slot.key_id, now(), CheckOutcome.REJECTED, kept, problem_of(error))
        except (RuleError, LockedOutError) as error:
            return _left_alone(slot, last, error, now())
        except (RejectedError, ExchangeError, KeychainError, InputError) as error:
            kept = last.info if last else None
            check = KeyCheck(slot.key_id, now(), CheckOutcome.UNREACHED, kept, problem_of(error))
        else:
            check = KeyCheck(slot.key_id, info.read_at, CheckOutcome.ACCEPTED, info)
        await self._fleet.save_check(check)
        return check


class _CheckRun:
    """One run over several keys: results, progress and refusals in a row."""

    def __init__(self, of: int, progress: ProgressReport | None) -> None:
        self.results: dict[SlotId, KeyCheck] = {}
        self.refusals_in_a_row = 0
        self._of = of
        self._progress = progress

    def record(self, slot: KeySlot, check: KeyCheck) -> None:
        before = self.results.get(slot.slot_id)
        self.results[slot.slot_id] = check
        if before is None and self._progress is not None:
            self._progress(len(self.results), self._of)
        if check.outcome is CheckOutcome.REJECTED:
            self.refusals_in_a_row += 1
        elif check.outcome is CheckOutcome.ACCEPTED:
            self.refusals_in_a_row = 0


def _left_alone(slot: KeySlot, last: KeyCheck | None, error: KrakenDeskError, now: datetime) -> KeyCheck:
    """Describe a check that was not made; it is not stored, so the last real one stays."""
    if last is not None and last.outcome is CheckOutcome.REJECTED:
        return last
    return KeyCheck(slot.key_id, now, CheckOutcome.UNREACHED, last.info if last else None, problem_of(error))


def _completed(account: Account, info: ApiKeyInfo) -> Account:
    """Fill in the id of the other venue once a key of it was seen."""
    return replace(
        account, iiban=account.iiban or info.iiban, futures_uid=account.futures_uid or info.account_uid
    )
