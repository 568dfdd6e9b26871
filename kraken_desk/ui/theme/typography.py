"""Type: the system's interface font at its own size, tabular figures, and four derived sizes."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

from kraken_desk.domain.values import dataclass

UNCHOSEN = ("DejaVu Sans", "Bitstream Vera Sans")
"""What fontconfig falls back to when no desktop has chosen an interface font."""

PREFERRED = ("Inter", "Noto Sans", "Cantarell", "Ubuntu")
"""Taken, where installed, only in place of an unchosen fallback."""

PREFERRED_PX = 13
LEAST_PX = 9
SMALL_STEP_PX = 2
TITLE_STEP_PX = 3


@dataclass(frozen=True, slots=True)
class Fonts:
    """The fonts of the window; `small` is for column heads and badges, `mono` for ids only."""

    body: QFont
    strong: QFont
    small: QFont
    title: QFont
    mono: QFont

    @property
    def body_px(self) -> int:
        return self.body.pixelSize()


def load_fonts(percent: int = 100) -> Fonts:
    """Derive all fonts from the system's interface font, scaled by `percent`."""
    body = _interface_font()
    size = max(LEAST_PX, round(body.pixelSize() * percent / 100))
    body.setPixelSize(size)
    mono = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    mono.setPixelSize(size - 1)
    return Fonts(
        body=body,
        strong=_derived(body, size, QFont.Weight.DemiBold),
        small=_derived(body, size - SMALL_STEP_PX, QFont.Weight.DemiBold),
        title=_derived(body, size + TITLE_STEP_PX, QFont.Weight.DemiBold),
        mono=mono,
    )


def _interface_font() -> QFont:
    font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    actual = QFontInfo(font)
    size = actual.pixelSize()
    if actual.family() in UNCHOSEN:
        installed = set(QFontDatabase.families())
        chosen = next((family for family in PREFERRED if family in installed), None)
        if chosen:
            font.setFamilies([chosen, font.family()])
            size = max(size, PREFERRED_PX)
    font.setPixelSize(size)
    return _with_tabular_figures(font)


def _derived(base: QFont, size: int, weight: QFont.Weight) -> QFont:
    font = QFont(base)
    font.setPixelSize(size)
    font.setWeight(weight)
    return font


def _with_tabular_figures(font: QFont) -> QFont:
    """Give all digits one width, so that columns of figures line up."""
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
