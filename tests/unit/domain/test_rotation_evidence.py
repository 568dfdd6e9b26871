"""What calls with an old key show: use by others, and whether it is revoked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kraken_desk.domain.errors import (
    AuthRejectedError,
    ForbiddenError,
    KrakenDeskError,
    LockedOutError,
    LockoutGuardError,
    NonceStaleError,
    UnavailableError,
    UnreachableError,
)
from kraken_desk.domain.foreign_use import Observation
from kraken_desk.domain.keys import ApiKeyInfo, KeyId, Venue
from kraken_desk.domain.rotation import ProofOutcome
from kraken_desk.domain.rotation_evidence import judge_proof, sign_of_use
from tests.helpers.builders import NOW, spot_info

HOUR = timedelta(hours=1)


def a_look(**changes: Any) -> Observation:
    look = Observation(KeyId("k"), NOW, accepted=True, signed=1_000, nonce=1_000, counted=True)
    return replace(look, **changes)


def test_signs_of_use_since_our_look_before() -> None:
    """A refused nonce, or one above ours; nothing when Kraken took ours for the highest."""
    before, later = a_look(), NOW + HOUR

    assert sign_of_use(before, a_look(at=later, signed=1_001, nonce=1_001)) == ""
    assert "refused our nonce 1001" in sign_of_use(before, a_look(at=later, accepted=False, signed=1_001))
    assert "last nonce of the key was 5000" in sign_of_use(
        before, a_look(at=later, signed=1_001, nonce=5_000)
    )


def test_a_first_look_takes_earlier_use_for_granted() -> None:
    """The process was right to use the key until then; only a refusal tells."""
    assert sign_of_use(None, a_look(nonce=5_000)) == ""
    assert sign_of_use(None, a_look(accepted=False)) != ""


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (spot_info(), ProofOutcome.NOT_REVOKED),
        (NonceStaleError("nonce", kraken=("EAPI:Invalid nonce",)), ProofOutcome.NOT_REVOKED),
        (ForbiddenError("denied"), ProofOutcome.NOT_REVOKED),
        (AuthRejectedError("no", kraken=("EAPI:Invalid key",)), ProofOutcome.REVOKED),
        (AuthRejectedError("no", kraken=("EAPI:Invalid signature",)), ProofOutcome.NOT_PROVEN),
        (LockedOutError("locked"), ProofOutcome.NOT_PROVEN),
        (LockoutGuardError("resting"), ProofOutcome.NOT_PROVEN),
        (UnreachableError("offline"), ProofOutcome.NOT_PROVEN),
        (UnavailableError("busy"), ProofOutcome.NOT_PROVEN),
    ],
)
def test_what_the_one_call_proves(answer: ApiKeyInfo | KrakenDeskError, outcome: ProofOutcome) -> None:
    """Only a refusal of the key itself proves its end; an accepted call proves that it lives."""
    found, text = judge_proof(answer, Venue.SPOT, answered_before=True)

    assert found is outcome
    assert text.startswith({"revoked": "Proven", "not revoked": "Not revoked"}.get(outcome, "Not proven"))


def test_a_key_that_never_answered_here_proves_nothing() -> None:
    """An address outside the allowlist may get the same answer as a deleted key."""
    refused = AuthRejectedError("no", kraken=("EAPI:Invalid key",))

    assert judge_proof(refused, Venue.SPOT, answered_before=False)[0] is ProofOutcome.NOT_PROVEN


def test_futures_has_one_word_for_all() -> None:
    """Its refusal counts for a pair that was accepted before."""
    refused = AuthRejectedError("no", kraken=("authenticationError",))

    assert judge_proof(refused, Venue.FUTURES, answered_before=True)[0] is ProofOutcome.REVOKED
