"""The theme in use: tokens, fonts and icons, switched live; given the resources, never looking for them."""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPixmap, QPixmapCache
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget
from shiboken6 import isValid

from kraken_desk.ui.theme import metrics
from kraken_desk.ui.theme.icons import IconSet
from kraken_desk.ui.theme.metrics import ICON, ROW
from kraken_desk.ui.theme.palette import make_palette
from kraken_desk.ui.theme.stylesheet import STYLESHEET_ICONS, make_stylesheet
from kraken_desk.ui.theme.tokens import TABLES, Scheme, Tokens
from kraken_desk.ui.theme.typography import Fonts, load_fonts

SYSTEM = "system"
"""The choice that follows the desktop's own scheme, dark where it tells none."""


FUSION = "fusion"
"""The application's property that says that it draws with Fusion from its beginning."""


class HasIcon(Protocol):
    """A button or an action."""

    def setIcon(self, icon: QIcon | QPixmap, /) -> None: ...


class Theme(QObject):
    """What everything that paints asks for colours, fonts and icons.

    Signals:
        changed: the tokens are others now; whoever keeps something painted with the old ones
            repaints. Widgets styled by the stylesheet alone need not listen.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: str, resources: Path) -> None:
        super().__init__(app)
        self._app = app
        self.resources = resources
        self._icons = IconSet(resources / "icons")
        self._drawn = QTemporaryDir()
        self._dressed: list[tuple[weakref.ref[HasIcon], str, str]] = []
        self.fonts: Fonts = load_fonts()
        self._font_percent = 100
        self.compact = False
        self._own_calm = self._desktop_calm = False
        self._choice = choice
        self.tokens: Tokens = TABLES[self._scheme_for(choice)]
        if not app.property(FUSION):
            app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(self.fonts.body)
        app.setPalette(make_palette(self.tokens))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_scheme_changed)

    @property
    def scheme(self) -> Scheme:
        return self.tokens.scheme

    @property
    def choice(self) -> str:
        """Return what the operator chose: dark, light or system."""
        return self._choice

    def choose(self, choice: str) -> None:
        """Switch to dark, light or system; everything on screen follows at once."""
        self._choice = choice
        scheme = self._scheme_for(choice)
        if scheme is not self.scheme:
            self.tokens = TABLES[scheme]
            self._app.setPalette(make_palette(self.tokens))
            self.style()
            self._redress()
            self.changed.emit()

    @property
    def reduced_motion(self) -> bool:
        """Say whether nothing may move by itself: the operator wants it, or the desktop asks for it."""
        return self._own_calm or self._desktop_calm

    def follow_motion(self, *, reduced: bool) -> None:
        """Take what the desktop asks for; it adds to what the operator has chosen here."""
        self._desktop_calm = reduced
        self._settle_motion()

    def set_looks(self, *, compact: bool, font_percent: int, reduced_motion: bool) -> None:
        """Set density, font size in percent of the desktop's own, and whether anything may move by itself."""
        self._own_calm = reduced_motion
        self._settle_motion()
        if (compact, font_percent) == (self.compact, self._font_percent):
            return
        self.compact = compact
        if font_percent != self._font_percent:
            self._font_percent = font_percent
            self.fonts = load_fonts(font_percent)
            self._app.setFont(self.fonts.body)
            self._redress()
        self.style()  # also lets every view measure its rows anew
        self.changed.emit()

    def _settle_motion(self) -> None:
        for effect in (Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_AnimateCombo, Qt.UIEffect.UI_FadeMenu):
            self._app.setEffectEnabled(effect, not self.reduced_motion)

    def row(self, usual: int = ROW) -> int:
        """Return the height of a table's row: lower where compact, higher for a large font."""
        height = usual - (metrics.COMPACT_STEP if self.compact else 0)
        return max(height, self.fonts.body_px + metrics.ROW_AIR)

    def style(self) -> None:
        """Give the application its stylesheet.

        A window built before it is polished once as a whole; built after it, again and again with
        every widget that finds its parent.
        """
        folder = Path(self._drawn.path())
        for name, token in STYLESHEET_ICONS:
            self._icons.write(name, self._colour(token), folder / f"{name}-{token}-{self.scheme}.svg")
        self._app.setStyleSheet(make_stylesheet(self.tokens, self.fonts, folder))

    @property
    def icon_px(self) -> int:
        """Return the size of icons beside words of the present font."""
        return metrics.icon_for(self.fonts.body_px)

    def icon(self, name: str, colour: str = "text", size: int = 0) -> QIcon:
        """Return an icon in a token's colour as of now, for words if no size is given.

        `dress` keeps it right after a switch.
        """
        return self._icons.icon(name, self._colour(colour), self.tokens.faint, size or self.icon_px)

    def pixmap(self, name: str, colour: QColor, size: int = ICON, ratio: float = 1.0) -> QPixmap:
        """Return a drawing for a painter, from the cache where it was drawn before."""
        key = f"icon|{name}|{colour.name()}|{size}|{ratio}"
        cached = QPixmap()
        if not QPixmapCache.find(key, cached):
            cached = self._icons.pixmap(name, colour, size, ratio)
            QPixmapCache.insert(key, cached)
        return cached

    def dress(self, target: HasIcon, name: str, colour: str = "text") -> None:
        """Give a button or action an icon and keep it in the scheme's colours and the font's size."""
        target.setIcon(self.icon(name, colour))
        self._dressed.append((weakref.ref(target), name, colour))

    def _colour(self, token: str) -> QColor:
        colour: QColor = getattr(self.tokens, token)
        return colour

    def _redress(self) -> None:
        alive = []
        for reference, name, colour in self._dressed:
            target = reference()
            if target is not None and isValid(target):
                target.setIcon(self.icon(name, colour))
                alive.append((reference, name, colour))
        self._dressed = alive

    def _scheme_for(self, choice: str) -> Scheme:
        if choice != SYSTEM:
            return Scheme(choice)
        light = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Light
        return Scheme.LIGHT if light else Scheme.DARK

    def _on_system_scheme_changed(self) -> None:
        if self._choice == SYSTEM:
            self.choose(SYSTEM)


def apply_theme(app: QApplication, choice: str, resources: Path) -> Theme:
    """Dress the application in `choice` (dark, light, system) and return the theme in use."""
    theme = Theme(app, choice, resources)
    theme.style()
    return theme


def set_role(widget: QWidget, role: str) -> None:
    """Set the dynamic property the stylesheet goes by, also on a widget already shown."""
    set_property(widget, "role", role)


def set_property(widget: QWidget, name: str, value: object) -> None:
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):  # else Qt polishes it when it is shown
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()
