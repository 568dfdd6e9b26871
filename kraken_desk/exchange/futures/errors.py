"""Kraken Futures' failures, in the six forms they arrive in, sorted into our tree and explained.

A failure may come with HTTP 200, so the status alone decides nothing:

- `/derivatives`: `{"result": "error", "error": code}`, or an `errors` list of texts or objects;
- `/api/history`: `{"status": "unauthorized", …}`, or 429 in plain text;
- `/api/auth`: `{"error": …, "message": …, "suberror": …}`;
- the edge: HTML or text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kraken_desk.domain.errors import (
    AuthRejectedError,
    BadRequestError,
    ExchangeError,
    ForbiddenError,
    NonceStaleError,
    RateLimitedError,
    RefusedError,
    RejectedError,
)
from kraken_desk.exchange.futures import wording
from kraken_desk.exchange.operations import Circumstances, Operation
from kraken_desk.exchange.outcomes import (
    PARSING_ERRORS,
    edge_error,
    looks_like_edge,
    no_answer,
    reassuring,
    retry_after,
    unknown_outcome,
    unreadable,
)
from kraken_desk.exchange.seams import Reply
from kraken_desk.exchange.values import any_json
from kraken_desk.exchange.wording import Words

_LONGEST = 200
_MOST = 20
"""Far above anything Kraken sends; the rest would only fill the screen."""


@dataclass(frozen=True, slots=True)
class _Case:
    """The failure texts of one answer, the first deciding, and the call that failed."""

    codes: tuple[str, ...]
    circumstances: Circumstances
    status: int

    @property
    def operation(self) -> Operation:
        return self.circumstances.operation

    @property
    def key(self) -> str:
        return self.codes[0].replace(" ", "").lower()


def checked_body(reply: Reply, circumstances: Circumstances) -> bytes:
    """Return the body of an answer that reports no failure; raise what a failure means."""
    operation = circumstances.operation
    if reply.status == 429:
        raise _limited(operation, _http(reply), retry_after(reply))
    try:
        decoded = any_json.decode(reply.body)
    except PARSING_ERRORS as error:
        if looks_like_edge(reply):
            raise edge_error(reply, operation) from error
        raise unreadable(operation, "it is not whole JSON") from error
    if not isinstance(decoded, dict):
        if reply.status != 200:
            raise edge_error(reply, operation)
        raise unreadable(operation, "it is no JSON object")
    codes = failure_codes(decoded)
    if codes or reply.status == 401:
        raise error_from(codes or _http(reply), circumstances, reply.status)
    if reply.status != 200:
        raise edge_error(reply, operation)
    return reply.body


def failure_codes(answer: dict[str, Any]) -> tuple[str, ...]:
    """Return the failure texts of an answer, the most telling first; empty for a success."""
    errors = answer.get("errors")
    texts = [
        text
        for item in (answer.get("error"), *(errors if isinstance(errors, list) else [errors]))
        if (text := _text_of(item))
    ]
    if answer.get("status") == "unauthorized":
        texts.append("unauthorized")
    if not texts and answer.get("result") == "error":
        texts.append("unknownError")
    if texts and (message := _text_of(answer.get("message"))):
        texts.append(message)
    return tuple(texts[:_MOST])


def _text_of(item: object) -> str:
    if isinstance(item, dict):
        item = item.get("message") or item.get("code")
    if item is None or item is False:
        return ""
    return " ".join(str(item).split())[:_LONGEST]


def error_from(codes: tuple[str, ...], circumstances: Circumstances, status: int = 200) -> ExchangeError:
    """Translate failure codes; for a change only a known refusal counts as “not executed”."""
    case = _Case(codes, circumstances, status)
    for beginnings, builder in _RULES:
        if case.key.startswith(beginnings):
            return reassuring(builder(case), case.operation)
    return reassuring(_authentication(case) if status == 401 else _unknown(case), case.operation)


def _nonce_duplicate(case: _Case) -> ExchangeError:
    """A money call whose nonce was seen may be our own, executed, whose answer was lost."""
    return _unclear(case) if case.operation.changes else _nonce(case)


def _nonce(case: _Case) -> ExchangeError:
    return _told(NonceStaleError, wording.NONCE, case)


def _authentication(case: _Case) -> ExchangeError:
    return _told(AuthRejectedError, wording.authentication(case.circumstances), case)


def _forbidden(case: _Case) -> ExchangeError:
    title, detail, hint = wording.forbidden(case.operation)
    return ForbiddenError(
        title, detail, hint, operation=case.operation.name, kraken=case.codes, needs=case.operation.needs
    )


def _busy(case: _Case) -> ExchangeError:
    return _limited(case.operation, case.codes, None)


def _refused(case: _Case) -> ExchangeError:
    return _told(RefusedError, wording.refused(case.key, case.codes[0]), case)


def _malformed(case: _Case) -> ExchangeError:
    return _told(BadRequestError, wording.bad_request(case.codes[0], case.operation), case)


def _paused(case: _Case) -> ExchangeError:
    """A paused service executes nothing, so a change is refused, unless a 5xx status adds a doubt."""
    if case.operation.changes and case.status < 500:
        return _told(RefusedError, wording.paused(case.codes[0]), case)
    return _unclear(case)


def _unclear(case: _Case) -> ExchangeError:
    return no_answer(case.operation, wording.unclear(case.codes[0]), case.codes)


def _unknown(case: _Case) -> ExchangeError:
    if case.operation.changes:
        why = f"Kraken answered “{case.codes[0]}”, which is not known"
        return unknown_outcome(case.operation, why, case.codes)
    return _told(RejectedError, wording.unknown(case.codes[0]), case)


_RULES: tuple[tuple[tuple[str, ...], Callable[[_Case], ExchangeError]], ...] = (
    (("nonceduplicate",), _nonce_duplicate),
    (("noncebelowthreshold",), _nonce),
    (("authenticationerror", "unauthorized", "unauthenticated"), _authentication),
    (("insufficientprivileges", "forbidden", "accessdenied"), _forbidden),
    (("apilimitexceeded", "ratelimitexceeded", "toomanyrequests"), _busy),
    (("insufficientfunds", "invalidaccount", "invalidamount", "invalidunit"), _refused),
    (("accountinactive", "notfound"), _refused),
    (("invalidargument", "requiredargumentmissing", "jsonparseerror"), _malformed),
    (("badrequest", "400bad_request"), _malformed),
    (("unavailable", "marketunavailable"), _paused),
    (("servererror", "unknownerror", "internalservererror"), _unclear),
)
"""Beginnings of codes, lower case without spaces; the published list writes them in several styles."""


def _http(reply: Reply) -> tuple[str, ...]:
    return (f"HTTP {reply.status}",)


def _limited(operation: Operation, kraken: tuple[str, ...], wait_s: float | None) -> RateLimitedError:
    title, detail, hint = wording.RATE_LIMIT
    return RateLimitedError(
        title, detail, hint, operation=operation.name, kraken=kraken, retry_after_s=wait_s
    )


def _told(kind: type[RejectedError], words: Words, case: _Case) -> RejectedError:
    return kind(words.title, words.detail, words.hint, operation=case.operation.name, kraken=case.codes)
