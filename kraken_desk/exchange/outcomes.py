"""Errors that do not depend on a venue: no answer, no readable answer, a page from the edge.

For a change each of them means an unknown outcome, because Kraken may have executed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from kraken_desk.domain.errors import (
    BadRequestError,
    ExchangeError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UnreadableReplyError,
)
from kraken_desk.exchange.operations import Operation
from kraken_desk.exchange.seams import Reply

_TAG = re.compile(rb"<[^>]{0,500}>")
_EDGE_CODE = re.compile(rb"error(?:\s+code)?[\s:]{1,12}(10\d\d)\b", re.IGNORECASE)
_MOVED_FOR_GOOD = (301, 307, 308, 410)
_EDGE_PAUSE_S = 120.0

PARSING_ERRORS = (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError, OSError)
"""What decoding and converting an answer can raise; OSError is datetime's for absurd times."""


def unknown_outcome(operation: Operation, why: str, kraken: tuple[str, ...] = ()) -> OutcomeUnknownError:
    """Say that a change was sent and what became of it cannot be told."""
    if not operation.moves_money:
        return OutcomeUnknownError(
            "The outcome is unknown",
            f"The request {operation.purpose} was sent, but {why}. It may or may not have been executed.",
            "Look at Kraken what is true before anything is repeated.",
            operation=operation.name,
            kraken=kraken,
        )
    return OutcomeUnknownError(
        "The outcome of the transfer is unknown",
        f"The transfer was sent, but {why}. It may or may not have been executed.",
        "Do not repeat it. Compare the ledgers of both accounts and settle it in the journal.",
        operation=operation.name,
        kraken=kraken,
    )


def no_answer(operation: Operation, why: str, kraken: tuple[str, ...] = ()) -> ExchangeError:
    """Say that Kraken did not answer, or cannot now; `why` completes “…, but …”."""
    if operation.changes:
        return unknown_outcome(operation, why, kraken)
    return UnavailableError(
        "Kraken does not answer",
        f"The request {operation.purpose} was sent, but {why}.",
        "Try again in a moment. If it lasts, see Kraken's status page.",
        operation=operation.name,
        kraken=kraken,
    )


def unreadable(operation: Operation, why: str) -> ExchangeError:
    if operation.changes:
        return unknown_outcome(operation, f"Kraken's answer cannot be read: {why}")
    return UnreadableReplyError(
        "Kraken's answer cannot be read",
        f"The answer to {operation.name} has an unexpected form: {why}.",
        "Kraken may have changed it. Look for a newer Kraken Desk and report this message.",
        operation=operation.name,
    )


def reassuring(error: ExchangeError, operation: Operation) -> ExchangeError:
    """Let a refused change say that nothing happened, where its words do not say so yet."""
    if operation.changes and isinstance(error, RejectedError) and "Nothing was" not in error.detail:
        error.detail = f"{error.detail} Nothing was {'moved' if operation.moves_money else 'changed'}."
    return error


@contextmanager
def reading(operation: Operation) -> Iterator[None]:
    """Turn whatever an unexpected answer makes a parser raise into one of our errors."""
    try:
        yield
    except PARSING_ERRORS as error:
        raise unreadable(operation, str(error)[:200] or type(error).__name__) from error


def edge_error(reply: Reply, operation: Operation) -> ExchangeError:
    """Explain an answer that is no API answer at all; its text is never shown."""
    code = _EDGE_CODE.search(_TAG.sub(b" ", reply.body[:20_000]))
    cloudflare = int(code[1]) if code else None
    kraken = (f"HTTP {reply.status}", *((f"Cloudflare {cloudflare}",) if cloudflare else ()))
    if reply.status == 429 or cloudflare == 1015:
        return RateLimitedError(
            "Too many calls from this address",
            "Kraken's front servers limit this internet address for a while. Nothing was executed.",
            "Wait a few minutes. Other programs on the same internet connection count too.",
            operation=operation.name,
            kraken=kraken,
            retry_after_s=retry_after(reply) or _EDGE_PAUSE_S,
        )
    if reply.status in _MOVED_FOR_GOOD:
        return BadRequestError(
            "This address no longer serves the API",
            f"The answer to {operation.name} points elsewhere. Nothing was executed.",
            "Check the URLs of the environment, and look for a newer Kraken Desk.",
            operation=operation.name,
            kraken=kraken,
        )
    if reply.status == 403 or cloudflare == 1020:
        why = "Kraken's front servers block this address, its region or this program"
    elif reply.status >= 500:
        why = f"Kraken's front servers report trouble behind them (HTTP {reply.status})"
    else:
        why = f"something other than Kraken's API answered (HTTP {reply.status})"
    return no_answer(operation, why, kraken)


def looks_like_edge(reply: Reply) -> bool:
    """Say whether an answer that is not the API's JSON comes from something in front of it."""
    declared = reply.headers.get("content-type", "")
    return reply.status != 200 or "json" not in declared or reply.body.lstrip()[:1] == b"<"


def retry_after(reply: Reply) -> float | None:
    """Return the seconds of a `Retry-After` or Futures' `rate-limit-reset` header."""
    for name in ("retry-after", "rate-limit-reset"):
        text = reply.headers.get(name, "").strip()
        if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", text):
            return float(text)
    return None
