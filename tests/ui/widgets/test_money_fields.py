"""The fields that take money and secrets, and the small widgets beside them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.domain.badges import badges, single_badges
from kraken_desk.domain.errors import InvalidAmountError
from kraken_desk.domain.keys import SpotPermissions
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.transfers import Figure
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.balances_paint import figure_width, fraction_length
from kraken_desk.ui.widgets.amount_edit import AmountEdit
from kraken_desk.ui.widgets.badge import BadgeLabel
from kraken_desk.ui.widgets.badge_label import allowlist_label, permission_labels
from kraken_desk.ui.widgets.deliberate_button import DeliberateButton
from kraken_desk.ui.widgets.figures_table import FiguresTable
from kraken_desk.ui.widgets.flow import FlowRow
from kraken_desk.ui.widgets.pill import Pill
from kraken_desk.ui.widgets.secret_field import SecretField
from tests.ui.dialogs.fakes import child
from tests.ui.money_samples import NOW, dec


@pytest.fixture
def secret(qtbot: QtBot, theme: Theme) -> SecretField:
    field = SecretField(theme)
    qtbot.addWidget(field)
    field.show()
    return field


@pytest.fixture
def amount(qtbot: QtBot, theme: Theme) -> AmountEdit:
    edit = AmountEdit()
    qtbot.addWidget(edit)
    edit.resize(360, 34)
    edit.show()
    return edit


def test_a_secret_is_masked_and_shown_only_while_held(secret: SecretField) -> None:
    """The eye reveals while it is pressed and masks as soon as it is let go."""
    QTest.keyClicks(secret, "hush")
    eye = child(secret, QToolButton, "reveal")
    before = secret.displayText()

    QTest.mousePress(eye, Qt.MouseButton.LeftButton)
    held = secret.displayText()
    QTest.mouseRelease(eye, Qt.MouseButton.LeftButton)

    assert "hush" not in before
    assert held == "hush"
    assert "hush" not in secret.displayText()


def test_a_hidden_field_masks_itself(secret: SecretField) -> None:
    """A field that disappears while its eye is held is masked when it comes back."""
    QTest.keyClicks(secret, "hush")
    QTest.mousePress(child(secret, QToolButton, "reveal"), Qt.MouseButton.LeftButton)

    secret.hide()

    assert secret.echoMode() is QLineEdit.EchoMode.Password


def test_a_taken_secret_cannot_be_undone_back(secret: SecretField) -> None:
    """Handing over empties the field and its undo history, also for a revealed field."""
    QTest.keyClicks(secret, "hush")

    taken = secret.take()
    secret.setEchoMode(QLineEdit.EchoMode.Normal)
    secret.undo()
    undone = secret.text()
    secret.redo()

    assert taken == "hush"
    assert (undone, secret.text()) == ("", "")


def test_a_secret_cannot_be_copied(secret: SecretField) -> None:
    """Select all and copy put nothing on the clipboard."""
    QApplication.clipboard().setText("before")
    QTest.keyClicks(secret, "hush")

    secret.selectAll()
    secret.copy()

    assert QApplication.clipboard().text() == "before"


def test_an_amount_is_read_exactly(amount: AmountEdit) -> None:
    """What was typed is the amount, digit by digit."""
    QTest.keyClicks(amount, "0.1000000000000000000001")

    assert amount.amount() == dec("0.1000000000000000000001")


def test_more_decimals_than_the_asset_has_are_refused(amount: AmountEdit) -> None:
    """The asset's precision limits the amount."""
    amount.set_places(2)
    QTest.keyClicks(amount, "1.234")

    with pytest.raises(InvalidAmountError, match="too many decimals"):
        amount.amount()


def test_leaving_the_field_groups_the_same_amount(qtbot: QtBot, theme: Theme) -> None:
    """Grouping for reading changes no digit and announces no new amount."""
    host = QWidget()
    qtbot.addWidget(host)
    edit, other = AmountEdit(host), QLineEdit(host)
    heard: list[str] = []
    host.show()
    host.activateWindow()
    assert QTest.qWaitForWindowActive(host)
    edit.setFocus()
    QTest.keyClicks(edit, "12500.5")
    edit.amount_changed.connect(lambda: heard.append(edit.text()))

    other.setFocus()

    assert edit.text() == "12\u2009500.50"
    assert edit.amount() == dec("12500.5")
    assert heard == []


def test_what_is_wrong_stays_as_typed(qtbot: QtBot, theme: Theme) -> None:
    """A text that is no amount is never rewritten."""
    host = QWidget()
    qtbot.addWidget(host)
    edit, other = AmountEdit(host), QLineEdit(host)
    host.show()
    host.activateWindow()
    assert QTest.qWaitForWindowActive(host)
    edit.setFocus()
    QTest.keyClicks(edit, "12,5")

    other.setFocus()

    assert edit.text() == "12,5"


def test_all_available_is_offered_only_where_there_is_something(amount: AmountEdit) -> None:
    """The offer names the figure, fills it in, and is gone for zero and unknown."""
    button = child(amount, QPushButton, "all_available")
    amount.set_available(dec("103992.1"))
    text, shown = button.text(), button.isVisible()

    button.click()
    filled = amount.amount()
    amount.set_available(dec("0"))
    for_zero = button.isVisible()
    amount.set_available(None)

    assert (text, shown) == ("All available 103\u2009992.10", True)
    assert filled == dec("103992.1")
    assert (for_zero, button.isVisible()) == (False, False)


def test_a_deliberate_button_ignores_a_held_enter(qtbot: QtBot) -> None:
    """Enter presses it once when it has the focus; a key held down presses it no further."""
    button = DeliberateButton("Send")
    qtbot.addWidget(button)
    button.show()
    pressed: list[int] = []
    button.clicked.connect(lambda: pressed.append(1))

    QTest.keyClick(button, Qt.Key.Key_Return)
    button.setEnabled(False)
    QTest.keyClick(button, Qt.Key.Key_Return)

    assert pressed == [1]
    assert not button.autoDefault()


def test_figures_share_their_decimals_and_the_total_stays(qtbot: QtBot, theme: Theme) -> None:
    """All figures are written with the same decimals; the tick stands only for an unchanged total."""
    table = FiguresTable()
    qtbot.addWidget(table)

    table.show_figures(
        "A", "B", Figure("A", dec("10"), dec("9.5005"), NOW), Figure("B", dec("1"), dec("1.4995"), NOW)
    )

    assert table.texts()[1:] == [
        ["A", "10.0000", "9.5005"],
        ["B", "1.0000", "1.4995"],
        ["Total", "11.0000", "✓ 11.0000"],
    ]


def test_an_end_that_nobody_reads_is_not_zero(qtbot: QtBot, theme: Theme) -> None:
    """A missing figure says so, and then there is no total to compare."""
    table = FiguresTable()
    qtbot.addWidget(table)

    table.show_figures("A", "B", Figure("A", dec("10"), dec("9"), NOW), None)

    assert table.texts()[2:] == [["B", "not read", "not read"], ["Total", "not read", "not read"]]


def test_permissions_become_badges_with_kraken_s_words(qtbot: QtBot, theme: Theme) -> None:
    """Each badge's tooltip names the rights it stands for as Kraken spells them."""
    host = QWidget()
    qtbot.addWidget(host)
    rights = SpotPermissions.from_strings(("query-funds", "withdraw-funds", "mystery"))

    labels = permission_labels(theme, badges(rights))
    single = permission_labels(theme, single_badges(rights))
    for label in (*labels, *single):
        label.setParent(host)

    shown = [label.look.text for label in labels if isinstance(label, BadgeLabel)]
    assert shown == ["Read", "Withdraw", "? mystery"]
    assert labels[1].toolTip() == "Withdraw Funds (withdraw-funds)"
    assert len(single) == 3


def test_an_unreported_allowlist_is_not_an_open_one(qtbot: QtBot, theme: Theme) -> None:
    """Futures reports no allowlist; the badge says so."""
    label = allowlist_label(theme, NOT_REPORTED)
    qtbot.addWidget(label)

    assert label.look.text == "not reported"


def test_a_row_of_pills_wraps(qtbot: QtBot, theme: Theme) -> None:
    """Pills that do not fit continue on the next line, and the row asks for that height."""
    row = FlowRow()
    qtbot.addWidget(row)

    row.fill([Pill(f"check number {n}") for n in range(6)])

    assert row.heightForWidth(200) > row.heightForWidth(2000) > 0


@pytest.mark.parametrize(
    ("texts", "decimals"),
    [([], 0), (["1", "2"], 0), (["1.25", "3.001"], 3), (["1.25", "0.000000000000000001", "—"], 2)],
)
def test_the_common_point_ignores_very_long_fractions(texts: list[str], decimals: int) -> None:
    """One tiny figure does not push the point of all others aside."""
    assert fraction_length(texts) == decimals


def test_a_column_is_as_wide_as_its_longest_figure(qtbot: QtBot, theme: Theme) -> None:
    """The width covers figures at the common point and longer ones by themselves."""
    label = Pill("x")
    qtbot.addWidget(label)
    metrics = label.fontMetrics()
    long = "0.000000000000000001"

    assert figure_width(metrics, ["1.25", long], 2) >= metrics.horizontalAdvance(long)
    assert figure_width(metrics, ["100000", "1.25"], 2) >= metrics.horizontalAdvance("100000.00")


def test_a_secret_that_is_shown_cannot_be_copied_either(secret: SecretField) -> None:
    """While the eye is held the keyboard does nothing: its copy would be neither concealed nor taken back."""
    QApplication.clipboard().setText("before")
    QTest.keyClicks(secret, "hush")
    eye = child(secret, QToolButton, "reveal")

    QTest.mousePress(eye, Qt.MouseButton.LeftButton)
    QTest.keyClick(secret, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(secret, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    held = QApplication.clipboard().text()
    QTest.mouseRelease(eye, Qt.MouseButton.LeftButton)

    assert held == "before"
    assert secret.text() == "hush"
