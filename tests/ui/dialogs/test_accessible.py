"""Everything that takes the focus in a dialog or money pane has a name that can be spoken."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.hosts import Host, HostId
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.roles import STARTING_ROLES
from kraken_desk.domain.transfers import Evidence, JournalId, TransferState
from kraken_desk.services.diagnosis import Diagnosis
from kraken_desk.services.roles import RolesService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.dialogs.add_key import AddKeyDialog
from kraken_desk.ui.dialogs.doctor import DoctorDialog
from kraken_desk.ui.dialogs.first_key import FirstKeyDialog
from kraken_desk.ui.dialogs.host import HostDialog
from kraken_desk.ui.dialogs.mute import MuteDialog
from kraken_desk.ui.dialogs.rename import RenameAccountDialog
from kraken_desk.ui.dialogs.restore import RestoreDialog
from kraken_desk.ui.dialogs.role import RoleDialog
from kraken_desk.ui.dialogs.roles import RolesDialog
from kraken_desk.ui.dialogs.settle import SettleDialog
from kraken_desk.ui.dialogs.transfer import TransferDialog
from kraken_desk.ui.guide.text import read_guide
from kraken_desk.ui.guide.window import GuideWindow
from kraken_desk.ui.rescue_window import RescueWindow
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.balances import BalancesPane
from kraken_desk.ui.views.findings import FindingsPane
from kraken_desk.ui.views.hosts import HostsPane
from kraken_desk.ui.views.journal import JournalPane
from kraken_desk.ui.views.matrix import MatrixPane
from tests.helpers.audit_store import MemoryAuditStore
from tests.helpers.builders import a_key, a_master_with
from tests.helpers.judgements import a_judgement
from tests.ui.conftest import RESOURCES
from tests.ui.dialogs.fakes import FakeKeys, FakeSettling, FakeTransfers, turns
from tests.ui.dialogs.test_add_key import KNOWN
from tests.ui.fake_desk import FakeDesk
from tests.ui.money_samples import DEMO, MOMENTUM, NOW, a_record
from tests.ui.views.test_welcome import Doors
from tests.unit.domain.audit.facts import OPEN, trader


async def _rename(_account_id: AccountId, _label: str) -> None: ...


def _settle_dialog(scope: TaskScope, theme: Theme) -> QWidget:
    record = a_record(TransferState.UNKNOWN)
    fake = FakeSettling(record, Evidence(JournalId("one"), NOW, (), ()))
    return SettleDialog(record, fake.read, fake.settle, scope, DEMO, theme)


def _balances(_scope: TaskScope, theme: Theme) -> QWidget:
    return BalancesPane(Bridge(FakeDesk(DEMO).desk), Selection(), theme).widget()


def _journal(_scope: TaskScope, theme: Theme) -> QWidget:
    return JournalPane(Bridge(FakeDesk(DEMO).desk), Selection(), theme).widget()


async def _save_host(host: Host) -> Host:
    return host


async def _set_role(_slot_id: SlotId, _role: str) -> None: ...


async def _examined() -> tuple[Diagnosis, ...]:
    return (Diagnosis("keychain", True, "fine"), Diagnosis("database", False, "wrong page", "Repair it."))


def _nothing() -> None: ...


async def _muted(*_: object) -> None: ...


def _mute(scope: TaskScope, theme: Theme) -> QWidget:
    return MuteDialog(JUDGEMENT.report.open()[:2], NOW, _muted, scope, DEMO, theme)


def _pane(kind: type[FindingsPane | MatrixPane | HostsPane]) -> Callable[[TaskScope, Theme], QWidget]:
    """Return what makes a pane of the audit with something in it."""

    def make(_scope: TaskScope, theme: Theme) -> QWidget:
        fake = FakeDesk(DEMO, a_master_with(a_key(1)))
        fake.judging.judgement.publish(JUDGEMENT)
        pane = kind(Bridge(fake.desk), Selection(), theme)
        (pane._show if isinstance(pane, HostsPane) else pane._later.now)()
        return pane.widget()

    return make


JUDGEMENT = a_judgement(trader(facts={"ip_allowlist": OPEN}))

MAKERS: dict[str, Callable[[TaskScope, Theme], QWidget]] = {
    "add key": lambda scope, theme: AddKeyDialog(FakeKeys(KNOWN).steps(), scope, DEMO, theme),
    "transfer": lambda scope, theme: TransferDialog(FakeTransfers().steps(), scope, DEMO, theme),
    "settle": _settle_dialog,
    "rename": lambda scope, theme: RenameAccountDialog(MOMENTUM, _rename, scope, DEMO, theme),
    "mute": _mute,
    "host": lambda scope, theme: HostDialog(Host(HostId(""), "", ()), _save_host, scope, DEMO, theme),
    "role": lambda scope, theme: RoleDialog(a_key(1), None, STARTING_ROLES, _set_role, scope, DEMO, theme),
    "roles": lambda scope, theme: RolesDialog(RolesService(MemoryAuditStore()), scope, DEMO, theme),
    "first key": lambda scope, theme: FirstKeyDialog(DEMO, theme),
    "restore": lambda scope, theme: RestoreDialog(Doors().steps(), scope, DEMO, theme),
    "examination": lambda scope, theme: DoctorDialog(_examined, _nothing, scope, DEMO, theme),
    "rescue": lambda scope, theme: RescueWindow(theme),
    "guide": lambda scope, theme: GuideWindow(read_guide(RESOURCES / "guide"), RESOURCES / "guide", theme),
    "findings": _pane(FindingsPane),
    "matrix": _pane(MatrixPane),
    "hosts": _pane(HostsPane),
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
