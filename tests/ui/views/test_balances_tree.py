"""The balances' columns: figures are never cut, and what gives way in a narrow window."""

from kraken_desk.ui.models.balances import BalanceColumn
from kraken_desk.ui.views.balances_tree import WIDTHS, fit_columns


def test_the_place_takes_what_is_left() -> None:
    """In a wide window only the place grows."""
    room = sum(WIDTHS.values()) + 300

    widths = fit_columns(room, WIDTHS)

    assert widths == {**WIDTHS, BalanceColumn.PLACE: WIDTHS[BalanceColumn.PLACE] + 300}


def test_what_is_on_hold_gives_way() -> None:
    """A window too narrow for all columns leaves the hold out, and the rest fits exactly."""
    room = sum(WIDTHS.values()) - 1

    widths = fit_columns(room, WIDTHS)

    assert set(BalanceColumn) - set(widths) == {BalanceColumn.HOLD}
    assert sum(widths.values()) == room
