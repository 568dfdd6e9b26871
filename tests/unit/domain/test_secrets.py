"""ApiSecret: readable by one deliberate call, masked or refused everywhere else."""

from __future__ import annotations

import base64
import copy
import dataclasses
import json
import logging
import pickle
import traceback
from dataclasses import dataclass

import pytest

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.pair_shape import inspect_pair
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from tests.helpers.builders import CANARY, a_public_key, a_secret

MASK = "ApiSecret(••••)"


@dataclass(frozen=True)
class Holder:
    secret: ApiSecret


def test_it_is_read_by_one_call_only() -> None:
    """`reveal` gives the text, `decoded` its bytes."""
    assert a_secret().reveal() == CANARY
    assert a_secret().decoded() == b"canary! " * 8


@pytest.mark.parametrize(
    "shown",
    [
        repr(a_secret()),
        str(a_secret()),
        f"{a_secret()}",
        f"{a_secret()!r:>40}",
        f"{a_secret():>40}",
        "{0!s}".format(a_secret()),  # noqa: UP030, UP032  # every way of formatting is tried
        "%s" % a_secret(),  # noqa: UP031  # likewise
        "%r" % a_secret(),  # noqa: UP031  # likewise
        repr(Holder(a_secret())),
        str([a_secret()]),
        str({"secret": a_secret()}),
        repr(inspect_pair(a_public_key(), CANARY)),
    ],
)
def test_every_representation_is_masked(shown: str) -> None:
    """Alone, formatted, or inside a dataclass or a container."""
    assert CANARY[:8] not in shown
    assert MASK in shown


def test_a_length_is_not_given_away() -> None:
    """Secrets of any length look the same."""
    assert repr(ApiSecret("x")) == repr(a_secret())


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_never_pickled(protocol: int) -> None:
    """Pickles end up in files and queues."""
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(a_secret(), protocol)


def test_it_is_never_copied() -> None:
    """Neither directly nor as a part of something else."""
    for attempt in (
        lambda: copy.copy(a_secret()),
        lambda: copy.deepcopy([a_secret()]),
        lambda: dataclasses.asdict(Holder(a_secret())),
    ):
        with pytest.raises(TypeError, match="never pickled or copied"):
            attempt()


def test_it_has_no_dictionary_and_is_no_key() -> None:
    """There is no `__dict__` to print, no hash to look it up by, and JSON does not know it."""
    with pytest.raises(TypeError):
        vars(a_secret())
    with pytest.raises(TypeError):
        hash(a_secret())
    with pytest.raises(TypeError) as caught:
        json.dumps({"secret": a_secret()})
    assert CANARY not in str(caught.value)


def test_logging_masks_it(caplog: pytest.LogCaptureFixture) -> None:
    """As an argument in either style, and inside an exception."""
    with caplog.at_level(logging.INFO):
        logging.getLogger("kraken_desk.test").info("%s %r", a_secret(), a_secret())
        error = ValueError(a_secret())
        logging.getLogger("kraken_desk.test").error("failed", exc_info=error)

    assert CANARY[:8] not in caplog.text
    assert f"{MASK} {MASK}" in caplog.text


@pytest.mark.parametrize("text", [f"{CANARY}!", CANARY[:-3], f"{CANARY}\u00e9", "\udcff" + CANARY])
def test_a_secret_that_is_no_base64_is_not_quoted(text: str) -> None:
    """The error and its whole chain are silent about the text."""
    with pytest.raises(ValueError, match="not base64") as caught:
        ApiSecret(text).decoded()

    assert CANARY[:8] not in "".join(traceback.format_exception(caught.value))


def test_equality_compares_the_text() -> None:
    """Equal texts are equal, whatever they hold; other things are not."""
    assert a_secret() == ApiSecret(CANARY)
    assert a_secret() != ApiSecret("other")
    assert a_secret() != CANARY
    assert ApiSecret("\udcff") == ApiSecret("\udcff")
    assert ApiSecret("é") != ApiSecret("e")


async def test_a_signer_shows_neither_half() -> None:
    """Its fingerprint names the key without showing it, and differs per environment and venue."""

    async def source() -> ApiSecret:
        return a_secret()

    def signer(environment: str, venue: Venue, number: int = 1) -> Signer:
        return Signer(EnvironmentName(environment), venue, a_public_key(number), "ccxt", source)

    one = signer("lab", Venue.SPOT)
    others = (signer("uat", Venue.SPOT), signer("lab", Venue.FUTURES), signer("lab", Venue.SPOT, 2))

    assert a_public_key(1) not in repr(one)
    assert one.fingerprint == signer("lab", Venue.SPOT).fingerprint
    assert len({one.fingerprint, *(other.fingerprint for other in others)}) == 4
    assert a_public_key(1)[:8] not in one.fingerprint
    assert one.scale.name == "milliseconds"
    assert (await one.secret()).reveal() == base64.b64encode(b"canary! " * 8).decode()
