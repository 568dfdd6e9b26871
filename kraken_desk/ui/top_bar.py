"""TopBar: program, environment in words and colour, filter, the global acts, and a menu for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.widgets.action_button import ActionButton


class Stage(IntEnum):
    """How much the bar shows, from everything to what must be there."""

    ALL = 0
    WORDLESS = 1
    NAMELESS = 2
    ONE_ACT = 3


BAR_AIR = 22
"""The least room of the bar above and below its letters together."""
LEAST_SEARCH, MOST_SEARCH = 180, 420


class TopBar(QFrame):
    """Knows only widgets and actions; the last act is the primary one.

    Where the width ends, or with large text, the acts lose their words, then the program its name, then
    the acts but the primary one their place: the menu has them all. The environment always stands.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        environment: QWidget,
        search: QWidget,
        acts: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("top-bar")
        self.setProperty("role", "top-bar")
        self._theme = theme
        self._program, self._environment, self._search = QLabel(name), environment, search
        set_role(self._program, "strong")
        self._fitted: tuple[object, ...] = ()
        self._acts = [ActionButton(action, "primary" if action is acts[-1] else "") for action in acts]
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(metrics.PADDING, 0, 12, 0)
        layout.setSpacing(metrics.GAP)
        layout.addWidget(self._program)
        layout.addWidget(environment, alignment=Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(search, 3)
        layout.addStretch(1)
        for button in self._acts:
            layout.addWidget(button)
        self._menu_button = self._make_menu_button(theme)
        layout.addWidget(self._menu_button)
        search.setMaximumWidth(MOST_SEARCH)
        self._on_theme_changed()
        theme.changed.connect(self._on_theme_changed)

    def set_menu(self, menu: QMenu) -> None:
        """Give the last button its menu."""
        self._menu_button.setMenu(menu)

    def minimumSizeHint(self) -> QSize:
        """Ask for no width: what has no room gives way."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()  # something in it needs another width now
        return super().event(event)

    def _on_theme_changed(self) -> None:
        font_px = self._theme.fonts.body_px
        self.setFixedHeight(max(metrics.BAR, font_px + BAR_AIR))
        self._search.setMinimumWidth(metrics.for_font(LEAST_SEARCH, font_px))
        self._fit()

    def _fit(self) -> None:
        """Take away what must give way at this width, the least needed first."""
        state = (self.width(), self.font().pixelSize(), self._environment.sizeHint().width())
        asked = (*state, *(button.words for button in self._acts))
        if asked == self._fitted:
            return  # what is taken away asks for a layout itself
        self._fitted = asked
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        needs = [self._needed(stage) for stage in Stage]
        stage = next((s for s, need in zip(Stage, needs, strict=True) if need <= room), Stage.ONE_ACT)
        self._program.setVisible(stage < Stage.NAMELESS)
        for button in self._acts[:-1]:
            button.set_wordless(stage >= Stage.WORDLESS)
            button.setVisible(stage < Stage.ONE_ACT)

    def _needed(self, stage: Stage) -> int:
        """Return the width of everything that stands at a stage, with the gaps between."""
        widths = [self._environment.sizeHint().width(), self._search.minimumWidth()]
        widths += [self._menu_button.sizeHint().width(), self._acts[-1].sizeHint().width()]
        if stage < Stage.NAMELESS:
            widths.append(self._program.sizeHint().width())
        if stage < Stage.ONE_ACT:
            words = stage < Stage.WORDLESS
            widths += [button.width_with(words=words) for button in self._acts[:-1]]
        return sum(widths) + self._row.spacing() * len(widths)

    def _make_menu_button(self, theme: Theme) -> QToolButton:
        button = QToolButton()
        button.setObjectName("menu")
        button.setAccessibleName("Menu")
        button.setToolTip("More")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        theme.dress(button, "more", "muted")
        return button
