"""SettingsDialog: pages by name, a search over all of them; what is chosen counts at once."""

from __future__ import annotations

from importlib import import_module

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.services.keys import problem_of
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.settings.editor import SettingsEditor
from kraken_desk.ui.settings.rows import SettingsPage
from kraken_desk.ui.theme import metrics, set_role
from kraken_desk.ui.theme.room import room_of
from kraken_desk.ui.widgets.pill import EnvironmentPill
from kraken_desk.ui.widgets.problem_card import ProblemCard

PAGES = ("appearance", "shortcuts", "locking", "notifications", "checks")
"""Modules of ui/settings with a function `build(editor)`, in the order of the list."""

SIZE = (780, 580)
_LIST_WIDTH = 190


class SettingsDialog(QDialog):
    """Holds the pages; closing it ends their listening."""

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings")
        self.setWindowTitle(f"Settings · {kit.bridge.environment.name}")
        self.setModal(True)
        self._editor = SettingsEditor(kit, self._on_failed)
        self.problem = ProblemCard(kit.theme)
        self.pages: list[SettingsPage] = [
            import_module(f"kraken_desk.ui.settings.{name}").build(self._editor) for name in PAGES
        ]
        self._search, self._list, self._stack = QLineEdit(), QListWidget(), QStackedWidget()
        self._title = QLabel()
        self._nothing = QLabel("No setting has these words.")
        self._reset, self._close = QPushButton("Reset this page"), QPushButton("Close")
        self._lay_out(kit)
        self._list.currentRowChanged.connect(self._on_page)
        self._search.textChanged.connect(self._on_search)
        self._reset.clicked.connect(self._on_reset)
        self._close.clicked.connect(self.accept)
        self.finished.connect(lambda _code: self._editor.close())
        self._list.setCurrentRow(0)
        self._search.setFocus()
        trouble = kit.profile.preferences.problem.value
        if trouble is not None:
            self.problem.show_problem(problem_of(trouble))

    def show_page(self, name: str) -> None:
        """Bring a page to the front by its name."""
        self._list.setCurrentRow(next(n for n, page in enumerate(self.pages) if page.name == name))

    @property
    def page(self) -> SettingsPage:
        return self.pages[max(0, self._list.currentRow())]

    def _lay_out(self, kit: Kit) -> None:
        width = metrics.for_font(SIZE[0], kit.theme.fonts.body_px)
        size = QSize(width, metrics.for_font(SIZE[1], kit.theme.fonts.body_px))
        self.resize(size.boundedTo(room_of(self)))
        self._search.setObjectName("settings-search")
        self._search.setAccessibleName("Search settings")
        self._search.setPlaceholderText("Search settings")
        lens = self._search.addAction(kit.theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        kit.theme.dress(lens, "search", "muted")
        self._list.setObjectName("settings-pages")
        self._list.setAccessibleName("Pages")
        self._list.setProperty("role", "pages")
        self._list.setFixedWidth(metrics.for_font(_LIST_WIDTH, kit.theme.fonts.body_px))
        for page in self.pages:
            item = QListWidgetItem(page.title)
            item.setSizeHint(QSize(0, kit.theme.row()))  # before it is shown, a list does not ask its style
            self._list.addItem(item)
            self._stack.addWidget(_scrolled(page))
        self._nothing.setObjectName("settings-nothing")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        set_role(self._nothing, "muted")
        self._stack.addWidget(self._nothing)
        self._reset.setObjectName("settings-reset")
        self._close.setObjectName("settings-close")
        for button in (self._reset, self._close):
            button.setAutoDefault(False)
        left = QVBoxLayout()
        left.addWidget(self._search)
        left.addWidget(self._list, 1)
        self._search.setFixedWidth(self._list.width())
        set_role(self._title, "title")
        self._title.setObjectName("settings-title")
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(EnvironmentPill(kit.bridge.environment))
        right = QVBoxLayout()
        right.addLayout(head)
        right.addWidget(self._stack, 1)
        right.addWidget(self.problem)
        middle = QHBoxLayout()
        middle.setSpacing(metrics.PADDING)
        middle.addLayout(left)
        middle.addLayout(right, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._reset)
        foot.addStretch(1)
        foot.addWidget(self._close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(metrics.PADDING, metrics.PADDING, metrics.PADDING, metrics.PADDING)
        whole.setSpacing(metrics.PADDING)
        whole.addLayout(middle, 1)
        whole.addLayout(foot)

    def _on_page(self, row: int) -> None:
        if row >= 0:
            self._stack.setCurrentIndex(row)
            self._title.setText(self.pages[row].title)
            self._reset.setEnabled(self.pages[row].reset is not None)

    def _on_search(self, text: str) -> None:
        """Show what has all the words, and lead to the first page that has any."""
        words = text.casefold().split()
        found = [page.narrow(words) > 0 for page in self.pages]
        for number, has_rows in enumerate(found):
            self._list.item(number).setHidden(not has_rows)
        if not any(found):
            self._stack.setCurrentWidget(self._nothing)
        elif not found[max(0, self._list.currentRow())]:
            self._list.setCurrentRow(found.index(True))
        else:
            self._on_page(self._list.currentRow())

    def _on_reset(self) -> None:
        reset = self.page.reset
        if reset is not None:
            reset()

    def _on_failed(self, error: KrakenDeskError) -> None:
        self.problem.show_problem(problem_of(error))


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area


def open_dialog(kit: Kit) -> None:
    dialog = SettingsDialog(kit, kit.window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
