"""The start of the window, in two parts: what is needed to paint the fleet, then everything else."""

from __future__ import annotations

from pathlib import Path

from kraken_desk.app.application import has_display, make_application, references_are_counted
from kraken_desk.app.first_window import FirstWindow, open_first_window
from kraken_desk.app.garbage import MainThreadCollector
from kraken_desk.domain.errors import KrakenDeskError


def run_window(home: Path | None, environment: str | None) -> int:
    """Open the window and return the exit code when it has closed."""
    if not has_display():
        return _no_display()
    app = make_application(["kraken-desk"])
    if not references_are_counted():
        return _unsafe_build()
    collector = MainThreadCollector()
    collector.start()
    first: FirstWindow | None = None
    try:
        first = open_first_window(app, home, environment)
        if first is not None:
            first.wait_until_painted()
            if first.has_been_left:
                return 0
        from kraken_desk.app.desktop import live

        return live(app, home, environment, first)
    except KrakenDeskError as error:
        return _refused(error)
    finally:
        if first is not None:
            first.end()
        collector.stop()


def _no_display() -> int:
    from kraken_desk.cli.exit_codes import ExitCode  # a start that goes well needs none, and says nothing
    from kraken_desk.cli.output import print_problem

    print_problem(
        "No display",
        "Neither DISPLAY nor WAYLAND_DISPLAY is set, so no window can open.",
        "Use the command line, or: kraken-desk demo --snapshot DIR",
    )
    return ExitCode.UNAVAILABLE


def _unsafe_build() -> int:
    from kraken_desk.cli.exit_codes import ExitCode
    from kraken_desk.cli.output import print_problem

    print_problem(
        "Unsafe PySide6", "This PySide6 build would crash Python.", "Install the locked version 6.11.3."
    )
    return ExitCode.DEFECT


def _refused(error: KrakenDeskError) -> int:
    from kraken_desk.cli.exit_codes import code_for
    from kraken_desk.cli.output import print_problem

    print_problem(error.title, error.detail, error.hint)
    return code_for(type(error))
