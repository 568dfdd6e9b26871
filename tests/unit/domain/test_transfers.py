"""Transfer states: money is never in two of them, and no way leads back to the send."""

from __future__ import annotations

from kraken_desk.domain.transfers import LEGAL_MOVES, PlanCheck, TransferPlan, TransferState

S = TransferState


def test_no_way_leads_back_to_the_send() -> None:
    """From SENT on nothing can be sent again; only PLANNED leads there."""
    assert [state for state, after in LEGAL_MOVES.items() if S.SENT in after] == [S.PLANNED]
    assert all(S.PLANNED not in after for after in LEGAL_MOVES.values())


def test_every_state_is_open_or_final() -> None:
    """Open states block the route and can still move; final ones do neither."""
    assert {state for state in S if state.open} == {S.PLANNED, S.SENT, S.UNKNOWN}
    assert all(state.open == bool(LEGAL_MOVES[state]) for state in S)


def test_an_unknown_outcome_is_settled_only_by_words_of_its_own() -> None:
    """It never becomes confirmed or rejected: those are Kraken's answers to the call."""
    assert LEGAL_MOVES[S.UNKNOWN] == {S.EXECUTED, S.NOT_EXECUTED}


def test_a_plan_is_sound_when_every_check_holds() -> None:
    """One failed check is enough to stop it."""
    good, bad = PlanCheck("a", True, ""), PlanCheck("b", False, "")
    plan = TransferPlan.__new__(TransferPlan)

    object.__setattr__(plan, "checks", (good, bad))
    assert not plan.sound
    object.__setattr__(plan, "checks", (good,))
    assert plan.sound
