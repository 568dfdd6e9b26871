"""Ready-made values for the store's tests: a small fleet, checks and transfers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from kraken_desk.domain.accounts import Account, AccountId, AccountKind, Iiban, KindSource
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.keys import (
    ApiKeyInfo,
    FuturesAccess,
    KeyId,
    KeySlot,
    Problem,
    SlotId,
    SpotPermissions,
    Venue,
)
from kraken_desk.domain.money import Asset
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.transfers import JournalId, Route, TransferRecord, TransferRequest, TransferState

LAB = EnvironmentName("lab")
OTHER = EnvironmentName("other")

ENVIRONMENT = Environment(
    LAB, EnvironmentKind.CUSTOM, "https://lab.example", "", "https://futures.lab.example"
)

MASTER = Account(
    AccountId("acc-master"),
    LAB,
    "Main desk",
    AccountKind.MASTER,
    Iiban("AA88 N84G WOAK NMOI"),
    "3f2a",
    KindSource.KRAKEN,
)
SUBACCOUNT = Account(AccountId("acc-sub"), LAB, "Carry", AccountKind.SUBACCOUNT)
ELSEWHERE = Account(AccountId("acc-other"), OTHER, "Other desk", AccountKind.MASTER)

PROBLEM = Problem(
    "UnavailableError", "No answer", "Kraken did not answer “in time”.", "Try again.", ("EService:Timeout",)
)


def at(second: int, micro: int = 0) -> datetime:
    """Return a time some seconds after noon of a fixed day."""
    return datetime(2026, 11, 20, 12, second // 60, second % 60, micro, tzinfo=UTC)


def a_slot(number: int = 1, **changes: Any) -> KeySlot:
    slot = KeySlot(
        slot_id=SlotId(f"slot-{number}"),
        environment=LAB,
        account_id=MASTER.account_id,
        venue=Venue.SPOT,
        name=f"bot {number}",
        key_id=KeyId(f"key-{number}"),
        api_key=f"public-key-{number}",
        added_at=at(number, 250),
        process="grid bot",
        role="trading",
        client="ccxt",
    )
    return replace(slot, **changes)


def spot_info(**changes: Any) -> ApiKeyInfo:
    info = ApiKeyInfo(
        venue=Venue.SPOT,
        api_key="public-key-1",
        read_at=at(1, 1),
        permissions=SpotPermissions.from_strings(("query-funds", "withdraw-funds", "brew-coffee")),
        ip_allowlist=IpAllowlist(("203.0.113.7", "2001:db8::/48")),
        api_key_name="grid, Zürich ✓",
        iiban=Iiban("AA88 N84G WOAK NMOI"),
        account_uid=None,
        nonce=18_446_744_073_709_551_615,
        nonce_window=0,
        valid_until=None,
        query_from=at(2),
        query_to=None,
        created_time=at(3),
        modified_time=NOT_REPORTED,
        last_used=None,
    )
    return replace(info, **changes)


def futures_info() -> ApiKeyInfo:
    return ApiKeyInfo(
        venue=Venue.FUTURES,
        api_key="futures-key",
        read_at=at(4),
        permissions=FuturesAccess("FULL_ACCESS", "SOME_NEW_LEVEL"),
        ip_allowlist=NOT_REPORTED,
        api_key_name=NOT_REPORTED,
        iiban=None,
        account_uid="3f2a",
        nonce=NOT_REPORTED,
        nonce_window=NOT_REPORTED,
        valid_until=NOT_REPORTED,
        query_from=NOT_REPORTED,
        query_to=NOT_REPORTED,
        created_time=NOT_REPORTED,
        modified_time=NOT_REPORTED,
        last_used=NOT_REPORTED,
    )


def a_route(**changes: Any) -> Route:
    route = Route(LAB, Venue.SPOT, MASTER.account_id, SUBACCOUNT.account_id, "spot", "spot")
    return replace(route, **changes)


def a_transfer(number: int = 1, *, route: Route | None = None, **changes: Any) -> TransferRecord:
    record = TransferRecord(
        journal_id=JournalId(f"transfer-{number}"),
        request=TransferRequest(route or a_route(), Asset("BTC"), Decimal("0.12345678")),
        state=TransferState.PLANNED,
        source_label="Main desk",
        destination_label="Carry",
        key_id=KeyId("key-1"),
        key_name="treasury",
        endpoint="AccountTransfer",
        planned_at=at(number),
        changed_at=at(number),
        source_mark="mark-s",
        destination_mark="mark-d",
    )
    return replace(record, **changes)
