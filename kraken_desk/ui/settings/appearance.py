"""Appearance: scheme, density, font size, motion."""

from __future__ import annotations

from kraken_desk.domain.preferences import Density, Preferences
from kraken_desk.ui.capture_shield import HOW_FAR, why_not
from kraken_desk.ui.settings.editor import SettingsEditor
from kraken_desk.ui.settings.rows import ChoiceRow, SettingsPage, SwitchRow

_THEMES = (("system", "As the desktop"), ("dark", "Dark"), ("light", "Light"))
_DENSITIES = ((Density.COMFORTABLE, "Comfortable"), (Density.COMPACT, "Compact"))
_SIZES = (80, 90, 100, 110, 125, 150, 175, 200)


def build(editor: SettingsEditor) -> SettingsPage:
    """Make the page."""
    usual = Preferences()

    def reset() -> None:
        editor.change(
            theme=usual.theme,
            density=usual.density,
            reduced_motion=usual.reduced_motion,
            font_percent=usual.font_percent,
            hidden_from_capture=usual.hidden_from_capture,
        )

    page = SettingsPage("appearance", "Appearance", reset)
    theme = ChoiceRow("theme", "Colours", _THEMES, lambda value: editor.change(theme=str(value)))
    density = ChoiceRow(
        "density",
        "Rows of tables",
        _DENSITIES,
        lambda value: editor.change(density=Density(str(value))),
        "Compact shows more keys and transfers at once.",
    )
    size = ChoiceRow(
        "font-size",
        "Font size",
        [(percent, f"{percent} %") for percent in _SIZES],
        lambda value: editor.change(font_percent=value),
        "Of the desktop's own interface font.",
    )
    motion = SwitchRow(
        "reduced-motion",
        "Reduced motion",
        lambda on: editor.change(reduced_motion=on),
        "Nothing moves by itself: no running bars, no fading menus. Also while the desktop asks for it.",
        "animation",
    )
    capture = SwitchRow(
        "hidden-from-capture",
        "Hide the windows from screenshots and shared screens",
        lambda on: editor.change(hidden_from_capture=on),
        why_not() or HOW_FAR,
        "protection privacy recording",
    )
    capture.box.setEnabled(not why_not())
    for row in (theme, density, size, motion, capture):
        page.add(row)

    def show(preferences: Preferences) -> None:
        theme.show_value(preferences.theme)
        density.show_value(preferences.density)
        size.show_value(preferences.font_percent, f"{preferences.font_percent} %")
        motion.show_value(preferences.reduced_motion)
        capture.show_value(preferences.hidden_from_capture and not why_not())

    editor.on_change(show)
    return page
