"""The ports: what the services need from the world, as Protocols that adapters satisfy by shape."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.balances import Balance, Holdings
from kraken_desk.domain.deskstatus import VaultDescription
from kraken_desk.domain.environments import Environment, EnvironmentName
from kraken_desk.domain.fees import FeeFacts
from kraken_desk.domain.foreign_use import Observation, OwnCall, UseFinding
from kraken_desk.domain.journal import ChainReport, TransferMove
from kraken_desk.domain.keys import ApiKeyInfo, KeyCheck, KeyId, KeySlot, Problem, SlotId, Venue
from kraken_desk.domain.limits import Admission, Destination, Limit, LimitId
from kraken_desk.domain.limits import Standing as LimitStanding
from kraken_desk.domain.live import LiveBalances
from kraken_desk.domain.money import Asset, AssetInfo
from kraken_desk.domain.plans import PlanId, SavedPlan
from kraken_desk.domain.prices import MarketPrice
from kraken_desk.domain.rate_state import RateState
from kraken_desk.domain.rotation import Rotation, RotationId, RotationMove
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.standing import Standing
from kraken_desk.domain.transfers import (
    Evidence,
    JournalId,
    LedgerEntry,
    Route,
    SettledBy,
    TransferOrder,
    TransferReceipt,
    TransferRecord,
    TransferState,
)
from kraken_desk.domain.venue_facts import DomainFacts, ServerStatus


class Clock(Protocol):
    """The time; tests move it by hand."""

    def now(self) -> datetime:
        """Return the aware UTC time."""
        ...


class KeyVault(Protocol):
    """The keychain: one item per key generation, never overwritten.

    Every method raises a KeychainError when the keychain cannot serve; none blocks the loop.
    """

    async def describe(self) -> VaultDescription: ...

    async def put(self, key_id: KeyId, secret: ApiSecret) -> None:
        """Store and read back; refuses an id that already holds a secret."""
        ...

    async def get(self, key_id: KeyId) -> ApiSecret:
        """Return the secret; raises SecretMissingError when the keychain answers without one."""
        ...

    async def remove(self, key_id: KeyId) -> None:
        """Delete the secret; deleting an absent one is not an error."""
        ...


class MetadataStore(Protocol):
    """Environments, accounts, slots and the last check of each key; never a secret."""

    async def environments(self) -> tuple[Environment, ...]:
        """Return the operator's own environments, without the built-in ones."""
        ...

    async def save_environment(self, environment: Environment) -> None: ...

    async def remove_environment(self, name: EnvironmentName) -> None: ...

    async def accounts(self, environment: EnvironmentName) -> tuple[Account, ...]:
        """Return the accounts in the order in which they were first saved."""
        ...

    async def save_account(self, account: Account) -> None:
        """Insert or update by account_id; an update leaves note and tags as they are stored."""
        ...

    async def save_words(self, account_id: AccountId, note: str, tags: tuple[str, ...]) -> None:
        """Write an account's note and tags; nothing else of it changes."""
        ...

    async def merge_accounts(self, kept: Account, gone: AccountId) -> None:
        """Move all keys of `gone` to `kept` and remove it; raises InputError while it has open transfers."""
        ...

    async def remove_account(self, account_id: AccountId) -> None: ...

    async def slots(self, environment: EnvironmentName) -> tuple[KeySlot, ...]:
        """Return the slots in the order in which they were first saved."""
        ...

    async def save_slot(self, slot: KeySlot) -> None:
        """Insert or update; raises DuplicateKeyError when another slot has this API key.

        The same API key counts as a duplicate in every environment; a name only in its own.
        Takes back what `announce_secret` has noted of its key.
        """
        ...

    async def announce_secret(self, key_id: KeyId, at: datetime) -> None:
        """Note that a secret is about to be stored, for the case that its slot never follows."""
        ...

    async def secret_removed(self, key_id: KeyId) -> None:
        """Take the note back: the keychain does not hold the secret."""
        ...

    async def abandoned_secrets(self, before: datetime) -> tuple[KeyId, ...]:
        """Return the secrets announced before a time that no slot has come to hold."""
        ...

    async def remove_slot(self, slot_id: SlotId) -> None:
        """Remove the slot and its checks; the journal keeps its records."""
        ...

    async def checks(self, environment: EnvironmentName) -> dict[KeyId, KeyCheck]:
        """Return the last check of each key, with the facts of the last accepted one.

        A rotation under way has both its keys' checks here.
        """
        ...

    async def save_check(self, check: KeyCheck) -> None: ...


class RotationStore(Protocol):
    """Rotations; each write is one transaction with the slot's own row."""

    async def begin(self, rotation: Rotation, note: str) -> Rotation:
        """Write a new rotation; raises RotationStepError while another one of the slot is under way."""
        ...

    async def save(self, rotation: Rotation, note: str) -> Rotation:
        """Write the next state and make its current key the slot's; returns it as stored.

        Raises RotationStepError when it was changed since it was read, DuplicateKeyError when
        another slot holds the new API key. An empty note leaves the history as it is.
        """
        ...

    async def of_slot(self, slot_id: SlotId) -> tuple[Rotation, ...]:
        """Return the rotations of a slot, newest first."""
        ...

    async def moves(self, rotation_id: RotationId) -> tuple[RotationMove, ...]:
        """Return what has happened, oldest first."""
        ...

    async def holder(self, api_key: str) -> SlotId | None:
        """Return the slot whose rotation under way holds this API key, as old or as new."""
        ...


class TransferJournal(Protocol):
    """The write-ahead journal; every method is durable when it returns."""

    async def plan(self, record: TransferRecord, admission: Admission | None = None) -> None:
        """Write a PLANNED record; raises RouteBlockedError when its route has an open one.

        Raises ReadOnlyError while the program is read only, RouteBlockedError for a leg of a plan that
        was sent before, and LimitError for what the limits forbid (without `admission` none are asked).
        Checks and insert are one transaction, also against other processes.
        """
        ...

    async def move(
        self,
        journal_id: JournalId,
        state: TransferState,
        at: datetime,
        *,
        transfer_id: str | None = None,
        problem: Problem | None = None,
        note: str = "",
        evidence: Evidence | None = None,
        settled_by: SettledBy | None = None,
    ) -> TransferRecord:
        """Move a record along LEGAL_MOVES; raises ValueError for any other move."""
        ...

    async def records(self, environment: EnvironmentName) -> tuple[TransferRecord, ...]:
        """Return all records, newest first."""
        ...

    async def open_on(self, route: Route) -> tuple[TransferRecord, ...]:
        """Return the records that block a route."""
        ...

    async def history(self, journal_id: JournalId) -> tuple[TransferMove, ...]:
        """Return a record's lines, oldest first; () for an unknown id."""
        ...

    async def verify(self, tail: int | None = None) -> ChainReport:
        """Verify all lines of the profile's journal, or only the last `tail`, and where they end."""
        ...

    async def lines(self, after: int, limit: int) -> tuple[dict[str, str], ...]:
        """Return at most `limit` lines behind number `after` as named texts, with hash and previous hash."""
        ...


class LimitStore(Protocol):
    """The operator's rules about moving money."""

    async def standing(self, environment: EnvironmentName, now: datetime) -> LimitStanding:
        """Return the rules, and what the last 24 hours have used of the day limits."""
        ...

    async def save(self, limit: Limit) -> None: ...

    async def remove(self, environment: EnvironmentName, limit_id: LimitId) -> bool:
        """Remove a rule; False when there was none of that id."""
        ...

    async def confirm(self, environment: EnvironmentName, destination: Destination) -> None: ...

    async def forget(self, environment: EnvironmentName, account: AccountId) -> bool:
        """Ask again before an account is a destination; False when it was none."""
        ...


class PlanStore(Protocol):
    """Plans of several legs; written once, never changed."""

    async def save(self, plan: SavedPlan) -> None: ...

    async def remove(self, environment: EnvironmentName, plan_id: PlanId) -> bool:
        """Remove a plan that no journal record names; False when it was begun or is not there."""
        ...

    async def all(self, environment: EnvironmentName) -> tuple[SavedPlan, ...]:
        """Return the plans of an environment, newest first."""
        ...


class NonceStore(Protocol):
    """The last nonce used per key, shared by all processes of the profile."""

    async def next_nonce(
        self, fingerprint: str, candidate: int, *, at: datetime | None = None, ahead: int = 0
    ) -> int:
        """Return max(candidate, last + 1); no later nonce will be below it; `at` is kept beside it.

        `ahead`, in ticks, is how far above a candidate nonces may begin again after a power cut.
        """
        ...

    async def last_call(self, fingerprint: str) -> OwnCall | None:
        """Return the last nonce given out for a key, and when; None when none was."""
        ...


class UseStore(Protocol):
    """What checks saw of the keys' use, and what was made of it."""

    async def observations(self, key_id: KeyId) -> tuple[Observation, ...]:
        """Return the kept looks at a key, oldest first."""
        ...

    async def observe(self, observation: Observation) -> None:
        """Keep a look; the oldest of the key go when there are many."""
        ...

    async def save_finding(self, finding: UseFinding) -> None: ...

    async def findings(self, environment: EnvironmentName) -> dict[KeyId, UseFinding]:
        """Return the last judgement of each key."""
        ...


class GuardStore(Protocol):
    """Authentication failures and lockouts, shared by all processes of the profile."""

    async def record_failure(
        self, environment: EnvironmentName, fingerprint: str, at: datetime, kind: str
    ) -> None: ...

    async def record_success(self, environment: EnvironmentName, fingerprint: str, at: datetime) -> None:
        """Forget the key's failures; the address's history of failures stays."""
        ...

    async def standing(
        self,
        environment: EnvironmentName,
        fingerprint: str,
        since: datetime,
        now: datetime,
        *,
        besides: str = "-",
    ) -> Standing:
        """Return what one look shows of a key and its address; failures count after `since`.

        Attempts whose id begins with `besides` are left out. Notes of a clock that was ahead,
        later than `now` allows, are dated anew to `now`.
        """
        ...

    async def begin_attempt(self, environment: EnvironmentName, attempt: str, at: datetime) -> None:
        """Count a call that may be refused as a failure until `end_attempt` of the same id."""
        ...

    async def end_attempt(self, environment: EnvironmentName, attempt: str) -> None: ...

    async def lock_out(self, environment: EnvironmentName, until: datetime) -> None:
        """Remember a lockout; a later end wins."""
        ...

    async def locked_out_until(self, environment: EnvironmentName) -> datetime | None: ...


class KeyLocks(Protocol):
    """One lock per key across all processes of the profile."""

    def hold(self, fingerprint: str) -> AbstractAsyncContextManager[None]:
        """Hold the key's lock from nonce to answer."""
        ...


class ExchangeGateway(Protocol):
    """One venue of one environment.

    Errors are those of the ExchangeError tree, RuleErrors of the guard, and KeychainErrors of
    the secret source.
    Reads raise UnavailableError, never OutcomeUnknownError; `transfer` is sent at most once.
    """

    @property
    def venue(self) -> Venue: ...

    async def check_key(self, signer: Signer, *, asked: bool = False) -> ApiKeyInfo:
        """Ask Kraken about the signing key; `asked` by a person passes a resting key's guard."""
        ...

    async def ask_once(self, signer: Signer) -> ApiKeyInfo:
        """Ask as `check_key` does for a person, with one call and no second one for any answer."""
        ...

    async def domain_facts(self, signer: Signer) -> DomainFacts:
        """Ask what the key's account is; answers without facts where Kraken does not say."""
        ...

    async def balances(self, signer: Signer) -> tuple[Balance, ...]: ...

    async def holdings(self, signer: Signer) -> Holdings:
        """Return balances and margin figures of the key's account, by one call."""
        ...

    async def linked_holdings(self, signer: Signer) -> dict[str, Holdings]:
        """Return what a master's key is shown of its subaccounts, by their Futures uid; {} on Spot."""
        ...

    async def assets(self) -> tuple[AssetInfo, ...]:
        """Return the venue's assets (public); Futures publishes none and returns ()."""
        ...

    async def prices(self, assets: frozenset[Asset], against: frozenset[Asset]) -> tuple[MarketPrice, ...]:
        """Return the prices (public) of the markets that join these assets with those they trade against."""
        ...

    async def fees(self, signer: Signer, pair: str) -> FeeFacts:
        """Return the domain's 30-day volume and fees; an InputError on Futures, which tells none."""
        ...

    async def transfer(self, signer: Signer, order: TransferOrder) -> TransferReceipt:
        """Send a transfer once; OutcomeUnknownError when it may or may not have executed.

        The signer's secret is asked for by every call, before a byte of it leaves.
        """
        ...

    async def ledger_mark(self, signer: Signer) -> str:
        """Return an opaque mark of the newest ledger row."""
        ...

    async def ledger_since(self, signer: Signer, mark: str) -> tuple[LedgerEntry, ...]:
        """Return the rows after a mark, oldest first."""
        ...

    async def server_status(self) -> ServerStatus: ...


class LiveFeed(Protocol):
    """One account's balances, live."""

    async def run(self, publish: Callable[[LiveBalances], None]) -> None:
        """Publish whenever what the feed shows changes, until it ends for good or is cancelled."""
        ...


class Settings(Protocol):
    """Small choices of the operator, kept by name in the profile."""

    async def setting(self, name: str) -> str | None: ...

    async def save_setting(self, name: str, value: str) -> None: ...


class FeedSource(Protocol):
    """Makes feeds, and knows how much of a key's call allowance is used."""

    async def feed(self, signer: Signer) -> LiveFeed:
        """Return the feed of the key's account; raises UnreachableError where there is none."""
        ...

    def rate_state(self, signer: Signer) -> tuple[RateState, ...]: ...


Confirm = Callable[[], None]
"""Called just before an admitted call leaves; raises LockoutGuardError when it may no longer."""


class CallGuard(Protocol):
    """Decides before each signed call whether it may be made, and learns how it ended."""

    def admit(self, signer: Signer, *, asked: bool = False) -> AbstractAsyncContextManager[Confirm]:
        """Enter before signing: raises KeyRestingError or LockoutGuardError when the call may not be made.

        The body's AuthRejectedError, NonceStaleError or LockedOutError is recorded and passed on.
        """
        ...


ProgressReport = Callable[[int, int], None]
"""Called with (done, of)."""
