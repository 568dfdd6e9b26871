"""The names and documents by which a child gets its credentials."""

from __future__ import annotations

import json

import pytest

from kraken_desk.domain.clients import CLIENTS
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.handover import (
    PRESETS,
    RANKED,
    RunRequest,
    command_line,
    custom_names,
    document,
    plain_variables,
    preset_for,
)
from kraken_desk.domain.handover_form import HandOver, HandOverForm, VariableNames
from kraken_desk.domain.keys import Venue
from tests.helpers.builders import CANARY, LAB, a_secret, a_slot


@pytest.mark.parametrize(
    ("client", "key", "secret"),
    [
        ("kraken-cli", "KRAKEN_API_KEY", "KRAKEN_API_SECRET"),
        ("ccxt", "KRAKEN_APIKEY", "KRAKEN_SECRET"),
        ("python-kraken-sdk", "KRAKEN_SPOT_API_KEY", "KRAKEN_SPOT_SECRET_KEY"),
        ("freqtrade", "FREQTRADE__EXCHANGE__KEY", "FREQTRADE__EXCHANGE__SECRET"),
        ("hummingbot", "KRAKEN_API_KEY", "KRAKEN_SECRET_KEY"),
        ("", "KRAKEN_API_KEY", "KRAKEN_API_SECRET"),
    ],
)
def test_each_client_gets_the_names_it_reads(client: str, key: str, secret: str) -> None:
    """An undeclared client gets the names of Kraken's own."""
    assert preset_for(client).names(Venue.SPOT) == VariableNames(key, secret)


def test_futures_keys_have_names_of_their_own() -> None:
    """A Futures pair does not come under the Spot pair's name where the client tells them apart."""
    assert PRESETS["kraken-cli"].names(Venue.FUTURES).secret == "KRAKEN_FUTURES_API_SECRET"


def test_presets_are_for_known_clients() -> None:
    """A preset's name is a client's."""
    assert set(PRESETS) <= set(CLIENTS)


def test_the_forms_are_ranked_with_their_reasons() -> None:
    """The pipe is the safest and variables the least safe; none is left out."""
    assert [ranked.form for ranked in RANKED] == [
        HandOverForm.PIPE,
        HandOverForm.FILE,
        HandOverForm.VARIABLES,
    ]
    assert all(ranked.why for ranked in RANKED)


@pytest.mark.parametrize(
    ("key", "secret"), [("", "B"), ("A", "1B"), ("A B", "C"), ("A=B", "C"), ("A", "A"), (CANARY, "B")]
)
def test_impossible_names_are_refused(key: str, secret: str) -> None:
    """A variable has a usable name, and two of them differ."""
    with pytest.raises(InputError) as caught:
        custom_names(key, secret)

    assert CANARY not in caught.value.detail


def test_what_is_not_secret_is_told_beside() -> None:
    """The child learns its environment's addresses, and no variable there holds a credential."""
    told = plain_variables(a_slot(name="mm key"), LAB)

    assert told["KRAKEN_DESK_KEY_NAME"] == "mm key"
    assert told["KRAKEN_DESK_SPOT_URL"] == "http://127.0.0.1:1"
    assert "KRAKEN_DESK_SPOT_WS_URL" not in told
    assert a_slot().api_key not in told.values()


def test_the_document_holds_the_pair_or_the_token() -> None:
    """With a token the document has no part of the pair."""
    pair = json.loads(document(a_slot(), LAB, a_secret(), is_token=False))
    token = json.loads(document(a_slot(), LAB, a_secret(), is_token=True))

    assert (pair["api_key"], pair["api_secret"]) == (a_slot().api_key, CANARY)
    assert (token["ws_token"], token["valid_s"]) == (CANARY, 900)
    assert not {"api_key", "api_secret"} & set(token)


@pytest.mark.parametrize(
    ("way", "options"),
    [
        (HandOver(HandOverForm.PIPE), "--pipe"),
        (HandOver(HandOverForm.FILE, mask=True), "--mask --file"),
        (HandOver(HandOverForm.VARIABLES), "--preset freqtrade"),
        (HandOver(HandOverForm.VARIABLES, preset="ccxt"), "--preset ccxt"),
        (HandOver(HandOverForm.VARIABLES, names=VariableNames("A", "B")), "--env-key A --env-secret B"),
        (HandOver(HandOverForm.VARIABLES, ws_token=True), "--ws-token"),
        (HandOver(HandOverForm.PIPE, ws_token=True), "--ws-token --pipe"),
    ],
)
def test_the_line_to_copy_says_the_way_in_full(way: HandOver, options: str) -> None:
    """The line means the same tomorrow, whatever the slot's own way is then."""
    slot = a_slot(name="mm bot", client="freqtrade")

    written = command_line(slot, way, "freqtrade trade --config a.json")

    assert written == (
        f"kraken-desk run --environment lab {options} 'mm bot' -- freqtrade trade --config a.json"
    )


def test_the_line_names_an_unusual_profile_and_hostile_names_safely() -> None:
    """A name like an option is given by its id, a directory with spaces is quoted."""
    slot = a_slot(name="--pipe")

    written = command_line(slot, HandOver(HandOverForm.PIPE), "", home="/a b")

    assert written == "kraken-desk run --home '/a b' --environment lab --pipe slot-1 -- COMMAND"


def test_a_run_without_options_takes_the_slots_own_way() -> None:
    """Whatever is asked for wins; the mask of the slot stays."""
    own = HandOver(HandOverForm.FILE, mask=True)
    slot = a_slot(hand_over=own)

    plain = RunRequest("mm", ("bot",)).settled(slot)
    asked = RunRequest("mm", ("bot",), preset="ccxt").settled(slot)
    nothing_kept = RunRequest("mm", ("bot",)).settled(a_slot())

    assert (plain.form, plain.mask) == (HandOverForm.FILE, True)
    assert (asked.form, asked.preset, asked.mask) == (HandOverForm.VARIABLES, "ccxt", False)
    assert nothing_kept.form is HandOverForm.VARIABLES
