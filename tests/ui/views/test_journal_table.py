"""The journal's columns: amounts are never cut, and the act of a row never leaves the window."""

from kraken_desk.ui.models.journal import JournalColumn
from kraken_desk.ui.views.journal_table import WIDTHS, fit_columns


def test_key_and_outcome_give_way_and_the_act_stays() -> None:
    """In the narrowest window the signing key and the outcome are left to the tooltips."""
    widths = fit_columns(549, 0)

    assert set(JournalColumn) - set(widths) == {JournalColumn.KEY, JournalColumn.OUTCOME}
    assert sum(widths.values()) <= 549


def test_an_amount_is_never_cut() -> None:
    """A long amount takes the room it needs from the others."""
    widths = fit_columns(sum(WIDTHS.values()), 400)

    assert widths[JournalColumn.AMOUNT] == 400
    assert sum(widths.values()) <= sum(WIDTHS.values())


def test_route_and_outcome_share_what_is_left() -> None:
    """A wide window is filled to its edge, give or take the rounding."""
    widths = fit_columns(sum(WIDTHS.values()) + 500, 0)

    assert widths[JournalColumn.ROUTE] == 410
    assert widths[JournalColumn.OUTCOME] == 480
