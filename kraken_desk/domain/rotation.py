"""Rotation: a slot gets a new key while the old one stays as it is until the new one has served.

Kraken has no call that makes or deletes a key, so a person does both on its web page and this machine
keeps the place: each stage is named for what comes next, and every move is a pure function from one
rotation to the next. What is stored is always enough to go on after the program was killed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import RotationStepError
from kraken_desk.domain.keys import KeyId, KeySlot, SlotId
from kraken_desk.domain.values import dataclass, field

RotationId = NewType("RotationId", str)

SHORTEST_WATCH = timedelta(seconds=1)
LONGEST_WATCH = timedelta(days=90)
USUAL_WATCH = timedelta(hours=24)
"""A day covers what runs once a day; a choice of ours, the operator chooses another."""


class Stage(StrEnum):
    """Where a rotation stands, named for what comes next."""

    CREATE = "create"
    COMPARE = "compare"
    HAND_OVER = "hand-over"
    WATCH = "watch"
    REVOKE = "revoke"
    PROVE = "prove"
    CLEAN_UP = "clean-up"
    FINISHED = "finished"
    ABANDONED = "abandoned"

    @property
    def is_open(self) -> bool:
        return self not in (Stage.FINISHED, Stage.ABANDONED)


STEPS: tuple[Stage, ...] = tuple(stage for stage in Stage if stage.is_open)
"""The stages that a person walks through, in order."""

LEGAL_MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.CREATE: frozenset({Stage.COMPARE, Stage.ABANDONED}),
    Stage.COMPARE: frozenset({Stage.HAND_OVER, Stage.CREATE, Stage.ABANDONED}),
    Stage.HAND_OVER: frozenset({Stage.WATCH, Stage.COMPARE, Stage.ABANDONED}),
    Stage.WATCH: frozenset({Stage.REVOKE, Stage.HAND_OVER}),
    Stage.REVOKE: frozenset({Stage.PROVE, Stage.WATCH}),
    Stage.PROVE: frozenset({Stage.CLEAN_UP, Stage.REVOKE}),
    Stage.CLEAN_UP: frozenset({Stage.FINISHED}),
    Stage.FINISHED: frozenset(),
    Stage.ABANDONED: frozenset(),
}
"""Forward, one step back, and away; nothing leads back once Kraken has refused the old key."""

_BACK: dict[Stage, Stage] = {
    Stage.COMPARE: Stage.CREATE,
    Stage.HAND_OVER: Stage.COMPARE,
    Stage.WATCH: Stage.HAND_OVER,
    Stage.REVOKE: Stage.WATCH,
    Stage.PROVE: Stage.REVOKE,
}

_SUCCESSOR_SERVES = frozenset({Stage.WATCH, Stage.REVOKE, Stage.PROVE, Stage.CLEAN_UP, Stage.FINISHED})


class ProofOutcome(StrEnum):
    """What the one call with the old key has shown."""

    REVOKED = "revoked"
    NOT_REVOKED = "not revoked"
    NOT_PROVEN = "not proven"


@dataclass(frozen=True, slots=True)
class Generation:
    """One key of a slot: its keychain item, its public half, and since when we hold it."""

    key_id: KeyId
    api_key: str = field(repr=False)
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """How long the old key has been quiet, and how that is known.

    `looks` is how many nonces of the old key we have spent. With `marked` our own last call is the
    last that is known, so the next look may use the nonce right above it: Kraken refuses that
    nonce if anybody has used the key in between. `sign` says how use by somebody else was noticed
    last, "" when it never was.
    """

    quiet_for: timedelta
    quiet_since: datetime
    looks: int = 0
    last_look_at: datetime | None = None
    marked: bool = False
    sign: str = ""
    sign_at: datetime | None = None

    @property
    def due_at(self) -> datetime:
        return self.quiet_since + self.quiet_for

    def left(self, now: datetime) -> timedelta:
        """Return how long the old key must stay quiet still; zero when a look can decide."""
        return max(timedelta(0), self.due_at - now)


@dataclass(frozen=True, slots=True)
class Proof:
    """The one call with the old key; `outcome` is None while its answer is not known."""

    asked_at: datetime
    outcome: ProofOutcome | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Rotation:
    """One rotation of a slot's key.

    `leftovers` are keychain items that may exist and that nothing needs: noted before an item is
    made or deleted, so that none is forgotten. `revision` counts the writes; a writer who has seen
    an older one is refused.
    """

    rotation_id: RotationId
    slot_id: SlotId
    environment: EnvironmentName
    stage: Stage
    old: Generation
    started_at: datetime
    changed_at: datetime
    new: Generation | None = None
    accepted: tuple[str, ...] = ()
    handed_over_at: datetime | None = None
    watch: Watch | None = None
    proof: Proof | None = None
    leftovers: tuple[KeyId, ...] = ()
    revision: int = 0

    @property
    def current(self) -> Generation:
        """Return the key that the slot's process gets."""
        if self.stage in _SUCCESSOR_SERVES:
            assert self.new is not None
            return self.new
        return self.old

    @property
    def generations(self) -> tuple[Generation, ...]:
        return (self.old, self.new) if self.new is not None else (self.old,)

    @property
    def can_go_back(self) -> bool:
        return self.stage in _BACK

    @property
    def can_be_abandoned(self) -> bool:
        return Stage.ABANDONED in LEGAL_MOVES[self.stage]


@dataclass(frozen=True, slots=True)
class RotationMove:
    """One line of a rotation's history: where it stood afterwards, and what happened."""

    stage: Stage
    at: datetime
    note: str


def begin(rotation_id: RotationId, slot: KeySlot, now: datetime) -> Rotation:
    """Begin with the slot's key as the old one; nothing of it changes."""
    old = Generation(slot.key_id, slot.api_key, slot.added_at)
    return Rotation(rotation_id, slot.slot_id, slot.environment, Stage.CREATE, old, now, now)


def old_slot(slot: KeySlot, rotation: Rotation) -> KeySlot:
    """Return the slot as it was with the old key, for signing with that one."""
    return _with(slot, rotation.old)


def current_slot(slot: KeySlot, rotation: Rotation) -> KeySlot:
    """Return the slot as the rotation says it is now."""
    return _with(slot, rotation.current)


def _with(slot: KeySlot, key: Generation) -> KeySlot:
    return replace(slot, key_id=key.key_id, api_key=key.api_key, added_at=key.added_at)


def storing(rotation: Rotation, key_id: KeyId, now: datetime) -> Rotation:
    """Note a keychain item before it is made."""
    require(rotation, Stage.CREATE, "paste the new key")
    return replace(rotation, leftovers=(*rotation.leftovers, key_id), changed_at=now)


def pasted(rotation: Rotation, new: Generation, now: datetime) -> Rotation:
    """Take the new key, whose secret is stored and which Kraken has accepted."""
    require(rotation, Stage.CREATE, "take a new key")
    kept = tuple(key_id for key_id in rotation.leftovers if key_id != new.key_id)
    return replace(_moved(rotation, Stage.COMPARE, now), new=new, leftovers=kept)


def accepted(rotation: Rotation, differences: tuple[str, ...], now: datetime) -> Rotation:
    """Take the differences between the keys for wanted."""
    require(rotation, Stage.COMPARE, "accept the differences")
    return replace(_moved(rotation, Stage.HAND_OVER, now), accepted=differences)


def handed_over(rotation: Rotation, now: datetime) -> Rotation:
    """Make the new key the slot's; whoever starts from now on gets it."""
    require(rotation, Stage.HAND_OVER, "hand the new key over")
    return replace(_moved(rotation, Stage.WATCH, now), handed_over_at=now, watch=None, proof=None)


def watching(rotation: Rotation, quiet_for: timedelta, now: datetime) -> Rotation:
    """Begin to watch, or go on with another span; the quiet time so far counts."""
    require(rotation, Stage.WATCH, "watch the old key")
    if not SHORTEST_WATCH <= quiet_for <= LONGEST_WATCH:
        raise RotationStepError(
            "Not a span to watch for",
            "The old key can be watched for a second at least and 90 days at most.",
            "Choose as long as the slowest of your processes may sleep, such as 24h.",
        )
    watch = rotation.watch
    watch = Watch(quiet_for, now) if watch is None else replace(watch, quiet_for=quiet_for)
    return replace(rotation, watch=watch, changed_at=now)


def looked(
    rotation: Rotation, sign: str, now: datetime, *, spent: bool = True, counted: bool = True
) -> Rotation:
    """Note a look at the old key; a sign of use by somebody else starts the quiet time anew.

    Without `spent` no call was made: the sign was seen on this machine. A look that was not `counted`
    followed the clock and only marks the key.
    """
    require(rotation, Stage.WATCH, "look at the old key")
    watch = rotation.watch
    assert watch is not None
    begins = bool(sign) or not watch.marked or not counted
    watch = replace(
        watch,
        looks=watch.looks + spent,
        last_look_at=now if spent else watch.last_look_at,
        quiet_since=now if begins else watch.quiet_since,
        marked=not sign and spent,
        sign=sign or watch.sign,
        sign_at=now if sign else watch.sign_at,
    )
    return replace(rotation, watch=watch, changed_at=now)


def quiet(rotation: Rotation, now: datetime, *, unobserved: bool = False) -> Rotation:
    """Call the old key quiet: seen so by a look after the whole time, or on the operator's word."""
    require(rotation, Stage.WATCH, "call the old key quiet")
    watch = rotation.watch
    if watch is None or watch.left(now) > timedelta(0):
        raise RotationStepError(
            "The old key is not quiet yet",
            "The time to watch it is not over.",
            "Wait, or choose a shorter time.",
        )
    seen = watch.marked and watch.last_look_at is not None and watch.last_look_at >= watch.due_at
    if not seen and not unobserved:
        raise RotationStepError(
            "Nobody has looked",
            "The time is over, but no look at the old key has shown that nobody used it.",
            "Look once more.",
        )
    return _moved(rotation, Stage.REVOKE, now)


def declared_revoked(rotation: Rotation, now: datetime) -> Rotation:
    """Take the operator's word that the old key is deleted at Kraken."""
    require(rotation, Stage.REVOKE, "take the old key for revoked")
    return replace(_moved(rotation, Stage.PROVE, now), proof=None)


def proving(rotation: Rotation, now: datetime) -> Rotation:
    """Note the one call before it is made: if the program dies meanwhile, its answer is unknown."""
    require(rotation, Stage.PROVE, "prove that the old key is revoked")
    return replace(rotation, proof=Proof(now), changed_at=now)


def proof_ended(rotation: Rotation, outcome: ProofOutcome, text: str, now: datetime) -> Rotation:
    """Take the answer of the one call; only a refusal of the key itself leads on."""
    require(rotation, Stage.PROVE, "take the proof's answer")
    asked_at = rotation.proof.asked_at if rotation.proof is not None else now
    told = replace(rotation, proof=Proof(asked_at, outcome, text), changed_at=now)
    if outcome is ProofOutcome.REVOKED:
        return _moved(told, Stage.CLEAN_UP, now)
    if outcome is ProofOutcome.NOT_REVOKED:
        return _moved(told, Stage.REVOKE, now)
    return told


def finished(rotation: Rotation, now: datetime) -> Rotation:
    """End with the old secret gone from the keychain."""
    return _moved(rotation, Stage.FINISHED, now)


def gone_back(rotation: Rotation, now: datetime) -> Rotation:
    """Go one step back; from the watch the old key becomes the slot's again.

    Going back from the comparison lets go of the new key.
    """
    to = _BACK.get(rotation.stage)
    if to is None:
        raise _illegal(rotation, "go back")
    moved = _moved(rotation, to, now)
    if to is Stage.CREATE:
        return _without_new(moved)
    if to is Stage.COMPARE:
        return replace(moved, accepted=())
    if to is Stage.HAND_OVER:
        return replace(moved, handed_over_at=None, watch=None, proof=None)
    if to is Stage.WATCH:
        return replace(moved, watch=None)
    return moved


def abandoned(rotation: Rotation, now: datetime) -> Rotation:
    """Give up before the hand-over; the old key goes on as if nothing had been."""
    if not rotation.can_be_abandoned:
        raise _illegal(rotation, "be abandoned")
    return _without_new(_moved(rotation, Stage.ABANDONED, now))


def tidied(rotation: Rotation, now: datetime) -> Rotation:
    """Note that the left-over keychain items are gone."""
    return replace(rotation, leftovers=(), changed_at=now)


def require(rotation: Rotation, stage: Stage, act: str) -> None:
    """Raise RotationStepError unless the rotation stands at `stage`."""
    if rotation.stage is not stage:
        raise _illegal(rotation, act)


def _moved(rotation: Rotation, to: Stage, now: datetime) -> Rotation:
    if to not in LEGAL_MOVES[rotation.stage]:
        raise _illegal(rotation, f"come to “{to}”")
    return replace(rotation, stage=to, changed_at=now)


def _without_new(rotation: Rotation) -> Rotation:
    if rotation.new is None:
        return rotation
    return replace(rotation, new=None, leftovers=(*rotation.leftovers, rotation.new.key_id))


def _illegal(rotation: Rotation, act: str) -> RotationStepError:
    return RotationStepError(
        "Not at this step",
        f"The rotation stands at “{rotation.stage}” and cannot {act} from there.",
        NEXT_STEP[rotation.stage],
    )


NEXT_STEP: dict[Stage, str] = {
    Stage.CREATE: "Create the new key at Kraken with the values shown, then paste its pair here.",
    Stage.COMPARE: "Compare the new key with the old one, then accept the differences.",
    Stage.HAND_OVER: "Hand the new key over, then restart the process with it.",
    Stage.WATCH: "Watch the old key until it has been quiet for the chosen time.",
    Stage.REVOKE: "Delete the old key at Kraken, then say so here.",
    Stage.PROVE: "Prove it: one call with the old key, which must fail.",
    Stage.CLEAN_UP: "Remove the old secret from the keychain.",
    Stage.FINISHED: "Nothing is left to do.",
    Stage.ABANDONED: "Nothing is left to do.",
}


def words(rotation: Rotation, now: datetime) -> str:
    """Say in a few words where a rotation stands, as the tree shows it."""
    if rotation.stage is Stage.WATCH:
        return f"rotation: {_watch_words(rotation.watch, now)}"
    return f"rotation: {_WORDS[rotation.stage]}"


def _watch_words(watch: Watch | None, now: datetime) -> str:
    if watch is None:
        return "handed over, the watch has not begun"
    if watch.left(now) > timedelta(0):
        again = " again" if watch.sign else ""
        return f"waiting for the old key to be quiet{again}"
    return "a last look at the old key is due"


_WORDS: dict[Stage, str] = {
    Stage.CREATE: "waiting for the new key",
    Stage.COMPARE: "new key to be compared",
    Stage.HAND_OVER: "new key to be handed over",
    Stage.REVOKE: "old key to be revoked at Kraken",
    Stage.PROVE: "revocation to be proven",
    Stage.CLEAN_UP: "old secret to be removed",
    Stage.FINISHED: "finished",
    Stage.ABANDONED: "abandoned",
}
