"""Wearing: window and cover follow the operator's preferences about looks and keys."""

from __future__ import annotations

from kraken_desk.domain.preferences import Density, Preferences
from kraken_desk.ui.theme import Theme


def wear(theme: Theme, preferences: Preferences) -> None:
    """Show scheme, density, font size and motion as preferred; what is as it should be costs nothing."""
    if theme.choice != preferences.theme:
        theme.choose(preferences.theme)
    theme.set_looks(
        compact=preferences.density is Density.COMPACT,
        font_percent=preferences.font_percent,
        reduced_motion=preferences.reduced_motion,
    )
