"""Fixtures that several tests of dialogs share."""

import pytest
from pytestqt.qtbot import QtBot

from kraken_desk.domain.environments import Environment
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.transfer import TransferDialog
from kraken_desk.ui.dialogs.transfer_steps import TransferStart
from kraken_desk.ui.theme import Theme
from tests.ui.dialogs.fakes import FakeTransfers
from tests.ui.dialogs.transfer_stage import START, Opener
from tests.ui.money_samples import (
    DEMO,
)


@pytest.fixture
def fake() -> FakeTransfers:
    return FakeTransfers()


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme, fake: FakeTransfers) -> Opener:
    def open_dialog(start: TransferStart = START, environment: Environment = DEMO) -> TransferDialog:
        dialog = TransferDialog(fake.steps(), TaskScope("test"), environment, theme, start)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return open_dialog
