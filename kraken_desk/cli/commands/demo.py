"""`demo`: the window on the embedded simulator."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import click

from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Session


@click.command("demo")
@click.option(
    "--snapshot",
    type=click.Path(file_okay=False, path_type=Path),
    help="Drive the main job, save a PNG of every pane and dialog here, and exit.",
)
@shared_options
def command(session: Session, snapshot: Path | None) -> None:
    """Open the window on the embedded simulator: no account, no keychain, nothing kept."""
    if not session.as_json:
        raise click.exceptions.Exit(session.runtime.demo(snapshot))
    with contextlib.redirect_stdout(sys.stderr):  # standard output is for the one document
        code = session.runtime.demo(snapshot)
    session.answer({"snapshot": str(snapshot.absolute()) if snapshot else None, "exit_code": code}, "")
    raise click.exceptions.Exit(code)
