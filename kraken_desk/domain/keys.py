"""Key slots, the keys in them, and what Kraken reports about a key."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from kraken_desk.domain.accounts import AccountId, Iiban
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.clients import DESK_CLIENT
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.handover_form import HandOver
from kraken_desk.domain.reported import NotReported
from kraken_desk.domain.values import dataclass, field

SlotId = NewType("SlotId", str)
KeyId = NewType("KeyId", str)
"""Our own random id of one generation of a key; it also names the keychain item."""

DESK_PROCESS = "Kraken Desk"


class Venue(StrEnum):
    """Spot and Futures keys are separate systems at Kraken."""

    SPOT = "spot"
    FUTURES = "futures"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class SpotPermission(StrEnum):
    """The thirteen documented permission strings (Kraken docs: GetApiKeyInfo)."""

    QUERY_FUNDS = "query-funds"
    ADD_FUNDS = "add-funds"
    WITHDRAW_FUNDS = "withdraw-funds"
    EARN_FUNDS = "earn-funds"
    QUERY_OPEN_TRADES = "query-open-trades"
    QUERY_CLOSED_TRADES = "query-closed-trades"
    MODIFY_TRADES = "modify-trades"
    CLOSE_TRADES = "close-trades"
    QUERY_LEDGER = "query-ledger"
    EXPORT_DATA = "export-data"
    CREATE_WS_TOKEN = "create-ws-token"  # noqa: S105  # a permission's name, not a token
    ADD_WITHDRAW_ADDRESS = "add-withdraw-address"
    UPDATE_WITHDRAW_ADDRESS = "update-withdraw-address"


class FuturesLevel(StrEnum):
    """The three levels of a Futures right (Kraken docs: check v3 API key)."""

    NO_ACCESS = "NO_ACCESS"
    READ_ONLY = "READ_ONLY"
    FULL_ACCESS = "FULL_ACCESS"


@dataclass(frozen=True, slots=True)
class SpotPermissions:
    """The rights of a Spot key; `unknown` keeps strings that Kraken has not documented."""

    known: frozenset[SpotPermission]
    unknown: tuple[str, ...] = ()

    @classmethod
    def from_strings(cls, strings: tuple[str, ...]) -> SpotPermissions:
        documented = {p.value: p for p in SpotPermission}
        return cls(
            known=frozenset(documented[s] for s in strings if s in documented),
            unknown=tuple(sorted({s for s in strings if s not in documented})),
        )

    def strings(self) -> tuple[str, ...]:
        """Return the wire strings, documented ones first in the documented order."""
        return (*(p.value for p in SpotPermission if p in self.known), *self.unknown)


@dataclass(frozen=True, slots=True)
class FuturesAccess:
    """The two rights of a Futures key as Kraken spells them.

    `general` FULL_ACCESS also moves money between wallets and subaccounts; `transfer` is the
    right to withdraw to the Spot wallet.
    """

    general: str
    transfer: str


Permissions = SpotPermissions | FuturesAccess


@dataclass(frozen=True, slots=True)
class ApiKeyInfo:
    """What Kraken reports about the key that asked, at `read_at`.

    A field is NOT_REPORTED when the venue has no such field; None means that Kraken answered
    “never” (valid_until, last_used) or “no limit” (query_from, query_to).
    """

    venue: Venue
    api_key: str
    read_at: datetime
    permissions: Permissions
    ip_allowlist: IpAllowlist | NotReported
    api_key_name: str | NotReported
    iiban: Iiban | None
    account_uid: str | None
    nonce: int | NotReported
    nonce_window: int | NotReported
    valid_until: datetime | NotReported | None
    query_from: datetime | NotReported | None
    query_to: datetime | NotReported | None
    created_time: datetime | NotReported
    modified_time: datetime | NotReported
    last_used: datetime | NotReported | None

    def expired(self, now: datetime) -> bool:
        return isinstance(self.valid_until, datetime) and self.valid_until <= now

    def expires_within(self, now: datetime, span: timedelta) -> bool:
        return isinstance(self.valid_until, datetime) and now < self.valid_until <= now + span


class CheckOutcome(StrEnum):
    """How the last signed check of a key ended."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class Problem:
    """An error kept as plain facts: what happened, what it means, what to do."""

    category: str
    title: str
    detail: str = ""
    hint: str = ""
    kraken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """The result of a signed check; `info` survives from the last accepted one."""

    key_id: KeyId
    checked_at: datetime
    outcome: CheckOutcome
    info: ApiKeyInfo | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class KeySlot:
    """A named place under an account for one process's key; the screen simply says “key”.

    `client` is the library the process signs with and fixes the nonce scale of checks. `only_here`
    is the operator's word that the process runs on this machine only, always by a lease.
    `hand_over` is how `run` hands the key over unless it is told otherwise.
    """

    slot_id: SlotId
    environment: EnvironmentName
    account_id: AccountId
    venue: Venue
    name: str
    key_id: KeyId
    api_key: str = field(repr=False)
    added_at: datetime
    process: str = ""
    role: str = ""
    client: str = ""
    only_here: bool = False
    hand_over: HandOver | None = None
    two_factor: bool = False

    @property
    def is_desk_key(self) -> bool:
        """Say whether Kraken Desk itself is the process, so it may use the key freely."""
        return self.process == DESK_PROCESS

    @property
    def signing_client(self) -> str:
        return DESK_CLIENT if self.is_desk_key else self.client

    def masked_api_key(self) -> str:
        return masked(self.api_key)


def masked(api_key: str) -> str:
    """Shorten a public key for the screen: `4/SD…HsgX`."""
    return f"{api_key[:4]}…{api_key[-4:]}" if len(api_key) > 12 else "…"


def can_read_balances(permissions: Permissions) -> bool:
    if isinstance(permissions, SpotPermissions):
        return SpotPermission.QUERY_FUNDS in permissions.known
    return permissions.general in (FuturesLevel.READ_ONLY, FuturesLevel.FULL_ACCESS)


def can_read_ledger(permissions: Permissions) -> bool:
    if isinstance(permissions, SpotPermissions):
        return SpotPermission.QUERY_LEDGER in permissions.known
    return can_read_balances(permissions)


def can_transfer(permissions: Permissions) -> bool:
    """Say whether the key, on a master account, may move money between master and subaccounts."""
    if isinstance(permissions, SpotPermissions):
        return SpotPermission.WITHDRAW_FUNDS in permissions.known
    return permissions.general == FuturesLevel.FULL_ACCESS


def can_follow_balances(permissions: Permissions) -> bool:
    """Say whether the key may subscribe to the account's balances feed."""
    if isinstance(permissions, SpotPermissions):
        return {SpotPermission.QUERY_FUNDS, SpotPermission.CREATE_WS_TOKEN} <= permissions.known
    return can_read_balances(permissions)
