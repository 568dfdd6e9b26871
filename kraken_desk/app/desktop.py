"""The window's life: application, loop, start and shutdown in the right order.

Start: store, tree, window; the HTTP stack and keychain come after the first paint. Shutdown:
tasks, connections, simulator, store, then the window for good.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Awaitable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from kraken_desk.app.application import window_settings
from kraken_desk.app.keeper import LISTEN_AFTER_MS, WindowKeeper
from kraken_desk.app.paths import profile_home, resource_root
from kraken_desk.app.profile import DEMO, OpenProfile, open_profile
from kraken_desk.app.qt_loop import loop_factory
from kraken_desk.app.settings_file import SettingsFile
from kraken_desk.app.single_window import SingleWindow
from kraken_desk.app.stage import Stage, first_steps
from kraken_desk.app.wiring import OpenDesk
from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.domain.environments import PRODUCTION, Environment, EnvironmentKind
from kraken_desk.domain.errors import KrakenDeskError, StoreError
from kraken_desk.services.desk import Desk
from kraken_desk.services.preferences import PreferencesService
from kraken_desk.services.profile_doors import ProfileDoors
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.shell import build_tree_first
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.wearing import wear

if TYPE_CHECKING:
    from kraken_desk.app.first_window import FirstWindow
    from kraken_desk.app.presence import PresenceKeeper
    from kraken_desk.services.diagnosis import Diagnosis

STATUS_EVERY_S = 30.0
HORIZON_EVERY_S = 60.0
FIRST_HORIZON_S = 3.0
"""Reminders wait until the window stands still."""

STORE_EVERY_S = 5.0
"""How often the window looks at what the command line may have changed."""

_log = logging.getLogger(__name__)


def live(app: QApplication, home: Path | None, environment: str | None, first: FirstWindow | None) -> int:
    """Live on asyncio's loop until the last window has closed; `first` is painted already."""
    with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
        return runner.run(_live(home, environment, first))


async def _live(home: Path | None, environment: str | None, first: FirstWindow | None = None) -> int:
    """Show the profile's window, and again after each thing that it has led to."""
    stage, told = Stage(), None
    while not stage.ended:
        try:
            await _show_profile(stage, home, environment, told, first)
        except StoreError as error:
            if first is not None:
                first.end()
            await _rescue(stage, profile_home(home), error)
        first = None
        work = stage.take_next()
        if work is None:
            break
        told = await work()
    return ExitCode.DONE


async def _show_profile(
    stage: Stage,
    home: Path | None,
    environment: str | None,
    told: KrakenDeskError | None,
    first: FirstWindow | None,
) -> None:
    stop = stage.set_scene()
    async with open_profile(home, for_window=True) as profile:
        with ExitStack() as watches:
            name = first.environment.name if first else environment or await _only_environment(profile)
            single = first.single if first else _only_window(profile.home, name)
            if single is not None:
                watches.callback(single.free)
            if first is not None:
                first.when_left(stop.set)
            opened = await profile.open_desk(name)
            keeper = await _keeper(profile, opened, stage, first)
            keeper.open()
            QTimer.singleShot(
                LISTEN_AFTER_MS, keeper, lambda: _keep_watch(profile.home, opened.desk, watches)
            )
            if single is not None:
                single.raise_requested.connect(keeper.come_to_front)
                QTimer.singleShot(LISTEN_AFTER_MS, single, single.listen)
            opened.desk.scope.failures.publish(told)
            await stop.wait()
            await keeper.close()
            keeper.deleteLater()


async def _rescue(stage: Stage, home: Path, error: StoreError | None) -> None:
    from kraken_desk.app.rescue import rescue  # most starts never need it

    await rescue(stage, home, error)


def _only_window(home: Path, environment: str) -> SingleWindow | None:
    """Take the profile for this window; the demo is nobody's profile."""
    if environment == DEMO:
        return None
    single = SingleWindow(home)
    single.take()
    return single


def _keep_watch(home: Path, desk: Desk, until: ExitStack) -> None:
    """Keep logs and reports of defects in the profile from now on."""
    from kraken_desk.app.crash import DefectReports
    from kraken_desk.app.logs import keep_logs

    def tell(path: Path) -> None:
        error = KrakenDeskError(
            "Something in Kraken Desk has failed",
            f"What is known of it, without secrets and figures, is in {path}.",
            "Go on working; what was not confirmed was not done. Send the report if it happens again.",
        )
        desk.scope.failures.publish(error)

    until.callback(keep_logs(home))
    until.callback(DefectReports(home, tell).install(asyncio.get_event_loop()))


async def _keeper(
    profile: OpenProfile, opened: OpenDesk, stage: Stage, first: FirstWindow | None
) -> WindowKeeper:
    """Return what shows the windows; the demo has nothing to lock and asks for no passphrase."""
    doors = await _doors(stage, profile, opened.desk)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    if first is not None and profile.locking.state.value.locked:
        first.close()  # somebody has set a passphrase since the first look
    theme = first.theme if first else Theme(app, doors.preferences.preferences.value.theme, resource_root())
    settings = window_settings(profile.home)

    def build() -> MainWindow:
        painted = first.furnish(opened.desk, doors) if first else None
        return painted or build_tree_first(opened.desk, theme, settings, doors)

    keeper = WindowKeeper(
        opened.desk, profile.locking, build, lambda: start_work(opened), theme, stage.stop.set
    )
    theme.setParent(keeper)
    keeper.dress_cover = lambda: wear(theme, doors.preferences.preferences.value)
    keeper.make_presence = lambda: _presence(keeper, profile, opened, doors.preferences, theme)
    return keeper


async def _doors(stage: Stage, profile: OpenProfile, desk: Desk) -> ProfileDoors:
    """Return what the window may reach besides its own environment, imported when it is wanted."""
    doors = profile_doors(profile, desk.environment)

    async def examine() -> tuple[Diagnosis, ...]:
        from kraken_desk.services.doctor import examine

        return await examine(desk, profile.home, upkeep=None if is_demo else profile.upkeep)

    async def repair() -> KrakenDeskError | None:
        await _rescue(stage, profile.home, None)
        then = stage.take_next()
        return await then() if then is not None else None

    async def visit() -> None:
        from kraken_desk.app.demo_visit import visit_demo  # the simulator is slow to import

        await visit_demo(stage, doors.preferences.preferences.value)

    is_demo = desk.environment.kind is EnvironmentKind.DEMO
    doors = replace(doors, examine=examine, repair=lambda: stage.lead_to(repair))
    if is_demo:
        return doors
    await profile.locking.load()
    empty = not desk.fleet.slots() and not await profile.environments.in_use()
    return replace(doors, first_steps=first_steps(stage, profile.home, visit, empty=empty))


def _presence(
    keeper: WindowKeeper,
    profile: OpenProfile,
    opened: OpenDesk,
    preferences: PreferencesService,
    theme: Theme,
) -> PresenceKeeper:
    """Make what the desktop hears of; not every desktop has a tray."""
    from PySide6.QtWidgets import QSystemTrayIcon

    from kraken_desk.app.presence import PresenceKeeper
    from kraken_desk.ui.tray import Tray

    tray = Tray(theme) if QSystemTrayIcon.isSystemTrayAvailable() else None
    follower = opened.follower()

    async def refresh() -> None:
        await follower.look()
        await opened.desk.status.locked_out_until()
        await opened.desk.horizon.look()

    return PresenceKeeper(keeper, opened.desk, profile.locking, preferences, tray, refresh)


def profile_doors(profile: OpenProfile, environment: Environment) -> ProfileDoors:
    """Read the profile's preferences, and hand on what else of the profile the window may change."""
    preferences = PreferencesService(SettingsFile(profile.home))
    preferences.load()
    locking = None if environment.kind is EnvironmentKind.DEMO else profile.locking
    return ProfileDoors(preferences, locking)


async def _only_environment(profile: OpenProfile) -> str:
    """Open what the operator works in: the only environment with keys, else production."""
    used = await profile.environments.in_use()
    return used[0].name if len(used) == 1 else PRODUCTION.name


def start_work(opened: OpenDesk) -> None:
    """Start what the window does by itself once it is painted."""
    opened.desk.scope.start("desk:first", _first_work(opened))
    opened.desk.scope.start("desk:follow", _follow_store(opened))
    opened.desk.scope.start("desk:horizon", _follow_horizon(opened.desk))
    opened.desk.scope.start("desk:status", _follow_status(opened.desk))
    opened.desk.scope.start("desk:stop", opened.desk.stop.tell_unfinished())  # its error is the banner's


async def _first_work(opened: OpenDesk) -> None:
    desk = opened.desk
    await asyncio.sleep(0.05)  # let the first paint through before the imports compete for the interpreter
    await _quietly(desk.schedule.load())
    await _quietly(desk.treasury.read_only.load())
    await opened.connect()
    gc.collect()
    gc.freeze()  # the collector's full passes are the longest pauses of the window otherwise
    if desk.environment.kind is EnvironmentKind.DEMO:
        nodes = desk.fleet.snapshot.value.keys()
        slots = tuple(node.slot.slot_id for node in nodes)
        await desk.keys.check(slots, asked=False)
    desk.scope.start("desk:judge", desk.judging.follow())  # not before: nothing flashes as a finding
    await desk.balances.refresh(automatic=True)
    desk.scope.start("desk:live", opened.live.follow())
    desk.scope.start("desk:schedule", desk.schedule.follow())
    desk.scope.start("desk:settle", desk.settling.follow())
    await _quietly(desk.valuation.load())
    desk.scope.start("desk:prices", desk.valuation.follow())
    for node in desk.fees.masters():
        if node.account.is_master:
            await desk.fees.read(node.account.account_id, automatic=True)


async def _follow_store(opened: OpenDesk) -> None:
    """Show what the command line changes while the window is open."""
    desk, follower = opened.desk, opened.follower()
    while True:
        await asyncio.sleep(STORE_EVERY_S)
        await _quietly(follower.look())
        await _quietly(desk.status.locked_out_until())
        await opened.show_rates()


async def _follow_horizon(desk: Desk) -> None:
    """Look for dates that have come near; after a sleep the first look tells of all of them at once."""
    await asyncio.sleep(FIRST_HORIZON_S)
    while "desk:first" in desk.scope.groups.value:  # noqa: ASYNC110  # its checks belong into the first look
        await asyncio.sleep(1)
    while True:
        await _quietly(desk.horizon.look())
        await asyncio.sleep(HORIZON_EVERY_S)


async def _follow_status(desk: Desk) -> None:
    while True:
        await _quietly(desk.status.refresh())
        await _quietly(desk.treasury.read_only.load())  # another program may have turned the switch
        await asyncio.sleep(STATUS_EVERY_S)


async def _quietly(work: Awaitable[object]) -> None:
    """Let a repeated job fail once without ending its repetition."""
    try:
        await work
    except KrakenDeskError as error:
        _log.warning("%s: %s", error.category, error.title)
