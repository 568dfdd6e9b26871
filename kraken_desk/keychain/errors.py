"""From keyring's errors to the desk's own, at the edge; no keyring exception leaves this package.

Texts name items by nothing and never quote a secret: a backend's message is passed on only after
the secret of the call has been taken out of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kraken_desk.domain.errors import (
    KeychainError,
    KeychainLockedError,
    KeychainUnavailableError,
    KrakenDeskError,
    SecretMissingError,
    UnsafeKeychainError,
)
from kraken_desk.domain.keys import Problem
from kraken_desk.domain.secrets import ApiSecret

T = TypeVar("T")

INSTALL = (
    "On Linux install and start a Secret Service: gnome-keyring, KeePassXC (with its Secret Service"
    " integration on) or KWallet. Windows and macOS have one built in. “kraken-desk doctor” looks again."
)
_LONGEST = 200


def calling(call: Callable[[], T], secret: ApiSecret | None = None) -> T:
    """Call into a backend and raise whatever it raises as a KeychainError.

    Backends of other systems raise their own kinds of exception, so every kind is taken; `call`
    does nothing but call the backend. The original stays as the cause, without its frames, which
    hold the secret as a plain string, and not at all if its own text quotes the secret.
    """
    try:
        return call()
    except Exception as error:  # noqa: BLE001  # the backend's own exception types are open-ended
        ours = _from_backend(error, secret)
        cause = _without_frames(error, secret)
    # Raised out here, because an exception raised while handling another keeps it as its context.
    raise ours from cause


def _without_frames(error: BaseException, secret: ApiSecret | None) -> BaseException | None:
    """Cut the tracebacks of an error and its causes; return None if one of them quotes the secret."""
    link: BaseException | None = error
    quotes = False
    while link is not None:
        link.__traceback__ = None
        quotes = quotes or _quotes(str(link), secret)
        link = link.__cause__ or link.__context__
    return None if quotes else error


def _quotes(text: str, secret: ApiSecret | None) -> bool:
    return secret is not None and secret.reveal() != "" and secret.reveal() in text


def _from_backend(error: Exception, secret: ApiSecret | None) -> KeychainError:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    reason = _reason(error, secret)
    locked = kinds & {"KeyringLocked", "LockedException", "PromptDismissedException"}
    if locked or ("InitError" in kinds and "dismissed" in reason):
        return locked_up(reason)
    return unavailable(f"The system keychain answered: {reason}")


def _reason(error: Exception, secret: ApiSecret | None) -> str:
    text = str(error) or type(error).__name__
    if secret is not None and _quotes(text, secret):
        text = text.replace(secret.reveal(), "[secret removed]")
    return text[:_LONGEST]


def locked_up(reason: str = "") -> KeychainLockedError:
    return KeychainLockedError(
        "The keychain is locked",
        reason or "It holds the secrets but needs its password first.",
        "Unlock it (log in to the desktop, or open the keychain's own program), then try again.",
    )


def closed() -> KeychainLockedError:
    return KeychainLockedError(
        "The keychain shows no collection",
        "It is new, or the file behind its default collection is not open.",
        "Open it in the keychain's own program; a new one asks to create its first collection when a key"
        " is added.",
    )


def waiting() -> KeychainLockedError:
    return KeychainLockedError(
        "Waiting for the system keychain",
        "A call to it is in progress; it may be showing a prompt.",
        "Answer its prompt, which may be behind other windows.",
    )


def unavailable(reason: str) -> KeychainUnavailableError:
    return KeychainUnavailableError("No keychain answers", reason, INSTALL)


def silent(limit_s: float) -> KeychainUnavailableError:
    return KeychainUnavailableError(
        "The keychain does not answer",
        f"A call was not answered within {limit_s:g} seconds; the keychain's service hangs or waits for"
        " a prompt nobody has seen.",
        "Look for a prompt behind other windows, or restart the keychain's service, then try again.",
    )


def unsafe(reason: str, hint: str = INSTALL) -> UnsafeKeychainError:
    return UnsafeKeychainError("This keychain is not safe", reason, hint)


def missing(place: str) -> SecretMissingError:
    return SecretMissingError(
        "The secret is missing",
        f"{place} answers, but holds no secret for this key.",
        "Remove the key here and add it again with its secret; Kraken shows a secret only once, so you"
        " may have to create a new key there.",
    )


def already_there() -> ValueError:
    """Build the error for a second secret under one id: a mistake of the caller, not of the keychain."""
    return ValueError("the keychain already holds a secret under this id")


def problem_of(error: KrakenDeskError) -> Problem:
    return Problem(error.category, error.title, error.detail, error.hint)
