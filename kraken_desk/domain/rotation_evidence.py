"""What the calls with an old key have shown: whether somebody else uses it, and whether it is revoked.

The watch looks with the nonce right above the last one known (a counted look): Kraken accepts it only when
nobody used the key since, and it disturbs no one, because a user's higher nonce stays the highest.
"""

from __future__ import annotations

from kraken_desk.domain.errors import (
    AuthRejectedError,
    ForbiddenError,
    KrakenDeskError,
    NonceStaleError,
    RotationStepError,
)
from kraken_desk.domain.foreign_use import Observation, TraceKind, traces
from kraken_desk.domain.keys import ApiKeyInfo, Venue
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.rotation import ProofOutcome

COST = (
    "Each look spends one nonce of the old key. If somebody still uses it, Kraken refuses the look, which "
    "counts as one failed call."
)

UNOBSERVABLE = (
    "Kraken reports neither nonce nor use of a Futures key, so nobody can see from here whether it is quiet."
)


def can_be_observed(venue: Venue) -> bool:
    """Say whether a look can show use by others: Futures checks carry no nonce and report no use."""
    return venue is Venue.SPOT


def sign_of_use(before: Observation | None, look: Observation) -> str:
    """Return how a look shows that somebody else used the key since our look before, or "".

    Without a look before, only a refused nonce tells: everything else may be from before the watch.
    """
    found = [t for t in traces(before, look) if before is not None or t.kind is TraceKind.REFUSED]
    return found[0].text if found else ""


def cannot_be_watched() -> RotationStepError:
    """Return the error for a key whose counter is above the clock from the start."""
    return RotationStepError(
        "The old key cannot be watched",
        "Kraken refused the first look: somebody has signed with larger nonces than the declared client"
        " makes, so no later look would tell anything.",
        "Declare the right client, or see for yourself that nothing uses the old key and go on unobserved.",
    )


def refused_while_watched(error: AuthRejectedError) -> AuthRejectedError:
    """Return the error for an old key that Kraken refuses before the watch is over, with the way out."""
    return AuthRejectedError(
        "Kraken refuses the old key already",
        f"{error.detail} The rotation stands where it stood.",
        "If you have deleted it at Kraken, or it has expired, end the watch on your own word: tick “I have"
        " seen for myself”, or keys rotate watch NAME --for 1s --unobserved. Then say that it is revoked.",
        operation=error.operation,
        kraken=error.kraken,
    )


def lease_sign(lease: Lease) -> str:
    """Say that a process of this machine still works with the old key."""
    number = lease.child.pid if lease.child else lease.holder.pid
    who = f"“{lease.command}” (process {number})"
    return f"{who} holds the key since before the hand-over and works with the old one."


def judge_proof(
    answer: ApiKeyInfo | KrakenDeskError, venue: Venue, *, answered_before: bool
) -> tuple[ProofOutcome, str]:
    """Say what the one call with the old key has shown.

    Spot answers `EAPI:Invalid key` for a deleted key (Kraken docs). It may say the same to an address
    outside the allowlist (not established), so a key that never answered from here proves nothing.
    Futures has one refusal for all reasons; this pair was accepted before, so it means the key.
    """
    if isinstance(answer, ApiKeyInfo):
        return ProofOutcome.NOT_REVOKED, "Not revoked: Kraken still accepts the old key."
    if isinstance(answer, NonceStaleError):
        return ProofOutcome.NOT_REVOKED, (
            "Not revoked: Kraken refused only the nonce, so the old key is alive and somebody has used it."
        )
    if isinstance(answer, ForbiddenError):
        return ProofOutcome.NOT_REVOKED, "Not revoked: Kraken knows the old key and refused only the call."
    if isinstance(answer, AuthRejectedError) and _means_the_key(answer, venue):
        if answered_before:
            return ProofOutcome.REVOKED, f"Proven: Kraken said {_said(answer)} to the old key."
        return ProofOutcome.NOT_PROVEN, (
            f"Not proven: Kraken said {_said(answer)}, but the old key never answered from this machine."
        )
    return ProofOutcome.NOT_PROVEN, f"Not proven: {answer.title}. {answer.detail}".strip()


def _means_the_key(error: AuthRejectedError, venue: Venue) -> bool:
    return venue is Venue.FUTURES or any("invalid key" in text.lower() for text in error.kraken)


def _said(error: AuthRejectedError) -> str:
    return ", ".join(error.kraken) or error.title
