"""The one table of colours: every colour on screen is a token of this file, in dark and in light."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtGui import QColor

from kraken_desk.domain.values import dataclass


class Scheme(StrEnum):
    """Which of the two tables is in use."""

    DARK = "dark"
    LIGHT = "light"


class Tone(StrEnum):
    """What a coloured text, badge or card means; the word beside it always says it too."""

    PLAIN = "plain"
    MUTED = "muted"
    ACCENT = "accent"
    OK = "ok"
    WARN = "warn"
    DANGER = "danger"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one scheme; names are those of the visual design, `on_*` is text upon it.

    Window and tables lie on `bg`, bars and panels on `surface`, buttons and cards on `raised`.
    """

    scheme: Scheme
    bg: QColor
    surface: QColor
    raised: QColor
    hover: QColor
    sel: QColor
    border: QColor
    text: QColor
    muted: QColor
    faint: QColor
    accent: QColor
    accent_bg: QColor
    fill: QColor
    fill_hover: QColor
    on_fill: QColor
    ok: QColor
    ok_bg: QColor
    warn: QColor
    warn_bg: QColor
    danger: QColor
    danger_bg: QColor
    info: QColor
    info_bg: QColor
    handle: QColor

    def tone(self, tone: Tone) -> QColor:
        """Return the text colour of a tone."""
        return {
            Tone.PLAIN: self.text,
            Tone.MUTED: self.muted,
            Tone.ACCENT: self.accent,
            Tone.OK: self.ok,
            Tone.WARN: self.warn,
            Tone.DANGER: self.danger,
            Tone.INFO: self.info,
        }[tone]

    def tone_bg(self, tone: Tone) -> QColor:
        """Return the background that belongs to a tone's text."""
        return {
            Tone.PLAIN: self.raised,
            Tone.MUTED: self.raised,
            Tone.ACCENT: self.accent_bg,
            Tone.OK: self.ok_bg,
            Tone.WARN: self.warn_bg,
            Tone.DANGER: self.danger_bg,
            Tone.INFO: self.info_bg,
        }[tone]

    def names(self) -> dict[str, str]:
        """Return every colour as `#rrggbb` under its token's name, for the stylesheet."""
        return {name: getattr(self, name).name() for name in self.__match_args__ if name != "scheme"}


def _table(scheme: Scheme, **colours: str) -> Tokens:
    return Tokens(scheme, **{name: QColor(value) for name, value in colours.items()})


DARK = _table(
    Scheme.DARK,
    bg="#0e1116",
    surface="#151a21",
    raised="#1c222b",
    hover="#222935",
    sel="#27264a",
    border="#2a323d",
    text="#e8ebf0",
    muted="#9aa5b4",
    faint="#8793a5",
    accent="#9d90fa",
    accent_bg="#2a2550",
    fill="#6552d9",
    fill_hover="#6f5ce0",
    on_fill="#ffffff",
    ok="#46b98a",
    ok_bg="#14302a",
    warn="#e0a43c",
    warn_bg="#33280f",
    danger="#ee6a55",
    danger_bg="#3a1915",
    info="#58a9e6",
    info_bg="#12293b",
    handle="#3b4552",
)

LIGHT = _table(
    Scheme.LIGHT,
    bg="#f4f6f9",
    surface="#ffffff",
    raised="#ffffff",
    hover="#f0f3f7",
    sel="#ebe8fd",
    border="#dde3ea",
    text="#18202b",
    muted="#566272",
    faint="#5f6b7d",
    accent="#5b46d6",
    accent_bg="#ece9fd",
    fill="#5b46d6",
    fill_hover="#6a56de",
    on_fill="#ffffff",
    ok="#14714e",
    ok_bg="#e2f4ec",
    warn="#8f5c00",
    warn_bg="#fbf0d9",
    danger="#b93320",
    danger_bg="#fce7e3",
    info="#1769a8",
    info_bg="#e3f0fa",
    handle="#c3ccd7",
)

TABLES: dict[Scheme, Tokens] = {Scheme.DARK: DARK, Scheme.LIGHT: LIGHT}

GROUNDS = ("bg", "surface", "raised", "hover", "sel")
"""The plain backgrounds; text, muted and faint may stand on any of them."""

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((ink, ground) for ink in ("text", "muted", "faint", "accent") for ground in GROUNDS),
    *((ink, ground) for ink in ("ok", "warn", "danger", "info") for ground in GROUNDS),
    *((f, f"{f}_bg") for f in ("accent", "ok", "warn", "danger", "info")),
    *(("text", f"{f}_bg") for f in ("accent", "ok", "warn", "danger", "info")),
    ("on_fill", "fill"),
    ("on_fill", "fill_hover"),
)
"""Every text and background that may meet; a test measures that each pair can be read."""
