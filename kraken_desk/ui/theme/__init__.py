"""Look of the window: tokens, palette, stylesheet, type, spacing and icons, all from one table.

Nothing outside this package names a colour, a font size or a radius of its own.
"""

from kraken_desk.ui.theme.theme import SYSTEM, Theme, apply_theme, set_property, set_role
from kraken_desk.ui.theme.tokens import Scheme, Tokens, Tone
from kraken_desk.ui.theme.typography import Fonts

__all__ = [
    "SYSTEM",
    "Fonts",
    "Scheme",
    "Theme",
    "Tokens",
    "Tone",
    "apply_theme",
    "set_property",
    "set_role",
]
