"""`environments list | add | remove`."""

from __future__ import annotations

import click

from kraken_desk.cli import documents
from kraken_desk.cli.output import table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.environments import BUILT_IN, EnvironmentKind


@click.group("environments")
@shared_options
def command(session: Session) -> None:
    """Where keys may speak: production, UAT, the demo, and your own."""


@command.command("list")
@shared_options
def list_(session: Session) -> None:
    """List the environments."""

    async def work(profile: Profile) -> None:
        found = await profile.environments.all()
        session.answer(
            {"environments": [documents.environment(e, built_in=e in BUILT_IN) for e in found]},
            table(
                ("Name", "Kind", "Spot", "Futures"),
                [(e.name, e.kind.value, e.spot_url or "none", e.futures_url or "none") for e in found],
            ),
        )

    session.run(work)


@command.command("add")
@click.argument("name")
@click.option("--kind", default="custom", show_default=True, help=f"One of {', '.join(EnvironmentKind)}.")
@click.option("--spot-url", required=True, help="Base URL of Spot REST: scheme, host and port.")
@click.option("--futures-url", default="", help="Base URL of Futures REST.")
@click.option("--spot-ws-url", default="", help="Base URL of the Spot WebSocket.")
@click.option("--futures-ws-url", default="", help="Base URL of the Futures WebSocket.")
@shared_options
def add(
    session: Session,
    name: str,
    kind: str,
    spot_url: str,
    futures_url: str,
    spot_ws_url: str,
    futures_ws_url: str,
) -> None:
    """Add an environment. Plain http is accepted for this machine (loopback) only."""

    async def work(profile: Profile) -> None:
        added = await profile.environments.add(
            name,
            kind,
            spot_url=spot_url,
            futures_url=futures_url,
            spot_ws_url=spot_ws_url,
            futures_ws_url=futures_ws_url,
        )
        session.answer({"environment": documents.environment(added, built_in=False)}, f"Added {added.name}.")

    session.run(work)


@command.command("remove")
@click.argument("name")
@shared_options
def remove(session: Session, name: str) -> None:
    """Remove an environment that holds no keys."""

    async def work(profile: Profile) -> None:
        removed = await profile.environments.remove(name)
        session.answer({"removed": removed.name}, f"Removed {removed.name}.")

    session.run(work)
