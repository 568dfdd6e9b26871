"""Subaccounts as Kraken lists them, and requests to create one, each sent once and never repeated.

Spot: `CreateSubaccount` is for institutional clients, signed by a master's key with Withdraw Funds, and
answers without any id (Kraken docs: CreateSubaccount). Futures: subaccounts are linked by a support
ticket; the master's key lists them and switches their trading.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import NewType

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import (
    AuthRejectedError,
    BadRequestError,
    ForbiddenError,
    InputError,
    LockedOutError,
    NonceStaleError,
    RateLimitedError,
    RejectedError,
)
from kraken_desk.domain.keys import Problem
from kraken_desk.domain.plain_names import plain_line, plain_name
from kraken_desk.domain.values import dataclass

CreationId = NewType("CreationId", str)

_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,185}\.[^@\s,;<>\".]{2,63}")

GATED = (
    "Kraken opens Spot subaccounts to institutional clients only, and switches them on through the account "
    "manager."
)


@dataclass(frozen=True, slots=True)
class LinkedSubaccount:
    """A Futures subaccount that Kraken lists for a master; Kraken may leave name and e-mail out."""

    futures_uid: str
    name: str = ""
    email: str = ""


class CreationState(StrEnum):
    """Where a request to create a subaccount stands; the last two are a person's word."""

    PLANNED = "planned"
    SENT = "sent"
    CREATED = "created"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SETTLED_CREATED = "created after all"
    SETTLED_NOT = "not created"

    @property
    def is_open(self) -> bool:
        return self in (CreationState.PLANNED, CreationState.SENT, CreationState.UNKNOWN)

    @property
    def exists(self) -> bool:
        """Say whether the subaccount was created, as far as is known."""
        return self in (CreationState.CREATED, CreationState.SETTLED_CREATED)


MOVES: dict[CreationState, frozenset[CreationState]] = {
    CreationState.PLANNED: frozenset({CreationState.SENT, CreationState.REFUSED}),
    CreationState.SENT: frozenset({CreationState.CREATED, CreationState.REFUSED, CreationState.UNKNOWN}),
    CreationState.UNKNOWN: frozenset(
        {
            CreationState.CREATED,  # a late answer
            CreationState.REFUSED,
            CreationState.SETTLED_CREATED,
            CreationState.SETTLED_NOT,
        }
    ),
}
"""The states that may follow each; a state that is absent is final."""


@dataclass(frozen=True, slots=True)
class Creation:
    """One request to create a subaccount; written before it is sent."""

    creation_id: CreationId
    environment: EnvironmentName
    username: str
    email: str
    key_name: str
    state: CreationState
    planned_at: datetime
    changed_at: datetime
    problem: Problem | None = None
    note: str = ""


def usable_username(text: str) -> str:
    """Return a user name for Kraken; what Kraken allows in it is not documented, so little is refused."""
    return plain_name(text, what="A user name")


def usable_email(text: str, *, what: str = "The e-mail address") -> str:
    """Return an e-mail address; raises InputError for a text that cannot be one."""
    clean = plain_line(text, what=what, longest=254)
    if not _EMAIL.fullmatch(clean):
        raise InputError(
            "Not an e-mail address", f"{what} “{clean}” has not the form name@host.", "Type it again."
        )
    return clean


def account_made(creation: Creation, accounts: tuple[Account, ...]) -> Account | None:
    """Find the account that a creation has become here: the one that was given its user name.

    Kraken's answer names no id, so nothing but the operator's label joins the two.
    """
    wanted = creation.username.casefold()
    return next((a for a in accounts if a.label.casefold() == wanted and not a.is_master), None)


def creation_text(creation: Creation, account: Account | None) -> str:
    """Say in one sentence where a request stands."""
    texts = {
        CreationState.PLANNED: "planned, not sent",
        CreationState.SENT: "sent; Kraken's answer is awaited",
        CreationState.REFUSED: "refused; nothing was created",
        CreationState.UNKNOWN: "unknown: it may or may not exist; look at Kraken and settle it",
        CreationState.SETTLED_NOT: "not created, as you found",
    }
    if not creation.state.exists:
        return texts[creation.state]
    who = "created" if creation.state is CreationState.CREATED else "created, as you found"
    if account is not None:
        return f"{who}; here as {account.label}"
    return f"{who}; its IIBAN shows with the first key made in it"


def clearer(error: RejectedError) -> RejectedError:
    """Say what a refusal of CreateSubaccount means; Kraken's own strings and the class stay.

    Kraken documents no errors of this call, so one about rights may also mean the gate.
    """
    if isinstance(error, AuthRejectedError | NonceStaleError | LockedOutError | RateLimitedError):
        return error  # about the key or the moment, not about this call
    if isinstance(error, BadRequestError) and "invalid arguments" in " ".join(error.kraken).lower():
        error.title = "Kraken does not accept the name or the address"
        error.detail = (
            "Kraken answered that a value is not usable: the user name or the e-mail address may be taken. "
            "Nothing was created."
        )
        error.hint = "Choose another user name, or an address that no Kraken account has."
        return error
    error.title = "Kraken does not let this key create a subaccount"
    needed = " The key must be the master's and may withdraw." if isinstance(error, ForbiddenError) else ""
    error.detail = f"Nothing was created. {GATED}{needed}"
    error.hint = (
        "Ask your account manager at Kraken; a Futures subaccount is linked by a support ticket instead."
    )
    return error
