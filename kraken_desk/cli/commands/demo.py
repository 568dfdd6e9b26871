"""`demo`: the window on the embedded simulator."""

from __future__ import annotations

from pathlib import Path

import click

from kraken_desk.cli.runtime import Session


@click.command("demo")
@click.option(
    "--snapshot",
    type=click.Path(file_okay=False, path_type=Path),
    help="Drive the main job, save a PNG of every pane and dialog here, and exit.",
)
@click.pass_obj
def command(session: Session, snapshot: Path | None) -> None:
    """Open the window on the embedded simulator: no account, no keychain, nothing kept."""
    raise click.exceptions.Exit(session.runtime.demo(snapshot))
