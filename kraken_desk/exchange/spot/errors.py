"""Kraken Spot's error strings, sorted into our tree and explained.

A string reads `<severity><Category>:<description>[:<extra>]`, with variations: a space after the
colon, no colon at all, a bare string instead of a list. Match on category first; Kraken's own
text stays in `kraken`. For a change only a string that is known to mean “not executed” becomes a
RejectedError; everything else leaves the outcome unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kraken_desk.domain.errors import (
    AuthRejectedError,
    BadRequestError,
    ExchangeError,
    ForbiddenError,
    LockedOutError,
    NonceStaleError,
    RateLimitedError,
    RefusedError,
    RejectedError,
)
from kraken_desk.domain.keys import Venue
from kraken_desk.exchange.operations import Circumstances
from kraken_desk.exchange.outcomes import no_answer, reassuring, unknown_outcome
from kraken_desk.exchange.spot import wording
from kraken_desk.exchange.values import unix_seconds
from kraken_desk.exchange.wording import Words

_LONGEST = 200
_STRING = re.compile(r"([EW])([A-Z][A-Za-z]*)(?:\s*:\s*|\s+)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class KrakenString:
    """One error string taken apart; `what` is its description in lower case."""

    severity: str
    category: str
    what: str
    original: str

    @classmethod
    def parse(cls, text: str) -> KrakenString:
        shown = " ".join(text.split())[:_LONGEST]
        match = _STRING.fullmatch(shown)
        if match is None:
            return cls("E", "", shown.lower(), shown)
        return cls(match[1], match[2], match[3].strip().lower(), shown)


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything a builder needs: the string, all strings, the call and the time."""

    string: KrakenString
    kraken: tuple[str, ...]
    circumstances: Circumstances
    now: datetime


_Builder = Callable[[_Case], ExchangeError]


def errors_among(strings: tuple[str, ...]) -> tuple[KrakenString, ...]:
    """Return the errors; warnings (W…) may accompany a valid result."""
    parsed = (KrakenString.parse(text) for text in strings if text.strip())
    return tuple(string for string in parsed if string.severity == "E")


def error_from(strings: tuple[str, ...], circumstances: Circumstances, now: datetime) -> ExchangeError:
    """Translate the errors of one answer; with several, the least certain decides over a change."""
    errors = errors_among(strings)
    kraken = tuple(string.original for string in errors)
    cases = [_Case(string, kraken, circumstances, now) for string in errors]
    built = [reassuring(_builder(case.string)(case), circumstances.operation) for case in cases]
    if circumstances.operation.changes:
        return next((e for e in built if not isinstance(e, RejectedError)), built[0])
    return built[0]


def _builder(string: KrakenString) -> _Builder:
    for matches, builder in _RULES:
        if matches(string):
            return builder
    return _unknown


def _invalid_key(case: _Case) -> ExchangeError:
    return _told(AuthRejectedError, case, wording.invalid_key(_futures_suspected(case)))


def _invalid_signature(case: _Case) -> ExchangeError:
    return _told(AuthRejectedError, case, wording.invalid_signature(_futures_suspected(case)))


def _account_state(case: _Case) -> ExchangeError:
    return _told(AuthRejectedError, case, wording.account_state(case.string.original))


def _invalid_token(case: _Case) -> ExchangeError:
    return _told(AuthRejectedError, case, wording.INVALID_TOKEN)


def _invalid_nonce(case: _Case) -> ExchangeError:
    return _told(NonceStaleError, case, wording.INVALID_NONCE)


def _lockout(case: _Case) -> ExchangeError:
    return _told(LockedOutError, case, wording.LOCKOUT)


def _permission_denied(case: _Case) -> ExchangeError:
    operation = case.circumstances.operation
    title, detail, hint = wording.permission_denied(operation)
    return ForbiddenError(
        title, detail, hint, operation=operation.name, kraken=case.kraken, needs=operation.needs
    )


def _rate_limit(case: _Case) -> ExchangeError:
    return _limited(case, None)


def _throttled(case: _Case) -> ExchangeError:
    stamp = re.search(r"\d{9,11}", case.string.what)
    wait = float(int(stamp[0]) - unix_seconds(case.now)) if stamp else None
    return _limited(case, max(0.0, wait) if wait is not None else None)


def _limited(case: _Case, retry_after_s: float | None) -> ExchangeError:
    title, detail, hint = wording.RATE_LIMIT
    name = case.circumstances.operation.name
    return RateLimitedError(
        title, detail, hint, operation=name, kraken=case.kraken, retry_after_s=retry_after_s
    )


def _unavailable(case: _Case) -> ExchangeError:
    why = f"Kraken answered “{case.string.original}”"
    return no_answer(case.circumstances.operation, why, case.kraken)


def _bad_request(case: _Case) -> ExchangeError:
    return _told(
        BadRequestError, case, wording.bad_request(case.string.original, case.circumstances.operation)
    )


def _refused(case: _Case) -> ExchangeError:
    return _told(RefusedError, case, wording.refused(case.string.what, case.string.original))


def _unknown(case: _Case) -> ExchangeError:
    operation = case.circumstances.operation
    if operation.changes:
        return unknown_outcome(
            operation, f"Kraken answered “{case.string.original}”, which is not known", case.kraken
        )
    return _told(RejectedError, case, wording.unknown(case.string.original))


def _told(kind: type[RejectedError], case: _Case, words: Words) -> ExchangeError:
    title, detail, hint = words
    return kind(title, detail, hint, operation=case.circumstances.operation.name, kraken=case.kraken)


def _futures_suspected(case: _Case) -> bool:
    return case.circumstances.secret_looks_like is Venue.FUTURES


def _is(category: str, *beginnings: str) -> Callable[[KrakenString], bool]:
    """Match a category ("" for any) and the beginning of the description."""

    def matches(string: KrakenString) -> bool:
        return (not category or string.category == category) and string.what.startswith(beginnings or "")

    return matches


_RULES: tuple[tuple[Callable[[KrakenString], bool], _Builder], ...] = (
    (_is("API", "invalid key"), _invalid_key),
    (_is("API", "invalid signature"), _invalid_signature),
    (_is("API", "invalid nonce"), _invalid_nonce),
    (_is("General", "temporary lockout"), _lockout),
    (_is("", "permission denied"), _permission_denied),
    (_is("Account", "invalid permissions"), _permission_denied),
    (_is("Service", "throttled"), _throttled),
    (_is("", "rate limit exceeded", "too many requests", "domain rate limit exceeded"), _rate_limit),
    (_is("Auth"), _account_state),
    (_is("Trade", "user locked"), _account_state),
    (_is("API", "invalid token"), _invalid_token),
    (_is("Session"), _invalid_token),
    (_is("Service"), _unavailable),
    (_is("General", "internal error"), _unavailable),
    (_is("Database"), _unavailable),
    (_is("General", "invalid arguments", "unknown method", "invalid user"), _bad_request),
    (_is("Query"), _bad_request),
    (_is("API", "bad request"), _bad_request),
    (_is("API", "feature disabled"), _refused),
    (_is("Funding"), _refused),
    (_is("BM"), _refused),
    (_is("Account"), _refused),
    (_is("Earnings"), _refused),
)
"""First match decides; `Throttled` is documented as refused for the moment, hence not executed."""
