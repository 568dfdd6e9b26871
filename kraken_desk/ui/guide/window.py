"""GuideWindow: contents and search on the left, one section on the right; it stays usable beside a dialog."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QUrl
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from kraken_desk.ui.guide.page import PICTURE_WIDTH, page_of
from kraken_desk.ui.guide.text import Guide, Section
from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.theme.tokens import Scheme

SIZE = (980, 680)
_LIST_WIDTH = 250
SECTION_ROLE = Qt.ItemDataRole.UserRole + 1


class _Page(QTextBrowser):
    """Shows pictures in the page's width, smoothly."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        found = super().loadResource(kind, name)
        picture = QImage.fromData(found) if isinstance(found, QByteArray) else found
        if not isinstance(picture, QImage) or picture.width() <= PICTURE_WIDTH:
            return found
        ratio = self.devicePixelRatioF()
        scaled = picture.scaledToWidth(int(PICTURE_WIDTH * ratio), Qt.TransformationMode.SmoothTransformation)
        scaled.setDevicePixelRatio(ratio)
        return scaled


class GuideWindow(QWidget):
    """A window of its own without a parent: a dialog blocks its parent and what belongs to that."""

    def __init__(self, guide: Guide, folder: Path, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("guide-window")
        self.setWindowTitle("User guide · Kraken Desk")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_role(self, "panel")
        self._guide, self._folder, self._theme = guide, folder, theme
        self._shown = guide.sections[0]
        self._search, self._contents, self._text = QLineEdit(), QListWidget(), _Page()
        self._lay_out()
        self._fill(guide.sections)
        self._search.textChanged.connect(self._on_search)
        self._search.installEventFilter(self)
        self._contents.currentItemChanged.connect(self._on_chosen)
        self._text.anchorClicked.connect(lambda url: self.show_about(url.fragment()))
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        leave.activated.connect(self.close)
        theme.changed.connect(self._on_theme_changed)

    @property
    def shown(self) -> Section:
        return self._shown

    def show_section(self, section: Section) -> None:
        """Open a section and mark it in the contents."""
        if self._search.text():
            self._search.clear()
        self._shown = section
        for row in range(self._contents.count()):
            if self._contents.item(row).data(SECTION_ROLE) == section.name:
                self._contents.setCurrentRow(row)
        self._draw()

    def show_about(self, name: str) -> None:
        """Open the section about something; a name that nothing explains changes nothing."""
        section = self._guide.about((name,))
        if section is not None:
            self.show_section(section)

    def begin(self) -> None:
        """Come to the front with the keyboard where it can scroll and search."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows and Enter move in the list from the search."""
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._text.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        px = self._theme.fonts.body_px
        room = self.screen().availableSize()
        self.resize(
            min(metrics.for_font(SIZE[0], px), room.width()),
            min(metrics.for_font(SIZE[1], px), room.height()),
        )
        self._search.setObjectName("guide-search")
        self._search.setAccessibleName("Search the guide")
        self._search.setPlaceholderText("Search the guide")
        lens = self._search.addAction(self._theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._theme.dress(lens, "search", "muted")
        self._contents.setObjectName("guide-contents")
        self._contents.setAccessibleName("Contents")
        set_role(self._contents, "pages")
        self._contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._text.setObjectName("guide-text")
        self._text.setAccessibleName("Text")
        self._text.setOpenLinks(False)
        self._text.setSearchPaths([str(self._folder)])
        for widget in (self._search, self._contents):
            widget.setFixedWidth(metrics.for_font(_LIST_WIDTH, px))
        left = QVBoxLayout()
        left.setSpacing(metrics.GAP)
        left.addWidget(self._search)
        left.addWidget(self._contents, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(metrics.PADDING, metrics.PADDING, metrics.PADDING, metrics.PADDING)
        whole.setSpacing(metrics.PADDING)
        whole.addLayout(left)
        whole.addWidget(self._text, 1)

    def _fill(self, sections: tuple[Section, ...]) -> None:
        """List sections below their chapters; a search keeps its own order, the best first."""
        self._contents.clear()
        chapter = ""
        for section in sections:
            if section.chapter != chapter:
                chapter = section.chapter
                head = QListWidgetItem(chapter)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                head.setFont(self._theme.fonts.small)
                head.setSizeHint(QSize(0, self._theme.row(metrics.ROW)))
                self._contents.addItem(head)
            item = QListWidgetItem(section.title)
            item.setData(SECTION_ROLE, section.name)
            item.setSizeHint(QSize(0, self._theme.row(metrics.ROW_COMPACT)))
            self._contents.addItem(item)
        if not sections:
            nothing = QListWidgetItem("No section has these words.")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self._contents.addItem(nothing)

    def _on_search(self, words: str) -> None:
        self._fill(self._guide.find(words))
        if words.strip():
            self._step(1)

    def _step(self, by: int) -> None:
        """Go to the next section in the list, over the heads of chapters."""
        row = self._contents.currentRow() + by
        while 0 <= row < self._contents.count():
            if self._contents.item(row).data(SECTION_ROLE):
                self._contents.setCurrentRow(row)
                return
            row += by

    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        name = item.data(SECTION_ROLE) if item is not None else None
        section = self._guide.about((name,)) if name else None
        if section is not None and section is not self._shown:
            self._shown = section
            self._draw()

    def _on_theme_changed(self) -> None:
        """Measure the contents in the present font, and draw the page in the present colours."""
        self._on_search(self._search.text())
        self._draw()

    def _draw(self) -> None:
        self._text.setHtml(self._in_scheme(page_of(self._shown, self._theme)))
        self._text.setAccessibleDescription(self._shown.title)

    def _in_scheme(self, page: str) -> str:
        """Show the pictures of the light window in a light one, where there are such."""
        if self._theme.scheme is not Scheme.LIGHT:
            return page
        for name in ("main", "findings"):
            light = self._folder.parent / "screenshots" / f"{name}-light.png"
            if light.is_file():
                page = page.replace(f"{name}-dark.png", light.name)
        return page
