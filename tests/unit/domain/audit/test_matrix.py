"""The permission matrix: each right of each key against its role."""

from __future__ import annotations

from kraken_desk.domain.audit.matrix import Mark, matrix_of
from tests.unit.domain.audit.facts import fleet, futures, role, trader, unchecked


def test_marks_say_what_the_role_says() -> None:
    """Held, beyond the role, missing, of the other venue, never checked."""
    odd = trader(
        rights=("query-funds", "modify-trades", "query-open-trades", "withdraw-funds", "fly"), name="a"
    )
    view = futures("READ_ONLY", declared=role("dashboard"), name="b", slot_id="slot-2")
    new = unchecked(name="c", slot_id="slot-3")

    matrix = matrix_of(fleet(new, view, odd))

    first, second, third = matrix.rows
    marks = dict(zip([str(r.right_id) for r in matrix.rights], first.marks, strict=True))
    assert marks["query-funds"] is Mark.HELD
    assert marks["withdraw-funds"] is Mark.SURPLUS
    assert marks["close-trades"] is Mark.MISSING
    assert marks["export-data"] is Mark.NONE
    assert marks["general:READ_ONLY"] is Mark.NOT_APPLICABLE
    assert first.dangerous == {"withdraw-funds", "modify-trades"}
    assert first.unknown == ("fly",)
    assert first.has(Mark.MISSING, Mark.SURPLUS)
    assert second.marks[-3:] == (Mark.HELD, Mark.NONE, Mark.NONE)
    assert not second.has(Mark.MISSING, Mark.SURPLUS)
    assert set(third.marks) == {Mark.NOT_KNOWN, Mark.NOT_APPLICABLE}
    assert third.sentence == ""
