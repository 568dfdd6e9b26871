"""The transfer form: what is proposed, what follows what, and every bad input answered beside its field."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QScrollArea, QTabBar
from pytestqt.qtbot import QtBot

from kraken_desk.domain.errors import UnavailableError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.transfers import TransferEnd
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.transfer import Step, TransferDialog
from kraken_desk.ui.dialogs.transfer_steps import TransferStart
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.account_combo import AccountCombo
from kraken_desk.ui.widgets.amount_edit import AmountEdit
from kraken_desk.ui.widgets.figures_table import FiguresTable
from tests.helpers.wait import wait_until as until
from tests.ui.dialogs.fakes import FakeTransfers, child, turns
from tests.ui.dialogs.transfer_stage import START, Opener, message, to_review, type_amount
from tests.ui.money_samples import (
    BASIS,
    BTC,
    DEMO,
    MASTER,
    MOMENTUM,
    USD,
    a_plan,
    a_route,
    an_end,
    dec,
)


async def test_the_form_shows_the_consequence_before_the_act(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers
) -> None:
    """Figures before and after, signing key, endpoint and checks stand in the form once typing rests."""
    dialog = opened()

    type_amount(qtbot, dialog, "12500")
    await until(lambda: child(dialog, QLabel, "endpoint").text() == "AccountTransfer")

    assert fake.planned == [(a_route(), USD, dec("12500"))]
    assert child(dialog, FiguresTable, "figures").texts() == [
        ["", "before", "after"],
        ["Momentum", "103\u2009992.10", "91\u2009492.10"],
        ["Meridian Capital", "48\u2009210.55", "60\u2009710.55"],
        ["Total", "152\u2009202.65", "✓ 152\u2009202.65"],
    ]
    assert child(dialog, QLabel, "signed_by").text() == "desk treasury"
    assert dialog.primary_button.text() == "Review 12\u2009500.00 USD → Meridian Capital"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0", "The amount is zero."),
        ("-5", "The amount is negative."),
        ("12,5", "The amount has a comma."),
        ("1.23456", "The amount has too many decimals."),
        ("103992.11", "More than is available."),
    ],
)
async def test_a_bad_amount_is_answered_beside_the_field(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers, typed: str, said: str
) -> None:
    """The reason stands below the amount while it is typed, and Review goes nowhere."""
    dialog = opened()

    type_amount(qtbot, dialog, typed)
    dialog.primary_button.click()
    await turns()

    assert message(dialog, "amount").startswith(said)
    assert dialog.step is Step.FORM
    assert fake.planned == []


async def test_the_same_account_twice_is_answered_beside_to(qtbot: QtBot, opened: Opener) -> None:
    """Choosing one account for both ends is answered at once."""
    dialog = opened()

    child(dialog, AccountCombo, "destination").choose(MOMENTUM.account_id)
    await turns()

    assert message(dialog, "destination").startswith("Both ends are the same account.")


async def test_what_is_missing_is_only_named_when_asked_for(qtbot: QtBot, opened: Opener) -> None:
    """An empty form opens without a reproach; Review names what is missing."""
    dialog = opened(TransferStart())
    before = [message(dialog, name) for name in ("source", "destination", "amount")]

    dialog.primary_button.click()
    await turns()

    assert before == ["", "", ""]
    assert message(dialog, "source").startswith("No source.")
    assert message(dialog, "amount").startswith("No amount.")


async def test_all_available_fills_the_exact_amount(qtbot: QtBot, opened: Opener) -> None:
    """The offer inside the field fills in every digit that can be moved."""
    dialog = opened()

    child(dialog, QPushButton, "all_available").click()
    await turns()

    assert child(dialog, AmountEdit, "amount").amount() == dec("103992.10")


async def test_what_the_source_does_not_hold_cannot_be_sent(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers
) -> None:
    """An asset missing from figures that were read is zero, not unknown."""
    fake.available = None
    dialog = opened()
    assets = child(dialog, QComboBox, "asset")
    await until(lambda: assets.findData("ETH") >= 0)

    assets.setCurrentIndex(assets.findData("ETH"))
    hint = message(dialog, "amount")
    type_amount(qtbot, dialog, "1")

    assert hint == "The source holds none of it that can be moved."
    assert message(dialog, "amount").startswith("More than is available. 0.00 ETH can be moved.")


async def test_money_of_a_subaccount_goes_to_the_master_unless_told_otherwise(opened: Opener) -> None:
    """The only master is proposed as destination; a chosen destination is left alone."""
    dialog = opened(TransferStart())
    source = child(dialog, AccountCombo, "source")
    destination = child(dialog, AccountCombo, "destination")

    source.choose(MOMENTUM.account_id)
    proposed = destination.chosen()
    destination.choose(BASIS.account_id)
    source.choose(MASTER.account_id)
    source.choose(MOMENTUM.account_id)

    assert proposed == MASTER.account_id
    assert destination.chosen() == BASIS.account_id


async def test_swap_exchanges_both_ends(qtbot: QtBot, opened: Opener) -> None:
    """Swap turns the transfer round."""
    dialog = opened()

    child(dialog, QPushButton, "swap").click()
    await turns()

    assert child(dialog, AccountCombo, "source").chosen() == MASTER.account_id
    assert child(dialog, AccountCombo, "destination").chosen() == MOMENTUM.account_id


async def test_an_account_that_cannot_be_an_end_is_not_chosen(qtbot: QtBot, opened: Opener) -> None:
    """On Futures an account without a uid stays listed with its reason and cannot be chosen."""
    dialog = opened(TransferStart(Venue.SPOT, MOMENTUM.account_id))

    child(dialog, QTabBar, "venue").setCurrentIndex(1)
    combo = child(dialog, AccountCombo, "destination")
    combo.choose(BASIS.account_id)
    await turns()

    assert combo.chosen() is None
    assert "its Futures uid is not known yet" in combo.itemText(2)


@pytest.mark.parametrize(("usable", "shown"), [(Venue.SPOT, "Spot"), (Venue.FUTURES, "Futures")])
async def test_a_venue_without_an_end_is_not_offered(
    qtbot: QtBot, theme: Theme, fake: FakeTransfers, usable: Venue, shown: str
) -> None:
    """Where only one venue has keys, the form is about that one, without tabs."""

    def ends(venue: Venue) -> tuple[TransferEnd, ...]:
        found = fake.steps().ends(venue)
        return found if venue is usable else tuple(replace(end, reason="No key.") for end in found)

    dialog = TransferDialog(replace(fake.steps(), ends=ends), TaskScope("test"), DEMO, theme, START)
    qtbot.addWidget(dialog)
    dialog.show()

    tabs = child(dialog, QTabBar, "venue")
    assert tabs.isHidden()
    assert tabs.tabText(tabs.currentIndex()) == shown


async def test_a_lost_asset_list_leaves_what_is_held(qtbot: QtBot, theme: Theme, fake: FakeTransfers) -> None:
    """When Kraken's asset list cannot be read, what the source holds can still be moved."""
    steps = fake.steps()

    async def no_assets(_venue: Venue) -> tuple[()]:
        raise UnavailableError("Kraken does not answer")

    dialog = TransferDialog(
        type(steps)(steps.ends, no_assets, steps.places, steps.available, steps.held, steps.plan, steps.send),
        TaskScope("test"),
        DEMO,
        theme,
        START,
    )
    qtbot.addWidget(dialog)
    dialog.open()
    await turns()

    combo = child(dialog, QComboBox, "asset")
    assert [combo.itemText(row) for row in range(combo.count())] == ["USD", "BTC"]


async def test_the_form_proposes_what_the_source_holds(
    qtbot: QtBot, theme: Theme, fake: FakeTransfers
) -> None:
    """Until a person chooses an asset, it follows the source: US dollars before others, else what is held."""
    held = {MASTER.account_id: (BTC, USD), MOMENTUM.account_id: (BTC,)}
    steps = replace(fake.steps(), held=lambda account, _venue: held[account])
    dialog = TransferDialog(steps, TaskScope("test"), DEMO, theme, TransferStart(source=MASTER.account_id))
    qtbot.addWidget(dialog)
    dialog.open()
    source, asset = child(dialog, AccountCombo, "source"), child(dialog, QComboBox, "asset")
    await until(lambda: asset.findData("ETH") >= 0)
    assert asset.currentText() == "USD"

    source.choose(MOMENTUM.account_id)
    assert asset.currentText() == "BTC"

    asset.setCurrentIndex(asset.findData("ETH"))
    source.choose(MASTER.account_id)
    assert asset.currentText() == "ETH"


async def test_a_very_long_name_does_not_widen_the_dialog(
    qtbot: QtBot, theme: Theme, fake: FakeTransfers
) -> None:
    """Whatever accounts are called, every field stays inside the dialog on form and review."""
    long = replace(MOMENTUM, label="W" * 60)
    steps = replace(fake.steps(), ends=lambda _venue: (an_end(MASTER), an_end(long)))
    fake.plan_answer = replace(a_plan(), source_label=long.label)
    dialog = TransferDialog(steps, TaskScope("test"), DEMO, theme, START)
    qtbot.addWidget(dialog)
    dialog.open()
    page = child(dialog, QScrollArea, "body").widget()
    assert page is not None
    assert page.minimumSizeHint().width() <= 512

    await to_review(qtbot, dialog)

    assert page.minimumSizeHint().width() <= 512
    assert dialog.width() == 560
