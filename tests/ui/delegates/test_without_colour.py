"""What colours say is said without them: by shapes of their own, and by words."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from kraken_desk.domain.allowlist import AllowlistStatus
from kraken_desk.ui.delegates.shapes import ALLOWLIST_SHAPES, STATE_SHAPES, Shape, draw_shape
from kraken_desk.ui.models.fleet_rows import State


def drawn(shape: Shape, qapp: QApplication) -> bytes:
    """Return the pixels of a shape in one ink, whatever it means."""
    del qapp
    image = QImage(24, 24, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    draw_shape(painter, shape, QRectF(4, 4, 16, 16), QColor("#222222"))
    painter.end()
    return bytes(image.constBits())


def test_states_differ_in_one_colour(qapp: QApplication) -> None:
    """Every state of a key or account has a shape that no other state has."""
    pictures = {state: drawn(STATE_SHAPES[state], qapp) for state in State}

    assert len(set(pictures.values())) == len(State)


def test_allowlists_differ_in_one_colour(qapp: QApplication) -> None:
    """Restricted, wide and open are told apart by their shapes; not reported has words only."""
    pictures = {drawn(shape, qapp) for shape in ALLOWLIST_SHAPES.values()}

    assert len(pictures) == len(ALLOWLIST_SHAPES)
    assert set(AllowlistStatus) - set(ALLOWLIST_SHAPES) == {AllowlistStatus.NOT_REPORTED}
