"""Every published Futures failure, in every envelope, for reads and for changes."""

from __future__ import annotations

import pytest

from kraken_desk.domain.errors import ExchangeError, ForbiddenError, RateLimitedError, RejectedError
from kraken_desk.domain.keys import Venue
from kraken_desk.exchange.futures.errors import checked_body, error_from, failure_codes
from kraken_desk.exchange.futures.gateway import ACCOUNT_LOG, ACCOUNTS, KEY_CHECK, SUBACCOUNT_TRANSFER
from kraken_desk.exchange.operations import Circumstances, Operation
from kraken_desk.exchange.seams import Reply
from tests.unit.exchange.fakes import reply

TABLE = {
    "accountInactive": ("RefusedError", "RefusedError"),
    "apiLimitExceeded": ("RateLimitedError", "RateLimitedError"),
    "authenticationError": ("AuthRejectedError", "AuthRejectedError"),
    "insufficientFunds": ("RefusedError", "RefusedError"),
    "invalidAccount": ("RefusedError", "RefusedError"),
    "invalidAmount": ("RefusedError", "RefusedError"),
    "invalidArgument": ("BadRequestError", "BadRequestError"),
    "invalidArgument: symbol": ("BadRequestError", "BadRequestError"),
    "invalidUnit": ("RefusedError", "RefusedError"),
    "Json Parse Error": ("BadRequestError", "BadRequestError"),
    "marketUnavailable": ("UnavailableError", "RefusedError"),
    "nonceBelowThreshold": ("NonceStaleError", "NonceStaleError"),
    "nonceDuplicate": ("NonceStaleError", "OutcomeUnknownError"),
    "notFound": ("RefusedError", "RefusedError"),
    "requiredArgumentMissing": ("BadRequestError", "BadRequestError"),
    "Server Error": ("UnavailableError", "OutcomeUnknownError"),
    "Unavailable": ("UnavailableError", "RefusedError"),
    "unavailable": ("UnavailableError", "RefusedError"),
    "unknownError": ("UnavailableError", "OutcomeUnknownError"),
    "insufficientPrivileges": ("ForbiddenError", "ForbiddenError"),
    "Bad Request": ("BadRequestError", "BadRequestError"),
    "somethingNew": ("RejectedError", "OutcomeUnknownError"),
}


def raised(answer: Reply, operation: Operation = ACCOUNTS) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        checked_body(answer, Circumstances(operation))
    return caught.value


@pytest.mark.parametrize(("code", "kinds"), TABLE.items(), ids=TABLE)
def test_codes_are_sorted(code: str, kinds: tuple[str, str]) -> None:
    """A failure with HTTP 200 becomes the class that says what is known to have happened."""
    answer = reply({"result": "error", "error": code, "serverTime": "2026-09-26T11:31:31.407Z"})

    read, change = raised(answer), raised(answer, SUBACCOUNT_TRANSFER)

    assert (type(read).__name__, type(change).__name__) == kinds
    assert read.kraken == change.kraken == (code,)


@pytest.mark.parametrize("code", TABLE)
def test_every_failure_reads_as_sentences(code: str) -> None:
    """Title, detail and hint are there for reads and for changes."""
    for operation in (ACCOUNTS, SUBACCOUNT_TRANSFER, KEY_CHECK):
        error = error_from((code,), Circumstances(operation))

        assert error.title
        assert not error.title.endswith(".")
        assert error.detail.endswith(".")
        assert error.hint.endswith(".")
        assert error.operation == operation.name


@pytest.mark.parametrize(
    ("answer", "kind", "kraken"),
    [
        (
            reply(
                {
                    "status": "BAD_REQUEST",
                    "result": "error",
                    "errors": [{"code": 0, "message": "400 BAD_REQUEST"}],
                },
                400,
            ),
            "BadRequestError",
            ("400 BAD_REQUEST",),
        ),
        (reply({"result": "error", "errors": ["notFound"]}, 404), "RefusedError", ("notFound",)),
        (reply({"result": "error"}), "UnavailableError", ("unknownError",)),
        (
            reply({"status": "unauthorized", "reason": "You are not authorized."}, 401),
            "AuthRejectedError",
            ("unauthorized",),
        ),
        (
            reply({"error": "InvalidKey", "message": "unknown key", "suberror": None}, 401),
            "AuthRejectedError",
            ("InvalidKey", "unknown key"),
        ),
        (reply({}, 401), "AuthRejectedError", ("HTTP 401",)),
        (reply(b"Too many", 429, "text/plain"), "RateLimitedError", ("HTTP 429",)),
        (reply(b"<html>blocked", 403, "text/html"), "UnavailableError", ("HTTP 403",)),
        (reply(b"<html>520", 520, "text/html"), "UnavailableError", ("HTTP 520",)),
        (reply(b"<html>", 200, "text/html"), "UnavailableError", ("HTTP 200",)),
        (reply({"fine": 1}, 500), "UnavailableError", ("HTTP 500",)),
        (reply(b"", 301, "text/html"), "BadRequestError", ("HTTP 301",)),
        (reply({}, 410), "BadRequestError", ("HTTP 410",)),
        (reply(b'{"result":"succ'), "UnreadableReplyError", ()),
        (reply([1]), "UnreadableReplyError", ()),
        (reply([1], 503), "UnavailableError", ("HTTP 503",)),
    ],
)
def test_every_envelope_is_understood(answer: Reply, kind: str, kraken: tuple[str, ...]) -> None:
    """Codes in `error` or `errors`, other services' bodies and the edge's pages are told apart."""
    error = raised(answer)

    assert type(error).__name__ == kind
    assert error.kraken == kraken
    assert "<" not in f"{error.title} {error.detail} {error.hint}"


@pytest.mark.parametrize(
    "answer", [reply(b"<html>", 502, "text/html"), reply(b'{"result'), reply([1]), reply({}, 500)]
)
def test_an_unclear_answer_to_a_change_is_an_unknown_outcome(answer: Reply) -> None:
    """Pages, cut JSON and bare statuses leave the outcome of a transfer open."""
    assert type(raised(answer, SUBACCOUNT_TRANSFER)).__name__ == "OutcomeUnknownError"


@pytest.mark.parametrize("code", TABLE)
def test_a_refused_transfer_says_that_nothing_moved(code: str) -> None:
    """Every refusal of a transfer speaks of the money; an unknown outcome never says that it stayed."""
    error = error_from((code,), Circumstances(SUBACCOUNT_TRANSFER))

    assert ("Nothing was" in error.detail) is isinstance(error, RejectedError)


def test_the_log_names_the_time_of_its_next_token() -> None:
    """`rate-limit-reset` becomes the seconds to wait."""
    answer = reply(b"Rate limit", 429, "text/plain", headers={"rate-limit-reset": "18"})

    error = raised(answer, ACCOUNT_LOG)

    assert isinstance(error, RateLimitedError)
    assert error.retry_after_s == 18.0


@pytest.mark.parametrize("answer", [{"result": "success"}, {"tradingEnabled": True}, {"logs": []}])
def test_success_has_several_forms(answer: dict[str, object]) -> None:
    """Answers without `result` are successes too."""
    assert checked_body(reply(answer), Circumstances(ACCOUNTS)) == reply(answer).body
    assert failure_codes(answer) == ()


def test_a_spot_key_is_suspected_by_its_secret() -> None:
    """When the secret has the size of a Spot secret, the message says so."""
    error = error_from(("authenticationError",), Circumstances(KEY_CHECK, Venue.SPOT))

    assert "a Spot key never works on Futures" in error.detail
    assert "add it as a Spot key" in error.hint


def test_a_missing_access_is_named() -> None:
    """The message names the access that a transfer needs, also where Kraken calls it authentication."""
    forbidden = error_from(("insufficientPrivileges",), Circumstances(SUBACCOUNT_TRANSFER))
    rejected = error_from(("authenticationError",), Circumstances(SUBACCOUNT_TRANSFER))

    assert isinstance(forbidden, ForbiddenError)
    assert forbidden.needs == ("General API access “Full Access”",)
    assert "General API access “Full Access”" in rejected.detail
    assert "Nothing was moved." in rejected.detail
