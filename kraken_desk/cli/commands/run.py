"""`run SLOT -- COMMAND …`: one key for one process."""

from __future__ import annotations

from typing import Any

import click

from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.run_words import OPTIONS, Option, request_of
from kraken_desk.cli.runtime import Session
from kraken_desk.domain.handover import PRESETS


def run(session: Session, *, slot: str, command: tuple[str, ...], **options: Any) -> None:
    """Start COMMAND with the credentials of the key SLOT, which no other process gets meanwhile.

    Without options the key's own way counts, which the window keeps with it; else the credentials are in
    variables, named as the key's declared client reads them. Signals and the exit code pass through; 7
    means that the key is in use.
    """
    request = request_of(slot, command, **options)
    raise click.exceptions.Exit(session.runtime.run_slot(session.home, session.environment, request))


def _declared(option: Option) -> Any:
    """Return click's decorator for an option of the table that plain words are read by."""
    if not option.value:
        return click.option(option.word, option.parameter, is_flag=True, help=option.text)
    if option.parameter == "preset":
        return click.option(option.word, type=click.Choice(sorted(PRESETS)), help=option.text)
    return click.option(option.word, metavar=option.value, help=option.text)


def _command() -> click.Command:
    made: Any = shared_options(run)
    for option in reversed(OPTIONS):
        made = _declared(option)(made)
    made = click.argument("command", nargs=-1, type=click.UNPROCESSED)(made)
    return click.command("run")(click.argument("slot")(made))


command = _command()
