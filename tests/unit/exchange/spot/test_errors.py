"""Every documented Spot error string, for reads and for changes."""

from __future__ import annotations

import pytest

from kraken_desk.domain.errors import ForbiddenError, RateLimitedError, RejectedError
from kraken_desk.domain.keys import Venue
from kraken_desk.exchange.operations import Circumstances
from kraken_desk.exchange.spot.errors import error_from, errors_among
from kraken_desk.exchange.spot.gateway import ACCOUNT_TRANSFER, BALANCE_EX, GET_API_KEY_INFO
from tests.unit.exchange.fakes import NOW

TABLE = {
    "EAPI:Invalid key": ("AuthRejectedError", "AuthRejectedError"),
    "EAPI:Invalid signature": ("AuthRejectedError", "AuthRejectedError"),
    "EAPI:Invalid nonce": ("NonceStaleError", "NonceStaleError"),
    "EGeneral:Temporary lockout": ("LockedOutError", "LockedOutError"),
    "EGeneral:Permission denied": ("ForbiddenError", "ForbiddenError"),
    "EAPI:Permission denied": ("ForbiddenError", "ForbiddenError"),
    "EAccount:Invalid permissions": ("ForbiddenError", "ForbiddenError"),
    "EAuth:Account temporary disabled": ("AuthRejectedError", "AuthRejectedError"),
    "EAuth:Account unconfirmed": ("AuthRejectedError", "AuthRejectedError"),
    "EAuth:Failed": ("AuthRejectedError", "AuthRejectedError"),
    "ETrade:User Locked": ("AuthRejectedError", "AuthRejectedError"),
    "ESession:Invalid session": ("AuthRejectedError", "AuthRejectedError"),
    "EAPI:Invalid token": ("AuthRejectedError", "AuthRejectedError"),
    "EAPI:Rate limit exceeded": ("RateLimitedError", "RateLimitedError"),
    "EAuth:Rate limit exceeded": ("RateLimitedError", "RateLimitedError"),
    "EAuth:Too many requests": ("RateLimitedError", "RateLimitedError"),
    "EGeneral:Too many requests": ("RateLimitedError", "RateLimitedError"),
    "EOrder:Domain rate limit exceeded": ("RateLimitedError", "RateLimitedError"),
    "EService:Throttled: 1795176030": ("RateLimitedError", "RateLimitedError"),
    "EGeneral:Invalid arguments": ("BadRequestError", "BadRequestError"),
    "EGeneral:Invalid arguments:amount": ("BadRequestError", "BadRequestError"),
    "EGeneral:Unknown method": ("BadRequestError", "BadRequestError"),
    "EGeneral:Invalid User:7": ("BadRequestError", "BadRequestError"),
    "EAPI:Bad request": ("BadRequestError", "BadRequestError"),
    "EQuery:Unknown asset": ("BadRequestError", "BadRequestError"),
    "EAPI:Feature disabled": ("RefusedError", "RefusedError"),
    "EFunding:Insufficient funds": ("RefusedError", "RefusedError"),
    "EFunding:Unknown asset": ("RefusedError", "RefusedError"),
    "EFunding:Unknown account": ("RefusedError", "RefusedError"),
    "EFunding:Failed": ("RefusedError", "RefusedError"),
    "EBM:limit exceeded:CAL": ("RefusedError", "RefusedError"),
    "EAccount:Too many API keys": ("RefusedError", "RefusedError"),
    "EEarnings:Busy": ("RefusedError", "RefusedError"),
    "EGeneral:Internal error": ("UnavailableError", "OutcomeUnknownError"),
    "EGeneral:Internal error:42": ("UnavailableError", "OutcomeUnknownError"),
    "EService:Unavailable": ("UnavailableError", "OutcomeUnknownError"),
    "EService:Busy": ("UnavailableError", "OutcomeUnknownError"),
    "EService:Deadline elapsed": ("UnavailableError", "OutcomeUnknownError"),
    "EService:Market in cancel_only mode": ("UnavailableError", "OutcomeUnknownError"),
    "EDatabase:Internal error": ("UnavailableError", "OutcomeUnknownError"),
    "EOrder:Invalid order": ("RejectedError", "OutcomeUnknownError"),
    "ENew:Something": ("RejectedError", "OutcomeUnknownError"),
    "Nonsense without form": ("RejectedError", "OutcomeUnknownError"),
}


def name_of(string: str, *, change: bool) -> str:
    operation = ACCOUNT_TRANSFER if change else BALANCE_EX
    return type(error_from((string,), Circumstances(operation), NOW)).__name__


@pytest.mark.parametrize(("string", "kinds"), TABLE.items(), ids=TABLE)
def test_strings_are_sorted(string: str, kinds: tuple[str, str]) -> None:
    """A read and a change meet the class that says what is known to have happened."""
    assert (name_of(string, change=False), name_of(string, change=True)) == kinds


@pytest.mark.parametrize("string", [s for s in TABLE if ":" in s])
def test_spelling_does_not_matter(string: str) -> None:
    """A space after the colon or no colon at all changes nothing."""
    category, rest = string.split(":", 1)

    assert name_of(f"{category}: {rest}", change=True) == TABLE[string][1]
    assert name_of(f"{category} {rest}", change=True) == TABLE[string][1]


@pytest.mark.parametrize("string", TABLE)
def test_every_error_reads_as_sentences(string: str) -> None:
    """Title, detail and hint are there, name the call, and keep Kraken's own string."""
    for operation in (BALANCE_EX, ACCOUNT_TRANSFER):
        error = error_from((string,), Circumstances(operation), NOW)

        assert error.kraken == (string,)
        assert error.operation == operation.name
        assert error.title
        assert not error.title.endswith(".")
        assert error.detail.endswith(".")
        assert error.hint.endswith(".")


@pytest.mark.parametrize("string", TABLE)
def test_a_refused_transfer_says_that_nothing_moved(string: str) -> None:
    """Every refusal of a transfer speaks of the money; an unknown outcome never says that it stayed."""
    error = error_from((string,), Circumstances(ACCOUNT_TRANSFER), NOW)

    assert ("Nothing was" in error.detail or "not executed" in error.detail) is isinstance(
        error, RejectedError
    )


def test_warnings_are_no_errors() -> None:
    """A W string beside a result, and blank strings, are no failure."""
    assert errors_among(("WDatabase:No change", "WGeneral:Something", "")) == ()


def test_with_several_errors_doubt_wins_over_a_change() -> None:
    """A refusal together with an internal error leaves the outcome of a change open."""
    strings = ("EFunding:Insufficient funds", "EGeneral:Internal error")

    error = error_from(strings, Circumstances(ACCOUNT_TRANSFER), NOW)

    assert type(error).__name__ == "OutcomeUnknownError"
    assert error.kraken == strings


@pytest.mark.parametrize(
    ("string", "wait"),
    [
        ("EService:Throttled: 1795176030", 30.0),
        ("EService: Throttled: [1795176030]", 30.0),
        ("EService:Throttled: 1795175000", 0.0),
        ("EService:Throttled", None),
    ],
)
def test_a_throttle_names_its_end(string: str, wait: float | None) -> None:
    """The timestamp of a throttle becomes seconds to wait, never negative."""
    error = error_from((string,), Circumstances(BALANCE_EX), NOW)

    assert isinstance(error, RateLimitedError)
    assert error.retry_after_s == wait


def test_a_missing_permission_is_named() -> None:
    """The operator reads which permission the call needs, in Kraken's words and as the wire string."""
    error = error_from(("EGeneral:Permission denied",), Circumstances(ACCOUNT_TRANSFER), NOW)

    assert isinstance(error, ForbiddenError)
    assert error.needs == ("withdraw-funds",)
    assert "“Withdraw Funds” (withdraw-funds)" in error.detail
    assert "master account" in error.detail
    assert "IP addresses" in error.detail


def test_a_wrong_key_has_its_causes_told() -> None:
    """Deleted, expired, disabled and the IP allowlist are named; so is the other venue."""
    error = error_from(("EAPI:Invalid key",), Circumstances(GET_API_KEY_INFO), NOW)

    for cause in ("mistyped", "deleted", "disabled", "expired", "IP allowlist"):
        assert cause in error.detail
    assert "Futures key works on Futures only" in error.hint


def test_a_suspected_futures_key_is_said_to_be_one() -> None:
    """When the secret has the size of a Futures secret, the message says so."""
    error = error_from(
        ("EAPI:Invalid key",), Circumstances(GET_API_KEY_INFO, secret_looks_like=Venue.FUTURES), NOW
    )

    assert "may be a Futures key" in error.detail
    assert "add it as a Futures key" in error.hint


def test_endless_strings_are_cut() -> None:
    """A page of text in the error list reaches the operator as one short line."""
    error = error_from(("EWeird:" + "very\nlong " * 500,), Circumstances(BALANCE_EX), NOW)

    assert len(error.kraken[0]) == 200
    assert "\n" not in error.detail
