"""Subaccounts: created on Spot, linked on Futures, their trading switched; each change sent once."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta

from kraken_desk.domain.accounts import Account, AccountId, AccountKind, KindSource
from kraken_desk.domain.desk_keys import treasury_key, why_no_key
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import (
    InputError,
    KeychainError,
    KrakenDeskError,
    OneTimePasswordError,
    OutcomeUnknownError,
    RejectedError,
    RouteClosedError,
    RuleError,
    UnknownNameError,
    UnreachableError,
)
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.domain.linking import Linking, LinkingId, LinkStep, seen_linked, stepped, ticket_text, undone
from kraken_desk.domain.plain_names import plain_line
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.subaccounts import (
    Creation,
    CreationId,
    CreationState,
    LinkedSubaccount,
    clearer,
    usable_email,
    usable_username,
)
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.keys import KeysService, problem_of
from kraken_desk.services.ports import Clock
from kraken_desk.services.read_only import ReadOnlyService
from kraken_desk.services.subaccount_ports import SubaccountCalls, SubaccountStore
from kraken_desk.services.tasks import carried_out

ABANDONED = timedelta(minutes=3)
"""A request left planned or sent for longer than any send can take belongs to a process that died."""

_NOTHING_DONE = (RejectedError, UnreachableError, RuleError, KeychainError, InputError)
_NEVER_SENT = Problem("NeverSent", "Never sent", "The program stopped before the request left.")
_CUT_OFF = Problem(
    OutcomeUnknownError.__name__,
    "The program ended while the answer was awaited",
    "The subaccount may or may not have been created.",
    "Look in Kraken's list of subaccounts, and settle it.",
)


class SubaccountsService:
    """What can be done about subaccounts in one environment."""

    def __init__(
        self,
        environment: Environment,
        store: SubaccountStore,
        calls: SubaccountCalls,
        fleet: FleetService,
        keys: KeysService,
        read_only: ReadOnlyService,
        clock: Clock,
    ) -> None:
        self._environment = environment
        self._store = store
        self._calls = calls
        self._fleet = fleet
        self._keys = keys
        self._read_only = read_only
        self._clock = clock

    # creating on Spot

    async def creations(self) -> tuple[Creation, ...]:
        """Return the requests, newest first; those of processes that died say so."""
        found = await self._store.creations(self._environment.name)
        return tuple([await self._told_truly(creation) for creation in found])

    async def create(self, username: str, email: str, *, otp: str = "") -> Creation:
        """Write a request, send it once, and return it as it ended: created, refused or unknown.

        Raises InputError for an unusable or repeated name, and RouteClosedError without a key.
        """
        username, email = usable_username(username), usable_email(email)
        await self._read_only.refuse()
        await self.creations()
        key = self._masters_key(Venue.SPOT, "create subaccounts", otp)
        now = self._clock.now()
        creation = Creation(
            CreationId(secrets.token_hex(4)),
            self._environment.name,
            username,
            email,
            key.slot.name,
            CreationState.PLANNED,
            now,
            now,
        )
        signer = replace(self._keys.signer_of(key.slot), otp=otp)
        await self._store.plan(creation)
        try:
            await self._store.move(creation.creation_id, CreationState.SENT, self._clock.now())
        except BaseException:
            await carried_out(self._end(creation.creation_id, CreationState.REFUSED, _NEVER_SENT))
            raise
        return await self._send_once(creation, signer)

    async def settle(self, creation_id: str, *, created: bool, note: str = "") -> Creation:
        """Take the operator's word for what became of an unknown request."""
        creation = await self._creation(creation_id)
        if creation.state is not CreationState.UNKNOWN:
            raise InputError(
                "Nothing to settle", f"The request for {creation.username} is {creation.state.value}.", ""
            )
        state = CreationState.SETTLED_CREATED if created else CreationState.SETTLED_NOT
        remark = plain_line(note, what="A note", longest=200)
        return await self._store.move(creation.creation_id, state, self._clock.now(), note=remark)

    async def _send_once(self, creation: Creation, signer: Signer) -> Creation:
        """Send; without the secret nothing can have left, whatever went wrong."""
        out = [False]

        async def secret() -> ApiSecret:
            found = await signer.secret()
            out[0] = True
            return found

        try:
            await self._calls.create_subaccount(
                replace(signer, secret=secret), creation.username, creation.email
            )
        except KrakenDeskError as error:
            told = clearer(error) if isinstance(error, RejectedError) else error
            doubt = isinstance(error, OutcomeUnknownError) or (
                out[0] and not isinstance(error, _NOTHING_DONE)
            )
            state = CreationState.UNKNOWN if doubt else CreationState.REFUSED
            return await carried_out(self._end(creation.creation_id, state, problem_of(told)))
        except BaseException as error:
            state = CreationState.UNKNOWN if out[0] else CreationState.REFUSED
            lost = _CUT_OFF if out[0] else _NEVER_SENT
            if out[0] and isinstance(error, asyncio.CancelledError):
                lost = replace(_CUT_OFF, title="The answer was not waited for")
            await carried_out(self._end(creation.creation_id, state, lost))
            raise
        return await carried_out(self._end(creation.creation_id, CreationState.CREATED, None))

    async def _end(self, creation_id: CreationId, state: CreationState, problem: Problem | None) -> Creation:
        """Write how a request ended, unless another process has said so already."""
        try:
            return await self._store.move(creation_id, state, self._clock.now(), problem=problem)
        except ValueError:
            return await self._creation(creation_id)

    async def _told_truly(self, creation: Creation) -> Creation:
        if abs(self._clock.now() - creation.changed_at) <= ABANDONED:
            return creation
        if creation.state is CreationState.PLANNED:
            return await self._end(creation.creation_id, CreationState.REFUSED, _NEVER_SENT)
        if creation.state is CreationState.SENT:
            return await self._end(creation.creation_id, CreationState.UNKNOWN, _CUT_OFF)
        return creation

    async def _creation(self, creation_id: str) -> Creation:
        wanted = creation_id.strip().casefold()
        for creation in await self._store.creations(self._environment.name):
            if wanted in (creation.creation_id, creation.username.casefold()):
                return await self._told_truly(creation)
        raise UnknownNameError("No such request", f"No request is called “{creation_id}”.", "")

    # trading on Futures

    async def linked(self) -> tuple[LinkedSubaccount, ...]:
        """Ask Kraken for the Futures subaccounts of the master."""
        return await self._calls.linked_subaccounts(self._futures_signer("list the subaccounts"))

    async def trading(self, account: Account) -> bool:
        """Ask Kraken whether a subaccount may trade on Futures."""
        return await self.trading_of(_uid_of(account))

    async def trading_of(self, uid: str) -> bool:
        return await self._calls.trading_enabled(self._futures_signer("read whether it may trade"), uid)

    async def set_trading(self, account: Account, *, enabled: bool) -> bool:
        """Allow or stop trading of a subaccount, and return what is true afterwards as Kraken says.

        Raises ReadOnlyError, and OutcomeUnknownError when neither answer nor a look tells.
        """
        await self._read_only.refuse()
        return await self.switch_trading(_uid_of(account), enabled=enabled)

    async def switch_trading(self, uid: str, *, enabled: bool) -> bool:
        """Switch and read back. A lost answer is settled by the reading: the switch moves no money."""
        signer = self._futures_signer("switch trading")
        try:
            await self._calls.set_trading(signer, uid, enabled=enabled)
        except OutcomeUnknownError as lost:
            try:
                return await self._calls.trading_enabled(signer, uid)
            except KrakenDeskError:
                raise lost from None
        return await self._calls.trading_enabled(signer, uid)

    # linking on Futures

    async def linkings(self) -> tuple[Linking, ...]:
        return await self._store.linkings(self._environment.name)

    async def linking(self, name: str) -> Linking:
        """Find a linking by id, label or address, an open one first; raises UnknownNameError."""
        wanted = name.strip().casefold()
        found = [
            linking
            for linking in await self.linkings()
            if wanted in (linking.linking_id, linking.label.casefold(), linking.email.casefold())
        ]
        if not found:
            raise UnknownNameError("No such linking", f"Nothing is being linked as “{name}”.", "")
        return next((linking for linking in found if linking.is_open), found[0])

    async def start_linking(self, label: str, master_email: str, email: str) -> Linking:
        """Begin a checklist; raises InputError for unusable words and an address that has one."""
        master_email = usable_email(master_email, what="The master's address")
        email = usable_email(email, what="The subaccount's address")
        if email.casefold() == master_email.casefold():
            raise InputError(
                "The same address twice",
                "A subaccount has an e-mail address of its own at Kraken.",
                "Name the subaccount's address.",
            )
        now = self._clock.now()
        linking = Linking(
            LinkingId(secrets.token_hex(4)),
            self._environment.name,
            self._fleet.free_label(label),
            master_email,
            email,
            now,
            now,
        )
        await self._store.save_linking(linking)
        return linking

    async def step(self, linking_id: str, step: LinkStep) -> Linking:
        """Take the operator's word that a step is done."""
        return await self._saved(stepped(await self.linking(linking_id), step, self._clock.now()))

    async def undo(self, linking_id: str) -> Linking:
        return await self._saved(undone(await self.linking(linking_id), self._clock.now()))

    async def give_up(self, linking_id: str) -> Linking:
        linking, now = await self.linking(linking_id), self._clock.now()
        return await self._saved(replace(linking, closed_at=linking.closed_at or now, changed_at=now))

    async def look(self, linking_id: str, uid: str = "") -> Linking:
        """Ask Kraken whether the subaccount is linked; once it is, it stands in the tree.

        Raises InputError when Kraken does not list it.
        """
        linking = await self.linking(linking_id)
        listed = await self.linked()
        accounts = self._fleet.accounts()
        seen = seen_linked(linking, listed, accounts, self._clock.now(), uid.strip())
        if all(account.futures_uid != seen.futures_uid for account in accounts):
            label = seen.label
            if any(account.answers_to(label) for account in accounts):
                label = f"{label[:48]} {seen.linking_id}"
            await self._fleet.save_account(
                Account(
                    AccountId(secrets.token_hex(8)),
                    self._environment.name,
                    label,
                    AccountKind.SUBACCOUNT,
                    futures_uid=seen.futures_uid,
                    kind_source=KindSource.KRAKEN,
                )
            )
        return await self._saved(seen)

    def ticket(self, linking: Linking) -> str:
        """Return the text to send to Kraken's support."""
        masters = [account for account in self._fleet.accounts() if account.is_master]
        return ticket_text(linking, masters[0] if masters else None)

    async def _saved(self, linking: Linking) -> Linking:
        await self._store.save_linking(linking)
        return linking

    # keys

    def _futures_signer(self, what: str) -> Signer:
        return self._keys.signer_of(self._masters_key(Venue.FUTURES, what).slot)

    def _masters_key(self, venue: Venue, what: str, otp: str = "") -> KeyNode:
        """Return the master's key that signs; raises RouteClosedError that says which is missing."""
        masters = self._fleet.snapshot.value.masters
        keys = masters[0].keys if masters and masters[0].account.is_master else ()
        plain = {k.slot.slot_id: k for k in keys}
        able = tuple(replace(k, slot=replace(k.slot, two_factor=False)) for k in keys)
        found = treasury_key(able, venue, self._clock.now())
        if found is None:
            why = f" {why_no_key(keys, venue, what)}" if keys else ""
            raise RouteClosedError(
                "No key for this",
                f"No {venue.label} key of the master can {what}.{why}",
                "Add a key of the desk's own to the master account and check it.",
            )
        key = plain[found.slot.slot_id]
        if key.slot.two_factor and not otp:
            raise OneTimePasswordError(
                "A one-time password is missing",
                f"“{key.slot.name}” is protected by two-factor authentication. Nothing was sent.",
                "Give the code that its authenticator shows now.",
            )
        return key


def _uid_of(account: Account) -> str:
    if account.is_master:
        raise InputError(
            "A master cannot be switched",
            f"{account.label} is the master; Kraken switches trading of Futures subaccounts only.",
            "Name a subaccount.",
        )
    if not account.futures_uid:
        raise InputError(
            "No Futures uid",
            f"The Futures uid of {account.label} is not known.",
            "Check a Futures key of it, or ask Kraken for its list: kraken-desk subaccounts list --ask",
        )
    return account.futures_uid
