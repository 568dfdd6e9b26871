"""A command line on real services: a real store, a vault in memory, and venues that answer from a script."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kraken_desk.cli.parser import run
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.handover import RunRequest
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.domain.upkeep import RepairReport
from kraken_desk.sealing.derivation import Cost
from kraken_desk.sealing.threaded import ThreadedSeal
from kraken_desk.services.backup import BackupReport, BackupService
from kraken_desk.services.desk import Desk
from kraken_desk.services.doctor import Diagnosis
from kraken_desk.services.environments import EnvironmentsService
from kraken_desk.services.leases import LeasesService
from kraken_desk.services.locking import LockService
from kraken_desk.services.read_only import ReadOnlyService
from kraken_desk.services.upkeep import Upkeep
from kraken_desk.store import Store
from kraken_desk.store.backup import ProfileSource, ProfileTarget
from kraken_desk.store.lease_locks import LeaseLocks
from kraken_desk.store.processes import mark_of
from kraken_desk.store.repair import repair
from tests.helpers.builders import LAB
from tests.helpers.fakes import FakeClock, FakeVault
from tests.unit.services.bench import Bench

Prepare = Callable[[Bench], None]

QUICK = Cost(memory_kib=64, passes=1, lanes=1)
"""Cryptography of the same kind that takes no time."""


@dataclass(frozen=True)
class Answer:
    """What one command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output; anything beside it fails here."""
        return json.loads(self.out)

    @property
    def category(self) -> str:
        return str(self.json["error"]["category"])


class FakeProfile:
    """An open profile whose desks stand on benches."""

    def __init__(self, world: World, store: Store) -> None:
        self._world = world
        self._store = store
        self._benches: dict[str, Bench] = {}
        self.environments = EnvironmentsService(store.metadata)
        self.leases = LeasesService(store.leases, LeaseLocks(world.home / "locks"), world.clock, mark_of)
        self.locking = LockService(store, world.seal, world.clock)
        self.backups = BackupService(
            ProfileSource(store), ProfileTarget(store.path), world.vault, world.seal, world.clock
        )
        self.read_only = ReadOnlyService(store)
        self.upkeep = Upkeep(store, world.vault, self.leases, world.home)

    @property
    def home(self) -> Path:
        return self._world.home

    async def desk(self, environment: str) -> Desk:
        return (await self.bench(await self.environments.named(environment))).desk

    async def bench(self, environment: Environment) -> Bench:
        """Build the services as the composition root would, with the world's script for its venues."""
        if environment.name not in self._benches:
            made = Bench(self._store, self._world.clock, environment, self._world.vault)
            for prepare in self._world.script:
                prepare(made)
            self._benches[environment.name] = made
            self._world.benches.append(made)
            await made.fleet.load()
            await made.transfers.load()
        return self._benches[environment.name]


class Typed(io.TextIOWrapper):
    """Standard input: piped bytes, or what a person types at a terminal."""

    def __init__(self, text: bytes, *, terminal: bool) -> None:
        super().__init__(io.BytesIO(text), encoding="utf-8")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class NothingOpen:
    """The source of backups while no profile is open."""

    async def snapshot(self) -> bytes:
        raise AssertionError("nothing is open")

    async def all_key_ids(self) -> tuple[KeyId, ...]:
        raise AssertionError("nothing is open")


@dataclass
class World:
    """The Runtime of the command line, and what the tests do with it."""

    home: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    clock: FakeClock = field(default_factory=FakeClock)
    vault: FakeVault = field(default_factory=FakeVault)
    script: list[Prepare] = field(default_factory=list)
    benches: list[Bench] = field(default_factory=list)
    started: list[tuple[object, ...]] = field(default_factory=list)
    start: Callable[[], int] = lambda: 0
    seal: ThreadedSeal = field(default_factory=lambda: ThreadedSeal(QUICK))
    self_tests: tuple[Diagnosis, ...] = ()

    @asynccontextmanager
    async def open_profile(self, home: Path | None) -> AsyncIterator[FakeProfile]:
        self.started.append(("profile", home))
        store = await Store.open(self.home / "desk.sqlite3")
        try:
            yield FakeProfile(self, store)
        finally:
            await store.close()

    def window(self, home: Path | None, environment: str | None) -> int:
        self.started.append(("window", home, environment))
        return self.start()

    def demo(self, snapshot: Path | None) -> int:
        self.started.append(("demo", snapshot))
        print("pictures")  # noqa: T201  # what the real one says as well
        return self.start()

    def simulate(self, *, population: str, seed: int, port: int, ready_file: Path | None) -> int:
        self.started.append(("simulate", population, seed, port, ready_file))
        return self.start()

    def restore(
        self, home: Path | None, sealed: bytes, passphrase: Passphrase, *, replace: bool
    ) -> BackupReport:
        target = ProfileTarget((home or self.home) / "kraken-desk.sqlite3")
        service = BackupService(NothingOpen(), target, self.vault, self.seal, self.clock)
        return asyncio.run(service.restore(sealed, passphrase, replace=replace))

    def repair(self, home: Path | None) -> RepairReport:
        return repair(self.home / "desk.sqlite3", self.clock.now())

    def self_test(self) -> tuple[Diagnosis, ...]:
        self.started.append(("self-test",))
        return self.self_tests

    def run_slot(self, home: Path | None, environment: str | None, request: RunRequest) -> int:
        self.started.append(("run", home, environment, request))
        return self.start()

    def __call__(self, *words: str, stdin: str | bytes = "", terminal: bool = False) -> Answer:
        """Run one command as a process of its own would run."""
        text = stdin.encode() if isinstance(stdin, str) else stdin
        self.monkeypatch.setattr(sys, "stdin", Typed(text, terminal=terminal))
        code = run(self, words)
        out, err = self.capsys.readouterr()
        return Answer(code, out, err)

    def furnish(self, work: Callable[[Bench], Awaitable[object]], environment: Environment = LAB) -> None:
        """Put something into the store, as earlier commands would have done."""

        async def main() -> None:
            async with self.open_profile(None) as profile:
                if environment is LAB and LAB not in await profile.environments.all():
                    await profile._store.metadata.save_environment(LAB)
                bench = await profile.bench(environment)
                await work(bench)

        asyncio.run(main())
        self.benches.clear()
        self.started.clear()

    def calls(self, operation: str) -> list[str]:
        """Return the public keys of all calls of a kind that the commands made."""
        return [api_key for bench in self.benches for api_key in bench.calls(operation)]
