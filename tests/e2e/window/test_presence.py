"""The program on a desktop: its notifications on a private bus, and what a click on them opens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QTableView, QWidget

from kraken_desk.app.presence import PresenceKeeper
from kraken_desk.domain.locking import LockReason
from kraken_desk.domain.preferences import Preferences, WhileLocked
from kraken_desk.domain.transfers import JournalId, TransferState
from kraken_desk.services.profile_doors import unkept
from tests.e2e.window.test_locking import Lockable, running
from tests.helpers.bus import private_bus
from tests.helpers.notifications import NotificationRecorder, recording
from tests.helpers.wait import wait_until
from tests.ui.money_samples import a_record


class OnADesktop:
    """The demo beside a notification server; `look` is what the program does every few seconds."""

    def __init__(self, lockable: Lockable, server: NotificationRecorder) -> None:
        self.lockable, self.server = lockable, server
        self.preferences = unkept(Preferences())
        self.refreshed = 0
        self.presence = PresenceKeeper(
            lockable.keeper, lockable.desk, lockable.lock, self.preferences, None, self._refresh
        )

    async def _refresh(self) -> None:
        self.refreshed += 1

    async def look(self) -> None:
        await self.presence._look()

    def lose(self, name: str) -> None:
        """Let the outcome of a transfer become unknown."""
        journal = self.lockable.desk.transfers.journal
        lost = replace(a_record(TransferState.UNKNOWN), journal_id=JournalId(name))
        journal.publish(replace(journal.value, records=(lost, *journal.value.records)))

    @property
    def titles(self) -> list[str]:
        return [shown.summary for shown in self.server.shown]

    def in_journal(self) -> str:
        """Return what is selected in the journal, if that is the pane in front."""
        window = self.lockable.keeper.window
        pane = window.findChild(QWidget, "journal") if window else None
        if not isinstance(pane, QWidget) or not pane.isVisible():
            return ""
        table = pane.findChild(QTableView)
        assert isinstance(table, QTableView)
        rows = table.selectionModel().selectedRows()
        record = table.model().record(rows[0]) if rows else None  # type: ignore[attr-defined]  # JournalModel
        return str(record.journal_id) if record else ""


@asynccontextmanager
async def on_a_desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OnADesktop]:
    with private_bus() as bus, recording(bus.address) as server:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        async with running(tmp_path) as lockable:
            made = OnADesktop(lockable, server)
            yield made
            await made.presence.close()


async def test_a_click_opens_what_the_notice_speaks_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal comes to the front with the transfer selected, also when it was asked for while locked."""
    async with on_a_desktop(tmp_path, monkeypatch) as desktop:
        desktop.lose("lost-1")
        await desktop.look()
        desktop.server.click(desktop.server.shown[-1].ident)
        await wait_until(lambda: desktop.in_journal() == "lost-1", limit_s=60)

        desktop.preferences.choose(Preferences(while_locked=WhileLocked.NO_NAMES))
        desktop.lockable.lock.lock(LockReason.REQUEST)
        desktop.lose("lost-2")
        await desktop.look()
        desktop.server.click(desktop.server.shown[-1].ident)
        await wait_until(lambda: desktop.lockable.keeper._wanted is not None)
        locked_still = desktop.lockable.keeper.window is None
        await desktop.lockable.lock.unlock(None)
        await wait_until(lambda: desktop.in_journal() == "lost-2", limit_s=60)

        assert locked_still
        assert desktop.titles == ["A transfer's outcome is unknown"] * 2
        assert [shown.replaces_id for shown in desktop.server.shown] == [0, 0]


async def test_locking_takes_named_notices_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was shown before is closed; then the program is silent, and reads nothing again for it."""
    async with on_a_desktop(tmp_path, monkeypatch) as desktop:
        desktop.lose("lost-1")
        await desktop.look()

        desktop.lockable.lock.lock(LockReason.REQUEST)
        await wait_until(lambda: desktop.server.closed == [1])
        desktop.lose("lost-2")
        await desktop.look()

        assert len(desktop.server.shown) == 1
        assert desktop.refreshed == 0


async def test_a_locked_program_that_may_speak_looks_for_news(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With leave to name things it reads what others have changed, and takes nothing back."""
    async with on_a_desktop(tmp_path, monkeypatch) as desktop:
        desktop.preferences.choose(Preferences(while_locked=WhileLocked.NAMES))
        desktop.lockable.lock.lock(LockReason.REQUEST)
        desktop.lose("lost-1")

        await desktop.look()

        assert desktop.refreshed == 1
        assert len(desktop.server.shown) == 1
        assert desktop.server.closed == []


async def test_a_locked_program_starts_no_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever triggers the tray's act, a locked program asks Kraken nothing."""
    async with on_a_desktop(tmp_path, monkeypatch) as desktop:
        desktop.lockable.lock.lock(LockReason.REQUEST)
        await wait_until(lambda: not desktop.lockable.desk.scope.groups.value, limit_s=60)

        desktop.presence._on_check()

        assert desktop.lockable.desk.scope.groups.value == frozenset()
