"""`nonce-window`: a nonce window from seconds to a client's ticks, and back."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import click

from kraken_desk.cli.finding import find_slot
from kraken_desk.cli.output import Document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.clients import CLIENTS, DESK_CLIENT, known_client, scale_of
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.money import plain_text
from kraken_desk.domain.nonces import seconds_in, span_text, ticks_in


@click.command("nonce-window")
@click.option("--seconds", metavar="N", help="A span of time, to be turned into ticks.")
@click.option("--ticks", type=int, metavar="N", help="A window as Kraken shows it, to be turned into time.")
@click.option("--key", "name", metavar="NAME", help="Take the window that Kraken reported for this key.")
@click.option("--client", default="", help="One client only; without it, all of them.")
@shared_options
def command(
    session: Session, *, seconds: str | None, ticks: int | None, name: str | None, client: str
) -> None:
    """Say what to type as a key's nonce window at Kraken, and how long a present window is.

    The window counts in the client's own nonce units: 5000 is 5 seconds for ccxt and half a
    millisecond for Kraken.Net.
    """
    if sum(given is not None for given in (seconds, ticks, name)) != 1:
        raise InputError("Seconds or ticks?", "Give one of --seconds, --ticks and --key.", "")
    chosen = known_client(client)
    if name is None:
        rows = _rows(chosen, _number(seconds) if seconds is not None else None, ticks)
        _answer(session, rows)
        return
    wanted = name

    async def work(profile: Profile) -> None:
        window, its_client = await _window_of(session, profile, wanted)
        _answer(session, _rows(chosen or its_client, None, window))

    session.run(work)


def _answer(session: Session, rows: list[Document]) -> None:
    heads = ("Client", "Nonce unit", "Window", "Is")
    cells = [(r["client"], r["scale"], str(r["ticks"]), r["span"]) for r in rows]
    session.answer({"windows": rows}, table(heads, cells, right=frozenset({2})))


def _rows(client: str, seconds: Decimal | None, ticks: int | None) -> list[Document]:
    names = [client] if client else [name for name in CLIENTS if name != DESK_CLIENT]
    return [_row(name, seconds, ticks) for name in names]


def _row(client: str, seconds: Decimal | None, ticks: int | None) -> Document:
    if ticks is None:
        assert seconds is not None
        ticks = ticks_in(seconds, client)
    span = seconds_in(ticks, client)
    return {
        "client": client,
        "scale": scale_of(client).name,
        "ticks": ticks,
        "seconds": plain_text(span),
        "span": span_text(span),
    }


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InputError(
            "Not a number of seconds", f"“{text}” is no number.", "Write it like 10 or 0.5."
        ) from None


async def _window_of(session: Session, profile: Profile, name: str) -> tuple[int, str]:
    """Return the window that Kraken last reported for a key, and the client the key declares."""
    desk, slot = await find_slot(session, profile, name)
    check = desk.fleet.check_of(slot.key_id)
    window = check.info.nonce_window if check is not None and check.info is not None else None
    if not isinstance(window, int):
        raise InputError(
            "No window is known",
            f"Kraken has reported no nonce window for “{slot.name}”.",
            "Check the key first; Futures keys have no such setting.",
        )
    return window, slot.client
