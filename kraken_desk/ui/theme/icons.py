"""Icons: our own SVG drawings on a 16 px grid, recoloured by token and sharp at every scale.

The drawings use `currentColor` only; the colour is put in when an icon is asked for.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from kraken_desk.ui.theme.metrics import ICON


class IconSet:
    """The drawings below one folder; a missing drawing is a defect of ours and raises."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._drawings: dict[str, str] = {}

    def svg(self, name: str, colour: QColor) -> bytes:
        """Return a drawing as SVG text with the colour put in."""
        if name not in self._drawings:
            self._drawings[name] = (self._folder / f"{name}.svg").read_text("utf-8")
        return self._drawings[name].replace("currentColor", colour.name()).encode()

    def pixmap(self, name: str, colour: QColor, size: int = ICON, ratio: float = 1.0) -> QPixmap:
        """Draw an icon `size` logical pixels wide for a screen of that pixel ratio."""
        pixmap = QPixmap(round(size * ratio), round(size * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(self.svg(name, colour))).render(painter, QRectF(0, 0, size, size))
        painter.end()
        return pixmap

    def icon(self, name: str, colour: QColor, faded: QColor, size: int = ICON) -> QIcon:
        """Return an icon with a normal and a disabled state."""
        icon = QIcon()
        for ratio in sorted({screen.devicePixelRatio() for screen in QGuiApplication.screens()}):
            drawn = self.pixmap(name, colour, size, ratio)
            icon.addPixmap(drawn, QIcon.Mode.Normal)
            icon.addPixmap(_recoloured(drawn, faded), QIcon.Mode.Disabled)
        return icon

    def write(self, name: str, colour: QColor, path: Path) -> None:
        """Write a recoloured drawing to a file, for stylesheets, which take only files."""
        path.write_bytes(self.svg(name, colour))


def _recoloured(drawn: QPixmap, colour: QColor) -> QPixmap:
    """Return an icon in another colour, for a fraction of reading its drawing again."""
    pixmap = QPixmap(drawn)
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(QRectF(0, 0, drawn.width(), drawn.height()), colour)
    painter.end()
    return pixmap
