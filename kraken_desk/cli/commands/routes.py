"""`routes`: which ways money can take, leg by leg, and why a way is closed."""

from __future__ import annotations

import click

from kraken_desk.cli import documents
from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.output import Document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.money import Asset
from kraken_desk.domain.routes import Leg, RouteMap, Way
from kraken_desk.services.desk import Desk
from kraken_desk.services.routes import RoutesService


@click.command("routes")
@click.option("--from", "source", help="Source: an account, or ACCOUNT/WALLET such as Momentum/flex.")
@click.option("--to", "destination", help="Destination: an account, or ACCOUNT/WALLET.")
@click.option("--asset", default="USD", show_default=True, help="Kraken's name of the asset.")
@click.option("--via-master", is_flag=True, help="Between subaccounts go through the master, in two legs.")
@shared_options
def command(
    session: Session, source: str | None, destination: str | None, asset: str, via_master: bool
) -> None:
    """Show the ways that money can take. Without ends: from every place to the master's Spot side and back.

    Exit code 0 when the asked way is open, 7 when it is closed.
    """

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        routes = desk.transfers.routes
        if (source is None) != (destination is None):
            raise InputError("One end is missing", "A way has two ends.", "Give both --from and --to.")
        if source is None or destination is None:
            ways = _overview(desk, routes.map(via_master=via_master), Asset(asset.strip().upper()))
            session.answer({"routes": [document(routes, way) for way in ways]}, _table(routes, ways))
            return ExitCode.DONE
        start, end = await routes.find_place(source), await routes.find_place(destination)
        known = await desk.transfers.asset_named(start.venue, asset)
        way = routes.way(start, end, known, via_master=via_master)
        session.answer({"route": document(routes, way)}, describe(routes, way))
        return ExitCode.DONE if way.open else ExitCode.RULE

    session.run(work)


def _overview(desk: Desk, routes: RouteMap, asset: Asset) -> list[Way]:
    """Return the ways between every place and the first master's Spot side, or the first account's."""
    accounts = desk.fleet.snapshot.value.accounts()
    master = next((n for n in accounts if n.account.is_master), accounts[0] if accounts else None)
    if master is None:
        return []
    places = routes.places()
    home = next(place for place in places if place.account == master.account.account_id)
    others = [place for place in places if place != home]
    return [
        way for place in others for way in (routes.way(place, home, asset), routes.way(home, place, asset))
    ]


def document(routes: RoutesService, way: Way) -> Document:
    return {
        "from": documents.place(routes, way.source),
        "to": documents.place(routes, way.destination),
        "open": way.open,
        "legs": [_leg(routes, leg) for leg in way.legs],
        "reasons": [{"obstacle": c.obstacle.value, "text": c.text, "hint": c.hint} for c in way.reasons()],
    }


def _leg(routes: RoutesService, leg: Leg) -> Document:
    return {
        "from": documents.place(routes, leg.source),
        "to": documents.place(routes, leg.destination),
        "venue": leg.kind.venue.value,
        "endpoint": leg.kind.value,
        "key": leg.key_name or None,
        "open": leg.open,
        "reasons": [{"obstacle": c.obstacle.value, "text": c.text, "hint": c.hint} for c in leg.closures],
        "notes": list(leg.notes),
    }


def describe(routes: RoutesService, way: Way) -> str:
    """Write a way for people: its legs in order, and below them what closes it."""
    lines = [
        f"{routes.label(way.source)} → {routes.label(way.destination)}: {'open' if way.open else 'closed'}"
    ]
    for number, leg in enumerate(way.legs, 1):
        signed = f"signed by {leg.key_name}" if leg.key_name else "no key signs it"
        lines.append(
            f"  {number}. {routes.label(leg.source)} → {routes.label(leg.destination)}:"
            f" {leg.kind.value}, {signed}"
        )
        lines += [f"     note: {note}" for note in leg.notes]
    for closure in way.reasons():
        lines.append(f"  {closure.obstacle.value}: {closure.text}")
        if closure.hint:
            lines.append(f"     {closure.hint}")
    return "\n".join(lines)


def _table(routes: RoutesService, ways: list[Way]) -> str:
    if not ways:
        return "No accounts in this environment yet."
    rows = [
        [
            routes.label(way.source),
            routes.label(way.destination),
            str(len(way.legs)) if way.legs else "none",
            "open" if way.open else "closed",
            ", ".join(leg.kind.value for leg in way.legs)
            if way.open
            else "; ".join(f"{c.obstacle.value}: {c.text}" for c in way.reasons()),
        ]
        for way in ways
    ]
    return table(("From", "To", "Legs", "State", "How, or why not"), rows)
