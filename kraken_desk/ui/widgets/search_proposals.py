"""SearchProposals: the list below a search box that tells how the word at the cursor may go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QStringListModel, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView

if TYPE_CHECKING:
    from kraken_desk.domain.search_completion import Completion

Propose = Callable[[str, int], "tuple[Completion, ...]"]
"""Returns the proposals for a text and the place of the cursor in it."""

SPACING = 3
_TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class SearchProposals(QObject):
    """Proposes while something is typed; arrows choose, Return or Tab takes, Escape closes the list."""

    def __init__(self, box: QLineEdit, propose: Propose) -> None:
        super().__init__(box)
        self._box, self._propose = box, propose
        self._proposals: tuple[Completion, ...] = ()
        self._texts = QStringListModel(self)
        self._completer = QCompleter(self._texts, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setWidget(box)
        popup = self._completer.popup()
        assert isinstance(popup, QListView)  # it has one in this mode
        popup.setSpacing(SPACING)
        self._popup = popup
        popup.setObjectName("search-proposals")
        popup.setAccessibleName("Proposals for the search")
        popup.installEventFilter(self)  # after the completer's own, so it is asked first
        popup.clicked.connect(self._take)
        box.textEdited.connect(self._on_edited)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the chosen proposal; left to Qt, the box would hear Return first and end the search."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        index = self._popup.currentIndex()
        if event.key() not in _TAKES or not index.isValid():
            return super().eventFilter(watched, event)
        self._popup.hide()
        self._take(index)
        return True

    def _on_edited(self, text: str) -> None:
        self._proposals = self._propose(text, self._box.cursorPosition())
        self._texts.setStringList([_line(each) for each in self._proposals])
        if not self._proposals:
            self._popup.hide()
            return
        self._popup.setCurrentIndex(QModelIndex())
        self._completer.complete()
        self._fit()

    def _fit(self) -> None:
        """Give the list the height of whole rows: the completer counts them without their spacing."""
        rows = min(len(self._proposals), self._completer.maxVisibleItems())
        row = self._popup.sizeHintForRow(0) + 2 * SPACING
        self._popup.resize(self._popup.width(), rows * row + 2 * self._popup.frameWidth() + SPACING)

    def _take(self, index: QModelIndex | QPersistentModelIndex) -> None:
        text, cursor = self._proposals[index.row()].applied(self._box.text())
        self._box.setText(text)
        self._box.setCursorPosition(cursor)
        if text[:cursor].endswith(":"):
            QTimer.singleShot(0, self, lambda: self._on_edited(self._box.text()))


def _line(proposal: Completion) -> str:
    text = proposal.text.strip()
    return f"{text}   {proposal.about}" if proposal.about else text
