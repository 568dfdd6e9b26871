"""Requests to create a subaccount: words for refusals, and what an account became of one."""

from __future__ import annotations

import pytest

from kraken_desk.domain.errors import (
    BadRequestError,
    ForbiddenError,
    InputError,
    NonceStaleError,
    RefusedError,
    RejectedError,
)
from kraken_desk.domain.subaccounts import (
    Creation,
    CreationId,
    CreationState,
    account_made,
    clearer,
    creation_text,
    usable_email,
)
from tests.helpers.builders import LAB, NOW, a_master, an_account


def a_creation(state: CreationState = CreationState.CREATED) -> Creation:
    return Creation(CreationId("c"), LAB.name, "Basis", "b@d.example", "treasury", state, NOW, NOW)


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (ForbiddenError("x", kraken=("EGeneral:Permission denied",)), "does not let this key"),
        (RefusedError("x", kraken=("EAPI:Feature disabled",)), "does not let this key"),
        (BadRequestError("x", kraken=("EGeneral:Unknown method",)), "does not let this key"),
        (BadRequestError("x", kraken=("EGeneral:Invalid arguments:email",)), "name or the address"),
    ],
)
def test_a_refusal_says_what_it_means(error: RejectedError, title: str) -> None:
    """The gate is named where it may be meant; class and Kraken's words stay."""
    kraken = error.kraken

    told = clearer(error)

    assert title in told.title
    assert "Nothing was created." in told.detail
    assert (type(told), told.kraken) == (type(error), kraken)


def test_a_refusal_of_the_key_stays_as_it_is() -> None:
    """A stale nonce says nothing about subaccounts."""
    error = NonceStaleError("The key has been used", "detail", "hint")

    assert clearer(error).title == "The key has been used"


@pytest.mark.parametrize(
    "text", ["", "a@b", "a b@c.example", "a@b@c.example", "a@c.example\u202e", "@c.example"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """Before anything is sent."""
    with pytest.raises(InputError):
        usable_email(text)


def test_the_account_is_found_by_its_name() -> None:
    """The subaccount with the request's user name is the one; a master never is."""
    accounts = (a_master(1, label="Basis"), an_account(2, label="basis"))

    found = account_made(a_creation(), accounts)

    assert found is accounts[1]
    assert creation_text(a_creation(), found) == "created; here as basis"
    assert "unknown" in creation_text(a_creation(CreationState.UNKNOWN), None)
