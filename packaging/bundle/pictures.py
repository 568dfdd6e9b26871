"""The program's icon in the forms that systems want, drawn from the one SVG.

Run with the build's Python: `pictures.py SOURCE.svg FOLDER` writes PNGs for Linux, an ICO for Windows
and an ICNS for macOS. Both containers hold PNGs, so no imaging library is needed.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_TYPES = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09"}
PLATE = "#5b46d6"
GLYPH = "#ffffff"
PLATE_RADIUS = 0.22
GLYPH_SHARE = 0.72
"""The line drawing stands white on a plate: thin lines alone vanish on a dark desktop."""


def pngs(source: Path, folder: Path) -> dict[int, bytes]:
    """Write the icon as PNGs named by their size in pixels, and return them by size."""
    from PySide6.QtCore import QByteArray, QRectF, Qt
    from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    _app = QGuiApplication.instance() or QGuiApplication([])
    drawing = QSvgRenderer(QByteArray(source.read_text("utf-8").replace("currentColor", GLYPH).encode()))
    found = {}
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(PLATE))
        painter.drawRoundedRect(QRectF(0, 0, size, size), size * PLATE_RADIUS, size * PLATE_RADIUS)
        inset = size * (1 - GLYPH_SHARE) / 2
        drawing.render(painter, QRectF(inset, inset, size - 2 * inset, size - 2 * inset))
        painter.end()
        file = folder / f"{size}.png"
        if not image.save(str(file)):
            raise OSError(f"{file} could not be written")
        found[size] = file.read_bytes()
    return found


def ico(pictures: dict[int, bytes]) -> bytes:
    """Return a Windows icon file holding the pictures of its sizes; 256 is written as 0 there."""
    chosen = [(size, pictures[size]) for size in ICO_SIZES]
    header = struct.pack("<HHH", 0, 1, len(chosen))
    offset = len(header) + 16 * len(chosen)
    entries = b""
    for size, png in chosen:
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(png), offset)
        offset += len(png)
    return header + entries + b"".join(png for _, png in chosen)


def icns(pictures: dict[int, bytes]) -> bytes:
    """Return a macOS icon file holding the pictures of its sizes."""
    blocks = [
        kind + struct.pack(">I", 8 + len(pictures[size])) + pictures[size]
        for size, kind in ICNS_TYPES.items()
    ]
    body = b"".join(blocks)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def main(source: Path, folder: Path) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder.mkdir(parents=True, exist_ok=True)
    pictures = pngs(source, folder)
    (folder / "kraken-desk.ico").write_bytes(ico(pictures))
    (folder / "kraken-desk.icns").write_bytes(icns(pictures))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
