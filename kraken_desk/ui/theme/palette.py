"""The palette that Fusion draws with, made from the tokens; no group is left to Qt's own greys."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from kraken_desk.ui.theme.tokens import Tokens

Role = QPalette.ColorRole


def make_palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    for role, colour in _roles(tokens).items():
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, role, colour)
        palette.setColor(QPalette.ColorGroup.Disabled, role, _disabled(tokens, role, colour))
    return palette


def _roles(t: Tokens) -> dict[QPalette.ColorRole, QColor]:
    return {
        Role.Window: t.bg,
        Role.WindowText: t.text,
        Role.Base: t.bg,
        Role.AlternateBase: t.surface,
        Role.Text: t.text,
        Role.Button: t.raised,
        Role.ButtonText: t.text,
        Role.BrightText: t.danger,
        Role.Highlight: t.sel,
        Role.HighlightedText: t.text,
        Role.Accent: t.accent,
        Role.PlaceholderText: t.faint,
        Role.ToolTipBase: t.raised,
        Role.ToolTipText: t.text,
        Role.Link: t.accent,
        Role.LinkVisited: t.accent,
        Role.Light: t.hover,
        Role.Midlight: t.hover,
        Role.Mid: t.border,
        Role.Dark: t.border,
        Role.Shadow: t.bg,
    }


def _disabled(t: Tokens, role: QPalette.ColorRole, colour: QColor) -> QColor:
    if role in (Role.WindowText, Role.Text, Role.ButtonText, Role.HighlightedText):
        return t.faint
    return colour
