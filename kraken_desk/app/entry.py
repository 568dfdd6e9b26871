"""The program's entry: hands the command line what only the composition root can build."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # as typing has it, which a run does without and a window imports with gc at rest
if TYPE_CHECKING:  # a run of a bot needs next to nothing of all this
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from kraken_desk.cli.runtime import Profile
    from kraken_desk.domain.handover import RunRequest
    from kraken_desk.domain.secrets import Passphrase
    from kraken_desk.domain.upkeep import RepairReport
    from kraken_desk.services.backup import BackupReport
    from kraken_desk.services.doctor import Diagnosis


class AppRuntime:
    """The Runtime of the command line; imports each part only when it is used."""

    def open_profile(self, home: Path | None) -> AbstractAsyncContextManager[Profile]:
        from kraken_desk.app.profile import open_profile

        return open_profile(home)

    def window(self, home: Path | None, environment: str | None) -> int:
        return _open_window(home, environment)

    def demo(self, snapshot: Path | None) -> int:
        if snapshot is not None:
            from kraken_desk.app.snapshots import run_snapshots

            return run_snapshots(snapshot)
        return _open_window(None, "demo")

    def run_slot(self, home: Path | None, environment: str | None, request: RunRequest) -> int:
        from kraken_desk.app.run_slot import run_slot

        return run_slot(home, environment, request)

    def restore(
        self, home: Path | None, sealed: bytes, passphrase: Passphrase, *, replace: bool
    ) -> BackupReport:
        from kraken_desk.app.backups import restore

        return restore(home, sealed, passphrase, replace=replace)

    def repair(self, home: Path | None) -> RepairReport:
        from kraken_desk.app.clock import SystemClock
        from kraken_desk.app.paths import database_path, profile_home
        from kraken_desk.store.repair import repair

        return repair(database_path(profile_home(home)), SystemClock().now())

    def self_test(self) -> Sequence[Diagnosis]:
        from kraken_desk.app.selftest import run_self_test

        return run_self_test()

    def simulate(self, *, population: str, seed: int, port: int, ready_file: Path | None) -> int:
        from kraken_desk.simulator import serve

        return serve(population=population, seed=seed, port=port, ready_file=ready_file)


def _open_window(home: Path | None, environment: str | None) -> int:
    gc.disable()  # nothing of the start is garbage; the window has a collector of its own
    from kraken_desk.app.quick_qt import import_qt

    import_qt()
    from kraken_desk.app.start import run_window

    return run_window(home, environment)


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit code."""
    _leave_no_core()
    words = sys.argv[1:] if arguments is None else arguments
    if "run" in words and "--" in words:
        from kraken_desk.app.plain_run import run_plainly

        code = run_plainly(words)
        if code is not None:
            return code
    return _main(words)


def _main(words: list[str]) -> int:
    if not words:
        gc.disable()  # see _open_window
    import logging
    from pathlib import Path

    from kraken_desk.app.logs import set_up_usual_logging, tell_defects_by_log

    set_up_usual_logging()
    tell_defects_by_log()
    try:
        if not words and not Path(os.environ.get("KRAKEN_DESK_HOME", "")).is_file():
            # the window alone needs nothing of the command line, which says best what is wrong with a home
            return AppRuntime().window(None, None)
        from kraken_desk.cli.parser import run

        return run(AppRuntime(), words)
    except KeyboardInterrupt:
        return 130
    except Exception:  # the process's boundary: a defect of ours ends with its own exit code
        from kraken_desk.cli.exit_codes import ExitCode

        logging.getLogger("kraken_desk").critical("a defect of Kraken Desk", exc_info=True)
        return ExitCode.DEFECT


def _leave_no_core() -> None:
    """Let a crash write no image of the memory: secrets are in it while they sign."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))
