"""A made-up fleet of any size: one master, ten keys on every subaccount, all but a few checked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kraken_desk.domain.accounts import Account, AccountId, AccountKind, Iiban
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import (
    ApiKeyInfo,
    CheckOutcome,
    KeyCheck,
    KeyId,
    KeySlot,
    SlotId,
    SpotPermissions,
    Venue,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BENCH = EnvironmentName("bench")
KEYS_EACH = 10

_RIGHTS = ("query-funds", "query-open-trades", "query-ledger", "modify-trades", "withdraw-funds")
_BOTS = ("mm-bot", "momentum", "basis", "recon", "dashboard")


def accounts_of(keys: int) -> tuple[Account, ...]:
    return tuple(_account(number) for number in range(max(1, keys // KEYS_EACH)))


def slots_of(keys: int) -> tuple[KeySlot, ...]:
    return tuple(_slot(number) for number in range(keys))


def checks_of(slots: tuple[KeySlot, ...]) -> dict[KeyId, KeyCheck]:
    """Return the last check of every key but each hundredth."""
    return {s.key_id: _check(s, number) for number, s in enumerate(slots) if number % 100}


def _account(number: int) -> Account:
    kind = AccountKind.SUBACCOUNT if number else AccountKind.MASTER
    iiban = Iiban(f"AA{number % 100:02d} BENC {number:04d} K000")
    return Account(AccountId(f"a{number}"), BENCH, f"Strategy {number}", kind, iiban, f"uid-{number}")


def _slot(number: int) -> KeySlot:
    return KeySlot(
        slot_id=SlotId(f"s{number}"),
        environment=BENCH,
        account_id=AccountId(f"a{number // KEYS_EACH}"),
        venue=Venue.SPOT,
        name=f"key-{number:05d}",
        key_id=KeyId(f"k{number}"),
        api_key=f"{number:05d}publicpublicpublicpublic{number:05d}",
        added_at=NOW - timedelta(days=60),
        process=f"{_BOTS[number % len(_BOTS)]} {number // KEYS_EACH}",
        role="trading",
        client="ccxt",
    )


def _check(slot: KeySlot, number: int) -> KeyCheck:
    listed = IpAllowlist((f"203.0.113.{number % 200}",)) if number % 7 else IpAllowlist()
    read_at = NOW - timedelta(minutes=number % 600)
    info = ApiKeyInfo(
        venue=Venue.SPOT,
        api_key=slot.api_key,
        read_at=read_at,
        permissions=SpotPermissions.from_strings(_RIGHTS[: 1 + number % len(_RIGHTS)]),
        ip_allowlist=listed,
        api_key_name=slot.name,
        iiban=None,
        account_uid=None,
        nonce=number,
        nonce_window=0,
        valid_until=NOW + timedelta(days=number % 90) if number % 3 else None,
        query_from=None,
        query_to=None,
        created_time=NOW - timedelta(days=100),
        modified_time=NOW - timedelta(days=100),
        last_used=NOW - timedelta(minutes=number % 5000),
    )
    return KeyCheck(slot.key_id, read_at, CheckOutcome.ACCEPTED, info)
