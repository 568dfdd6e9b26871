"""Shapes that carry a meaning by themselves, drawn as vectors in any size and colour."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from kraken_desk.domain.allowlist import AllowlistStatus
from kraken_desk.ui.models.fleet_rows import State


class Shape(StrEnum):
    """The vocabulary of small signs."""

    CIRCLE = "circle"
    HOLLOW_CIRCLE = "hollow circle"
    DIAMOND = "diamond"
    HOLLOW_DIAMOND = "hollow diamond"
    SQUARE = "square"
    HALF_SQUARE = "half square"
    HEXAGON = "hexagon"
    CLOCK = "clock"
    PADLOCK = "padlock"
    DOT = "dot"
    DOTS = "dots"


STATE_SHAPES: dict[State, Shape] = {
    State.FINE: Shape.CIRCLE,
    State.FINDINGS: Shape.DIAMOND,
    State.UNCHECKED: Shape.HOLLOW_CIRCLE,
    State.UNJUDGED: Shape.DOT,
    State.STALE: Shape.CLOCK,
    State.LOCKED_OUT: Shape.PADLOCK,
    State.CHECKING: Shape.DOTS,
}

ALLOWLIST_SHAPES: dict[AllowlistStatus, Shape] = {
    AllowlistStatus.RESTRICTED: Shape.SQUARE,
    AllowlistStatus.WIDE: Shape.HALF_SQUARE,
    AllowlistStatus.OPEN: Shape.HOLLOW_DIAMOND,
}

_STROKE = 1.5


def draw_shape(painter: QPainter, shape: Shape, box: QRectF, colour: QColor) -> None:
    """Draw a shape inside a square box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, _STROKE))
    painter.setBrush(QBrush(colour))
    _DRAWINGS[shape](painter, box)
    painter.restore()


def _hollow(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _solid(painter: QPainter) -> None:
    painter.setPen(Qt.PenStyle.NoPen)


def _circle(painter: QPainter, box: QRectF) -> None:
    _solid(painter)
    painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))


def _hollow_circle(painter: QPainter, box: QRectF) -> None:
    _hollow(painter)
    painter.drawEllipse(box.adjusted(1, 1, -1, -1))


def _diamond(painter: QPainter, box: QRectF) -> None:
    _solid(painter)
    painter.drawPolygon(_diamond_outline(box.adjusted(-0.5, -0.5, 0.5, 0.5)))


def _hollow_diamond(painter: QPainter, box: QRectF) -> None:
    _hollow(painter)
    painter.drawPolygon(_diamond_outline(box.adjusted(0.75, 0.75, -0.75, -0.75)))


def _diamond_outline(box: QRectF) -> QPolygonF:
    middle = box.center()
    return QPolygonF(
        [
            QPointF(middle.x(), box.top()),
            QPointF(box.right(), middle.y()),
            QPointF(middle.x(), box.bottom()),
            QPointF(box.left(), middle.y()),
        ]
    )


def _square(painter: QPainter, box: QRectF) -> None:
    _solid(painter)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 1.5, 1.5)


def _half_square(painter: QPainter, box: QRectF) -> None:
    frame = box.adjusted(1, 1, -1, -1)
    corner = QPolygonF([frame.topLeft(), frame.bottomLeft(), frame.bottomRight()])
    painter.drawPolygon(corner)
    _hollow(painter)
    painter.drawRect(frame)


def _hexagon(painter: QPainter, box: QRectF) -> None:
    _solid(painter)
    middle, radius = box.center(), box.height() / 2
    corners = [
        QPointF(middle.x() + radius * sin(n * pi / 3), middle.y() + radius * cos(n * pi / 3))
        for n in range(6)
    ]
    painter.drawPolygon(QPolygonF(corners))


def _clock(painter: QPainter, box: QRectF) -> None:
    _hollow_circle(painter, box)
    middle = box.center()
    painter.drawLine(middle, QPointF(middle.x(), box.top() + 2))
    painter.drawLine(middle, QPointF(box.right() - 2.5, middle.y()))


def _padlock(painter: QPainter, box: QRectF) -> None:
    body = QRectF(box.left() + 0.5, box.top() + box.height() * 0.45, box.width() - 1, box.height() * 0.55)
    bow = QRectF(box.left() + 2, box.top() + 0.5, box.width() - 4, box.height() * 0.8)
    painter.setBrush(painter.pen().color())
    painter.drawArc(bow, 0, 180 * 16)
    _solid(painter)
    painter.drawRoundedRect(body, 1, 1)


def _dot(painter: QPainter, box: QRectF) -> None:
    _solid(painter)
    painter.drawEllipse(box.center(), box.width() / 5, box.width() / 5)


def _dots(painter: QPainter, box: QRectF) -> None:
    _solid(painter)
    radius = box.width() / 7
    for n in (-1, 0, 1):
        painter.drawEllipse(box.center() + QPointF(n * box.width() * 0.38, 0), radius, radius)


_DRAWINGS: dict[Shape, Callable[[QPainter, QRectF], None]] = {
    Shape.CIRCLE: _circle,
    Shape.HOLLOW_CIRCLE: _hollow_circle,
    Shape.DIAMOND: _diamond,
    Shape.HOLLOW_DIAMOND: _hollow_diamond,
    Shape.SQUARE: _square,
    Shape.HALF_SQUARE: _half_square,
    Shape.HEXAGON: _hexagon,
    Shape.CLOCK: _clock,
    Shape.PADLOCK: _padlock,
    Shape.DOT: _dot,
    Shape.DOTS: _dots,
}
