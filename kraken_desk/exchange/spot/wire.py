"""Kraken Spot's answers as typed values.

Unknown fields are ignored and unknown words kept, because Kraken adds both without notice.
Figures come as text or number, and `GetApiKeyInfo` in snake_case (live) or camelCase (the
documented example); all of these are read alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import msgspec

from kraken_desk.domain.accounts import normal_iiban
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.balances import SPOT_WALLET, Balance
from kraken_desk.domain.keys import ApiKeyInfo, SpotPermissions, Venue
from kraken_desk.domain.money import EXACT
from kraken_desk.domain.reported import NOT_REPORTED, NotReported
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.transfers import LedgerEntry, TransferReceipt
from kraken_desk.domain.venue_facts import DomainFacts, LinkedAccount
from kraken_desk.exchange.spot.assets import AssetNames, AssetRow
from kraken_desk.exchange.values import (
    WireError,
    any_json,
    moment,
    quantity,
    strings,
    text_or,
    unix_moment,
    whole_number,
)

T = TypeVar("T")

EMPTY = b"{}"
_GOOD_ENDS = ("complete", "pending", "success")
"""Kraken documents the first two; both fields of the result are optional."""

MOST_ERRORS = 20
LONGEST_ERROR = 500
"""Far above anything Kraken sends; the rest would only fill the screen."""


class Envelope(msgspec.Struct):
    """What every answer comes in; `result` stays undecoded until the errors are looked at.

    Without its `error` list an object is no answer: an empty one must not read as “no balances”.
    """

    error: list[str] | str
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET

    def strings(self) -> tuple[str, ...]:
        texts = [self.error] if isinstance(self.error, str) else self.error
        return tuple(text[:LONGEST_ERROR] for text in texts)


class BalanceRow(msgspec.Struct):
    """One asset of BalanceEx; credit only on accounts with a credit line."""

    balance: Decimal
    hold_trade: Decimal | None = None
    credit: Decimal | None = None
    credit_used: Decimal | None = None


class _TransferResult(msgspec.Struct):
    transfer_id: str | None = None
    status: str | None = None


class _WalletResult(msgspec.Struct):
    refid: str | None = None


class LedgerRow(msgspec.Struct):
    """One row of Ledgers; `time` in UNIX seconds with a fraction."""

    time: Decimal
    type: str
    asset: str
    amount: Decimal
    refid: str | None = None
    subtype: str | None = None
    fee: Decimal | None = None
    balance: Decimal | None = None


class _LedgerPage(msgspec.Struct):
    ledger: dict[str, LedgerRow]


class _VolumeShare(msgspec.Struct):
    iiban: str


class _TradeVolume(msgspec.Struct):
    volume_subaccounts: list[_VolumeShare] | None = None


class _Token(msgspec.Struct):
    token: str


class _SystemStatus(msgspec.Struct):
    status: str


class _Time(msgspec.Struct):
    unixtime: Decimal


_envelope = msgspec.json.Decoder(Envelope)
_assets = msgspec.json.Decoder(dict[str, AssetRow])
_balances = msgspec.json.Decoder(dict[str, BalanceRow])
_transfer = msgspec.json.Decoder(_TransferResult)
_wallet = msgspec.json.Decoder(_WalletResult)
_ledgers = msgspec.json.Decoder(_LedgerPage)
_volume = msgspec.json.Decoder(_TradeVolume)
_token = msgspec.json.Decoder(_Token)
_status = msgspec.json.Decoder(_SystemStatus)
_time = msgspec.json.Decoder(_Time)


def envelope(body: bytes) -> Envelope:
    return _envelope.decode(body)


def assets(result: bytes) -> dict[str, AssetRow]:
    return _assets.decode(result)


def system_status(result: bytes) -> str:
    return _status.decode(result).status


def server_time(result: bytes) -> datetime:
    return moment(_time.decode(result).unixtime)


def api_key_info(result: bytes, *, api_key: str, read_at: datetime) -> ApiKeyInfo:
    """Read GetApiKeyInfo in either spelling; a field that is absent is “not reported”."""
    decoded = any_json.decode(result)
    if not isinstance(decoded, dict):
        raise WireError("the description of the key is no object")
    raw = {_snake_case(name): value for name, value in decoded.items()}

    def reported(name: str, convert: Callable[[object], T]) -> T | NotReported:
        return convert(raw[name]) if name in raw else NOT_REPORTED

    iban = text_or(raw.get("iban")).strip()
    return ApiKeyInfo(
        venue=Venue.SPOT,
        api_key=text_or(raw.get("api_key")) or api_key,
        read_at=read_at,
        permissions=SpotPermissions.from_strings(_permissions(raw.get("permissions"))),
        ip_allowlist=_allowlist(raw.get("ip_allowlist")),
        api_key_name=text_or(raw.get("api_key_name")) or NOT_REPORTED,
        iiban=normal_iiban(iban) if iban else None,
        account_uid=None,
        nonce=reported("nonce", whole_number),
        nonce_window=reported("nonce_window", whole_number),
        valid_until=reported("valid_until", unix_moment),
        query_from=reported("query_from", unix_moment),
        query_to=reported("query_to", unix_moment),
        created_time=unix_moment(raw.get("created_time")) or NOT_REPORTED,
        modified_time=unix_moment(raw.get("modified_time")) or NOT_REPORTED,
        last_used=unix_moment(raw.get("last_used")),
    )


def balance_rows(result: bytes) -> dict[str, BalanceRow]:
    """Read BalanceEx, figures as text or number; every figure can be calculated with afterwards."""
    rows = _balances.decode(result)
    for row in rows.values():
        for figure in (row.balance, row.hold_trade, row.credit, row.credit_used):
            if figure is not None:
                quantity(figure)
    return rows


def balances(rows: dict[str, BalanceRow], names: AssetNames) -> tuple[Balance, ...]:
    """Name the rows; only plain rows can be moved, so the others have no `available`."""
    named = []
    for wire_name, row in rows.items():
        asset, part = names.split(wire_name)
        available = None if part else _available(row)
        named.append(Balance(asset, SPOT_WALLET, row.balance, available, row.hold_trade, part))
    return tuple(sorted(named, key=lambda balance: (balance.asset, balance.part)))


def _available(row: BalanceRow) -> Decimal:
    """Return total plus free credit minus hold, exactly (Kraken docs: BalanceEx)."""
    free = row.balance
    if row.credit:
        free = EXACT.add(free, row.credit)
    if row.credit_used:
        free = EXACT.subtract(free, row.credit_used)
    return EXACT.subtract(free, row.hold_trade) if row.hold_trade else free


def created(body: bytes) -> None:
    """Read the answer to CreateSubaccount, which is `true` and nothing else."""
    answer: object = any_json.decode(body)
    if answer is not True:
        raise WireError("the result is not true")


def transfer_receipt(result: bytes) -> TransferReceipt:
    """Read AccountTransfer's result; a status that is not known to be good says nothing certain."""
    answer = _transfer.decode(result)
    if answer.status and answer.status.strip().lower() not in _GOOD_ENDS:
        raise WireError("the status of the transfer is not known")
    return TransferReceipt(answer.transfer_id or None, answer.status or "not reported")


def wallet_receipt(result: bytes) -> TransferReceipt:
    """Read WalletTransfer's result: a reference and no status (Kraken docs: WalletTransfer)."""
    return TransferReceipt(_wallet.decode(result).refid or None, "")


def ledger_page(result: bytes) -> dict[str, LedgerRow]:
    """Read one page of Ledgers: ledger id to row, in no reliable order."""
    page = _ledgers.decode(result).ledger
    for row in page.values():
        moment(row.time)
        for figure in (row.amount, row.fee, row.balance):
            quantity(figure if figure is not None else Decimal(0))
    return page


def ledger_entry(entry_id: str, row: LedgerRow, names: AssetNames) -> LedgerEntry:
    asset, part = names.split(row.asset)
    return LedgerEntry(
        entry_id=entry_id,
        refid=row.refid or "",
        time=moment(row.time),
        kind=row.type,
        subtype=row.subtype or "",
        asset=asset,
        quantity=row.amount,
        wallet=f"{SPOT_WALLET}.{part}" if part else SPOT_WALLET,
        fee=row.fee or Decimal(0),
        balance=row.balance,
    )


def domain_facts(result: bytes) -> DomainFacts:
    """Read TradeVolume: only a master is shown `volume_subaccounts`; its absence proves nothing."""
    shares = _volume.decode(result).volume_subaccounts
    if shares is None:
        return DomainFacts()
    return DomainFacts(
        is_master=True, linked=tuple(LinkedAccount(normal_iiban(s.iiban), None) for s in shares)
    )


def websocket_token(result: bytes) -> ApiSecret:
    token = _token.decode(result).token
    if not token:
        raise WireError("the token is empty")
    return ApiSecret(token)


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _permissions(value: object) -> tuple[str, ...]:
    if value is None:
        raise WireError("the key's permissions are missing")
    return strings(value)


def _allowlist(value: object) -> IpAllowlist | NotReported:
    return NOT_REPORTED if value is None else IpAllowlist(strings(value))
