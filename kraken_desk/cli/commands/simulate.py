"""`simulate`: the local exchange by itself."""

from __future__ import annotations

from pathlib import Path

import click

from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Session


@click.command("simulate")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    show_default=True,
    help="Port on the loopback address; 0 takes a free one.",
)
@click.option(
    "--seed", default=1, show_default=True, help="The same seed makes the same world and the same keys."
)
@click.option(
    "--population", default="demo", show_default=True, help="demo, empty or large:N (N subaccounts)."
)
@click.option(
    "--ready-file", type=click.Path(dir_okay=False, path_type=Path), help="Also write the ready line here."
)
@shared_options
def command(session: Session, port: int, seed: int, population: str, ready_file: Path | None) -> None:
    """Serve a Kraken for rehearsals on this machine until interrupted.

    Prints one JSON line when ready: the base URLs and the accounts with their keys and secrets, all of
    them made up. The control URL in it sets faults, adds accounts and keys, moves the clock and
    returns the request log.
    """
    raise click.exceptions.Exit(
        session.runtime.simulate(population=population, seed=seed, port=port, ready_file=ready_file)
    )
