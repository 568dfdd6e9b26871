"""The colours: everything prescribed can be read, and both tables are complete."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from kraken_desk.ui.theme.stylesheet import make_stylesheet
from kraken_desk.ui.theme.tokens import DARK, LIGHT, TABLES, TEXT_PAIRS, Scheme, Tokens, Tone
from kraken_desk.ui.theme.typography import load_fonts


def luminance(colour: QColor) -> float:
    """Return the relative luminance of WCAG 2."""
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_of_known_colours() -> None:
    """Black on white has the greatest contrast, a colour on itself none."""
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("#777777")) == pytest.approx(1.0)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_every_prescribed_pair_can_be_read(tokens: Tokens, ink: str, ground: str) -> None:
    """Text reaches a contrast of 4.5 to 1 on every background it may stand on."""
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("ground", ["bg", "surface", "raised", "sel"])
def test_the_focus_ring_stands_out(tokens: Tokens, ground: str) -> None:
    """The ring that marks the keyboard focus reaches 3 to 1 on what it surrounds."""
    assert contrast(tokens.accent, getattr(tokens, ground)) >= 3.0


def test_each_scheme_has_its_own_table() -> None:
    """Dark text is bright and light text is dark."""
    assert TABLES[Scheme.DARK].text.lightness() > 200
    assert TABLES[Scheme.LIGHT].text.lightness() < 60


def test_every_tone_has_ink_and_ground() -> None:
    """A tone's ink and ground differ, so that its badge can be told from an empty one."""
    assert all(DARK.tone(tone) != DARK.tone_bg(tone) for tone in Tone)
    assert DARK.tone(Tone.DANGER) == QColor("#ee6a55")
    assert LIGHT.tone_bg(Tone.OK) == QColor("#e2f4ec")


RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
TEXT_ON_GROUND = (("color", "background"), ("selection-color", "selection-background-color"))


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_every_rule_of_the_stylesheet_can_be_read(tokens: Tokens, qapp: QApplication) -> None:
    """Wherever one rule names text and ground, they reach 4.5 to 1, selections and disabled parts too."""
    sheet = make_stylesheet(tokens, load_fonts(), Path())
    found = {}

    for selector, body in RULE.findall(sheet):
        named = dict(re.findall(r"([\w-]+):\s*(#[0-9a-f]{6})\b", body))
        for ink, ground in TEXT_ON_GROUND:
            if ink in named and ground in named:
                found[f"{selector.strip()} {ink}"] = contrast(QColor(named[ink]), QColor(named[ground]))

    assert len(found) > 20
    assert {rule: round(value, 2) for rule, value in found.items() if value < 4.5} == {}
