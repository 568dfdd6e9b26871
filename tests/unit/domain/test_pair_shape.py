"""Pasted pairs: what is put right, what is refused, and which venue the shape suggests."""

import base64

import pytest

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.pair_shape import inspect_pair

KEY = base64.b64encode(bytes(range(42))).decode()
SPOT_SECRET = base64.b64encode(bytes(range(100, 164))).decode()
FUTURES_SECRET = base64.b64encode(bytes(range(100, 166))).decode()


def test_a_clean_spot_pair_is_recognised() -> None:
    """A key of 56 characters with a secret of 64 bytes looks like Spot and needs no remark."""
    shape = inspect_pair(KEY, SPOT_SECRET)

    assert shape.api_key == KEY
    assert shape.secret.reveal() == SPOT_SECRET
    assert (shape.venue, shape.likely_venue, shape.remarks) == (Venue.SPOT, "spot", ())


def test_a_futures_secret_is_recognised() -> None:
    """A secret of 66 bytes, the documented Futures size, suggests Futures."""
    assert inspect_pair(KEY, FUTURES_SECRET).venue is Venue.FUTURES


@pytest.mark.parametrize(
    "dressed",
    ["{}\n", "  {}\t", '"{}"', "'{}'", "“{}”", "\ufeff{}\u200b", "`{}`\r\n"],
)
def test_dress_is_taken_off(dressed: str) -> None:
    """Line ends, blanks, quotes and invisible characters around either half are dropped."""
    shape = inspect_pair(dressed.format(KEY), dressed.format(SPOT_SECRET))

    assert (shape.api_key, shape.secret.reveal()) == (KEY, SPOT_SECRET)


def test_a_wrapped_secret_is_joined() -> None:
    """A secret that a chat wrapped over several lines becomes one again."""
    wrapped = f"{SPOT_SECRET[:30]}\n  {SPOT_SECRET[30:60]}\n{SPOT_SECRET[60:]}\n"

    assert inspect_pair(KEY, wrapped).secret.reveal() == SPOT_SECRET


def test_swapped_fields_are_put_right() -> None:
    """Halves in each other's field are exchanged, and the operator is told."""
    shape = inspect_pair(SPOT_SECRET, KEY)

    assert (shape.api_key, shape.secret.reveal()) == (KEY, SPOT_SECRET)
    assert shape.remarks == ("API key and secret were pasted into each other's field; this is put right.",)


@pytest.mark.parametrize(
    ("key_field", "secret_field"),
    [
        (f"KRAKEN_API_KEY={KEY}", f"KRAKEN_API_SECRET={SPOT_SECRET}"),
        (f'export API_KEY="{KEY}"', f"export API_SECRET='{SPOT_SECRET}'"),
        (f"api_key: {KEY}", f"private_key: {SPOT_SECRET}"),
        (f'"apiKey": "{KEY}",', f'"apiSecret": "{SPOT_SECRET}"'),
        (f"KRAKEN_KEY={KEY}\nKRAKEN_SECRET={SPOT_SECRET}\n", ""),
        ("", f"KRAKEN_SECRET={SPOT_SECRET}\nKRAKEN_KEY={KEY}\n"),
        (f"A={SPOT_SECRET}", f"B={KEY}"),
    ],
)
def test_environment_lines_give_up_their_values(key_field: str, secret_field: str) -> None:
    """NAME=value lines, in one field or both, are taken apart by name and length."""
    shape = inspect_pair(key_field, secret_field)

    assert (shape.api_key, shape.secret.reveal()) == (KEY, SPOT_SECRET)
    assert shape.remarks == ("The values were taken out of NAME=value lines.",)


@pytest.mark.parametrize(
    ("key", "secret", "title"),
    [
        ("", "", "No key"),
        ("  ", SPOT_SECRET, "No API key"),
        (KEY, '""', "No secret"),
        (SPOT_SECRET, SPOT_SECRET, "Twice the same"),
        (KEY, base64.b64encode(bytes(42)).decode(), "Two API keys"),
        (FUTURES_SECRET, SPOT_SECRET, "Two secrets"),
        ("key with ümlaut", SPOT_SECRET, "Not an API key"),
        (KEY, "?" * 88, "Not a secret"),
        (KEY, SPOT_SECRET[:-1], "The secret is incomplete"),
        (KEY, SPOT_SECRET[:40] + "…", "The secret is masked"),
        (KEY, "************", "The secret is masked"),
        (KEY, "x" * 5_000, "Too much text"),
    ],
)
def test_unusable_pairs_are_refused(key: str, secret: str, title: str) -> None:
    """Each kind of unusable paste has its own title, a reason and a next step."""
    with pytest.raises(InputError) as caught:
        inspect_pair(key, secret)

    assert caught.value.title == title
    assert caught.value.detail
    assert caught.value.hint


def test_a_refusal_never_repeats_the_secret() -> None:
    """No part of a refused secret stands in the error or its representation."""
    with pytest.raises(InputError) as caught:
        inspect_pair(KEY, SPOT_SECRET[:-1])

    told = " ".join([*map(repr, caught.value.args), caught.value.detail, caught.value.hint])
    assert SPOT_SECRET[:12] not in told
    assert caught.value.__suppress_context__


def test_the_shape_does_not_show_the_pair() -> None:
    """A shape in a log or traceback shows neither half."""
    shown = repr(inspect_pair(KEY, SPOT_SECRET))

    assert KEY not in shown
    assert SPOT_SECRET not in shown


def test_unusual_lengths_are_remarked_not_refused() -> None:
    """A pair of unknown sizes may still be right, so it passes with a remark and no venue."""
    shape = inspect_pair("KRA5L19LAW8Z", base64.b64encode(bytes(60)).decode())

    assert shape.likely_venue == "unknown"
    assert shape.remarks == (
        "The API key has 12 characters; Kraken's have 56.",
        "The secret has 80 characters; Kraken's have 88.",
    )
