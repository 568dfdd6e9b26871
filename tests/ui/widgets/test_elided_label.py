"""A line of parts shows as many whole ones as fit."""

import pytest
from PySide6.QtWidgets import QApplication

from kraken_desk.ui.widgets.elided_label import ElidedLabel


@pytest.mark.parametrize("text", ["prices 3 s ago · oldest figure 12:04 · 7 assets"])
def test_the_last_parts_give_way_whole(qapp: QApplication, text: str) -> None:
    """A width that cuts into a part leaves this part out; the tooltip keeps the whole."""
    label = ElidedLabel(text)
    advance = label.fontMetrics().horizontalAdvance
    two = "prices 3 s ago · oldest figure 12:04"

    assert label.shown_text(advance(text)) == text
    assert label.shown_text(advance(text) - 1) == two
    assert label.shown_text(advance(two) - 1) == "prices 3 s ago"
    assert "7 assets" in label.toolTip()


def test_a_text_without_parts_is_cut(qapp: QApplication) -> None:
    """What cannot give way ends in an ellipsis."""
    label = ElidedLabel("Meridian Capital Holdings")

    shown = label.shown_text(label.fontMetrics().horizontalAdvance("Meridian Capital"))

    assert shown.endswith("…")
    assert shown != label.text()
