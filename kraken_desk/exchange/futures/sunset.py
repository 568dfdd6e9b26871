"""What failures mean once Kraken has ended the Derivatives v3 API: say so instead of failing oddly."""

from __future__ import annotations

from datetime import datetime

from kraken_desk.domain.errors import (
    AuthRejectedError,
    BadRequestError,
    ExchangeError,
    OutcomeUnknownError,
    UnavailableError,
    UnreachableError,
    UnreadableReplyError,
)
from kraken_desk.domain.sunset import FUTURES_V3_ENDS, futures_v3_ended

_ODD = (UnavailableError, UnreachableError, UnreadableReplyError, BadRequestError, AuthRejectedError)


def after_sunset(error: ExchangeError, now: datetime) -> ExchangeError:
    """Return `error` in the words of the ended API if its day has passed and the failure fits.

    The class stays, because it says what happened to money and bytes. Answers that only a living
    API gives, such as missing funds or permissions, are left as they are.
    """
    if not futures_v3_ended(now):
        return error
    day = f"{FUTURES_V3_ENDS:%-d %B %Y}"
    if isinstance(error, OutcomeUnknownError):
        detail = f"{error.detail} Kraken announced the end of this Futures API for {day}."
        return _like(error, error.title, detail, error.hint)
    if not isinstance(error, _ODD):
        return error
    return _like(
        error,
        "Kraken has ended this Futures API",
        f"Kraken announced the end of the Derivatives v3 API for {day}, and it no longer answers as before: "
        f"{error.title}. {error.detail}",
        "Manage Futures on Kraken's site. Look for a newer Kraken Desk.",
    )


def _like(error: ExchangeError, title: str, detail: str, hint: str) -> ExchangeError:
    return type(error)(title, detail, hint, operation=error.operation, kraken=error.kraken)
