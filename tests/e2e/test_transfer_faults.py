"""A few hundred transfers with random faults, in a program that is killed at every step of its journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.transfer_courses import EveryLeg
from bench.transfer_faults import campaign


@pytest.mark.timeout(180)
async def test_money_survives_faults_and_kills(tmp_path: Path) -> None:
    """Totals stay, nothing is sent twice or lost, no state says other than what happened."""
    claims = await campaign(tmp_path, count=200, per_round=100, seed=3)

    assert {claim.name: claim.found for claim in claims if not claim.holds} == {}
    assert len(claims) == 6


@pytest.mark.timeout(180)
async def test_every_kind_of_leg_survives_them_too(tmp_path: Path) -> None:
    """All five calls that move money, on both venues: the same must hold."""
    claims = await campaign(tmp_path, course=EveryLeg(), count=40, per_round=40, seed=3)

    assert {claim.name: claim.found for claim in claims if not claim.holds} == {}
