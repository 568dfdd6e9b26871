"""What the command line is given by the composition root: a profile that builds desks on demand."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from kraken_desk.cli.endings import Ending, asked_to_end
from kraken_desk.cli.exit_codes import ExitCode, code_for
from kraken_desk.cli.output import Document, error_document, print_json, print_problem, visible, write
from kraken_desk.domain.environments import PRODUCTION
from kraken_desk.domain.errors import InputError, KrakenDeskError

if TYPE_CHECKING:  # a command loads the services that it uses
    from kraken_desk.domain.handover import RunRequest
    from kraken_desk.domain.secrets import Passphrase
    from kraken_desk.domain.upkeep import RepairReport
    from kraken_desk.services.backup import BackupReport, BackupService
    from kraken_desk.services.desk import Desk
    from kraken_desk.services.doctor import Diagnosis
    from kraken_desk.services.environments import EnvironmentsService
    from kraken_desk.services.leases import LeasesService
    from kraken_desk.services.locking import LockService
    from kraken_desk.services.read_only import ReadOnlyService
    from kraken_desk.services.upkeep import Upkeep


class Profile(Protocol):
    """One profile's data, open."""

    @property
    def home(self) -> Path: ...

    @property
    def environments(self) -> EnvironmentsService: ...

    @property
    def leases(self) -> LeasesService: ...

    @property
    def read_only(self) -> ReadOnlyService: ...

    @property
    def locking(self) -> LockService: ...

    @property
    def backups(self) -> BackupService: ...

    @property
    def upkeep(self) -> Upkeep: ...

    async def desk(self, environment: str) -> Desk:
        """Build the services of an environment by name, fleet and journal loaded.

        `demo` starts the embedded simulator; nothing of it outlives the process.
        """
        ...


class Runtime(Protocol):
    """What only the composition root can do."""

    def open_profile(self, home: Path | None) -> AbstractAsyncContextManager[Profile]: ...

    def window(self, home: Path | None, environment: str | None) -> int: ...

    def demo(self, snapshot: Path | None) -> int: ...

    def run_slot(self, home: Path | None, environment: str | None, request: RunRequest) -> int:
        """Lease a slot, hand its credentials to one child and return its exit code."""
        ...

    def restore(
        self, home: Path | None, sealed: bytes, passphrase: Passphrase, *, replace: bool
    ) -> BackupReport:
        """Put a profile back from a sealed backup; the profile must not be open anywhere."""
        ...

    def repair(self, home: Path | None) -> RepairReport:
        """Repair the profile's damaged database; the profile must not be open anywhere."""
        ...

    def self_test(self) -> Sequence[Diagnosis]:
        """Test this installation itself; reads no profile and leaves nothing behind."""
        ...

    def simulate(self, *, population: str, seed: int, port: int, ready_file: Path | None) -> int: ...


@dataclass
class Session:
    """One invocation: where the data is, which environment, how to answer."""

    runtime: Runtime
    home: Path | None = None
    environment: str | None = None
    as_json: bool = False
    answered: bool = False
    undelivered: OSError | None = None

    def answer(self, document: Document, text: str) -> None:
        """Print the result in the asked form; whether somebody gets it is looked at in the end."""
        if self.as_json:
            self.print_document(document)
        else:
            self.answered = True
            if text:
                self.print_text(visible(text))

    def print_document(self, document: Document) -> None:
        self._printed(print_json(document))

    def print_text(self, text: str, *, newline: bool = True) -> None:
        """Print text as it is."""
        self._printed(write(text, newline=newline))

    def code(self, code: int) -> int:
        """Return the exit code: a lost answer leaves whoever asked without knowledge of what was done.

        A reader who went away has seen enough.
        """
        lost = self.undelivered
        if lost is None or lost.errno == errno.EPIPE:
            return code
        print_problem(
            "The answer could not be written",
            f"Standard output: {lost.strerror}. The command itself was carried out to its end.",
            "Look at what it did before you repeat it; for money: kraken-desk journal list.",
        )
        return code or ExitCode.UNKNOWN_OUTCOME

    def _printed(self, failed: OSError | None) -> None:
        self.answered = True
        self.undelivered = self.undelivered or failed

    def run(
        self, work: Callable[[Profile], Awaitable[int | None]], *, outlives_terminal: bool = False
    ) -> None:
        """Run `work` on the open profile and exit with its code; errors become answers.

        Asked to end, by Ctrl-C or by the system, it is cancelled; what it makes of that is the answer.
        """
        ending = Ending()

        async def main() -> int:
            with asked_to_end(ending, outlives_terminal=outlives_terminal):
                async with self.runtime.open_profile(self.home) as profile:
                    return await work(profile) or ExitCode.DONE

        try:
            code = asyncio.run(main())
        except KrakenDeskError as error:
            code = self.fail(error)
        except asyncio.CancelledError:
            self.fail(InputError("Interrupted", "The system asked the command to end.", ""))
            code = ending.code
        raise click.exceptions.Exit(int(code))

    def offline(self, work: Callable[[], int]) -> None:
        """Run work that needs no profile and exit with its code; errors become answers."""
        try:
            code = work()
        except KrakenDeskError as error:
            code = self.fail(error)
        raise click.exceptions.Exit(int(code))

    def fail(self, error: KrakenDeskError) -> int:
        """Answer an error and return its exit code; after an answer it goes to standard error only."""
        if self.as_json and not self.answered:
            self.print_document({"error": error_document(error)})
        else:
            print_problem(error.title, error.detail, error.hint)
        return code_for(type(error))

    async def one_desk(self, profile: Profile) -> Desk:
        """Open the asked environment; without one, the only one with keys, or production."""
        names = await self._names(profile)
        if len(names) > 1:
            raise InputError(
                "Which environment?",
                f"Several hold keys: {', '.join(names)}.",
                "Name one with --environment.",
            )
        return await profile.desk(names[0])

    async def desks(self, profile: Profile) -> list[Desk]:
        """Open the asked environment, or every one that holds keys."""
        return [await profile.desk(name) for name in await self._names(profile)]

    async def _names(self, profile: Profile) -> list[str]:
        if self.environment is not None:
            return [self.environment]
        return [e.name for e in await profile.environments.in_use()] or [PRODUCTION.name]
