"""Commands that are asked to end: they are cancelled, but a stop of everything outlives its terminal."""

from __future__ import annotations

import asyncio
import os
import signal

import click
import pytest

from kraken_desk.cli.endings import Ending, asked_to_end
from kraken_desk.cli.runtime import Profile, Session
from tests.unit.cli.world import World

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")


def ended_by(world: World, number: signal.Signals, *, outlives_terminal: bool = False) -> tuple[int, str]:
    """Run work that gets a signal; return the exit code and what the work noticed."""
    noticed = "nothing"

    async def work(_: Profile) -> int:
        nonlocal noticed
        os.kill(os.getpid(), number)
        try:
            for _turn in range(3):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            noticed = "cancelled"
            raise
        return 0

    with pytest.raises(click.exceptions.Exit) as stop:
        Session(world).run(work, outlives_terminal=outlives_terminal)
    return stop.value.exit_code, noticed


@posix_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_work_is_cancelled_and_the_code_names_the_signal(empty: World, number: signal.Signals) -> None:
    """Shells expect 128 and the number; the handlers are as before afterwards."""
    before = signal.getsignal(number)

    assert ended_by(empty, number) == (128 + number, "cancelled")
    assert signal.getsignal(number) is before


@posix_only
async def test_a_second_request_ends_at_once() -> None:
    """Something that hangs while it ends can still be ended the usual way."""

    async def asked() -> object:
        with asked_to_end(Ending(), outlives_terminal=False):
            os.kill(os.getpid(), signal.SIGTERM)
            with pytest.raises(asyncio.CancelledError):
                await asyncio.Event().wait()
            return signal.getsignal(signal.SIGTERM)

    assert await asyncio.create_task(asked()) is signal.SIG_DFL


@posix_only
def test_what_outlives_its_terminal_goes_on_without_it(empty: World) -> None:
    """SIGHUP is what a lost connection sends; SIGTERM still ends the work."""
    assert ended_by(empty, signal.SIGHUP, outlives_terminal=True) == (0, "nothing")
    assert ended_by(empty, signal.SIGTERM, outlives_terminal=True) == (128 + signal.SIGTERM, "cancelled")


@posix_only
async def test_what_the_starter_ignores_stays_ignored() -> None:
    """Under nohup a command goes on, as every program does."""
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with asked_to_end(Ending(), outlives_terminal=False):
            os.kill(os.getpid(), signal.SIGHUP)
            await asyncio.sleep(0)

        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, former)
