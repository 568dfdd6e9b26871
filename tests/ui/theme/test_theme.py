"""The theme in use: it dresses the application and switches it live."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.ui import theme as theme_package
from kraken_desk.ui.theme import Theme, set_role
from kraken_desk.ui.theme.tokens import TABLES, Scheme
from tests.ui.conftest import RESOURCES


def mean_colour(theme: Theme, name: str, colour: QColor) -> QColor:
    """Return the colour of the most opaque pixel of a drawing."""
    image = theme.pixmap(name, colour, 16, 4).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=lambda pixel: pixel.alpha())


def test_switching_reaches_palette_and_listeners(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    """Choosing the light scheme changes the palette at once and says so."""
    dark = qapp.palette().color(QPalette.ColorRole.Window).name()

    with qtbot.waitSignal(theme.changed):
        theme.choose("light")

    assert dark == "#0e1116"
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == "#f4f6f9"


def test_choosing_the_same_scheme_changes_nothing(theme: Theme, qtbot: QtBot) -> None:
    """A choice that leads to the scheme in use repaints nothing."""
    with qtbot.assertNotEmitted(theme.changed):
        theme.choose("dark")


def test_icons_take_the_colour_of_their_token(theme: Theme) -> None:
    """A drawing has exactly the colour asked for."""
    assert mean_colour(theme, "plus", theme.tokens.danger).name() == "#ee6a55"


def test_a_dressed_button_follows_the_scheme(theme: Theme, qtbot: QtBot) -> None:
    """The icon of a dressed button is redrawn in the other scheme's ink."""
    button = QPushButton()
    qtbot.addWidget(button)
    theme.dress(button, "check")

    theme.choose("light")

    image = button.icon().pixmap(16, 16).toImage()
    pixels = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
    inks = {pixel.lightness() for pixel in pixels if pixel.alpha() > 200}
    assert inks
    assert max(inks) < 60


def test_every_drawing_is_of_one_colour_on_one_grid() -> None:
    """Drawings name no colour of their own and share the 16 px grid."""
    drawings = sorted((RESOURCES / "icons").glob("*.svg"))

    assert len(drawings) > 20
    for drawing in drawings:
        text = drawing.read_text("utf-8")
        assert 'viewBox="0 0 16 16"' in text, drawing.name
        assert "currentColor" in text, drawing.name
        assert not re.search(r"#[0-9a-fA-F]{3,6}\b", text), drawing.name


def test_no_colour_is_named_outside_the_table() -> None:
    """The program's window code holds no colour literal beside the one table of tokens."""
    folder = Path(theme_package.__file__).parents[1]
    literal = re.compile(r"""["']#[0-9a-fA-F]{3,8}["']|QColor\(\s*(?:\d|["'])|GlobalColor\.(?!transparent)""")
    found = {
        path.relative_to(folder).as_posix(): literal.findall(path.read_text("utf-8"))
        for path in folder.rglob("*.py")
        if path.name != "tokens.py"
    }

    assert {name: places for name, places in found.items() if places} == {}


def test_a_role_restyles_a_widget_already_shown(theme: Theme, qtbot: QtBot) -> None:
    """A label that becomes a title grows at once."""
    label = QLabel("Momentum")
    qtbot.addWidget(label)
    label.show()
    before = label.sizeHint().height()

    set_role(label, "title")

    assert label.sizeHint().height() > before


def test_fonts_have_tabular_figures(theme: Theme, qtbot: QtBot) -> None:
    """All digits of the interface font are equally wide, so figures line up."""
    label = QLabel()
    qtbot.addWidget(label)
    widths = {label.fontMetrics().horizontalAdvance(digit * 8) for digit in "0123456789"}

    assert len(widths) == 1
    assert label.textFormat() is Qt.TextFormat.AutoText


def test_motion_is_reduced_by_either(theme: Theme, qapp: QApplication) -> None:
    """The desktop's wish adds to the operator's own; without both menus may move again."""
    theme.set_looks(compact=False, font_percent=100, reduced_motion=False)
    theme.follow_motion(reduced=True)
    asked = (theme.reduced_motion, qapp.isEffectEnabled(Qt.UIEffect.UI_AnimateMenu))

    theme.set_looks(compact=False, font_percent=100, reduced_motion=True)
    theme.follow_motion(reduced=False)
    own = theme.reduced_motion
    theme.set_looks(compact=False, font_percent=100, reduced_motion=False)

    assert (asked, own, theme.reduced_motion) == ((True, False), True, False)


def test_icons_grow_with_large_text(theme: Theme, qtbot: QtBot) -> None:
    """A dressed button has its icon drawn for the new font, and the usual one again afterwards."""
    button = QPushButton()
    qtbot.addWidget(button)
    theme.dress(button, "check")
    usual = button.icon().availableSizes()[0].width()

    theme.set_looks(compact=False, font_percent=200, reduced_motion=False)
    large = button.icon().availableSizes()[0].width()
    theme.set_looks(compact=False, font_percent=100, reduced_motion=False)

    assert large == 2 * usual
    assert button.icon().availableSizes()[0].width() == usual


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_checked_box_shows_its_focus_at_the_box_alone(theme: Theme, qtbot: QtBot, scheme: str) -> None:
    """A ring that stands out from the filled box, and no frame around the words."""
    theme.choose(scheme)
    window = QWidget()
    box, other = QCheckBox("Leave out amounts", window), QPushButton("Other", window)
    box.setChecked(True)
    other.move(0, 60)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitActive(window)
    seen = []
    for focused in (other, box):
        focused.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        seen.append(box.grab().toImage())

    differs = [
        (x, y)
        for x in range(seen[0].width())
        for y in range(seen[0].height())
        if seen[0].pixelColor(x, y) != seen[1].pixelColor(x, y)
    ]
    ring = {seen[1].pixelColor(x, y).name() for x, y in differs}
    assert differs
    assert max(x for x, _ in differs) <= 18
    assert TABLES[Scheme(scheme)].text.name() in ring
