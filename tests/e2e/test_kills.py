"""The program killed at random moments of its work: a small version of the benchmark's campaign."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from bench.kills import campaign
from tests.helpers.keychain import require_programs


@pytest.mark.timeout(180)
def test_it_always_starts_again_and_nothing_is_lost() -> None:
    """Keys, names, settings, transfers, leases, exports and backups are as they were said to be."""
    require_programs()
    with tempfile.TemporaryDirectory(prefix="kd-") as root:
        claims = campaign(Path(root), kills=7, seed=3, windows=False)

    assert {claim.name: claim.found for claim in claims if not claim.holds} == {}
    assert len(claims) == 7
