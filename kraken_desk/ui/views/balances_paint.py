"""Figures aligned at their decimal point, whatever number of decimals each has."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

MOST_DECIMALS = 8
"""Decimals the common point leaves room for; a longer fraction stands at the right edge by itself."""


def fraction_length(texts: list[str]) -> int:
    """Return the decimals to leave room for, so that figures of usual length share one point."""
    lengths = [len(text.partition(".")[2]) for text in texts]
    return max((length for length in lengths if length <= MOST_DECIMALS), default=0)


def figure_width(metrics: QFontMetrics, texts: list[str], decimals: int) -> int:
    """Return the width that shows every one of `texts` whole; an amount is never cut."""
    room = metrics.horizontalAdvance("." + "0" * decimals) if decimals else 0
    widest = 0
    for text in _candidates(texts):
        whole, _, fraction = text.partition(".")
        aligned = metrics.horizontalAdvance(whole) + room + 1  # the two parts are rounded one by one
        widest = max(widest, metrics.horizontalAdvance(text) if len(fraction) > decimals else aligned)
    return widest


def _candidates(texts: list[str]) -> set[str]:
    """Return one text of each shape: digits are all of one width, so the others need no measuring."""
    return set({(text.find("."), len(text)): text for text in texts}.values())


def draw_point_aligned(painter: QPainter, rect: QRect, text: str, decimals: int) -> None:
    """Draw a figure with its point where `decimals` digits fit behind it; others end at the right."""
    whole, point, fraction = text.partition(".")
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextDontClip
    if len(fraction) > decimals:
        painter.drawText(rect, flags, text)
        return
    room = painter.fontMetrics().horizontalAdvance("." + "0" * decimals) if decimals else 0
    at = rect.right() - room + 1
    painter.drawText(QRect(rect.left(), rect.top(), at - rect.left(), rect.height()), flags, whole)
    behind = QRect(at, rect.top(), room + 2, rect.height())
    painter.drawText(behind, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, point + fraction)
