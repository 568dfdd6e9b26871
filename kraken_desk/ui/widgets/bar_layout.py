"""BarLayout: a line of controls that goes on below where the width ends; no font cuts anything off."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QSpacerItem, QWidget


class BarLayout(QLayout):
    """As a QHBoxLayout while there is room: stretched widgets and gaps take what the others leave.

    A widget that was added with a stretch may become as narrow as its minimum before the line breaks.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._stretched: set[int] = set()
        self._needed = 0

    def addWidget(self, widget: QWidget, stretch: int = 0) -> None:
        if stretch:
            self._stretched.add(len(self._items))
        super().addWidget(widget)

    def addStretch(self) -> None:
        """Add a gap that takes what is left of its line."""
        self.addItem(QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum))

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        needed = self._place(rect, move=True)
        if needed != self._needed:
            self._needed = needed
            owner = self.parentWidget()
            if owner is not None:
                owner.updateGeometry()  # a stack above asks for the least size, never for a height at a width

    def sizeHint(self) -> QSize:
        """Return the size in one line."""
        margins, shown = self.contentsMargins(), self._shown()
        width = sum(item.sizeHint().width() for _, item in shown)
        width += self.spacing() * max(0, len([i for _, i in shown if i.widget()]) - 1)
        height = max((item.sizeHint().height() for _, item in shown), default=0)
        both = QSize(margins.left() + margins.right(), margins.top() + margins.bottom())
        return QSize(width, height) + both

    def minimumSize(self) -> QSize:
        margins, size = self.contentsMargins(), QSize()
        for number, item in self._shown():
            size = size.expandedTo(QSize(self._least(number, item), item.minimumSize().height()))
        size += QSize(margins.left() + margins.right(), margins.top() + margins.bottom())
        return size.expandedTo(QSize(0, self._needed))

    def _shown(self) -> list[tuple[int, QLayoutItem]]:
        return [(n, item) for n, item in enumerate(self._items) if item.spacerItem() or not item.isEmpty()]

    def _least(self, number: int, item: QLayoutItem) -> int:
        return item.minimumSize().width() if number in self._stretched else item.sizeHint().width()

    def _place(self, rect: QRect, *, move: bool) -> int:
        """Place the items inside `rect` and return the height they need, margins included."""
        margins = self.contentsMargins()
        inner = rect.marginsRemoved(margins)
        top, lines = inner.top(), self._lines(inner.width())
        for line in lines:
            height = max((item.sizeHint().height() for _, item in line), default=0)
            if move:
                self._place_line(line, QRect(inner.left(), top, inner.width(), height))
            top += height + self.spacing()
        end = top - self.spacing() if lines else top
        return end + margins.bottom() - rect.top()

    def _lines(self, width: int) -> list[list[tuple[int, QLayoutItem]]]:
        """Break the items into lines that fit; gaps take no room."""
        lines: list[list[tuple[int, QLayoutItem]]] = []
        used = 0
        for number, item in self._shown():
            least = self._least(number, item)
            gap = self.spacing() if lines and item.widget() else 0
            if not lines or (item.widget() and used + gap + least > width):
                lines.append([])
                used, gap = 0, 0
            lines[-1].append((number, item))
            used += gap + least
        return lines

    def _place_line(self, line: list[tuple[int, QLayoutItem]], room: QRect) -> None:
        widths = {number: self._least(number, item) for number, item in line}
        gaps = self.spacing() * max(0, len([i for _, i in line if i.widget()]) - 1)
        spare = room.width() - sum(widths.values()) - gaps
        growing = [(n, item) for n, item in line if n in self._stretched]
        for number, item in growing:
            more = max(0, min(spare // len(growing), item.maximumSize().width() - widths[number]))
            widths[number] += more
        spare = room.width() - sum(widths.values()) - gaps
        spacers = [number for number, item in line if item.spacerItem()]
        for number in spacers:
            widths[number] = max(0, spare // len(spacers))
        left = room.left()
        for number, item in line:
            height = min(item.sizeHint().height(), room.height())
            at = QPoint(left, room.top() + (room.height() - height) // 2)
            item.setGeometry(QRect(at, QSize(widths[number], height)))
            left += widths[number] + (self.spacing() if item.widget() else 0)
