"""Kraken Spot's answers in both spellings of everything."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from kraken_desk.domain.accounts import Iiban
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.keys import ApiKeyInfo, SpotPermission, SpotPermissions, Venue
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.venue_facts import DomainFacts, LinkedAccount
from kraken_desk.exchange.outcomes import PARSING_ERRORS
from kraken_desk.exchange.spot import wire
from kraken_desk.exchange.spot.assets import LEGACY, AssetNames
from tests.unit.exchange.fakes import NOW

P = SpotPermission
NAMES = AssetNames(LEGACY)

SNAKE: dict[str, Any] = {
    "api_key_name": "my-api-key",
    "api_key": "4/SDrDBcOOPnm3nPlNfEMMJDeRcIVqPz+QhRxIodyZbI9po/aVRiHsgX",
    "nonce": "1772627060997",
    "nonce_window": "0",
    "permissions": ["query-funds", "withdraw-funds", "query-open-trades", "modify-trades"],
    "iban": "AA88 N84G WOAK NMOI",
    "valid_until": "0",
    "query_from": "0",
    "query_to": "0",
    "created_time": "1772542900",
    "modified_time": "1772543095",
    "ip_allowlist": [],
    "last_used": "1772627061",
}
CAMEL: dict[str, Any] = {
    "apiKeyName": SNAKE["api_key_name"],
    "apiKey": SNAKE["api_key"],
    "nonce": SNAKE["nonce"],
    "nonceWindow": 0,
    "permissions": SNAKE["permissions"],
    "iban": SNAKE["iban"],
    "validUntil": "0",
    "queryFrom": "0",
    "queryTo": "0",
    "createdTime": "1772542900",
    "modifiedTime": "1772543095",
    "ipAllowlist": [],
    "lastUsed": "1772627061",
}


def info_of(raw: object) -> ApiKeyInfo:
    return wire.api_key_info(json.dumps(raw).encode(), api_key="asked-with", read_at=NOW)


def test_the_live_shape_is_read_in_full() -> None:
    """Every field of the snake_case answer arrives; zero means never or no limit."""
    assert info_of(SNAKE) == ApiKeyInfo(
        venue=Venue.SPOT,
        api_key="4/SDrDBcOOPnm3nPlNfEMMJDeRcIVqPz+QhRxIodyZbI9po/aVRiHsgX",
        read_at=NOW,
        permissions=SpotPermissions(
            frozenset({P.QUERY_FUNDS, P.WITHDRAW_FUNDS, P.QUERY_OPEN_TRADES, P.MODIFY_TRADES})
        ),
        ip_allowlist=IpAllowlist(()),
        api_key_name="my-api-key",
        iiban=Iiban("AA88 N84G WOAK NMOI"),
        account_uid=None,
        nonce=1772627060997,
        nonce_window=0,
        valid_until=None,
        query_from=None,
        query_to=None,
        created_time=datetime(2026, 3, 3, 13, 1, 40, tzinfo=UTC),
        modified_time=datetime(2026, 3, 3, 13, 4, 55, tzinfo=UTC),
        last_used=datetime(2026, 3, 4, 12, 24, 21, tzinfo=UTC),
    )


def test_the_documented_shape_reads_alike() -> None:
    """The camelCase example gives the very same facts."""
    assert info_of(CAMEL) == info_of(SNAKE)


def test_numbers_may_be_numbers_or_text() -> None:
    """A nonce beyond 2^53, a window and times are read from either type without loss."""
    as_numbers = {**SNAKE, "nonce": 1772627060997123456, "nonce_window": 15, "valid_until": 1790000000}
    as_text = {**SNAKE, "nonce": "1772627060997123456", "nonce_window": "15", "valid_until": "1790000000"}

    assert info_of(as_numbers) == info_of(as_text)
    assert info_of(as_text).nonce == 1772627060997123456
    assert info_of(as_text).valid_until == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize("raw", [[""], []])
def test_a_list_of_nothing_is_no_allowlist(raw: list[str]) -> None:
    """`[""]` and `[]` both mean that any address may use the key."""
    assert info_of({**SNAKE, "ip_allowlist": raw}).ip_allowlist == IpAllowlist(())


def test_permissions_nobody_documented_are_kept() -> None:
    """An unknown permission string stays visible beside the known ones."""
    permissions = info_of({**SNAKE, "permissions": ["query-funds", "manage-vaults"]}).permissions

    assert permissions == SpotPermissions(frozenset({P.QUERY_FUNDS}), ("manage-vaults",))


def test_unknown_fields_are_ignored() -> None:
    """A field that Kraken adds changes nothing."""
    assert info_of({**SNAKE, "colour": {"deep": [1]}}) == info_of(SNAKE)


@pytest.mark.parametrize("absent", [True, False])
def test_a_key_never_used_says_so(absent: bool) -> None:
    """Null and an absent last_used both mean never."""
    raw = {**SNAKE, "last_used": None}
    if absent:
        del raw["last_used"]

    assert info_of(raw).last_used is None


def test_what_kraken_leaves_out_is_not_reported() -> None:
    """With permissions alone every other fact is “not reported”, not empty."""
    info = info_of({"permissions": ["query-funds"]})

    assert info.api_key == "asked-with"
    assert {
        info.ip_allowlist,
        info.api_key_name,
        info.nonce,
        info.nonce_window,
        info.valid_until,
        info.query_from,
        info.query_to,
        info.created_time,
        info.modified_time,
    } == {NOT_REPORTED}
    assert info.iiban is None


@pytest.mark.parametrize(
    "raw",
    [
        [],
        {},
        {"permissions": None},
        {"permissions": "query-funds"},
        {"permissions": [1]},
        {**SNAKE, "nonce": "soon"},
        {**SNAKE, "ip_allowlist": "10.0.0.1"},
        {**SNAKE, "iban": 7},
        {**SNAKE, "valid_until": True},
    ],
)
def test_other_shapes_are_not_guessed_at(raw: object) -> None:
    """Missing permissions or a field of a wrong type make the answer unreadable."""
    with pytest.raises(PARSING_ERRORS):
        info_of(raw)


def test_balances_have_total_hold_and_available() -> None:
    """Available is total plus free credit minus hold; suffix rows report none and sort behind."""
    result = json.dumps(
        {
            "XXBT": {"balance": "1.2435000000", "hold_trade": "0.8423000000"},
            "XBT.F": {"balance": "0.5", "hold_trade": "0"},
            "ZUSD": {"balance": 25435.21, "hold_trade": 8249.76, "credit": "100", "credit_used": "40.5"},
            "XETH": {"balance": "3.46e-9", "extra": 1},
        }
    ).encode()

    rows = wire.balances(wire.balance_rows(result), NAMES)

    assert [(r.asset, r.part, r.total, r.hold, r.available) for r in rows] == [
        ("BTC", "", Decimal("1.2435000000"), Decimal("0.8423000000"), Decimal("0.4012000000")),
        ("BTC", "F", Decimal("0.5"), Decimal(0), None),
        ("ETH", "", Decimal("3.46E-9"), None, Decimal("3.46E-9")),
        ("USD", "", Decimal("25435.21"), Decimal("8249.76"), Decimal("17244.95")),
    ]


def test_numbers_lose_no_digit() -> None:
    """A bare JSON number with thirty digits arrives with thirty digits."""
    rows = wire.balance_rows(b'{"ZUSD":{"balance":12345678901234567890.0123456789}}')

    assert str(rows["ZUSD"].balance) == "12345678901234567890.0123456789"


@pytest.mark.parametrize(
    "result",
    [b"[]", b'{"ZUSD":5}', b'{"ZUSD":{}}', b'{"ZUSD":{"balance":"NaN"}}', b'{"ZUSD":{"balance":1e300}}'],
)
def test_other_balances_are_not_guessed_at(result: bytes) -> None:
    """A balance that is none, missing or absurd makes the answer unreadable."""
    with pytest.raises(PARSING_ERRORS):
        wire.balance_rows(result)


@pytest.mark.parametrize(
    ("result", "transfer_id", "status"),
    [
        (b'{"transfer_id":"TOH3AS2-LPCWR8-JDQGEU","status":"complete"}', "TOH3AS2-LPCWR8-JDQGEU", "complete"),
        (b'{"transfer_id":"TOH3AS2-LPCWR8-JDQGEU","status":"pending"}', "TOH3AS2-LPCWR8-JDQGEU", "pending"),
        (b"{}", None, "not reported"),
    ],
)
def test_a_receipt_has_what_kraken_gave(result: bytes, transfer_id: str | None, status: str) -> None:
    """Both fields of a receipt are optional in Kraken's schema."""
    receipt = wire.transfer_receipt(result)

    assert (receipt.transfer_id, receipt.status) == (transfer_id, status)


def test_ledger_rows_become_entries() -> None:
    """Sign, time to the microsecond and suffixed assets survive."""
    page = wire.ledger_page(
        b'{"ledger":{"L4UESK-KG3EQ-UFO4T5":{"refid":"R","time":1731508592.028446,"type":"transfer",'
        b'"subtype":"","aclass":"currency","asset":"XBT.F","amount":"-24.5000","fee":"0","balance":"1"}},'
        b'"count":1}'
    )
    entry = wire.ledger_entry("L4UESK-KG3EQ-UFO4T5", page["L4UESK-KG3EQ-UFO4T5"], NAMES)

    assert (entry.asset, entry.wallet, entry.quantity) == ("BTC", "spot.F", Decimal("-24.5000"))
    assert entry.time == datetime(2024, 11, 13, 14, 36, 32, 28446, tzinfo=UTC)
    assert (entry.kind, entry.subtype, entry.refid) == ("transfer", "", "R")


def test_only_a_master_is_shown_shares_of_volume() -> None:
    """volume_subaccounts marks a master and names its subaccounts; without it nothing is known."""
    master = wire.domain_facts(b'{"currency":"ZUSD","volume_subaccounts":[{"iiban":"AA03N84GAHGVXD4B"}]}')

    assert master == DomainFacts(True, None, (LinkedAccount(Iiban("AA03 N84G AHGV XD4B"), None),))
    assert wire.domain_facts(b'{"volume_subaccounts":[]}').is_master is True
    assert wire.domain_facts(b'{"currency":"ZUSD"}') == DomainFacts()
