"""Kraken Futures' answers as typed values; figures come as number or text, exponents included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal

import msgspec

from kraken_desk.domain.accounts import Iiban, normal_iiban
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.keys import ApiKeyInfo, FuturesAccess, Venue
from kraken_desk.domain.money import EXACT
from kraken_desk.domain.reported import NOT_REPORTED, NotReported
from kraken_desk.domain.subaccounts import LinkedSubaccount
from kraken_desk.domain.transfers import LedgerEntry, TransferReceipt
from kraken_desk.domain.venue_facts import LinkedAccount
from kraken_desk.exchange.futures.names import asset_of, wallet_of
from kraken_desk.exchange.values import WireError, iso_moment, quantity

_ROUNDING = Context(prec=60, rounding=ROUND_HALF_EVEN)
_PLACES = Decimal("1e-10")  # balances are binary fractions at Kraken; ten places are significant
NO_LEVEL = "not reported"


class _Rights(msgspec.Struct):
    general: str | None = None
    transfer: str | None = None


class _KeyCheck(msgspec.Struct, rename="camel"):
    permissions: _Rights
    api_key: str | None = None
    account_uid: str | None = None
    iiban: str | None = None
    created_at: str | None = None
    allowed_cidr_block: str | msgspec.UnsetType | None = msgspec.UNSET
    allowed_cidr_blocks: list[str] | msgspec.UnsetType | None = msgspec.UNSET


class _Subaccount(msgspec.Struct, rename="camel"):
    account_uid: str
    full_name: str | None = None
    email: str | None = None


class _Subaccounts(msgspec.Struct, rename="camel"):
    master_account_uid: str
    subaccounts: list[_Subaccount]


class _Trading(msgspec.Struct, rename="camel"):
    trading_enabled: bool


class LogRow(msgspec.Struct):
    """One row of the account log; balances are those of its wallet before and after."""

    id: int
    date: str
    asset: str
    info: str
    old_balance: Decimal | None = None
    new_balance: Decimal | None = None
    margin_account: str | None = None
    collateral: str | None = None
    execution: str | None = None
    booking_uid: str | None = None


class _Log(msgspec.Struct):
    logs: list[LogRow]


class _Result(msgspec.Struct):
    result: str
    uid: str | None = None


class _Status(msgspec.Struct, rename="camel"):
    server_time: str


_key_check = msgspec.json.Decoder(_KeyCheck)
_subaccounts = msgspec.json.Decoder(_Subaccounts)
_log = msgspec.json.Decoder(_Log)
_result = msgspec.json.Decoder(_Result)
_status = msgspec.json.Decoder(_Status)
_trading = msgspec.json.Decoder(_Trading)


@dataclass(frozen=True, slots=True)
class Family:
    """The master of a key's account and the subaccounts that the key is shown."""

    master_uid: str
    linked: tuple[LinkedAccount, ...]


def api_key_info(body: bytes, *, api_key: str, read_at: datetime) -> ApiKeyInfo:
    """Read the key check. Futures has no name, nonce, expiry or last use to report."""
    raw = _key_check.decode(body)
    iiban: Iiban | None = normal_iiban(raw.iiban) if raw.iiban and raw.iiban.strip() else None
    return ApiKeyInfo(
        venue=Venue.FUTURES,
        api_key=raw.api_key or api_key,
        read_at=read_at,
        permissions=FuturesAccess(raw.permissions.general or NO_LEVEL, raw.permissions.transfer or NO_LEVEL),
        ip_allowlist=_allowlist(raw),
        api_key_name=NOT_REPORTED,
        iiban=iiban,
        account_uid=raw.account_uid or None,
        nonce=NOT_REPORTED,
        nonce_window=NOT_REPORTED,
        valid_until=NOT_REPORTED,
        query_from=NOT_REPORTED,
        query_to=NOT_REPORTED,
        created_time=iso_moment(raw.created_at) if raw.created_at else NOT_REPORTED,
        modified_time=NOT_REPORTED,
        last_used=NOT_REPORTED,
    )


def family(body: bytes) -> Family:
    raw = _subaccounts.decode(body)
    if not raw.master_account_uid:
        raise WireError("the master account's uid is empty")
    linked = tuple(
        LinkedAccount(None, sub.account_uid, sub.full_name or sub.email or "") for sub in raw.subaccounts
    )
    return Family(raw.master_account_uid, linked)


def linked_subaccounts(body: bytes) -> tuple[LinkedSubaccount, ...]:
    """Read Kraken's list of subaccounts; names and addresses may be missing or blacked out."""
    return tuple(
        LinkedSubaccount(sub.account_uid, sub.full_name or "", sub.email or "")
        for sub in _subaccounts.decode(body).subaccounts
    )


def trading_enabled(body: bytes) -> bool:
    """Read a trading switch; its answer has neither result nor time (Kraken docs: trading-enabled)."""
    return _trading.decode(body).trading_enabled


def transfer_receipt(body: bytes) -> TransferReceipt:
    """Read a transfer's answer, which is “success” and no id."""
    result = _result.decode(body).result
    if result != "success":
        raise WireError("the result is neither success nor error")
    return TransferReceipt(None, result)


def withdrawal_receipt(body: bytes) -> TransferReceipt:
    """Read a withdrawal's answer; only this one carries an id (Kraken docs: Futures withdrawal)."""
    told = _result.decode(body)
    if told.result != "success":
        raise WireError("the result is neither success nor error")
    return TransferReceipt(told.uid or None, told.result)


def log_rows(body: bytes) -> list[LogRow]:
    """Read the account log; every row can be turned into an entry afterwards."""
    rows = _log.decode(body).logs
    for row in rows:
        log_entry(row)
    return rows


def log_entry(row: LogRow) -> LedgerEntry:
    """Return a row as a ledger entry; its quantity is the change of the wallet's balance."""
    asset = asset_of(row.asset)
    old, new = row.old_balance or Decimal(0), row.new_balance or Decimal(0)
    change = EXACT.subtract(quantity(new), quantity(old))
    return LedgerEntry(
        entry_id=str(row.id),
        refid=row.execution or row.booking_uid or "",
        time=iso_moment(row.date),
        kind=row.info,
        subtype="",
        asset=asset,
        quantity=change.quantize(_PLACES, context=_ROUNDING).normalize(_ROUNDING),
        wallet=wallet_of(row.margin_account, asset, asset_of(row.collateral) if row.collateral else None),
        balance=quantity(row.new_balance) if row.new_balance is not None else None,
    )


def server_time(body: bytes) -> datetime:
    return iso_moment(_status.decode(body).server_time)


def _allowlist(raw: _KeyCheck) -> IpAllowlist | NotReported:
    """Read the ranges; none at all counts as not reported.

    Kraken does not say what an empty list means here, and its page for making Futures keys
    describes no IP setting, so an empty list is no proof that a key is open.
    """
    if raw.allowed_cidr_blocks is msgspec.UNSET and raw.allowed_cidr_block is msgspec.UNSET:
        return NOT_REPORTED
    many = raw.allowed_cidr_blocks if isinstance(raw.allowed_cidr_blocks, list) else []
    one = [raw.allowed_cidr_block] if isinstance(raw.allowed_cidr_block, str) else []
    blocks = tuple(block.strip() for block in many or one if block.strip())
    return IpAllowlist(blocks) if blocks else NOT_REPORTED
