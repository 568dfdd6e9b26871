"""The add-key dialog: pastes put right before anything is sent, facts before storing, no secret left."""

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLabel, QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountKind, KindSource
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import (
    AuthRejectedError,
    DuplicateKeyError,
    InputError,
    KeychainLockedError,
)
from kraken_desk.domain.keys import DESK_PROCESS, Venue
from kraken_desk.domain.roles import STARTING_ROLES, role_named
from kraken_desk.domain.venue_facts import DomainFacts
from kraken_desk.services.keys import SlotDetails, TriedPair
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.add_key import AddKeyDialog, Step
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.badge import BadgeLabel
from kraken_desk.ui.widgets.flow import FlowRow
from kraken_desk.ui.widgets.secret_field import SecretField
from tests.helpers.wait import wait_until
from tests.ui.dialogs.fakes import FakeKeys, Gate, child, turns
from tests.ui.money_samples import DEMO, LIVE, MOMENTUM, an_info

KEY = "k" * 56
SPOT_SECRET = base64.b64encode(b"s" * 64).decode()
FUTURES_SECRET = base64.b64encode(b"f" * 66).decode()

KNOWN = TriedPair(
    Venue.SPOT,
    KEY,
    an_info("query-funds", "modify-trades", "brand-new-right"),
    MOMENTUM,
    account_is_new=False,
    facts=DomainFacts(),
)
NEW = replace(KNOWN, account=replace(MOMENTUM, label="Account AA74 9MZR"), account_is_new=True)
Opener = Callable[..., AddKeyDialog]


@pytest.fixture
def fake() -> FakeKeys:
    return FakeKeys(KNOWN)


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme, fake: FakeKeys) -> Opener:
    def open_dialog(environment: Environment = DEMO) -> AddKeyDialog:
        dialog = AddKeyDialog(fake.steps(), TaskScope("test"), environment, theme)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return open_dialog


def key_of(dialog: AddKeyDialog) -> QLineEdit:
    return child(dialog, QLineEdit, "api_key")


def secret_of(dialog: AddKeyDialog) -> SecretField:
    return child(dialog, SecretField, "secret")


def message(dialog: AddKeyDialog, name: str) -> str:
    label = child(dialog, QLabel, f"{name}_message")
    return label.text() if label.isVisible() else ""


def paste(dialog: AddKeyDialog, key: str = KEY, secret: str = SPOT_SECRET) -> None:
    key_of(dialog).setText(key)
    if secret:
        secret_of(dialog).put(secret)


async def to_facts(dialog: AddKeyDialog) -> None:
    paste(dialog)
    dialog.primary_button.click()
    await wait_until(lambda: dialog.step is Step.FACTS)


async def test_a_pair_is_checked_shown_and_stored(opened: Opener, fake: FakeKeys) -> None:
    """Check asks Kraken once; Store hands the tried pair, its secret and the details to the service."""
    dialog = opened()
    child(dialog, QLineEdit, "process").setText("mm-bot")
    client = child(dialog, QComboBox, "client")
    client.setCurrentIndex(client.findData("ccxt"))

    await to_facts(dialog)
    child(dialog, QLineEdit, "name").setText("mm-bot-1")
    child(dialog, QComboBox, "role").setEditText("trading")
    dialog.primary_button.click()
    await wait_until(lambda: dialog.slot is not None)

    assert fake.tried == [(Venue.SPOT, KEY, SPOT_SECRET, "ccxt")]
    assert fake.added == [(KNOWN, SPOT_SECRET, SlotDetails("mm-bot-1", "mm-bot", "trading", "ccxt"))]
    assert dialog.result() == QDialog.DialogCode.Accepted


async def test_facts_are_shown_before_anything_is_stored(opened: Opener, fake: FakeKeys) -> None:
    """Account, rights, allowlist and expiry as Kraken reports them; nothing has been stored yet."""
    dialog = opened()

    await to_facts(dialog)

    rights = child(dialog, FlowRow, "fact_permissions").findChildren(BadgeLabel)
    assert child(dialog, QLabel, "title").text() == "Spot key accepted"
    assert child(dialog, QLabel, "fact_account").text() == "Momentum (subaccount) · AA74 9MZR 5D2K 0QWE"
    assert [badge.look.text for badge in rights] == [
        "Query Funds",
        "Create & Modify Orders",
        "? brand-new-right",
    ]
    assert child(dialog, QLabel, "fact_expires").text() == "in 84 d, 2027-02-12 14:02:11 UTC"
    assert fake.added == []


async def test_the_roles_as_they_are_now_are_offered(opened: Opener, fake: FakeKeys) -> None:
    """A process is offered the operator's own table, without the desk's roles, and the id is stored."""
    grid = replace(role_named("trading", STARTING_ROLES), role_id="grid", name="Grid bots", aliases=())
    fake.roles = (*STARTING_ROLES, grid)
    dialog = opened()
    child(dialog, QLineEdit, "process").setText("grid-bot")
    await to_facts(dialog)
    box = child(dialog, QComboBox, "role")
    offered = [box.itemText(row) for row in range(box.count())]

    box.setCurrentIndex(offered.index("Grid bots"))
    dialog.primary_button.click()
    await wait_until(lambda: dialog.slot is not None)

    assert offered[0] == ""
    assert "Market making" in offered
    assert "Kraken Desk treasury" not in offered
    assert fake.added[0][2].role == "grid"


async def test_both_lines_pasted_at_once_are_sorted_out(opened: Opener) -> None:
    """NAME=value lines pasted into the API key's field fill both fields; the secret is masked."""
    dialog = opened()

    paste(dialog, f"KRAKEN_KEY='{KEY}'\nKRAKEN_SECRET=\"{FUTURES_SECRET}\"\n", "")

    assert key_of(dialog).text() == KEY
    assert secret_of(dialog).text() == FUTURES_SECRET
    assert secret_of(dialog).echoMode() is QLineEdit.EchoMode.Password
    assert child(dialog, QLabel, "remarks").text() == "The values were taken out of NAME=value lines."


async def test_a_secret_in_the_wrong_field_is_moved_out_of_sight(opened: Opener) -> None:
    """A secret pasted into the readable field goes to its own, and undo does not bring it back."""
    dialog = opened()

    paste(dialog, SPOT_SECRET, "")
    key_of(dialog).undo()

    assert key_of(dialog).text() == ""
    assert secret_of(dialog).text() == SPOT_SECRET
    assert child(dialog, QLabel, "remarks").text() == "That was a secret; it was moved to its own field."


async def test_swapped_fields_are_put_right(opened: Opener, fake: FakeKeys) -> None:
    """A pair pasted crosswise is sent the right way round."""
    dialog = opened()

    secret_of(dialog).put(KEY)
    key_of(dialog).setText(SPOT_SECRET)
    dialog.primary_button.click()
    await wait_until(lambda: len(fake.tried) == 1)

    assert fake.tried == [(Venue.SPOT, KEY, SPOT_SECRET, "")]


async def test_line_breaks_around_a_paste_are_taken_off(opened: Opener) -> None:
    """The line break that comes along with a copied line never stays in a field."""
    dialog = opened()

    paste(dialog, f"  {KEY}\n", f"{SPOT_SECRET}\r\n")

    assert (key_of(dialog).text(), secret_of(dialog).text()) == (KEY, SPOT_SECRET)


async def test_the_venue_is_recognised_by_the_secret(opened: Opener) -> None:
    """A secret of 66 bytes chooses Futures and says why."""
    dialog = opened()

    paste(dialog, KEY, FUTURES_SECRET)

    assert child(dialog, QRadioButton, "venue_futures").isChecked()
    assert message(dialog, "venue") == "Recognised by the size of the secret."


async def test_the_operator_s_choice_of_venue_is_kept(opened: Opener, fake: FakeKeys) -> None:
    """Who chooses a venue keeps it; the field says what the shape suggests."""
    dialog = opened()
    child(dialog, QRadioButton, "venue_spot").click()

    paste(dialog, KEY, FUTURES_SECRET)

    assert child(dialog, QRadioButton, "venue_spot").isChecked()
    assert message(dialog, "venue") == "The secret looks like a Futures one."


@pytest.mark.parametrize(
    ("key", "secret", "field", "said"),
    [
        ("", "", "api_key", "No key."),
        (KEY, "", "secret", "No secret."),
        ("", SPOT_SECRET, "api_key", "No API key."),
        (KEY, "abc***def", "secret", "The secret is masked."),
        (KEY, SPOT_SECRET[:-5], "secret", "The secret is incomplete."),
        ("key with ü", SPOT_SECRET, "api_key", "Not an API key."),
    ],
)
async def test_what_cannot_be_a_pair_is_answered_beside_its_field(
    opened: Opener, fake: FakeKeys, key: str, secret: str, field: str, said: str
) -> None:
    """Nothing is sent for a pair that cannot be one; the reason stands at the field it is about."""
    dialog = opened()

    paste(dialog, key, secret)
    dialog.primary_button.click()
    await turns()

    assert message(dialog, field).startswith(said)
    assert fake.tried == []


async def test_the_client_explains_its_nonce_scale(opened: Opener) -> None:
    """Choosing a client says at which scale the check is signed, and why."""
    dialog = opened()
    client = child(dialog, QComboBox, "client")

    client.setCurrentIndex(client.findData("kraken-cli"))

    assert child(dialog, QLabel, "scale").text() == (
        "kraken-cli counts nonces in nanoseconds; the check is signed at that scale, so that looking"
        " never breaks the key."
    )


async def test_a_key_of_the_desk_needs_no_process(opened: Opener, fake: FakeKeys) -> None:
    """A key for Kraken Desk itself is checked at the desk's own scale and named as its process."""
    dialog = opened()
    child(dialog, QRadioButton, "used_by_desk").click()

    await to_facts(dialog)
    dialog.primary_button.click()
    await wait_until(lambda: len(fake.added) == 1)

    assert fake.tried[0][3] == "kraken-desk"
    assert fake.added[0][2].process == DESK_PROCESS
    assert not child(dialog, QLineEdit, "process").isVisible()


async def test_a_rejected_pair_is_not_stored_and_says_what_kraken_said(
    opened: Opener, fake: FakeKeys
) -> None:
    """The refusal shows Kraken's words and what to try; the pair stays for another attempt."""
    fake.try_error = AuthRejectedError(
        "Kraken does not accept the key", "It may be expired.", "Compare it.", kraken=("EAPI:Invalid key",)
    )
    dialog = opened()

    paste(dialog)
    dialog.primary_button.click()
    await wait_until(dialog.problem.isVisible)

    assert child(dialog.problem, QLabel, "problem_kraken").text() == "Kraken: EAPI:Invalid key"
    assert child(dialog.problem, QLabel, "problem_hint").text() == "Compare it. Nothing was stored."
    assert (dialog.step, fake.added) == (Step.PAIR, [])
    assert secret_of(dialog).text() == SPOT_SECRET


async def test_a_new_account_is_named_and_placed_by_the_operator(opened: Opener, fake: FakeKeys) -> None:
    """For an account not seen before, its name and kind go with the key."""
    fake.answer = NEW
    dialog = opened()

    await to_facts(dialog)
    child(dialog, QLineEdit, "account_label").setText("Momentum")
    child(dialog, QRadioButton, "kind_master").click()
    dialog.primary_button.click()
    await wait_until(lambda: len(fake.added) == 1)

    details = fake.added[0][2]
    assert (details.account_label, details.account_kind) == ("Momentum", AccountKind.MASTER)
    assert message(dialog, "account_kind") == "Assumed; Kraken does not say."


async def test_a_kind_that_kraken_reports_cannot_be_changed(opened: Opener, fake: FakeKeys) -> None:
    """What Kraken says about master and subaccount is shown, not asked."""
    fake.answer = replace(NEW, account=replace(NEW.account, kind_source=KindSource.KRAKEN))
    dialog = opened()

    await to_facts(dialog)

    assert not child(dialog, QRadioButton, "kind_master").isEnabled()
    assert message(dialog, "account_kind") == "Kraken reports it so."


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (DuplicateKeyError("The name is taken", "Another key is called “desk-key”."), "name"),
        (InputError("Not a usable name", "A key's name has 1 to 60 characters."), "name"),
        (InputError("The name is taken", "Another account is called “Momentum”."), "account_label"),
    ],
)
async def test_a_name_that_cannot_be_used_is_answered_beside_it(
    opened: Opener, fake: FakeKeys, error: Exception, field: str
) -> None:
    """A refused name of key or account is said at its field, and the key can be stored after all."""
    fake.answer = NEW
    fake.add_error = error
    dialog = opened()
    await to_facts(dialog)

    dialog.primary_button.click()
    await wait_until(lambda: bool(message(dialog, field)))
    fake.add_error = None
    dialog.primary_button.click()
    await wait_until(lambda: dialog.slot is not None)

    assert len(fake.added) == 2


async def test_a_locked_keychain_is_said_in_place(opened: Opener, fake: FakeKeys) -> None:
    """A keychain that cannot store leaves the dialog open with the reason."""
    fake.add_error = KeychainLockedError("The keychain is locked", "Its prompt was dismissed.", "Unlock it.")
    dialog = opened(LIVE)
    await to_facts(dialog)
    named = dialog.primary_button.text()

    dialog.primary_button.click()
    await wait_until(dialog.problem.isVisible)

    assert named == "Store “desk-key” in the keychain"
    assert child(dialog.problem, QLabel, "problem_title").text() == "The keychain is locked"
    assert dialog.isVisible()


async def test_escape_cancels_the_check_and_keeps_the_pair(opened: Opener, fake: FakeKeys) -> None:
    """Cancel during the check ends the task itself; the dialog stays with what was pasted."""
    fake.try_gate = Gate()
    dialog = opened()
    paste(dialog)
    dialog.primary_button.click()
    await wait_until(lambda: len(fake.tried) == 1)

    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await turns()

    assert fake.try_gate.cancelled == 1
    assert dialog.isVisible()
    assert (dialog.busy, key_of(dialog).text()) == (False, KEY)


async def test_a_double_click_checks_once(opened: Opener, fake: FakeKeys) -> None:
    """Two clicks on Check are one signed call."""
    fake.try_gate = Gate()
    dialog = opened()
    paste(dialog)

    dialog.primary_button.click()
    dialog.primary_button.click()
    await turns()
    fake.try_gate.open()
    await wait_until(lambda: dialog.step is Step.FACTS)

    assert len(fake.tried) == 1


async def test_the_secret_leaves_its_field_once_accepted(opened: Opener) -> None:
    """After the check the field is empty, and neither undo nor revealing brings the secret back."""
    dialog = opened()

    await to_facts(dialog)
    field = secret_of(dialog)
    field.setEchoMode(QLineEdit.EchoMode.Normal)
    field.undo()

    assert field.text() == ""


@pytest.mark.parametrize("end", ["cancel", "escape"])
async def test_nothing_of_the_pair_is_left_after_closing(opened: Opener, end: str) -> None:
    """However the dialog ends, both fields are empty and undo brings nothing back."""
    dialog = opened()
    QTest.keyClicks(secret_of(dialog), "c2VjcmV0")
    key_of(dialog).setText(KEY)

    if end == "cancel":
        dialog.cancel_button.click()
    else:
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    for field in (key_of(dialog), secret_of(dialog)):
        field.setEchoMode(QLineEdit.EchoMode.Normal)
        field.undo()

    assert (key_of(dialog).text(), secret_of(dialog).text()) == ("", "")


async def test_no_text_of_the_dialog_shows_the_secret(opened: Opener) -> None:
    """Title, labels, tooltips and accessible texts never hold what was pasted as a secret."""
    dialog = opened()
    paste(dialog)

    texts = [dialog.windowTitle()]
    for label in dialog.findChildren(QLabel):
        texts += [label.text(), label.toolTip(), label.accessibleName(), label.accessibleDescription()]
    texts.append(secret_of(dialog).displayText())

    assert all(SPOT_SECRET not in text for text in texts)


async def test_a_key_with_two_factor_is_checked_by_its_code(opened: Opener, fake: FakeKeys) -> None:
    """Without the code nothing is asked; with it the field is wiped and the key is stored as marked."""
    dialog = opened()
    child(dialog, QCheckBox, "two_factor").setChecked(True)
    paste(dialog)
    dialog.primary_button.click()
    assert fake.tried == []
    assert (
        message(dialog, "otp")
        == "The code is missing. This key asks for one on every call. Type the current one."
    )

    child(dialog, QLineEdit, "otp").setText("123456")
    dialog.primary_button.click()
    await wait_until(lambda: dialog.step is Step.FACTS)
    child(dialog, QLineEdit, "name").setText("mm-bot-1")
    dialog.primary_button.click()
    await wait_until(lambda: dialog.slot is not None)

    assert fake.codes == ["123456"]
    assert child(dialog, QLineEdit, "otp").text() == ""
    assert fake.added[0][2].two_factor
