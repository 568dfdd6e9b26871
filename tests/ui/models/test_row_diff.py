"""The difference of two ordered lists, as edits that can be announced one by one."""

from hypothesis import given
from hypothesis import strategies as st

from kraken_desk.ui.models.row_diff import RowEdit, row_edits

names = st.lists(st.integers(0, 30), unique=True, max_size=20)


def played(old: list[int], new: list[int]) -> list[int]:
    rows = list(old)
    for edit in row_edits(old, new):
        rows[edit.at : edit.at + edit.removed] = new[edit.start : edit.stop]
    return rows


def test_a_row_on_top_is_one_insertion() -> None:
    """A journal that grows at its head moves nothing else."""
    assert row_edits(["b", "c"], ["a", "b", "c"]) == [RowEdit(0, 0, 0, 1)]


def test_edits_come_last_first() -> None:
    """Positions of earlier edits stay valid while later ones are carried out."""
    assert row_edits(["a", "b", "c", "d"], ["b", "x", "d"]) == [RowEdit(2, 1, 1, 2), RowEdit(0, 1, 0, 0)]


@given(names, names)
def test_playing_the_edits_gives_the_new_list(old: list[int], new: list[int]) -> None:
    """Whatever the lists, carrying the edits out turns the old one into the new one."""
    assert played(old, new) == new
