"""`read-only`: the switch that stops all money of the whole program."""

from __future__ import annotations

import click

from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session


@click.group("read-only")
@shared_options
def command(session: Session) -> None:
    """Stop Kraken Desk, window and command line, from moving money."""


def _tell(session: Session, *, on: bool) -> None:
    text = "on: Kraken Desk moves no money" if on else "off: money may move, within the limits"
    session.answer({"read_only": on}, f"Read-only is {text}.")


@command.command("on")
@shared_options
def switch_on(session: Session) -> None:
    """Let no money move any more."""
    _switch(session, on=True)


@command.command("off")
@shared_options
def switch_off(session: Session) -> None:
    """Let money move again."""
    _switch(session, on=False)


@command.command("status")
@shared_options
def status(session: Session) -> None:
    """Say whether the switch is on."""

    async def work(profile: Profile) -> None:
        _tell(session, on=await profile.read_only.load())

    session.run(work)


def _switch(session: Session, *, on: bool) -> None:
    async def work(profile: Profile) -> None:
        await profile.read_only.switch(on=on)
        _tell(session, on=on)

    session.run(work)
