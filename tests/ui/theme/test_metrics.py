"""Widths of words follow the interface font."""

from kraken_desk.ui.theme import metrics
from kraken_desk.ui.theme.metrics import for_font


def test_a_larger_font_gets_wider_dialogs() -> None:
    """Half as large again needs half as wide again; a small font leaves the usual width."""
    assert for_font(560, 13) == 560
    assert for_font(560, 20) == 861
    assert for_font(560, 11) == 560


def test_icons_grow_with_the_font_on_their_grid() -> None:
    """In steps of the drawings' grid; at the usual size, and a little above it, they stay."""
    assert [metrics.icon_for(px) for px in (9, 13, 14, 17, 20, 26)] == [16, 16, 16, 20, 24, 32]


def test_small_shapes_grow_only_as_far_as_their_room() -> None:
    """A state's sign keeps the air beside it."""
    assert [metrics.shape_for(9, px) for px in (9, 13, 18, 26)] == [9, 9, 12, 14]
