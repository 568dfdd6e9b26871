"""One-failure diagnosis: from one rejection and what is known, the likely causes with their next steps.

Kraken uses few strings for many causes, so the string alone rarely tells. What is known about the key
(its end, its allowlist, its last nonce, whether it ever worked) decides the order, and a diagnosis says
when that is not enough to prefer its first cause.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kraken_desk.domain.allowlist import AllowlistStatus, IpAllowlist
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import ApiKeyInfo, CheckOutcome, Problem, Venue
from kraken_desk.domain.nonces import Usability, fingerprint, outlook
from kraken_desk.domain.values import dataclass

FRESH = timedelta(minutes=30)
"""New and edited keys were seen refused for about a quarter of an hour (reported of good keys)."""

DORMANT = timedelta(days=90)
"""Kraken disables keys that are unused for months; the exact span is not published."""

_SURE, _LIKELY, _POSSIBLE, _REMOTE = 90, 60, 30, 10


@dataclass(frozen=True, slots=True)
class Cause:
    """One possible cause: what it is, what speaks for it, and what to do; `weight` orders causes."""

    title: str
    why: str
    next_step: str
    weight: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The causes of a failure, the likeliest first; none when nothing failed."""

    causes: tuple[Cause, ...] = ()

    @property
    def enough(self) -> bool:
        """Say whether what is known singles out the first cause."""
        if not self.causes:
            return True
        first, *rest = self.causes
        return first.weight >= _LIKELY and all(first.weight > other.weight for other in rest)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known at the moment of the diagnosis; `address` is this machine's, "" when unknown."""

    node: KeyNode
    now: datetime
    address: str = ""

    @property
    def info(self) -> ApiKeyInfo | None:
        return self.node.check.info if self.node.check else None

    @property
    def worked_before(self) -> bool:
        return self.info is not None


def diagnose(known: Known) -> Diagnosis:
    """Return the causes of the key's last failed check."""
    check = known.node.check
    if check is None or check.outcome is CheckOutcome.ACCEPTED or check.problem is None:
        return Diagnosis()
    found = _causes(check.problem, known)
    return Diagnosis(tuple(sorted(found, key=lambda cause: -cause.weight)))


def _causes(problem: Problem, known: Known) -> list[Cause]:
    said = " ".join(problem.kraken).casefold()
    if problem.category == "NonceStaleError" or "nonce" in said:
        return _nonce_causes(known)
    if problem.category == "LockedOutError" or "lockout" in said:
        return [_lockout(known)]
    if problem.category == "ForbiddenError" or "permission" in said:
        return _permission_causes(problem, known)
    if "signature" in said:
        return _signature_causes(known)
    if problem.category == "AuthRejectedError":
        both = known.node.slot.venue is Venue.FUTURES  # Futures has one answer for key and signature
        return _key_causes(known) + (_signature_causes(known) if both else [])
    if problem.category in ("RateLimitedError", "UnavailableError", "UnreachableError"):
        return [Cause(problem.title, "The key itself was not refused.", "Check it again later.", _SURE)]
    return [Cause(problem.title, problem.detail, problem.hint, _LIKELY)]


def _lockout(known: Known) -> Cause:
    until = known.node.check.checked_at + timedelta(minutes=15) if known.node.check else known.now
    return Cause(
        "Kraken has locked this address out",
        "Too many refused calls came from it; the key need not be at fault.",
        f"Wait until {until:%H:%M} UTC, and find the process whose calls fail: each try prolongs it.",
        _SURE,
    )


def _nonce_causes(known: Known) -> list[Cause]:
    return [
        *_scale_causes(known),
        Cause(
            "Another process uses the key",
            _lease_words(known) or "Its nonces overtake each other.",
            "Give each process a key of its own; a wider nonce window only hides it.",
            _LIKELY if known.node.lease is not None else _POSSIBLE + 5,
        ),
        Cause(
            "The key was used at a larger nonce scale",
            "A client with larger numbers has signed with it, which cannot be undone.",
            "Make a new key at Kraken for this process.",
            _POSSIBLE,
        ),
        Cause(
            "A clock was or is wrong",
            "A counter made by a clock ahead of time stays ahead until the time has come.",
            "Compare the clocks (kraken-desk doctor).",
            _REMOTE,
        ),
    ]


def _scale_causes(known: Known) -> list[Cause]:
    """Return what Kraken's last reported nonce proves."""
    info, client = known.info, known.node.slot.signing_client
    if info is None or not isinstance(info.nonce, int) or not client:
        return []
    window = info.nonce_window if isinstance(info.nonce_window, int) else 0
    prospect = outlook(info.nonce, window, client, known.now)
    read = fingerprint(info.nonce, info.read_at)
    if prospect.usability is Usability.AHEAD and prospect.free_at is not None:
        why = f"Its last nonce means a time in the future; {client} is refused until then."
        step = f"Wait until {prospect.free_at:%Y-%m-%d %H:%M} UTC, or make a new key."
        return [Cause("The key's counter is ahead of the clock", why, step, _SURE)]
    if prospect.usability is Usability.DEAD:
        users = ", ".join(read.clients) or "an unknown client"
        why = f"Its last nonce has {read.digits} digits, as of {users}; {client} has smaller numbers."
        return [Cause("The declared client is not the key's", why, "Make a new key for this process.", _SURE)]
    return []


def _key_causes(known: Known) -> list[Cause]:
    return [
        *_proven_key_causes(known),
        Cause(
            "The key was deleted or disabled at Kraken",
            "It worked before." if known.worked_before else "Kraken gives no other sign of it.",
            "Look for it in Kraken's list of API keys.",
            _POSSIBLE + 10 if known.worked_before else _REMOTE,
        ),
        Cause(
            "The public key is mistyped, or of another environment or venue",
            "It has never worked here." if not known.worked_before else "It worked before, so hardly.",
            "Compare it with Kraken's list, character by character.",
            _REMOTE if known.worked_before else _POSSIBLE + 10,
        ),
        Cause(
            "This machine's address is not on the key's allowlist",
            _allowlist_words(known),
            "Compare the allowlist with the address you call from.",
            0 if _allowlist_is_open(known) else _POSSIBLE,
        ),
    ]


def _proven_key_causes(known: Known) -> list[Cause]:
    """Return the causes that a fact speaks for."""
    info, found = known.info, []
    if info is not None and info.expired(known.now):
        end = f"{info.valid_until:%Y-%m-%d %H:%M} UTC" if isinstance(info.valid_until, datetime) else "over"
        why = f"Kraken gave it until {end}."
        found.append(Cause("The key has expired", why, "Make a new key, or extend it at Kraken.", _SURE + 5))
    listed = info.ip_allowlist if info is not None else None
    if known.address and isinstance(listed, IpAllowlist) and not listed.allows(known.address):
        why = f"{known.address} is not among {', '.join(listed.entries)}."
        found.append(Cause("The address is not on the allowlist", why, "Add it at Kraken.", _SURE))
    touched = _last_touched(known)
    if touched is not None and timedelta(0) <= known.now - touched < FRESH:
        found.append(
            Cause(
                "The key is new or was just edited",
                "Such keys can be refused for some minutes although they are right.",
                "Wait a quarter of an hour, then check it once.",
                _LIKELY,
            )
        )
    if info is not None and isinstance(info.last_used, datetime) and known.now - info.last_used > DORMANT:
        why = f"It was last used on {info.last_used:%Y-%m-%d}; Kraken disables keys unused for months."
        found.append(Cause("The key was disabled for lying idle", why, "Make a new key at Kraken.", _LIKELY))
    return found


def _signature_causes(known: Known) -> list[Cause]:
    fresh = not known.worked_before
    return [
        Cause(
            "The secret does not belong to this key",
            "It has never signed here." if fresh else "It has signed here before, so hardly.",
            "Make a new pair and paste both halves together; Kraken shows a secret once.",
            _LIKELY if fresh else _POSSIBLE - 5,
        ),
        Cause(
            "The key asks for a second factor",
            "A key with 2FA refuses calls without a one-time password.",
            "Switch 2FA off for this API key at Kraken; the desk does not send passwords.",
            _POSSIBLE if fresh else _LIKELY,
        ),
    ]


def _permission_causes(problem: Problem, known: Known) -> list[Cause]:
    return [
        Cause(
            "A permission is missing",
            problem.detail,
            problem.hint or "Grant it at Kraken, or use a key that has it.",
            _LIKELY,
        ),
        Cause(
            "This machine's address is not on the key's allowlist",
            _allowlist_words(known),
            "Compare the allowlist with the address you call from.",
            0 if _allowlist_is_open(known) else _REMOTE,
        ),
    ]


def _last_touched(known: Known) -> datetime | None:
    """Return when the key was last made or edited, as far as is known."""
    info = known.info
    if info is None:
        return known.node.slot.added_at
    times = [t for t in (info.created_time, info.modified_time) if isinstance(t, datetime)]
    return max(times, default=None)


def _lease_words(known: Known) -> str:
    lease = known.node.lease
    return f"{lease.command} holds it on this machine since {lease.since:%H:%M} UTC." if lease else ""


def _allowlist_words(known: Known) -> str:
    listed = known.info.ip_allowlist if known.info else None
    if not isinstance(listed, IpAllowlist):
        return "Kraken's list for this key is not known."
    if listed.status is AllowlistStatus.OPEN:
        return "The key was open to any address when it was last read."
    return f"The key is limited to {', '.join(listed.entries)}."


def _allowlist_is_open(known: Known) -> bool:
    listed = known.info.ip_allowlist if known.info else None
    return isinstance(listed, IpAllowlist) and listed.status is AllowlistStatus.OPEN
