"""Everything that takes the focus in a dialog or money pane has a name that can be spoken."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.transfers import Evidence, JournalId, TransferState
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.dialogs.add_key import AddKeyDialog
from kraken_desk.ui.dialogs.rename import RenameAccountDialog
from kraken_desk.ui.dialogs.settle import SettleDialog
from kraken_desk.ui.dialogs.transfer import TransferDialog
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.balances import BalancesPane
from kraken_desk.ui.views.journal import JournalPane
from tests.ui.dialogs.fakes import FakeKeys, FakeSettling, FakeTransfers, turns
from tests.ui.dialogs.test_add_key import KNOWN
from tests.ui.fake_desk import FakeDesk
from tests.ui.money_samples import DEMO, MOMENTUM, NOW, a_record


async def _rename(_account_id: AccountId, _label: str) -> None: ...


def _settle_dialog(scope: TaskScope, theme: Theme) -> QWidget:
    record = a_record(TransferState.UNKNOWN)
    fake = FakeSettling(record, Evidence(JournalId("one"), NOW, (), ()))
    return SettleDialog(record, fake.read, fake.settle, scope, DEMO, theme)


def _balances(_scope: TaskScope, theme: Theme) -> QWidget:
    return BalancesPane(Bridge(FakeDesk(DEMO).desk), Selection(), theme).widget()


def _journal(_scope: TaskScope, theme: Theme) -> QWidget:
    return JournalPane(Bridge(FakeDesk(DEMO).desk), Selection(), theme).widget()


MAKERS: dict[str, Callable[[TaskScope, Theme], QWidget]] = {
    "add key": lambda scope, theme: AddKeyDialog(FakeKeys(KNOWN).steps(), scope, DEMO, theme),
    "transfer": lambda scope, theme: TransferDialog(FakeTransfers().steps(), scope, DEMO, theme),
    "settle": _settle_dialog,
    "rename": lambda scope, theme: RenameAccountDialog(MOMENTUM, _rename, scope, DEMO, theme),
    "balances": _balances,
    "journal": _journal,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_what_takes_the_focus_has_a_name(qtbot: QtBot, theme: Theme, name: str) -> None:
    """Every widget that can be reached by keyboard has an accessible name, hidden pages included."""
    widget = MAKERS[name](TaskScope("test"), theme)
    qtbot.addWidget(widget)
    await turns()

    nameless = [
        f"{type(child).__name__} {child.objectName()}"
        for child in widget.findChildren(QWidget)
        if child.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not isinstance(child, QLabel)  # selectable text speaks for itself
        and child.objectName() not in ("qt_scrollarea_viewport", "ScrollLeftButton", "ScrollRightButton")
        and not _spoken(child)
    ]

    assert nameless == []


def _spoken(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
