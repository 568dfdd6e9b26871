"""Keys: try a pasted pair, store it, check it, remove it."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace

from kraken_desk.domain.accounts import Account, AccountId, AccountKind, KindSource
from kraken_desk.domain.clients import DESK_CLIENT, SECOND_COUNTERS, known_client
from kraken_desk.domain.environments import Environment, EnvironmentName
from kraken_desk.domain.errors import (
    AuthRejectedError,
    DuplicateAccountError,
    DuplicateKeyError,
    EnvironmentSealError,
    ExchangeError,
    InputError,
    KeychainError,
    LockedOutError,
    NonceStaleError,
    StoreError,
)
from kraken_desk.domain.foreign_use import Observation
from kraken_desk.domain.keys import (
    DESK_PROCESS,
    ApiKeyInfo,
    CheckOutcome,
    KeyCheck,
    KeyId,
    KeySlot,
    SlotId,
    Venue,
    can_read_balances,
)
from kraken_desk.domain.placement import account_of, completed, corrections, propose_account
from kraken_desk.domain.plain_names import LONGEST_REMARK, plain_line, plain_name
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.venue_facts import DomainFacts
from kraken_desk.services.clock_watch import ClockWatch
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.key_checks import KeyChecker, problem_of
from kraken_desk.services.observer import Observer
from kraken_desk.services.one_time import check_otp, refuse_futures_code
from kraken_desk.services.ports import Clock, ExchangeGateway, KeyVault, ProgressReport
from kraken_desk.services.tasks import carried_out
from kraken_desk.services.use_watch import UseWatch

__all__ = ["KeysService", "SlotDetails", "TriedPair", "problem_of"]


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
    two_factor: bool = False


class KeysService:
    """The life of keys in this environment; the fleet shows what it does."""

    def __init__(
        self,
        environment: Environment,
        gateways: dict[Venue, ExchangeGateway],
        vault: KeyVault,
        fleet: FleetService,
        clock: Clock,
        use: UseWatch,
    ) -> None:
        self._environment = environment
        self._gateways = gateways
        self._vault = vault
        self._fleet = fleet
        self._clock = clock
        self._watch = ClockWatch(gateways, clock)
        self._use = use
        self._observer = Observer(self.gateway, self._watch, use, fleet.check_of, clock)
        self._checker = KeyChecker(fleet, clock, self._ask)
        self._codes: dict[KeyId, str] = {}

    async def try_pair(
        self, venue: Venue, api_key: str, secret: ApiSecret, *, client: str = "", otp: str = ""
    ) -> TriedPair:
        """Check a pair with one signed call at the client's nonce scale; nothing is stored.

        `otp` is the current code of a key with 2FA; it signs this one call and is kept nowhere.
        Raises DuplicateKeyError before anything is sent when the profile holds this key.
        """
        refuse_futures_code(venue, wanted=bool(otp))
        await self._fleet.load()
        await self._refuse_duplicate(api_key)
        signer, info = await self._first_call(venue, api_key, secret, client, otp)
        accounts = self._fleet.accounts()
        known = account_of(accounts, info)
        facts = DomainFacts()
        # whether Kraken takes a code a second time is not documented, so no further call is made with it
        if not otp and (known is None or known.kind_source is KindSource.ASSUMED):
            facts = await self._facts(signer, info)
        if known is not None:
            return TriedPair(venue, api_key, info, known, account_is_new=False, facts=facts)
        account_id = AccountId(secrets.token_hex(8))
        proposal = propose_account(accounts, self._environment.name, info, facts, account_id)
        return TriedPair(venue, api_key, info, proposal, account_is_new=True, facts=facts)

    async def accept_pair(
        self, venue: Venue, api_key: str, secret: ApiSecret, *, client: str = "", otp: str = ""
    ) -> ApiKeyInfo:
        """Check a pair as `try_pair` does, with exactly one call and nothing about its account."""
        await self._fleet.load()
        await self._refuse_duplicate(api_key)
        _, info = await self._first_call(venue, api_key, secret, client, otp)
        return info

    async def ask_once(self, slot: KeySlot) -> ApiKeyInfo:
        """Ask Kraken with exactly one call, whatever it answers; nothing of it is stored."""
        await self._watch.refuse_when_ahead(slot.venue)
        return await self.gateway(slot.venue).ask_once(self.signer_of(slot))

    async def _first_call(
        self, venue: Venue, api_key: str, secret: ApiSecret, client: str, otp: str = ""
    ) -> tuple[Signer, ApiKeyInfo]:
        signer = replace(self._signer(venue, api_key, known_client(client), secret), otp=otp)
        gateway = self.gateway(venue)
        await self._watch.refuse_when_ahead(venue)
        return signer, await gateway.check_key(signer, asked=True)

    async def add(self, tried: TriedPair, secret: ApiSecret, details: SlotDetails) -> KeySlot:
        """Store a tried pair: first the secret, then the slot that names it; both or neither."""
        self._check_seal(tried.account.environment)
        await self._fleet.load()
        await self._refuse_duplicate(tried.api_key)
        name = self.usable_name(details.name)
        client, process = known_client(details.client), _process(details.process)
        refuse_futures_code(tried.venue, wanted=details.two_factor)
        account = self._account_for(tried, details)
        slot = KeySlot(
            slot_id=SlotId(secrets.token_hex(8)),
            environment=self._environment.name,
            account_id=account.account_id,
            venue=tried.venue,
            name=name,
            key_id=KeyId(secrets.token_hex(16)),
            api_key=tried.api_key,
            added_at=self._clock.now(),
            process=process,
            role=plain_line(details.role, what="The role", longest=LONGEST_REMARK),
            client=client or (DESK_CLIENT if process == DESK_PROCESS else ""),
            two_factor=details.two_factor,
        )
        known_before = {a.account_id for a in self._fleet.accounts()}
        await self._remove_abandoned()
        try:
            await self._fleet.announce_secret(slot.key_id)
            await self._vault.put(slot.key_id, secret)
            slot = await self._save_where_it_belongs(account, slot, tried, details)
        except BaseException:
            new = account if account.account_id not in known_before else None
            await carried_out(self._undo_add(slot, new))
            raise
        return slot

    async def check(
        self,
        slot_ids: tuple[SlotId, ...],
        *,
        asked: bool = True,
        progress: ProgressReport | None = None,
        otp: str = "",
    ) -> tuple[KeyCheck, ...]:
        """Check keys, known good ones side by side, doubtful ones one after another.

        Without `asked`, keys that already failed or have expired are left alone. After two refusals
        in a row the rest of the doubtful keys is left alone as well. Results come in input order; a
        key that was left alone has its last check, or one with the reason. A key with 2FA is left alone
        without `otp`, its current code, which is for one key and one call and is kept nowhere.
        """
        if not otp:
            return await self._checker.check(slot_ids, asked=asked, progress=progress)
        slot = self._one_for_code(slot_ids)
        self._codes[slot.key_id] = otp
        try:
            return await self._checker.check(slot_ids, asked=asked, progress=progress)
        finally:
            self._codes.pop(slot.key_id, None)

    async def rename(self, slot_id: SlotId, name: str) -> KeySlot:
        """Give a key another name; raises InputError when it is empty, long or taken."""
        slot = self._fleet.slot(slot_id)
        renamed = replace(slot, name=self.usable_name(name, besides=slot_id))
        await self._fleet.save_slot(renamed)
        return self._fleet.slot(slot_id)

    async def set_role(self, slot_id: SlotId, role: str) -> KeySlot:
        """Declare what a key is for, by a role's id or any words, "" for nothing; raises InputError."""
        clean = plain_line(role, what="The role", longest=LONGEST_REMARK)
        await self._fleet.save_slot(replace(self._fleet.slot(slot_id), role=clean))
        return self._fleet.slot(slot_id)

    async def assign(self, slot_id: SlotId, process: str, client: str) -> KeySlot:
        """Say which process uses a key, "" for none, and the client library that it signs with.

        The client fixes the nonce scale of checks from now on. The word that the key's process runs on
        this machine only was about the process before, so another process takes it back. Raises InputError.
        """
        slot, assigned = self._fleet.slot(slot_id), _process(process)
        known = known_client(client)
        client = DESK_CLIENT if assigned == DESK_PROCESS else "" if known == DESK_CLIENT else known
        only_here = slot.only_here and assigned == slot.process
        slot = replace(slot, process=assigned, client=client, only_here=only_here)
        await self._fleet.save_slot(slot)
        self._fleet.note_use(await self._use.judge_anew(slot, self._clock.now()))
        self._fleet.publish()
        return self._fleet.slot(slot_id)

    async def say_two_factor(self, slot_id: SlotId, two_factor: bool) -> KeySlot:
        """Take the operator's word that a Spot key asks for a one-time password; raises InputError.

        Kraken tells by no field whether a key has 2FA, so it cannot be read.
        """
        slot = self._fleet.slot(slot_id)
        refuse_futures_code(slot.venue, wanted=two_factor)
        await self._fleet.save_slot(replace(slot, two_factor=two_factor))
        return self._fleet.slot(slot_id)

    async def say_only_here(self, slot_id: SlotId, only_here: bool) -> KeySlot:
        """Take the operator's word that a key's process runs on this machine only, and judge its use anew."""
        slot = replace(self._fleet.slot(slot_id), only_here=only_here)
        await self._fleet.save_slot(slot)
        self._fleet.note_use(await self._use.judge_anew(slot, self._clock.now()))
        self._fleet.publish()
        return self._fleet.slot(slot_id)

    async def look_quietly(self, slot: KeySlot, *, afresh: bool = False, otp: str = "") -> Observation:
        """Check whether anybody else used a key since the last look, by one signed call.

        It signs with the last known nonce plus one instead of the clock (a counted look), so it never
        comes in the way of a process, and any use since the look before makes it fail: then the
        Observation returned says `accepted=False`. Cost: one nonce; if somebody used the key, one
        refused call, which the lockout guard counts. Keep the answers of several for `quiet_since`,
        or read them back with `observations`. A first look, one after a refusal, and one `afresh`, after
        known use by its process, is an ordinary check and serves as the baseline. On Futures, whose
        checks carry no nonce, it proves nothing.
        Raises what a check raises, but for a refused nonce; OneTimePasswordError where `otp` is amiss.
        """
        check_otp(slot, otp)
        signer = replace(self.signer_of(slot), otp=otp)
        return await self._observer.look_quietly(slot, signer, afresh=afresh)

    async def observations(self, slot: KeySlot) -> tuple[Observation, ...]:
        """Return what checks saw of the slot's present key, oldest first; at most the last sixty."""
        return await self._observer.observations(slot)

    async def remove(self, slot_id: SlotId) -> None:
        """Remove a key from the profile and its secret from the keychain; Kraken keeps the key."""
        await carried_out(self._remove(self._fleet.slot(slot_id)))

    def signer_of(self, slot: KeySlot) -> Signer:
        """Return what signs for a stored key; the secret is read at the moment of signing.

        Raises EnvironmentSealError for a key of another environment.
        """
        self._check_seal(slot.environment)

        async def from_vault() -> ApiSecret:
            return await self._vault.get(slot.key_id)

        return Signer(self._environment.name, slot.venue, slot.api_key, slot.signing_client, from_vault)

    @property
    def environment(self) -> Environment:
        return self._environment

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
        rotating = await self._fleet.slot_rotating(api_key)
        for slot in await self._fleet.all_slots():
            if slot.api_key == api_key or slot.slot_id == rotating:
                raise DuplicateKeyError(
                    "This key is already here",
                    f"“{slot.name}” in the environment “{slot.environment}” holds the same API key.",
                    "One key serves one process. Make a key of its own for each process.",
                )

    def usable_name(self, name: str, *, besides: SlotId | None = None) -> str:
        """Return a name for a key, tidied; raises InputError when it cannot be used or is taken."""
        clean = plain_name(name, what="A key's name")
        others = (s for s in self._fleet.slots() if s.slot_id != besides)
        if any(s.name.casefold() == clean.casefold() for s in others):
            raise DuplicateKeyError(
                "The name is taken", f"Another key is called “{clean}”.", "Choose another name."
            )
        return clean

    def _account_for(self, tried: TriedPair, details: SlotDetails) -> Account:
        """Return the key's account as it is known now; others may have been added since the try."""
        accounts = self._fleet.accounts()
        known = account_of(accounts, tried.info)
        if known is not None:
            return _proven(completed(accounts, known, tried.info), tried.facts)
        account = propose_account(
            accounts, self._environment.name, tried.info, tried.facts, tried.account.account_id
        )
        if details.account_label.strip():
            account = replace(account, label=self._fleet.free_label(details.account_label))
        chosen = details.account_kind
        if chosen in (None, tried.account.kind) or account.kind_source is KindSource.KRAKEN:
            return account
        return replace(account, kind=chosen, kind_source=KindSource.OPERATOR)

    async def _facts(self, signer: Signer, info: ApiKeyInfo) -> DomainFacts:
        """Ask where the key stands; without an answer its place stays an assumption."""
        if not can_read_balances(info.permissions) or signer.client in SECOND_COUNTERS:
            return DomainFacts()  # further calls would run into a second-counter's next nonces
        try:
            return await self.gateway(signer.venue).domain_facts(signer)
        except (AuthRejectedError, NonceStaleError, LockedOutError):
            raise
        except ExchangeError:
            return DomainFacts()

    async def _save_where_it_belongs(
        self, account: Account, slot: KeySlot, tried: TriedPair, details: SlotDetails
    ) -> KeySlot:
        """Save account and slot; an account that another process has added meanwhile is taken as it is."""
        try:
            await self._save(account, slot, tried)
        except DuplicateAccountError:
            await self._fleet.load()
            known = self._account_for(tried, details)
            slot = replace(slot, account_id=known.account_id)
            await self._save(known, slot, tried)
        return slot

    async def _save(self, account: Account, slot: KeySlot, tried: TriedPair) -> None:
        if tried.facts.is_master and account.kind_source is KindSource.KRAKEN:
            for corrected in corrections(self._fleet.accounts(), account, tried.facts):
                await self._fleet.save_account(corrected)
        await self._fleet.save_account(account)
        await self._fleet.save_slot(slot)
        await self._fleet.save_check(
            KeyCheck(slot.key_id, tried.info.read_at, CheckOutcome.ACCEPTED, tried.info)
        )
        with suppress(StoreError):
            await self._fleet.take_over_ids(slot, tried.info)

    async def _undo_add(self, slot: KeySlot, new_account: Account | None) -> None:
        """Take back what a failed or cancelled add has left: a slot without its secret, or the reverse."""
        with suppress(StoreError):
            await self._fleet.announce_secret(slot.key_id)  # its slot may have been saved and goes now
            await self._fleet.forget(slot, new_account)
        await self._remove_secret(slot.key_id)

    async def _remove_abandoned(self) -> None:
        """Remove secrets whose slot was never saved, because a process or the keychain died meanwhile."""
        for key_id in await self._fleet.abandoned_secrets():
            await self._remove_secret(key_id)

    async def _remove_secret(self, key_id: KeyId) -> None:
        """Remove a secret that no slot holds; what cannot be removed now stays noted and is tried again."""
        with suppress(KeychainError, StoreError):
            await self._vault.remove(key_id)
            await self._fleet.secret_removed(key_id)

    async def _remove(self, slot: KeySlot) -> None:
        await self._fleet.refuse_while_rotating(slot)
        await self._vault.remove(slot.key_id)
        await self._fleet.remove_slot(slot.slot_id)

    def _check_seal(self, environment: EnvironmentName) -> None:
        if environment != self._environment.name:
            raise EnvironmentSealError(
                "The key belongs elsewhere",
                f"It is a key of “{environment}”, and this is “{self._environment.name}”.",
                "Nothing was sent or stored. A key only ever speaks to its own environment.",
            )

    def _one_for_code(self, slot_ids: tuple[SlotId, ...]) -> KeySlot:
        if len(slot_ids) != 1:
            raise InputError(
                "One code, several keys",
                "A one-time password belongs to one key. Nothing was sent.",
                "Check the keys with 2FA one by one.",
            )
        return self._fleet.slot(slot_ids[0])

    async def _ask(self, slot: KeySlot, asked: bool) -> ApiKeyInfo:
        otp = self._codes.pop(slot.key_id, "")
        check_otp(slot, otp)
        info = await self._observer.check(slot, replace(self.signer_of(slot), otp=otp), asked=asked)
        with suppress(StoreError, InputError):  # the check itself is worth more than its account's ids
            await self._fleet.take_over_ids(slot, info)
        return info


def _process(text: str) -> str:
    """Tidy a process's name; the desk's own is recognised in any case."""
    clean = plain_line(text, what="The process")
    return DESK_PROCESS if clean.casefold() == DESK_PROCESS.casefold() else clean


def _proven(account: Account, facts: DomainFacts) -> Account:
    """Replace an assumed kind by what Kraken says."""
    if facts.is_master is None or account.kind_source is not KindSource.ASSUMED:
        return account
    kind = AccountKind.MASTER if facts.is_master else AccountKind.SUBACCOUNT
    return replace(account, kind=kind, kind_source=KindSource.KRAKEN)
