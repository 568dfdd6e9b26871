"""A profile: its store and keychain, and the desks that stand on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kraken_desk.app.clock import SystemClock
from kraken_desk.app.leasing import leases_of
from kraken_desk.app.paths import database_path, profile_home
from kraken_desk.app.wiring import OpenDesk
from kraken_desk.domain.environments import Environment
from kraken_desk.keychain.vault import KeyringVault
from kraken_desk.services.desk import Desk
from kraken_desk.services.environments import EnvironmentsService
from kraken_desk.services.ports import KeyVault
from kraken_desk.services.read_only import ReadOnlyService
from kraken_desk.store import Store

if TYPE_CHECKING:
    from kraken_desk.services.backup import BackupService
    from kraken_desk.services.locking import LockService
    from kraken_desk.services.upkeep import Upkeep

DEMO = "demo"


class OpenProfile:
    """One profile's data, open; the Profile of the command line."""

    def __init__(self, home: Path, store: Store, stack: AsyncExitStack, *, for_window: bool) -> None:
        self._home = home
        self._store = store
        self._stack = stack
        self._for_window = for_window
        self._clock = SystemClock()
        self._desks: dict[str, OpenDesk] = {}
        self.environments = EnvironmentsService(store.metadata)
        self.leases = leases_of(store, self._clock)
        self.read_only = ReadOnlyService(store)

    @property
    def home(self) -> Path:
        return self._home

    @cached_property
    def vault(self) -> KeyVault:
        return KeyringVault()

    @cached_property
    def locking(self) -> LockService:
        """What locks the window; built when it is wanted: most commands do without cryptography."""
        from kraken_desk.app.system_unlock import SystemUnlock
        from kraken_desk.sealing.threaded import ThreadedSeal
        from kraken_desk.services.locking import LockService

        return LockService(self._store, ThreadedSeal(), self._clock, SystemUnlock())

    @cached_property
    def backups(self) -> BackupService:
        from kraken_desk.app.backups import backups_of

        return backups_of(self._store, self.vault, self._clock)

    @cached_property
    def upkeep(self) -> Upkeep:
        """What examines the profile itself."""
        from kraken_desk.services.upkeep import Upkeep

        vault = self.vault
        assert isinstance(vault, KeyringVault)
        return Upkeep(self._store, vault, self.leases, self._home)

    async def desk(self, environment: str) -> Desk:
        """Build the services of an environment by name, fleet and journal loaded."""
        return (await self.open_desk(environment)).desk

    async def open_desk(self, environment: str) -> OpenDesk:
        name = environment.strip().casefold()
        if name not in self._desks:
            if name == DEMO:
                from kraken_desk.app.demo_world import DemoWorld  # the simulator's server is slow to import

                world = await self._stack.enter_async_context(DemoWorld.running())
                if not self._for_window:
                    await world.check_desk_keys()
                self._desks[name] = world.open_desk
            else:
                self._desks[name] = await self._build(await self.environments.named(environment))
        return self._desks[name]

    async def _build(self, environment: Environment) -> OpenDesk:
        opened = OpenDesk(environment, self._store, self.vault, self._clock)
        self._stack.push_async_callback(opened.close)
        await opened.desk.fleet.load()
        await opened.desk.transfers.load()
        await opened.desk.journal.look()
        return opened


@asynccontextmanager
async def open_profile(home: Path | None, *, for_window: bool = False) -> AsyncIterator[OpenProfile]:
    """Open a profile; everything that was opened through it is closed in reverse order.

    The window checks the demo's keys itself, once it is painted.
    """
    directory = profile_home(home)
    async with AsyncExitStack() as stack:
        store = await Store.open(database_path(directory))
        stack.push_async_callback(store.close)
        yield OpenProfile(directory, store, stack, for_window=for_window)
