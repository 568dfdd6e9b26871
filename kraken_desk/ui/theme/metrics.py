"""Spacing and sizes in device-independent pixels, in steps of four."""

from __future__ import annotations

from typing import Final

STEP: Final = 4
GAP: Final = 8
PADDING: Final = 16

ROW: Final = 32
ROW_COMPACT: Final = 26
COMPACT_STEP: Final = 4
"""How much lower a table's row is where the operator wants them compact."""
ROW_AIR: Final = 9
"""The least room of a row above and below its letters together."""
BAR: Final = 48
STATUS: Final = 28
CONTROL: Final = 32
FIELD: Final = 34

RADIUS_BADGE: Final = 5
RADIUS_CONTROL: Final = 8
RADIUS_CARD: Final = 10

BADGE_HEIGHT: Final = 20
ICON: Final = 16

INSPECTOR_LEAST: Final = 340
INSPECTOR_USUAL: Final = 376
INSPECTOR_MOST: Final = 500
"""The least width for the largest font: the tree has to keep the greater part of a small screen."""
DIALOG_WIDTH: Final = 560
WIDE_DIALOG_WIDTH: Final = 780
USUAL_FONT: Final = 13
"""The font that widths are meant for; a larger one needs them in proportion."""

DETAILS_MOST: Final = 371
"""How wide the details beside a pane's table become at most: the table has to keep some room."""

FOCUS_RING: Final = 2
SELECTION_EDGE: Final = 3

MOTION_MS: Final = 150
SPINNER_DELAY_MS: Final = 300


ICON_STEP: Final = 4
"""Drawings stay on their grid: they grow in steps."""
SHAPE_MOST: Final = 14
"""The largest of the small shapes; the room beside them is for the usual ones with air."""


def icon_for(font_px: int) -> int:
    """Return the size of an icon that stands beside words of this font."""
    return ICON + (for_font(ICON, font_px) - ICON) // ICON_STEP * ICON_STEP


def shape_for(side: int, font_px: int) -> int:
    """Return the size of a small shape beside words of this font."""
    return min(for_font(side, font_px), max(side, SHAPE_MOST))


def for_font(width: int, font_px: int) -> int:
    """Return a width of words in proportion to the interface font, never less than usual."""
    return max(width, width * font_px // USUAL_FONT)
