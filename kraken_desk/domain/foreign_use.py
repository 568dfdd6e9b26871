"""Foreign use: what Kraken tells of a key against what this profile did with it and who held it.

Every signed check leaves an `Observation`: what we had signed with until then, and what Kraken knew of
the key. Two of them in a row show whether somebody else called in between, as far as that can be seen:

* Kraken refuses a nonce that is not above the highest it has seen (documented), so a refusal while the
  clock is right says that somebody signed with a larger one.
* It reports the highest nonce. One above all of ours is not ours; a nonce window lets us see it.
* It reports when the key was last used. Whether that is the asking call itself or the one before is not
  documented (the published sample fits the asking call), so only a time that fits neither counts.

A caller whose nonces stay below ours between two ordinary checks leaves no trace. A *counted* look, which
signs with the last known nonce plus one instead of the clock, does not have that gap: any use since the
look before makes it fail. It costs one nonce and, when somebody used the key, one refused call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from kraken_desk.domain.clients import SECOND_COUNTERS, scale_of
from kraken_desk.domain.keys import KeyId, KeySlot
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.nonces import CLOCK_TOLERANCE, fingerprint, is_larger
from kraken_desk.domain.values import dataclass

REMEMBERED = timedelta(days=7)
"""How long a sign of use is held against a key that shows no further one."""


class UseState(StrEnum):
    """Whether everything that Kraken tells of a key's use has an explanation here."""

    EXPECTED = "expected"
    UNDECIDABLE = "undecidable"
    FOREIGN = "foreign"


class Quietness(StrEnum):
    """Whether a key was left alone by everybody but us."""

    QUIET = "quiet"
    USED = "used"
    UNKNOWN = "unknown"


class TraceKind(StrEnum):
    """What gave a use away."""

    REFUSED = "refused nonce"
    NONCE = "nonce above ours"
    LAST_USED = "last used"


@dataclass(frozen=True, slots=True)
class OwnCall:
    """This profile's last call with a key; `at` is None when it was made before times were kept."""

    nonce: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Observation:
    """What one signed check saw at `at`; `accepted` is False when Kraken refused its nonce.

    `signed` is the highest nonce that this profile had used by then, the check's own included;
    `before` its last call before the check. What Kraken did not report is None. `counted` says that
    the check signed with the last known nonce plus one.
    """

    key_id: KeyId
    at: datetime
    accepted: bool
    signed: int | None = None
    before: OwnCall | None = None
    nonce: int | None = None
    nonce_window: int | None = None
    last_used: datetime | None = None
    modified_time: datetime | None = None
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """A use that was not ours: somewhere from `earliest` (None: any time before) to `latest`."""

    kind: TraceKind
    earliest: datetime | None
    latest: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Sign:
    """One piece of evidence with what it comes to, in plain words."""

    state: UseState
    kind: TraceKind
    seen_at: datetime
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class UseFinding:
    """The judgement of a key's use as of `judged_at`, with the evidence that bears on it."""

    key_id: KeyId
    state: UseState
    judged_at: datetime
    signs: tuple[Sign, ...] = ()

    @property
    def is_foreign(self) -> bool:
        return self.state is UseState.FOREIGN

    @property
    def words(self) -> str:
        """Say in one sentence what is known."""
        if self.state is UseState.FOREIGN:
            return "Somebody else has used this key."
        if self.state is UseState.UNDECIDABLE and not self.signs:
            return "Kraken reports nothing of this key's use."
        if self.state is UseState.UNDECIDABLE:
            return "It was used, and nothing here tells by whom."
        return "Nothing contradicts our own records; a caller with smaller nonces would leave no trace."


@dataclass(frozen=True, slots=True)
class Quiet:
    """The answer of `quiet_since`: proven from `since` to `until`, both None unless QUIET."""

    state: Quietness
    since: datetime | None = None
    until: datetime | None = None
    traces: tuple[Trace, ...] = ()


def quiet_since(observations: Sequence[Observation], since: datetime) -> Quiet:
    """Say whether nobody but us has used a key since a time; observations come oldest first.

    USED: a use after `since` is certain, or cannot be told from one just before it. QUIET needs looks
    that prove it without a gap up to the last one: each is counted, or Kraken's `last_used` names an
    earlier call of ours. The first look after `since` is the baseline unless an earlier one is there,
    so what happened between `since` and that first look is not covered: make it at once. Anything
    else is UNKNOWN. A caller that Kraken refused leaves no trace at all.
    """
    looks = _from_baseline(observations, since)
    found = [trace for _, trace in _traces_of(looks) if trace.latest > since]
    if found:
        return Quiet(Quietness.USED, traces=tuple(found))
    proven = [after.at for before, after in pairwise(looks) if _leaves_no_gap(before, after)]
    if not proven or len(proven) < len(looks) - 1:
        return Quiet(Quietness.UNKNOWN)
    return Quiet(Quietness.QUIET, max(since, looks[0].at), proven[-1])


def judge(
    slot: KeySlot, observations: Sequence[Observation], leases: Iterable[Lease], now: datetime
) -> UseFinding:
    """Weigh the use of a key against our records and the leases of its slot; oldest look first."""
    held = tuple(leases)
    signs = []
    for look, trace in _traces_of(observations):
        if now - look.at <= REMEMBERED:
            state, why = _explain(slot, look, trace, held, first=look is observations[0])
            signs.append(Sign(state, trace.kind, look.at, trace.text, why))
    if not any(look.nonce is not None or not look.accepted for look in observations):
        return UseFinding(slot.key_id, UseState.UNDECIDABLE, now)
    states = {sign.state for sign in signs}
    order = (UseState.FOREIGN, UseState.UNDECIDABLE, UseState.EXPECTED)
    state = next((state for state in order if state in states), UseState.EXPECTED)
    return UseFinding(slot.key_id, state, now, tuple(reversed(signs)))


def traces(before: Observation | None, look: Observation) -> tuple[Trace, ...]:
    """Return the uses by others that a look shows and the look before did not."""
    found = (_refused(before, look), _above_ours(before, look), _used_between(before, look))
    return tuple(trace for trace in found if trace is not None)


def _traces_of(looks: Sequence[Observation]) -> Iterator[tuple[Observation, Trace]]:
    for before, look in zip((None, *looks), looks, strict=False):
        for trace in traces(before, look):
            yield look, trace


def _from_baseline(observations: Sequence[Observation], since: datetime) -> Sequence[Observation]:
    """Return the last look before `since`, if Kraken told its nonce, and all later ones."""
    earlier = [i for i, look in enumerate(observations) if look.at <= since]
    start = earlier[-1] if earlier and observations[earlier[-1]].nonce is not None else len(earlier)
    return observations[start:]


def _leaves_no_gap(before: Observation, look: Observation) -> bool:
    """Say whether nobody else can have been accepted between two looks.

    A counted look with a window may still pass below a higher nonce, which Kraken then reports.
    """
    if not look.accepted:
        return False
    if look.counted and before.nonce is not None and look.signed == before.nonce + 1:
        return look.nonce == look.signed
    return look.last_used is not None and not _near(look.last_used, look.at) and not traces(before, look)


def _refused(before: Observation | None, look: Observation) -> Trace | None:
    if look.accepted:
        return None
    signed = f"our nonce {look.signed}" if look.signed is not None else "our nonce"
    text = f"At {_time(look.at)} Kraken refused {signed}: it had seen one at least as large."
    return Trace(TraceKind.REFUSED, before.at if before else None, look.at, text)


def _above_ours(before: Observation | None, look: Observation) -> Trace | None:
    if not look.accepted or look.nonce is None or look.signed is None or look.nonce <= look.signed:
        return None
    if before is not None and before.nonce is not None and look.nonce <= before.nonce:
        return None
    text = (
        f"At {_time(look.at)} Kraken's last nonce of the key was {look.nonce}, and our highest {look.signed}."
    )
    return Trace(TraceKind.NONCE, before.at if before else None, look.at, text)


def _used_between(before: Observation | None, look: Observation) -> Trace | None:
    used = look.last_used
    if used is None or _near(used, look.at) or (before is not None and before.last_used == used):
        return None
    own = look.before.at if look.before is not None else None
    if own is not None and used <= own + CLOCK_TOLERANCE:
        return None
    if own is None and (look.before is not None or used > look.at):
        return None  # when we last called is not known, or the clocks differ
    ours = f"our own last call was at {_time(own)}" if own is not None else "we had never called with it"
    return Trace(
        TraceKind.LAST_USED, used, used, f"Kraken says that the key was used at {_time(used)}; {ours}."
    )


def _explain(
    slot: KeySlot, look: Observation, trace: Trace, leases: tuple[Lease, ...], *, first: bool
) -> tuple[UseState, str]:
    """Say what a use comes to, and why."""
    lease = _holder(trace, leases)
    if trace.kind is TraceKind.REFUSED or _contradicts_scale(slot, look, trace):
        return _explain_larger(slot, look, lease, first=first)
    if lease is not None:
        return UseState.EXPECTED, f"“{lease.command}” held the key then."
    if first and look.before is None:
        return UseState.UNDECIDABLE, "It was used before this profile first called with it."
    if slot.is_desk_key:
        return UseState.FOREIGN, "This key is Kraken Desk's own; no other program should hold its secret."
    if slot.only_here:
        return UseState.FOREIGN, "Its process is said to run on this machine only, and did not hold the key."
    return UseState.UNDECIDABLE, "Its process may run elsewhere; no lease of this machine tells."


def _explain_larger(
    slot: KeySlot, look: Observation, lease: Lease | None, *, first: bool
) -> tuple[UseState, str]:
    """Explain a nonce that the slot's declared client does not make by the clock."""
    client = slot.signing_client
    if slot.is_desk_key:
        if first and look.before is None:
            return UseState.UNDECIDABLE, "It was used before this profile first called with it."
        return UseState.FOREIGN, "This key is Kraken Desk's own, and our nonces have only risen."
    if not client:
        return UseState.UNDECIDABLE, "The key's client is not declared, so any scale may be its own."
    if client in SECOND_COUNTERS and not look.accepted:
        return UseState.UNDECIDABLE, f"{client} counts on within a second, so it may have been its own call."
    if lease is not None:
        return UseState.UNDECIDABLE, f"“{lease.command}” held the key; perhaps it is not {client}."
    if first:
        return UseState.UNDECIDABLE, f"{client} may be the wrong declaration, or the key was used before."
    return UseState.FOREIGN, f"{client} makes no nonces of that size: another client has signed with the key."


def _contradicts_scale(slot: KeySlot, look: Observation, trace: Trace) -> bool:
    if trace.kind is not TraceKind.NONCE or look.nonce is None or not slot.signing_client:
        return False
    found = fingerprint(look.nonce, look.at).scale
    return found is None or is_larger(found, scale_of(slot.signing_client))


def _holder(trace: Trace, leases: tuple[Lease, ...]) -> Lease | None:
    """Return a lease that held at some time of the trace."""
    for lease in leases:
        begun = lease.since <= trace.latest + CLOCK_TOLERANCE
        over = lease.ended_at is not None and (
            trace.earliest is not None and lease.ended_at < trace.earliest - CLOCK_TOLERANCE
        )
        if begun and not over:
            return lease
    return None


def _near(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= CLOCK_TOLERANCE


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
