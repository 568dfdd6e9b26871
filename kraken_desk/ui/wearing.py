"""Wearing: window and cover follow the operator's preferences about looks and keys."""

from __future__ import annotations

import sys

from kraken_desk.domain.preferences import Density, Preferences
from kraken_desk.ui.theme import Theme

CAN_HIDE = sys.platform in {"win32", "darwin"}
"""Where windows can be kept out of captures at all; elsewhere nothing is loaded for it."""


def wear(theme: Theme, preferences: Preferences) -> None:
    """Show scheme, density, font size and motion as preferred; what is as it should be costs nothing."""
    if theme.choice != preferences.theme:
        theme.choose(preferences.theme)
    theme.set_looks(
        compact=preferences.density is Density.COMPACT,
        font_percent=preferences.font_percent,
        reduced_motion=preferences.reduced_motion,
    )
    if CAN_HIDE:
        from kraken_desk.ui.capture_shield import capture_shield

        capture_shield().hide_windows(preferences.hidden_from_capture)
