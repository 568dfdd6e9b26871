"""`passphrase set | remove | reset | status`: what unlocks the window."""

from __future__ import annotations

import click

from kraken_desk.cli.output import can_ask
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.typed_secrets import read_passphrase
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.locking import LockState
from kraken_desk.domain.secrets import Passphrase

_stdin = click.option(
    "--passphrase-stdin",
    is_flag=True,
    help="Read from standard input: the present one, if any, then the new.",
)


@click.group("passphrase")
@shared_options
def command(session: Session) -> None:
    """The passphrase that unlocks the window. It guards an open session; secrets stay in the keychain."""


@command.command("status")
@shared_options
def status(session: Session) -> None:
    """Say whether a passphrase is set."""

    async def work(profile: Profile) -> None:
        await profile.locking.load()
        state = profile.locking.state.value
        session.answer({"passphrase": state.has_passphrase, "system": state.by_system}, _ways(state))

    session.run(work)


def _ways(state: LockState) -> str:
    """Say what unlocks the window."""
    if state.has_passphrase:
        return "A passphrase is set." + (" The system's login unlocks too." if state.by_system else "")
    way = "the system's login" if state.by_system else "a click"
    return f"No passphrase is set: {way} unlocks."


@command.command("set")
@_stdin
@shared_options
def set_(session: Session, passphrase_stdin: bool) -> None:
    """Set or change the passphrase."""

    async def work(profile: Profile) -> None:
        await profile.locking.load()
        has_one = profile.locking.state.value.has_passphrase
        present, new = _piped(has_one) if passphrase_stdin else _asked(has_one)
        await profile.locking.set_passphrase(new, present)
        session.answer(
            {"passphrase": True}, "The passphrase is set. The window asks for it when it is locked."
        )

    session.run(work)


@command.command("remove")
@_stdin
@shared_options
def remove(session: Session, passphrase_stdin: bool) -> None:
    """Remove the passphrase; a click unlocks the window from then on."""

    async def work(profile: Profile) -> None:
        await profile.locking.load()
        if not profile.locking.state.value.has_passphrase:
            raise InputError("No passphrase is set", "There is nothing to remove.")
        await profile.locking.remove_passphrase(read_passphrase("Present passphrase", stdin=passphrase_stdin))
        session.answer({"passphrase": False}, "The passphrase is removed.")

    session.run(work)


@command.command("reset")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared_options
def reset(session: Session, yes: bool) -> None:
    """Forget a passphrase that nobody remembers.

    Whoever can run commands as this user can do this, and can use the keychain anyway: the passphrase
    guards a window that somebody walked away from, not the account.
    """
    if not yes and not (can_ask() and click.confirm("Forget the window's passphrase?", err=True)):
        raise InputError("Not confirmed", "The passphrase stays.", "Add --yes.")

    async def work(profile: Profile) -> None:
        await profile.locking.forget_passphrase()
        session.answer({"passphrase": False}, "The passphrase is forgotten; set a new one.")

    session.run(work)


def _piped(has_one: bool) -> tuple[Passphrase | None, Passphrase]:
    lines = read_passphrase(stdin=True).reveal().splitlines()
    if len(lines) != 1 + has_one:
        wanted = "the present passphrase and the new one" if has_one else "the new passphrase"
        raise InputError("The wrong number of lines", f"{len(lines)} came.", f"Pipe in {wanted}, one a line.")
    return (Passphrase(lines[0]) if has_one else None), Passphrase(lines[-1])


def _asked(has_one: bool) -> tuple[Passphrase | None, Passphrase]:
    present = read_passphrase("Present passphrase", stdin=False) if has_one else None
    return present, read_passphrase("New passphrase", stdin=False, again=True)
