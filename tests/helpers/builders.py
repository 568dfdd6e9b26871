"""Ready-made values: `a_key(...)`, `a_master_with(...)` and the parts they are made of.

Every builder takes the fields a test cares about and fills in the rest with plain defaults.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from kraken_desk.domain.accounts import Account, AccountId, AccountKind, Iiban
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.balances import SPOT_WALLET, Balance
from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot, KeyNode
from kraken_desk.domain.health import assess
from kraken_desk.domain.keys import (
    DESK_PROCESS,
    ApiKeyInfo,
    CheckOutcome,
    FuturesAccess,
    KeyCheck,
    KeyId,
    KeySlot,
    Problem,
    SlotId,
    SpotPermissions,
    Venue,
)
from kraken_desk.domain.leases import Lease, LeaseId, ProcessMark
from kraken_desk.domain.money import Asset, AssetInfo
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.transfers import LedgerEntry

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

LAB = Environment(
    EnvironmentName("lab"),
    EnvironmentKind.CUSTOM,
    spot_url="http://127.0.0.1:1",
    futures_url="http://127.0.0.1:2",
)

USD, BTC = Asset("USD"), Asset("BTC")
ASSETS = (AssetInfo(USD, "ZUSD", "USD", 4), AssetInfo(BTC, "XXBT", "XBT", 10))

CANARY = base64.b64encode(b"canary! " * 8).decode()
"""A secret in Kraken's form that must never turn up anywhere; the guards of all tests look for it."""

READS = ("query-funds", "query-ledger")
TREASURY = ("query-funds", "query-ledger", "withdraw-funds")


def a_secret() -> ApiSecret:
    return ApiSecret(CANARY)


def a_public_key(number: int = 1) -> str:
    """Return a public key in Kraken's form, the same for the same number."""
    return base64.b64encode(number.to_bytes(2, "big") * 21).decode()


def an_iiban(number: int = 1) -> Iiban:
    return Iiban(f"AA{number:02d} N84G WOAK NMOI")


def an_account(number: int = 1, **changes: Any) -> Account:
    account = Account(
        AccountId(f"account-{number}"),
        LAB.name,
        f"Account {number}",
        AccountKind.SUBACCOUNT,
        an_iiban(number),
        f"uid-{number}",
    )
    return replace(account, **changes)


def a_master(number: int = 1, **changes: Any) -> Account:
    return an_account(number, **{"label": "Main", "kind": AccountKind.MASTER, **changes})


def a_slot(number: int = 1, **changes: Any) -> KeySlot:
    slot = KeySlot(
        slot_id=SlotId(f"slot-{number}"),
        environment=LAB.name,
        account_id=AccountId("account-1"),
        venue=Venue.SPOT,
        name=f"key {number}",
        key_id=KeyId(f"key-{number}"),
        api_key=a_public_key(number),
        added_at=NOW,
        process=DESK_PROCESS,
    )
    return replace(slot, **changes)


def spot_info(*rights: str, **changes: Any) -> ApiKeyInfo:
    """Return what Kraken reports about a Spot key; READS without any right named."""
    info = ApiKeyInfo(
        venue=Venue.SPOT,
        api_key=a_public_key(),
        read_at=NOW,
        permissions=SpotPermissions.from_strings(rights or READS),
        ip_allowlist=IpAllowlist(("203.0.113.7",)),
        api_key_name="a key",
        iiban=an_iiban(),
        account_uid=None,
        nonce=1_763_640_000_000,
        nonce_window=0,
        valid_until=None,
        query_from=None,
        query_to=None,
        created_time=NOW,
        modified_time=NOW,
        last_used=None,
    )
    return replace(info, **changes)


def futures_info(general: str = "READ_ONLY", transfer: str = "NO_ACCESS", **changes: Any) -> ApiKeyInfo:
    silent = dict.fromkeys(
        (
            "api_key_name",
            "nonce",
            "nonce_window",
            "valid_until",
            "query_from",
            "query_to",
            "modified_time",
            "last_used",
        ),
        NOT_REPORTED,
    )
    given = {
        "venue": Venue.FUTURES,
        "permissions": FuturesAccess(general, transfer),
        "account_uid": "uid-1",
        **silent,
        **changes,
    }
    return spot_info(**given)


def a_check(key_id: KeyId | str = "key-1", info: ApiKeyInfo | None = None, **changes: Any) -> KeyCheck:
    check = KeyCheck(KeyId(key_id), NOW, CheckOutcome.ACCEPTED, info or spot_info())
    return replace(check, **changes)


def a_key(number: int = 1, *rights: str, info: ApiKeyInfo | None = None, **slot: Any) -> KeyNode:
    """Return an accepted key; give `info` for its facts, anything else changes its slot."""
    made = a_slot(number, **slot)
    check = a_check(made.key_id, info or spot_info(*rights, api_key=made.api_key))
    return KeyNode(made, check, assess(check, NOW))


def an_unchecked_key(number: int = 1, **slot: Any) -> KeyNode:
    return KeyNode(a_slot(number, **slot), None, assess(None, NOW))


def a_refused_key(number: int = 1, **slot: Any) -> KeyNode:
    """Return a key that was accepted once and refused at its last check."""
    key = a_key(number, **slot)
    problem = Problem("AuthRejectedError", "Kraken refused the key", kraken=("EAPI:Invalid key",))
    assert key.check is not None
    check = replace(key.check, outcome=CheckOutcome.REJECTED, problem=problem)
    return KeyNode(key.slot, check, assess(check, NOW))


def a_lease(number: int = 1, **changes: Any) -> Lease:
    """Return a lease of the slot of that number, which freqtrade holds."""
    lease = Lease(
        LeaseId(f"lease-{number}"),
        SlotId(f"slot-{number}"),
        LAB.name,
        ProcessMark(4711, "boot 1"),
        "box",
        NOW,
        "freqtrade",
        child=ProcessMark(4712, "boot 2"),
    )
    return replace(lease, **changes)


def a_node(account: Account, *keys: KeyNode, below: tuple[AccountNode, ...] = ()) -> AccountNode:
    return AccountNode(account, keys, below)


def a_master_with(*keys: KeyNode, below: tuple[AccountNode, ...] = ()) -> FleetSnapshot:
    """Return a fleet of one master with these keys and subaccount nodes."""
    return FleetSnapshot(LAB.name, NOW, (a_node(a_master(), *keys, below=below),))


def a_balance(quantity: str, asset: Asset = USD, **changes: Any) -> Balance:
    """Return a plain Spot row, all of it available."""
    balance = Balance(asset, SPOT_WALLET, Decimal(quantity), Decimal(quantity), Decimal(0))
    return replace(balance, **changes)


def a_ledger_entry(number: int = 1, quantity: str = "-100", **changes: Any) -> LedgerEntry:
    entry = LedgerEntry(
        entry_id=f"L{number}",
        refid=f"R{number}",
        time=NOW,
        kind="transfer",
        subtype="",
        asset=USD,
        quantity=Decimal(quantity),
        wallet=SPOT_WALLET,
    )
    return replace(entry, **changes)
