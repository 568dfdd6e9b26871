"""DialogFrame: the common shape of all dialogs: one column, title and sentence, pages, one primary act.

Dialogs are opened with `open()` and awaited; they never call `exec()`. Escape cancels what is
running, or the dialog when nothing runs.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.services.keys import problem_of
from kraken_desk.ui.plain import breakable
from kraken_desk.ui.theme import Theme, Tone, metrics, set_role
from kraken_desk.ui.theme.room import room_of
from kraken_desk.ui.widgets.act_text import name_button
from kraken_desk.ui.widgets.pill import EnvironmentPill
from kraken_desk.ui.widgets.problem_card import ProblemCard

MARGIN = 24
LEAST_PAGE = 120


class DialogFrame(QDialog):
    """Head, pages, problem, busy line and buttons; subclasses fill pages and name the acts.

    A subclass overrides `_on_primary`, `_on_back` and, when it runs tasks, `_on_cancel_work`.
    """

    def __init__(
        self, title: str, sentence: str, environment: Environment, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.environment = environment
        self.setFixedWidth(metrics.for_font(metrics.DIALOG_WIDTH, theme.fonts.body_px))
        self.setModal(True)
        self._busy = False
        self._focus_before: QWidget | None = None
        self._pages: list[QWidget] = []
        self._make_head(environment)
        self._make_foot()
        self._arrange()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)
        self.set_head(title, sentence)

    # for subclasses

    def set_head(self, title: str, sentence: str) -> None:
        self._title.setText(breakable(title))
        self.set_sentence(sentence)
        self.setWindowTitle(f"{title} · {self.environment.name}")

    def set_sentence(self, sentence: str) -> None:
        self._sentence.setText(breakable(sentence))
        self._sentence.setVisible(bool(sentence))

    def add_page(self, name: str) -> QVBoxLayout:
        """Add an empty page and return its layout; the first page added is the one shown."""
        page = QWidget()
        page.setObjectName(name)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.GAP + 4)
        self._body.addWidget(page)
        page.setHidden(bool(self._pages))  # not before it has a parent: it would be shown as a window
        self._pages.append(page)
        return layout

    def show_page(self, name: str) -> None:
        for page in self._pages:
            page.setVisible(page.objectName() == name)

    @property
    def page(self) -> str:
        """Return the name of the page shown."""
        return next((p.objectName() for p in self._pages if p.isVisibleTo(self)), "")

    @property
    def busy(self) -> bool:
        return self._busy

    def set_busy(self, what: str) -> None:
        """Show what is being done and take no input but Cancel; "" when it is over."""
        if what and not self._busy:
            self._focus_before = self.focusWidget()
        ending = self._busy and not what
        self._busy = bool(what)
        for page in self._pages:
            page.setEnabled(not self._busy)
        if ending and self._focus_before is not None and self._focus_before.isVisibleTo(self):
            self._focus_before.setFocus()
        self.back_button.setEnabled(not self._busy)
        self._busy_text.setText(what)
        self._busy_text.setVisible(self._busy)
        if self._busy:
            self._busy_delay.start()
        else:
            self._busy_delay.stop()
            self._progress.hide()
        self._refresh_primary()

    def set_primary(self, text: str, *, enabled: bool = True) -> None:
        """Name the act; the name says exactly what will happen."""
        name_button(self.primary_button, text)
        self._primary_enabled = enabled
        self._refresh_primary()

    def show_problem(self, error: KrakenDeskError, tone: Tone = Tone.DANGER) -> None:
        self.problem.show_problem(problem_of(error), tone)

    # Qt's side

    def setFixedWidth(self, width: int) -> None:
        """Take a width, as far as the screen has it."""
        super().setFixedWidth(min(width, room_of(self).width()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._busy and event.key() == Qt.Key.Key_Escape:
            self._on_cancel()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        self._fit()
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return handled

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear of changes inside the scrolled page, which end at its scroll area."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    # to be overridden

    def _on_primary(self) -> None:
        self.accept()

    def _on_back(self) -> None:
        pass

    def _on_cancel_work(self) -> None:
        pass

    # making

    def _make_head(self, environment: Environment) -> None:
        self._title = QLabel()
        self._title.setObjectName("title")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        set_role(self._title, "title")
        self._sentence = QLabel()
        self._sentence.setObjectName("sentence")
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self._sentence, "muted")
        self._pill = EnvironmentPill(environment)

    def _make_foot(self) -> None:
        self.problem = ProblemCard(self.theme)
        self.problem.setObjectName("problem")
        self._busy_text = QLabel()
        self._busy_text.setObjectName("busy")
        set_role(self._busy_text, "label")
        self._busy_text.hide()
        self._progress = QProgressBar()
        self._progress.setObjectName("progress")
        self._progress.setAccessibleName("Progress")
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.hide()
        self._busy_delay = QTimer(self)
        self._busy_delay.setSingleShot(True)
        self._busy_delay.setInterval(metrics.SPINNER_DELAY_MS)
        self._busy_delay.timeout.connect(self._show_bar)
        self.back_button = _button("back", "Back")
        self.cancel_button = _button("cancel", "Cancel")
        self.primary_button = self._make_primary()
        self._primary_enabled = True
        self.back_button.hide()
        self.back_button.clicked.connect(self._on_back_clicked)
        self.cancel_button.clicked.connect(self._on_cancel)
        self.primary_button.clicked.connect(self._on_primary_clicked)

    def _show_bar(self) -> None:
        self._progress.setVisible(not self.theme.reduced_motion)  # the sentence above it says the same

    def _make_primary(self) -> QPushButton:
        button = QPushButton()
        button.setObjectName("primary")
        set_role(button, "primary")
        button.setDefault(True)
        return button

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._pill, 0, Qt.AlignmentFlag.AlignTop)
        body = QWidget()
        set_role(body, "page")
        self._body = QVBoxLayout(body)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("body")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(body)
        body.installEventFilter(self)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(metrics.GAP + 2)
        self.buttons.addWidget(self.back_button)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self.cancel_button)
        self.buttons.addWidget(self.primary_button)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN - 4, MARGIN, MARGIN - 4)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addSpacing(metrics.STEP)
        layout.addWidget(self._sentence)
        layout.addSpacing(metrics.PADDING)
        layout.addWidget(self._scroll)
        foot = QVBoxLayout()
        foot.setContentsMargins(0, metrics.GAP + 4, 0, 0)
        foot.setSpacing(metrics.GAP)
        for widget in (self.problem, self._busy_text, self._progress):
            foot.addWidget(widget)
        layout.addLayout(foot)
        layout.addStretch(1)
        layout.addSpacing(metrics.PADDING)
        layout.addLayout(self.buttons)

    def room(self) -> int:
        """Return the greatest height the dialog may have on its screen."""
        return room_of(self).height()

    def _fit(self) -> None:
        """Take exactly the height the shown page needs; on a small screen the page scrolls."""
        page = _height_of(self._body, self.width() - 2 * MARGIN)
        self._scroll.setFixedHeight(page)
        needed = _height_of(self._layout, self.width())
        over = max(0, needed - self.room())
        self._scroll.setFixedHeight(max(page - over, min(page, LEAST_PAGE)))
        height = needed - page + self._scroll.height()
        if height != self.height():
            self.setFixedHeight(height)

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self._scroll.isAncestorOf(new):
            self._scroll.ensureWidgetVisible(new, 0, MARGIN)

    def _refresh_primary(self) -> None:
        self.primary_button.setEnabled(self._primary_enabled and not self._busy)

    def _on_primary_clicked(self) -> None:
        if not self._busy:
            self._on_primary()

    def _on_back_clicked(self) -> None:
        if not self._busy:
            self._on_back()

    def _on_cancel(self) -> None:
        if self._busy:
            self._on_cancel_work()
        else:
            self.reject()


def _button(name: str, text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAutoDefault(False)
    return button


def _height_of(layout: QLayout, width: int) -> int:
    """Return the height a layout needs at a width; without wrapped text it needs the same at any."""
    height = layout.totalHeightForWidth(width)
    return height if height >= 0 else layout.totalSizeHint().height()
