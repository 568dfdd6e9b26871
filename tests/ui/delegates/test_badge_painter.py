"""Badges: what fits, what gives way, and that shapes differ without any colour."""

import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from kraken_desk.domain.allowlist import AllowlistStatus
from kraken_desk.domain.badges import Badge, BadgeKind
from kraken_desk.ui.delegates.badge_painter import (
    BadgeLook,
    BadgePainter,
    allowlist_look,
    not_reported_look,
    permission_look,
)
from kraken_desk.ui.delegates.elided_texts import ElidedTexts
from kraken_desk.ui.delegates.shapes import ALLOWLIST_SHAPES, STATE_SHAPES, Shape, draw_shape
from kraken_desk.ui.models.fleet_rows import State
from kraken_desk.ui.theme import Theme, Tone

READ = permission_look(Badge("Read", BadgeKind.READ))
TRADE = permission_look(Badge("Trade", BadgeKind.TRADE))
WITHDRAW = permission_look(Badge("Withdraw", BadgeKind.WITHDRAW))
LEDGER = permission_look(Badge("Ledger", BadgeKind.READ))
SOCKET = permission_look(Badge("WS", BadgeKind.WEBSOCKET))
ALL = (READ, TRADE, WITHDRAW, LEDGER, SOCKET)


@pytest.fixture
def painter(theme: Theme) -> BadgePainter:
    return BadgePainter(theme)


def drawn(shape: Shape) -> QImage:
    """Return a shape in one colour, so that only its form can tell it apart."""
    pixmap = QPixmap(24, 24)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    draw_shape(painter, shape, QRectF(4, 4, 16, 16), QColor(200, 200, 200))
    painter.end()
    return pixmap.toImage()


def test_everything_is_shown_where_there_is_room(painter: BadgePainter) -> None:
    """With room enough no badge is left out and none is added."""
    assert painter.fitting(ALL, 1000) == ALL


def test_what_does_not_fit_is_counted(painter: BadgePainter) -> None:
    """The last badge tells how many are missing, and the row stays inside its width."""
    shown = painter.fitting(ALL, 230)

    assert shown[-1].text.startswith("+")
    assert len(shown) - 1 + int(shown[-1].text[1:]) == 5
    assert sum(painter.width(look) + 4 for look in shown) - 4 <= 230


def test_what_can_move_money_gives_way_last(painter: BadgePainter) -> None:
    """In a narrow column the withdraw badge stays when all others have become a number."""
    room = painter.width(WITHDRAW) + 4 + painter.width(BadgeLook("+4", Tone.MUTED)) + 1

    assert [look.text for look in painter.fitting(ALL, room)] == ["Withdraw", "+4"]


def test_the_order_stays_when_some_give_way(painter: BadgePainter) -> None:
    """Badges that stay keep the fixed order: read, trade, withdraw."""
    more = BadgeLook("+3", Tone.MUTED)
    room = sum(painter.width(look) for look in (TRADE, WITHDRAW, more)) + 2 * 4

    texts = [look.text for look in painter.fitting(ALL, room)]

    assert texts == ["Trade", "Withdraw", "+3"]


def test_no_badge_asks_for_nothing(painter: BadgePainter) -> None:
    """A key without rights draws no badge."""
    assert painter.fitting((), 10) == ()


def test_another_size_of_text_is_measured_anew(theme: Theme, painter: BadgePainter) -> None:
    """What was measured before a change of font is not taken for the truth after it."""
    texts = ElidedTexts(theme)
    narrow, whole = painter.width(TRADE), texts.text("momentum-maker", theme.fonts.body, 130)

    theme.set_looks(compact=False, font_percent=200, reduced_motion=False)
    wide, cut = painter.width(TRADE), texts.text("momentum-maker", theme.fonts.body, 130)
    theme.set_looks(compact=False, font_percent=100, reduced_motion=False)

    assert (whole, cut.endswith("…")) == ("momentum-maker", True)
    assert wide > 1.5 * narrow
    assert painter.width(TRADE) == narrow


def test_badges_are_sharp_on_dense_screens(painter: BadgePainter) -> None:
    """At twice the scale a badge has twice the pixels and the same size."""
    pixmap = painter.pixmap(READ, 2.0)

    assert pixmap.width() == 2 * painter.width(READ)
    assert pixmap.deviceIndependentSize().toSize() == painter.size(READ)


def test_a_badge_changes_with_the_scheme(painter: BadgePainter, theme: Theme) -> None:
    """The cache never hands out a badge of the other scheme."""
    dark = painter.pixmap(WITHDRAW, 1.0).toImage()

    theme.choose("light")

    assert painter.pixmap(WITHDRAW, 1.0).toImage() != dark


def test_dangerous_rights_differ_by_form() -> None:
    """Withdraw has border, fill and a shape; trade is filled; read only outlined; WebSocket dashed."""
    forms = {(k.filled, k.border, k.dashed, k.shape) for k in (READ, TRADE, WITHDRAW, SOCKET)}

    assert len(forms) == 4
    assert WITHDRAW.shape is Shape.HEXAGON


def test_allowlists_differ_by_form() -> None:
    """Each state of an allowlist has its own shape; not reported has none and is dashed."""
    assert len(set(ALLOWLIST_SHAPES.values())) == 3
    assert allowlist_look(AllowlistStatus.NOT_REPORTED, "not reported") == not_reported_look("not reported")
    assert not_reported_look("n/r").dashed


def test_every_state_has_its_own_shape() -> None:
    """No two states share a shape, and no shape is missing."""
    assert set(STATE_SHAPES) == set(State)
    assert len(set(STATE_SHAPES.values())) == len(State)


def test_shapes_can_be_told_apart_without_colour() -> None:
    """Drawn in one colour, all shapes give different pictures."""
    pictures = [drawn(shape) for shape in Shape]

    same = [
        (a, b)
        for n, a in enumerate(Shape)
        for m, b in enumerate(Shape)
        if n < m and pictures[n] == pictures[m]
    ]
    assert same == []


def test_badges_stay_inside_their_cell(painter: BadgePainter, theme: Theme) -> None:
    """A row of badges draws nothing to the right of its rectangle."""
    image = QImage(200, 32, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    canvas = QPainter(image)

    painter.draw_row(canvas, QRect(10, 0, 120, 32), ALL)
    canvas.end()

    assert all(image.pixelColor(x, y).alpha() == 0 for x in range(131, 200) for y in range(32))
    assert any(image.pixelColor(x, 16).alpha() for x in range(10, 131))


def test_a_number_that_hides_a_danger_looks_like_it(painter: BadgePainter) -> None:
    """Where not even one right fits, the number has the tone and shape of the gravest."""
    (more,) = painter.fitting((READ, WITHDRAW, LEDGER), 20)

    assert (more.text, more.tone, more.shape) == ("+3", Tone.DANGER, Shape.HEXAGON)
    assert painter.fitting((READ, LEDGER), 20)[0].tone is Tone.MUTED


def test_a_danger_too_wide_for_its_column_is_elided(painter: BadgePainter) -> None:
    """An unknown right keeps its sign and its beginning where the whole badge cannot stand."""
    unknown = permission_look(Badge("? manage-vaults-and-more", BadgeKind.UNKNOWN))

    shown = painter.fitting((READ, LEDGER, unknown), 120)

    assert shown[0].text.startswith("? mana")
    assert shown[0].text.endswith("…")
    assert shown[1].text == "+2"
    assert sum(painter.width(look) for look in shown) + 4 <= 120
