"""The program's icon in the forms of Linux, Windows and macOS."""

import struct
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from bundle import pictures
from tests.architecture.source import ROOT

PNG = b"\x89PNG\r\n\x1a\n"


def test_every_form_is_written(qapp: QApplication, tmp_path: Path) -> None:
    """PNGs of all sizes, an ICO and an ICNS whose entries lead to the same PNGs."""
    pictures.main(ROOT / "resources" / "icons" / "app.svg", tmp_path)

    for size in pictures.SIZES:
        image = QImage(str(tmp_path / f"{size}.png"))
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(size // 2, size // 8).alpha() == 255
        assert image.pixelColor(0, 0).alpha() < 255
    ico = (tmp_path / "kraken-desk.ico").read_bytes()
    assert struct.unpack("<HHH", ico[:6]) == (0, 1, 7)
    width, *_, length, offset = struct.unpack("<BBBBHHII", ico[6 + 6 * 16 : 6 + 7 * 16])
    assert width == 0
    assert ico[offset : offset + length] == (tmp_path / "256.png").read_bytes()
    icns = (tmp_path / "kraken-desk.icns").read_bytes()
    assert icns[:4] == b"icns"
    assert struct.unpack(">I", icns[4:8]) == (len(icns),)
    assert icns[8:12] == b"icp4"
    assert icns[16:24] == PNG
