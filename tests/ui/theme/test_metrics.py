"""Widths of words follow the interface font."""

from kraken_desk.ui.theme.metrics import for_font


def test_a_larger_font_gets_wider_dialogs() -> None:
    """Half as large again needs half as wide again; a small font leaves the usual width."""
    assert for_font(560, 13) == 560
    assert for_font(560, 20) == 861
    assert for_font(560, 11) == 560
