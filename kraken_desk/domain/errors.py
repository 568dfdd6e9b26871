"""Every error the program shows, sorted by who can act on it.

    KrakenDeskError                 title, detail, hint; never contains a secret
    ├── InputError                  what was typed cannot be used
    │   ├── InvalidAmountError · DuplicateKeyError · DuplicateAccountError · SameAccountError
    │   └── OneTimePasswordError · UnknownNameError · SealError · ProfileExistsError
    ├── RuleError                   a rule of ours refuses: nothing was sent
    │   ├── EnvironmentSealError · LockoutGuardError · KeyRestingError · ClockAheadError
    │   ├── RouteBlockedError · RouteClosedError · ReadOnlyError · LimitError
    │   └── LeaseHeldError · KeyBusyError · HandOverError · RotationStepError
    ├── ExchangeError               carries operation, key and Kraken's own strings
    │   ├── UnreachableError        nothing left this machine
    │   ├── UnavailableError        a read got no usable answer
    │   ├── RejectedError           Kraken refused and executed nothing
    │   │   ├── AuthRejectedError · NonceStaleError · LockedOutError · ForbiddenError
    │   │   └── RateLimitedError · BadRequestError · RefusedError
    │   ├── OutcomeUnknownError     a change was sent and its result is not known
    │   └── UnreadableReplyError    an answer that cannot be parsed
    ├── KeychainError
    │   └── KeychainLockedError · KeychainUnavailableError · UnsafeKeychainError · SecretMissingError
    └── StoreError
        └── StoreBusyError · StoreUnwritableError · StoreCorruptError · StoreTooNewError

Only RejectedError and UnreachableError allow a change to be repeated. Programming mistakes stay
built-in exceptions.
"""

from __future__ import annotations

import re

_SECRET_FORM = r"[A-Za-z0-9+/]{80,}={0,2}"  # noqa: S105  # a pattern
"""Kraken's secrets are 88 characters of base64; no word, path or id of ours is a run that long."""


def without_secrets(text: str) -> str:
    """Mask whatever has the form of a secret: people paste them into every field there is."""
    return re.sub(_SECRET_FORM, "[secret removed]", text)  # compiled at the first error, not at every start


class KrakenDeskError(Exception):
    """What happened (title), what it means (detail), what to do next (hint).

    Messages quote what was typed, so each text is cleared of secrets here, once for all.
    """

    def __init__(self, title: str, detail: str = "", hint: str = "") -> None:
        self.title = without_secrets(title)
        self.detail = without_secrets(detail)
        self.hint = without_secrets(hint)
        super().__init__(self.title)

    @property
    def category(self) -> str:
        """The class name: the stable category of the command line's JSON."""
        return type(self).__name__


class InputError(KrakenDeskError):
    """What was typed cannot be used; nothing was sent or stored."""


class InvalidAmountError(InputError):
    """The amount is not an exact positive decimal that the asset can carry."""


class DuplicateKeyError(InputError):
    """This API key is already in the profile, or its name is taken."""


class DuplicateAccountError(InputError):
    """The profile holds this account of Kraken already."""


class SameAccountError(InputError):
    """Both ends of a transfer are the same."""


class OneTimePasswordError(InputError):
    """A one-time password is missing for a key that has 2FA, or was given for one that has none."""


class UnknownNameError(InputError):
    """No account, key, environment or asset goes by this name, or several do."""


class SealError(InputError):
    """A passphrase does not fit, or what it should open is damaged or of another kind."""


class ProfileExistsError(InputError):
    """A restore would overwrite a profile that is in use."""


class RuleError(KrakenDeskError):
    """A rule of Kraken Desk refuses; nothing was sent."""


class EnvironmentSealError(RuleError):
    """A key or address belongs to another environment."""


class LockoutGuardError(RuleError):
    """More failures from this address could lock it out at Kraken, so private calls pause."""


class KeyRestingError(RuleError):
    """The key failed to authenticate and is left alone until a person asks for a check."""


class ClockAheadError(RuleError):
    """This machine's clock is ahead of Kraken's, so a nonce made from it would spoil another's key."""


class RouteBlockedError(RuleError):
    """A transfer with unknown outcome is open on this route."""


class RouteClosedError(RuleError):
    """No key of the desk may move money on this route."""


class ReadOnlyError(RuleError):
    """The whole program is set to read only."""


class LimitError(RuleError):
    """A limit of the operator's own stands against a transfer; `breaches` are the rules in its way."""

    def __init__(
        self, title: str, detail: str = "", hint: str = "", *, breaches: tuple[object, ...] = ()
    ) -> None:
        super().__init__(title, detail, hint)
        self.breaches = breaches


class LeaseHeldError(RuleError):
    """Another process has the key; one key serves one process."""


class KeyBusyError(RuleError):
    """The key's process has called a moment ago; a look now could take its next nonce."""


class HandOverError(RuleError):
    """The key is not handed to this process: it would fail there, or harm another."""


class RotationStepError(RuleError):
    """A rotation does not stand where this step belongs, or it is in the way of another act."""


class ExchangeError(KrakenDeskError):
    """Something went wrong between us and Kraken."""

    def __init__(
        self,
        title: str,
        detail: str = "",
        hint: str = "",
        *,
        operation: str = "",
        kraken: tuple[str, ...] = (),
    ) -> None:
        super().__init__(title, detail, hint)
        self.operation = operation
        self.kraken = tuple(map(without_secrets, kraken))


class UnreachableError(ExchangeError):
    """No connection was made, so nothing left this machine."""


class UnavailableError(ExchangeError):
    """A read got no answer, or one that says Kraken cannot answer now."""


class RejectedError(ExchangeError):
    """Kraken refused and executed nothing."""


class AuthRejectedError(RejectedError):
    """Kraken does not accept the key or the signature."""


class NonceStaleError(RejectedError):
    """The key has already been used with a higher nonce."""


class LockedOutError(RejectedError):
    """Kraken refuses this whole address for about 15 minutes."""


class ForbiddenError(RejectedError):
    """The key is valid but lacks a permission; `needs` names it where known."""

    def __init__(
        self,
        title: str,
        detail: str = "",
        hint: str = "",
        *,
        operation: str = "",
        kraken: tuple[str, ...] = (),
        needs: tuple[str, ...] = (),
    ) -> None:
        super().__init__(title, detail, hint, operation=operation, kraken=kraken)
        self.needs = needs


class RateLimitedError(RejectedError):
    """Too many calls; `retry_after_s` where Kraken named a time."""

    def __init__(
        self,
        title: str,
        detail: str = "",
        hint: str = "",
        *,
        operation: str = "",
        kraken: tuple[str, ...] = (),
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(title, detail, hint, operation=operation, kraken=kraken)
        self.retry_after_s = retry_after_s


class BadRequestError(RejectedError):
    """Kraken calls the request malformed: our defect or an unusable argument."""


class RefusedError(RejectedError):
    """Kraken refuses for a business reason, such as insufficient funds."""


class OutcomeUnknownError(ExchangeError):
    """A change was sent and its result is not known; the program never repeats it."""


class UnreadableReplyError(ExchangeError):
    """Kraken answered something we cannot parse."""


class KeychainError(KrakenDeskError):
    """The operating system's keychain cannot serve."""


class KeychainLockedError(KeychainError):
    """The keychain is locked, or its prompt was dismissed."""


class KeychainUnavailableError(KeychainError):
    """No keychain answers."""


class UnsafeKeychainError(KeychainError):
    """Only a keychain that would store secrets in the clear, or lose them, is there."""


class SecretMissingError(KeychainError):
    """The keychain answers but holds no secret for this key."""


class StoreError(KrakenDeskError):
    """The profile's database cannot serve."""


class StoreBusyError(StoreError):
    """Another process holds the database for too long."""


class StoreUnwritableError(StoreError):
    """The profile's directory cannot be written."""


class StoreCorruptError(StoreError):
    """The database is damaged."""


class StoreTooNewError(StoreError):
    """A newer Kraken Desk wrote this database; it is not guessed at."""
