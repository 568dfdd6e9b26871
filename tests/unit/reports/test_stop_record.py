"""The record of a stop: everything in it, nothing that turns into markup."""

from __future__ import annotations

from datetime import timedelta

from kraken_desk.domain.rotation import ProofOutcome
from kraken_desk.domain.stop import StepKind, StepState, StopId, StopRun, StopStep
from kraken_desk.reports.stop_record import stop_html
from tests.helpers.builders import LAB, NOW


def a_run() -> StopRun:
    later = NOW + timedelta(seconds=1.25)
    trading = StopStep(1, StepKind.TRADING, "u", "<b>Carry\u202e").begun(NOW).over(later, "disabled")
    key = StopStep(
        2, StepKind.REVOKE, "k", "bot of Main", StepState.YOURS, page="https://www.kraken.com/u/security/api",
        proof_asked_at=NOW, proof_outcome=ProofOutcome.NOT_REVOKED, proof_text="Not revoked",
    )  # fmt: skip
    return StopRun(StopId("p1"), LAB.name, False, NOW, (trading, key), later)


def test_every_step_has_state_time_and_result() -> None:
    """Also the page at Kraken, the proof, and what the stop does not reach."""
    page = stop_html(a_run(), NOW)

    for part in (
        "1.25 s",
        "disabled",
        "https://www.kraken.com/u/security/api",
        "Not revoked",
        "Kraken has no call",
    ):
        assert part in page
    assert "1 done, 1 key to delete at Kraken in 1.25 s" in page


def test_names_cannot_write_the_page() -> None:
    """Markup is escaped, characters that turn text are shown by number."""
    page = stop_html(a_run(), NOW)

    assert "<b>Carry" not in page
    assert "&lt;b&gt;Carry&lt;202e&gt;" in page


def test_paper_has_its_own_style() -> None:
    """Without a style sheet for who prints it."""
    assert "<style>" not in stop_html(a_run(), NOW, styled=False)
