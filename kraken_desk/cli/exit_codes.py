"""Exit codes: one for each branch of the error tree, so that scripts can tell who has to act."""

from __future__ import annotations

from enum import IntEnum

from kraken_desk.domain import errors


class ExitCode(IntEnum):
    """What the process's exit code says."""

    DONE = 0
    FINDINGS = 1
    INPUT = 2
    REFUSED = 3
    UNKNOWN_OUTCOME = 4
    KEYCHAIN = 5
    UNAVAILABLE = 6
    RULE = 7
    DEFECT = 70


_BRANCHES: tuple[tuple[type[errors.KrakenDeskError], ExitCode], ...] = (
    (errors.InputError, ExitCode.INPUT),
    (errors.RuleError, ExitCode.RULE),
    (errors.OutcomeUnknownError, ExitCode.UNKNOWN_OUTCOME),
    (errors.RejectedError, ExitCode.REFUSED),
    (errors.ExchangeError, ExitCode.UNAVAILABLE),
    (errors.KeychainError, ExitCode.KEYCHAIN),
    (errors.StoreError, ExitCode.UNAVAILABLE),
)


def code_for(error: type[errors.KrakenDeskError]) -> ExitCode:
    return next((code for branch, code in _BRANCHES if issubclass(error, branch)), ExitCode.DEFECT)


def code_for_category(category: str) -> ExitCode:
    """Return the code for an error that was kept by its class name; RULE for our own words."""
    found = getattr(errors, category, None)
    if isinstance(found, type) and issubclass(found, errors.KrakenDeskError):
        return code_for(found)
    return ExitCode.RULE
