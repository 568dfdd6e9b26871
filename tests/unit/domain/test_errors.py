"""The error tree: every error says who can act, and none carries more than its own words."""

from __future__ import annotations

import pickle

import pytest

from kraken_desk.domain import errors
from kraken_desk.domain.errors import ForbiddenError, KrakenDeskError, RateLimitedError
from tests.helpers.builders import CANARY

ALL = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, KrakenDeskError) and kind is not KrakenDeskError
]
BRANCHES = (
    errors.InputError,
    errors.RuleError,
    errors.ExchangeError,
    errors.KeychainError,
    errors.StoreError,
)


@pytest.mark.parametrize("kind", ALL)
def test_every_error_stands_on_one_branch(kind: type[KrakenDeskError]) -> None:
    """Who must act is told by the branch, so there is exactly one."""
    assert sum(issubclass(kind, branch) for branch in BRANCHES) == 1


@pytest.mark.parametrize("kind", ALL)
def test_every_error_is_told_in_words(kind: type[KrakenDeskError]) -> None:
    """Title, detail and hint are kept, and the class name is the category."""
    error = kind("Title", "Detail.", "Hint.")

    assert (error.title, error.detail, error.hint, str(error)) == ("Title", "Detail.", "Hint.", "Title")
    assert error.category == kind.__name__


def test_the_tree_is_drawn_whole() -> None:
    """The picture at the top of the module names every class."""
    picture = errors.__doc__ or ""

    assert [kind.__name__ for kind in ALL if kind.__name__ not in picture] == []


def test_extra_facts_are_kept() -> None:
    """The missing permission, and when to come back."""
    assert ForbiddenError("no", needs=("withdraw-funds",)).needs == ("withdraw-funds",)
    assert (
        RateLimitedError("slow", retry_after_s=2.5, kraken=("EAPI:Rate limit exceeded",)).retry_after_s == 2.5
    )
    assert pickle.loads(pickle.dumps(KrakenDeskError("Title"))).title == "Title"


def test_no_error_carries_a_secret() -> None:
    """Whatever was pasted into whatever field, the message that quotes it is cleared of it."""
    error = errors.RefusedError(f"“{CANARY}”", f"a {CANARY} b", CANARY[:-2], kraken=(f"EFunding:{CANARY}",))

    assert CANARY[:8] not in repr(error) + repr(vars(error))
    assert (error.title, error.detail) == ("“[secret removed]”", "a [secret removed] b")
    assert error.kraken == ("EFunding:[secret removed]",)


@pytest.mark.parametrize(
    "text",
    [
        "/derivatives/api/v3/transfer/subaccount and /srv/operator/library/application/support/kraken",
        "4/SDrDBcOOPnm3nPlNfEMMJDeRcIVqPz+QhRxIodyZbI9po/aVRiHsgX",
        "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e",
        "AA88 N84G WOAK NMOI",
    ],
)
def test_other_long_words_stay(text: str) -> None:
    """Paths, public keys, digests and account ids are no secrets."""
    assert KrakenDeskError("Title", text).detail == text
