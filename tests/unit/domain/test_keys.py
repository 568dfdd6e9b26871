"""Keys, clients and accounts: small facts that larger decisions stand on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kraken_desk.domain.accounts import normal_iiban
from kraken_desk.domain.clients import (
    CLIENTS,
    MICROSECONDS,
    MILLISECONDS,
    NANOSECONDS,
    SECONDS,
    TEN_NANOSECONDS,
    TICKS,
    NonceScale,
    known_client,
    scale_of,
)
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import (
    FuturesAccess,
    SpotPermissions,
    Venue,
    can_read_balances,
    can_read_ledger,
    can_transfer,
    masked,
)
from kraken_desk.domain.reported import NOT_REPORTED
from tests.helpers.builders import NOW, a_public_key, a_slot, an_account, spot_info

MOMENT = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("scale", "nonce"),
    [
        (SECONDS, 1795176000),
        (MILLISECONDS, 1795176000123),
        (MICROSECONDS, 1795176000123456),
        (TEN_NANOSECONDS, 179517600012345600),
        (NANOSECONDS, 1795176000123456000),
        (TICKS, 639307728001234560),
    ],
)
def test_nonces_at_each_scale(scale: NonceScale, nonce: int) -> None:
    """The nonce that a client of this scale would use at that moment, below 2**64."""
    assert scale.at(MOMENT) == nonce
    assert nonce < 2**64
    assert scale.at(MOMENT + timedelta(seconds=1)) > nonce


def test_an_undeclared_client_gets_the_smallest_common_scale() -> None:
    """A larger one would lock its process out for good."""
    assert scale_of("") is MILLISECONDS
    assert scale_of("hummingbot") is SECONDS
    assert scale_of("kraken-cli") is NANOSECONDS


@pytest.mark.parametrize("name", ["ccxt", " CCXT ", ""])
def test_clients_are_known_by_name(name: str) -> None:
    """In any case; none is allowed too."""
    assert known_client(name) == name.strip().lower()


def test_an_unknown_client_is_refused_with_the_known_ones() -> None:
    """The message lists what can be chosen."""
    with pytest.raises(InputError) as caught:
        known_client("my own")

    assert all(client in caught.value.hint for client in CLIENTS)


@pytest.mark.parametrize(
    ("rights", "balances", "ledger", "transfer"),
    [
        (("query-funds",), True, False, False),
        (("query-ledger",), False, True, False),
        (("withdraw-funds",), False, False, True),
        (("modify-trades", "brew-coffee"), False, False, False),
    ],
)
def test_spot_rights(rights: tuple[str, ...], balances: bool, ledger: bool, transfer: bool) -> None:
    """Each use needs its own right (Kraken docs: the permissions of each endpoint)."""
    permissions = SpotPermissions.from_strings(rights)

    found = (can_read_balances(permissions), can_read_ledger(permissions), can_transfer(permissions))
    assert found == (balances, ledger, transfer)


@pytest.mark.parametrize(
    ("general", "reads", "transfers"),
    [
        ("FULL_ACCESS", True, True),
        ("READ_ONLY", True, False),
        ("NO_ACCESS", False, False),
        ("ROOT", False, False),
    ],
)
def test_futures_rights(general: str, reads: bool, transfers: bool) -> None:
    """The general right decides; the withdrawal right moves nothing between accounts."""
    access = FuturesAccess(general, "FULL_ACCESS")

    assert can_read_balances(access) is reads
    assert can_read_ledger(access) is reads
    assert can_transfer(access) is transfers


def test_expiry_is_known_reported_or_never() -> None:
    """Never and not reported do not expire."""
    assert spot_info(valid_until=NOW).expired(NOW)
    assert not spot_info(valid_until=None).expired(NOW)
    assert not spot_info(valid_until=NOT_REPORTED).expired(NOW)
    assert repr(NOT_REPORTED) == "NOT_REPORTED"


def test_public_keys_are_shortened_for_the_screen() -> None:
    """Head and tail of a real one; a short text shows nothing."""
    assert masked("4/SDrDBcOOPnm3nPlNfEMMJDeRcIVqPz+QhRxIodyZbI9po/aVRiHsgX") == "4/SD…HsgX"
    assert masked("short") == "…"
    assert a_public_key() not in repr(a_slot())
    assert a_slot().masked_api_key() == f"{a_public_key()[:4]}…{a_public_key()[-4:]}"


def test_the_desks_own_keys_sign_at_its_own_scale() -> None:
    """Whatever client was declared; other keys sign as their process does."""
    assert a_slot(client="kraken-cli").signing_client == "kraken-desk"
    assert a_slot(process="bot", client="kraken-cli").signing_client == "kraken-cli"
    assert Venue.SPOT.label == "Spot"


@pytest.mark.parametrize(
    ("text", "iiban"),
    [
        ("AA88 N84G WOAK NMOI", "AA88 N84G WOAK NMOI"),
        ("aa88n84gwoaknmoi", "AA88 N84G WOAK NMOI"),
        (" AA88-N84G-WOAK-NMOI ", "AA88 N84G WOAK NMOI"),
        ("Carry", "Carry"),
        ("AA88 N84G", "AA88 N84G"),
    ],
)
def test_iibans_have_one_form(text: str, iiban: str) -> None:
    """Four groups in upper case; other text is left as typed."""
    assert normal_iiban(text) == iiban


def test_accounts_have_a_short_id() -> None:
    """Half an IIBAN, or the head of the uid, or nothing."""
    assert an_account(1).short_id() == "AA01 N84G"
    assert an_account(1, iiban=None, futures_uid="3c90c3cc-0d44").short_id() == "3c90c3cc"
    assert an_account(1, iiban=None, futures_uid=None).short_id() == ""
