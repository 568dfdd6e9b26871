"""After 1 March 2027 odd failures are told as the end of the API."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kraken_desk.domain.errors import (
    BadRequestError,
    ExchangeError,
    OutcomeUnknownError,
    RefusedError,
    UnavailableError,
    UnreachableError,
)
from kraken_desk.exchange.futures.sunset import after_sunset

BEFORE = datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC)
AFTER = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("kind", [BadRequestError, UnavailableError, UnreachableError])
def test_odd_failures_after_the_day_name_it(kind: type[ExchangeError]) -> None:
    """The class and Kraken's strings stay; the words say that the API has ended."""
    error = kind("Odd", "Something odd.", "", operation="accounts", kraken=("HTTP 410",))

    told = after_sunset(error, AFTER)

    assert type(told) is kind
    assert told.title == "Kraken has ended this Futures API"
    assert "1 March 2027" in told.detail
    assert (told.operation, told.kraken) == ("accounts", ("HTTP 410",))


def test_before_the_day_nothing_changes() -> None:
    """Up to the last second of February the failure is told as it is."""
    error = UnavailableError("Down")

    assert after_sunset(error, BEFORE) is error


def test_refusals_of_a_living_api_stay() -> None:
    """Missing funds are missing funds on any day."""
    error = RefusedError("Not enough funds")

    assert after_sunset(error, AFTER) is error


def test_an_unknown_outcome_stays_unknown() -> None:
    """The end of the API settles no transfer; it is mentioned, and the title stays."""
    told = after_sunset(OutcomeUnknownError("The outcome of the transfer is unknown", "Sent."), AFTER)

    assert isinstance(told, OutcomeUnknownError)
    assert told.title == "The outcome of the transfer is unknown"
    assert "1 March 2027" in told.detail
