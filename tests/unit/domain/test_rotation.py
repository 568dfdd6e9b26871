"""The steps of a rotation: forward, back, away; every other move is refused and changes nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from kraken_desk.domain import rotation as steps
from kraken_desk.domain.errors import RotationStepError
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.rotation import (
    LEGAL_MOVES,
    STEPS,
    Generation,
    ProofOutcome,
    Rotation,
    RotationId,
    Stage,
)
from tests.helpers.builders import NOW, a_public_key, a_slot

HOUR = timedelta(hours=1)
NEW = Generation(KeyId("key-new"), a_public_key(9), NOW)


def begun() -> Rotation:
    return steps.begin(RotationId("r"), a_slot(1), NOW)


def watched_quiet(rotation: Rotation) -> Rotation:
    """Watch for an hour with a look at both ends."""
    marked = steps.looked(steps.watching(rotation, HOUR, NOW), "", NOW)
    return steps.quiet(steps.looked(marked, "", NOW + HOUR), NOW + HOUR)


FORWARD: dict[Stage, Callable[[Rotation], Rotation]] = {
    Stage.CREATE: lambda r: steps.pasted(steps.storing(r, NEW.key_id, NOW), NEW, NOW),
    Stage.COMPARE: lambda r: steps.accepted(r, (), NOW),
    Stage.HAND_OVER: lambda r: steps.handed_over(r, NOW),
    Stage.WATCH: watched_quiet,
    Stage.REVOKE: lambda r: steps.declared_revoked(r, NOW),
    Stage.PROVE: lambda r: steps.proof_ended(steps.proving(r, NOW), ProofOutcome.REVOKED, "Invalid key", NOW),
    Stage.CLEAN_UP: lambda r: steps.finished(r, NOW),
}
"""The step forward from each stage."""


def at(stage: Stage) -> Rotation:
    rotation = begun()
    if stage is Stage.ABANDONED:
        return steps.abandoned(rotation, NOW)
    while rotation.stage is not stage:
        rotation = FORWARD[rotation.stage](rotation)
    return rotation


def test_the_whole_way() -> None:
    """Seven steps lead from the beginning to the end, in the order in which they are shown."""
    rotation, seen = begun(), []
    while rotation.stage.is_open:
        seen.append(rotation.stage)
        rotation = FORWARD[rotation.stage](rotation)

    assert tuple(seen) == STEPS
    assert [stage.value for stage in seen] == [
        "create", "compare", "hand-over", "watch", "revoke", "prove", "clean-up",
    ]  # fmt: skip
    assert rotation.stage is Stage.FINISHED


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("act", FORWARD)
def test_a_step_belongs_to_its_stage(stage: Stage, act: Stage) -> None:
    """Each step is refused everywhere but where it belongs."""
    rotation = at(stage)
    if stage is act:
        assert FORWARD[act](rotation).stage is not stage
        return

    with pytest.raises(RotationStepError):
        FORWARD[act](rotation)


@pytest.mark.parametrize("stage", Stage)
def test_back_and_away(stage: Stage) -> None:
    """Back is possible until Kraken has refused the old key, away until the hand-over."""
    rotation = at(stage)
    back = {
        Stage.COMPARE: Stage.CREATE,
        Stage.HAND_OVER: Stage.COMPARE,
        Stage.WATCH: Stage.HAND_OVER,
        Stage.REVOKE: Stage.WATCH,
        Stage.PROVE: Stage.REVOKE,
    }
    away = {Stage.CREATE, Stage.COMPARE, Stage.HAND_OVER}

    if stage in back:
        assert steps.gone_back(rotation, NOW).stage is back[stage]
    else:
        with pytest.raises(RotationStepError):
            steps.gone_back(rotation, NOW)
    if stage in away:
        assert steps.abandoned(rotation, NOW).stage is Stage.ABANDONED
    else:
        with pytest.raises(RotationStepError):
            steps.abandoned(rotation, NOW)
    assert (rotation.can_go_back, rotation.can_be_abandoned) == (stage in back, stage in away)


@pytest.mark.parametrize("stage", Stage)
def test_which_key_serves(stage: Stage) -> None:
    """The old key serves up to the hand-over, the new one after it."""
    after = {Stage.WATCH, Stage.REVOKE, Stage.PROVE, Stage.CLEAN_UP, Stage.FINISHED}

    assert at(stage).current.api_key == (a_public_key(9) if stage in after else a_public_key(1))


def test_going_back_restores_the_old_key() -> None:
    """From the watch one step back makes the old key the slot's again and forgets the watch."""
    rotation = steps.gone_back(steps.looked(steps.watching(at(Stage.WATCH), HOUR, NOW), "", NOW), NOW)

    assert steps.current_slot(a_slot(1), rotation) == a_slot(1)
    assert (rotation.watch, rotation.handed_over_at) == (None, None)
    assert rotation.new == NEW


@pytest.mark.parametrize("leave", [lambda r: steps.gone_back(r, NOW), lambda r: steps.abandoned(r, NOW)])
def test_a_new_key_let_go_is_left_over(leave: Callable[[Rotation], Rotation]) -> None:
    """Its keychain item is noted until it is gone; the old key's never is."""
    rotation = leave(at(Stage.COMPARE))

    assert rotation.new is None
    assert rotation.leftovers == ("key-new",)
    assert steps.tidied(rotation, NOW).leftovers == ()


def test_an_item_is_noted_before_it_is_made() -> None:
    """Between the note and the step that names the item, it counts as left over."""
    noted = steps.storing(begun(), NEW.key_id, NOW)

    assert noted.leftovers == ("key-new",)
    assert steps.pasted(noted, NEW, NOW).leftovers == ()


def test_quiet_takes_the_whole_time_and_a_look_after_it() -> None:
    """Before the time is over, or without a look since, the old key is not called quiet."""
    watching = steps.looked(steps.watching(at(Stage.WATCH), HOUR, NOW), "", NOW)

    with pytest.raises(RotationStepError, match="not quiet yet"):
        steps.quiet(steps.looked(watching, "", NOW + HOUR / 2), NOW + HOUR / 2)
    with pytest.raises(RotationStepError, match="Nobody has looked"):
        steps.quiet(watching, NOW + HOUR)
    assert steps.quiet(watching, NOW + HOUR, unobserved=True).stage is Stage.REVOKE
    assert steps.quiet(steps.looked(watching, "", NOW + HOUR), NOW + HOUR).stage is Stage.REVOKE


def test_a_sign_of_use_starts_the_time_anew() -> None:
    """After it the next look only marks the key, and the whole time runs from there."""
    watching = steps.looked(steps.watching(at(Stage.WATCH), HOUR, NOW), "", NOW)

    signed = steps.looked(watching, "somebody used it", NOW + HOUR)
    marked = steps.looked(signed, "", NOW + 2 * HOUR)

    assert signed.watch is not None
    assert (signed.watch.sign, signed.watch.marked, signed.watch.looks) == ("somebody used it", False, 2)
    assert marked.watch is not None
    assert (marked.watch.marked, marked.watch.due_at) == (True, NOW + 3 * HOUR)
    with pytest.raises(RotationStepError):
        steps.quiet(marked, NOW + 2 * HOUR)


@pytest.mark.parametrize("span", [timedelta(0), timedelta(seconds=-1), timedelta(days=91)])
def test_odd_spans_are_refused(span: timedelta) -> None:
    """A watch lasts from a second to 90 days."""
    with pytest.raises(RotationStepError, match="Not a span"):
        steps.watching(at(Stage.WATCH), span, NOW)


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        (ProofOutcome.REVOKED, Stage.CLEAN_UP),
        (ProofOutcome.NOT_REVOKED, Stage.REVOKE),
        (ProofOutcome.NOT_PROVEN, Stage.PROVE),
    ],
)
def test_only_a_proof_leads_on(outcome: ProofOutcome, stage: Stage) -> None:
    """A key that lives leads back to its revocation; no answer leaves things where they are."""
    rotation = steps.proof_ended(steps.proving(at(Stage.PROVE), NOW), outcome, "what Kraken said", NOW)

    assert rotation.stage is stage
    assert rotation.proof is not None
    assert rotation.proof.outcome is outcome


def test_a_proof_that_was_broken_off_is_known() -> None:
    """The call is noted before it is made, without an answer."""
    rotation = steps.proving(at(Stage.PROVE), NOW)

    assert rotation.proof is not None
    assert rotation.proof.outcome is None


@pytest.mark.parametrize(
    ("stage", "text"),
    [
        (Stage.CREATE, "rotation: waiting for the new key"),
        (Stage.WATCH, "rotation: handed over, the watch has not begun"),
        (Stage.PROVE, "rotation: revocation to be proven"),
    ],
)
def test_the_tree_says_where_it_stands(stage: Stage, text: str) -> None:
    """A few words per stage."""
    assert steps.words(at(stage), NOW) == text


def test_the_words_of_a_watch() -> None:
    """Waiting, waiting again after a sign, and a look that is due."""
    watching = steps.looked(steps.watching(at(Stage.WATCH), HOUR, NOW), "", NOW)
    signed = steps.looked(watching, "used", NOW)

    assert steps.words(watching, NOW) == "rotation: waiting for the old key to be quiet"
    assert steps.words(signed, NOW) == "rotation: waiting for the old key to be quiet again"
    assert steps.words(watching, NOW + HOUR) == "rotation: a last look at the old key is due"


ACTS: tuple[Callable[[Rotation], Rotation], ...] = (
    *FORWARD.values(),
    lambda r: steps.gone_back(r, NOW),
    lambda r: steps.abandoned(r, NOW),
    lambda r: steps.tidied(r, NOW),
    lambda r: steps.watching(r, HOUR, NOW),
    lambda r: steps.looked(steps.watching(r, HOUR, NOW), "used", NOW),
    lambda r: steps.proof_ended(steps.proving(r, NOW), ProofOutcome.NOT_REVOKED, "", NOW),
    lambda r: steps.proof_ended(steps.proving(r, NOW), ProofOutcome.NOT_PROVEN, "", NOW),
)


@pytest.mark.parametrize("seed", range(40))
def test_any_sequence_keeps_the_promises(seed: int) -> None:
    """Whatever is tried in whatever order: moves are legal, no item is forgotten, the old key stays whole."""
    chance = random.Random(seed)
    rotation, made = begun(), 0
    for _ in range(60):
        before = rotation
        act = chance.choice(ACTS)
        try:
            rotation = act(before)
        except RotationStepError:
            continue
        assert rotation.stage is before.stage or rotation.stage in LEGAL_MOVES[before.stage]
        assert rotation.old == before.old
        if before.new is not None and rotation.new is None:
            assert before.new.key_id in rotation.leftovers
            made += 1
        assert rotation.old.key_id not in rotation.leftovers
        if rotation.stage is Stage.CLEAN_UP:
            assert rotation.proof is not None
            assert rotation.proof.outcome is ProofOutcome.REVOKED
        if rotation.stage in (Stage.CREATE, Stage.COMPARE, Stage.HAND_OVER, Stage.ABANDONED):
            assert rotation.current == rotation.old
    assert made <= 60
