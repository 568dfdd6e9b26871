"""`leases`: which process holds which key."""

from __future__ import annotations

import click

from kraken_desk.cli import documents
from kraken_desk.cli.output import Document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.wording import moment
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.leases import Lease


@click.command("leases")
@click.argument("what", type=click.Choice(["list"]), default="list")
@shared_options
def command(session: Session, what: str) -> None:
    """List the keys that processes of this machine hold at the moment."""
    del what

    async def work(profile: Profile) -> None:
        leases = await profile.leases.current()
        if session.environment is not None:
            wanted = session.environment.casefold()
            leases = tuple(lease for lease in leases if lease.environment.casefold() == wanted)
        names: dict[SlotId, str] = {}
        for environment in dict.fromkeys(lease.environment for lease in leases):
            desk = await profile.desk(environment)
            names |= {slot.slot_id: slot.name for slot in desk.fleet.slots()}
        rows = [_row(lease, names.get(lease.slot_id, "")) for lease in leases]
        heads = ("Key", "Environment", "Command", "Process", "Host", "Since")
        text = table(heads, rows) if rows else "No key is held by a process of this machine."
        session.answer({"leases": [_document(lease, names.get(lease.slot_id)) for lease in leases]}, text)

    session.run(work)


def _row(lease: Lease, name: str) -> tuple[str, ...]:
    pid = lease.child.pid if lease.child else lease.holder.pid
    return (
        name or "removed",
        lease.environment,
        lease.command,
        str(pid),
        lease.host,
        moment(lease.since, ""),
    )


def _document(lease: Lease, name: str | None) -> Document:
    return {
        "key": name,
        "slot_id": lease.slot_id,
        "environment": lease.environment,
        **documents.lease(lease),
    }
