"""`hosts list | add | remove | show | check`: machines named once, and what can be used from them."""

from __future__ import annotations

import click

from kraken_desk.cli.output import Document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.hosts import Host, HostId, host_named, normal_address
from kraken_desk.domain.xray import kraken_block, lets_in, lets_in_all
from kraken_desk.services.desk import Desk
from kraken_desk.services.hosts import HostsService


@click.group("hosts")
@shared_options
def command(session: Session) -> None:
    """The machines that keys are used from, by name, with the addresses that Kraken sees."""


@command.command("list")
@shared_options
def list_(session: Session) -> None:
    """List the hosts."""

    async def work(profile: Profile) -> None:
        hosts = await (await _service(session, profile)).load()
        rows = [(h.name, ", ".join(h.addresses), "yes" if h.this_machine else "", h.note) for h in hosts]
        text = table(("Host", "Addresses", "This machine", "Note"), rows) if rows else "No hosts yet."
        session.answer({"hosts": [_document(host) for host in hosts]}, text)

    session.run(work)


@command.command("add")
@click.argument("name")
@click.argument("addresses", nargs=-1, required=True)
@click.option("--note", default="", help="What the host is.")
@click.option("--this-machine", is_flag=True, help="The desk runs here; nobody is asked for the address.")
@shared_options
def add(session: Session, name: str, addresses: tuple[str, ...], *, note: str, this_machine: bool) -> None:
    """Name a host and its addresses or ranges, IPv4 or IPv6."""

    async def work(profile: Profile) -> None:
        service = await _service(session, profile)
        host = await service.add(name, addresses, note=note, this_machine=this_machine)
        session.answer({"host": _document(host)}, f"{host.name}: {', '.join(host.addresses)}")

    session.run(work)


@command.command("remove")
@click.argument("name")
@shared_options
def remove(session: Session, name: str) -> None:
    """Forget a host; keys at Kraken are not touched."""

    async def work(profile: Profile) -> None:
        host = await (await _service(session, profile)).remove(name)
        session.answer({"removed": host.name}, f"Removed {host.name}.")

    session.run(work)


@command.command("show")
@click.argument("name")
@shared_options
def show(session: Session, name: str) -> None:
    """Show what can be used from a host, what falls when it is taken, and the block for Kraken's form."""

    async def work(profile: Profile) -> None:
        desks = await session.desks(profile)
        host = host_named(name, await desks[0].hosts.load())
        keys = _usable(desks, host)
        block = kraken_block(host.addresses)
        lines = ["For Kraken's IP restriction:", *(f"  {line}" for line in block.splitlines()), ""]
        lines += _key_lines(keys, host)
        session.answer(
            {"host": _document(host), "block": block, "keys": [_key(key, host) for key in keys]},
            "\n".join(lines),
        )

    session.run(work)


@command.command("check")
@click.argument("where", required=False)
@shared_options
def check(session: Session, where: str | None) -> None:
    """Say which keys an address or host can use; without one, this machine."""

    async def work(profile: Profile) -> None:
        desks = await session.desks(profile)
        host = _place(where, await desks[0].hosts.load())
        keys = _usable(desks, host)
        refused = [
            key.slot.name
            for key in _all_keys(desks)
            if key.slot.is_desk_key and _list(key) is not None and key not in keys
        ]
        lines = _key_lines(keys, host)
        if host.this_machine and refused:
            lines += ["", f"Desk keys that Kraken refuses from here: {', '.join(sorted(refused))}"]
        document = {
            "host": _document(host),
            "keys": [_key(key, host) for key in keys],
            "desk_keys_refused": sorted(refused),
        }
        session.answer(document, "\n".join(lines))

    session.run(work)


async def _service(session: Session, profile: Profile) -> HostsService:
    """Hosts are of the profile, so any environment's desk has them."""
    return (await session.desks(profile))[0].hosts


def _place(where: str | None, hosts: tuple[Host, ...]) -> Host:
    """Return the host of that name, a nameless one with that address, or this machine."""
    if where is None:
        here = next((host for host in hosts if host.this_machine), None)
        if here is None:
            raise InputError(
                "This machine has no name",
                "Nobody has typed in the address that Kraken sees of it.",
                "Name it: kraken-desk hosts add NAME ADDRESS --this-machine",
            )
        return here
    known = next((host for host in hosts if host.name.casefold() == where.strip().casefold()), None)
    return known or Host(HostId(""), where.strip(), (normal_address(where),))


def _usable(desks: list[Desk], host: Host) -> list[KeyNode]:
    """Return the keys whose lists let the host in; keys without a known list are left out."""
    return [key for key in _all_keys(desks) if (listed := _list(key)) is not None and lets_in(listed, host)]


def _all_keys(desks: list[Desk]) -> list[KeyNode]:
    snapshots = [desk.fleet.snapshot.value for desk in desks]
    return [key for snapshot in snapshots for node in snapshot.accounts() for key in node.keys]


def _list(key: KeyNode) -> IpAllowlist | None:
    info = key.check.info if key.check is not None else None
    return info.ip_allowlist if info is not None and isinstance(info.ip_allowlist, IpAllowlist) else None


def _key_lines(keys: list[KeyNode], host: Host) -> list[str]:
    if not keys:
        return [f"No checked key can be used from {host.name}."]
    rows = [(k.slot.name, k.slot.venue.label, k.slot.process or "none", _how(k, host)) for k in keys]
    return [
        f"Usable from {host.name}, and lost with it:",
        table(("Key", "Venue", "Process", "Allowlist"), rows),
    ]


def _how(key: KeyNode, host: Host) -> str:
    listed = _list(key)
    assert listed is not None
    if not listed.entries:
        return "open to every address"
    return (
        listed.width.word if lets_in_all(listed, host) else f"{listed.width.word}, not all of its addresses"
    )


def _key(key: KeyNode, host: Host) -> Document:
    listed = _list(key)
    assert listed is not None
    return {
        "id": key.slot.slot_id,
        "name": key.slot.name,
        "environment": key.slot.environment,
        "process": key.slot.process or None,
        "width": listed.width.word,
        "whole_host": lets_in_all(listed, host),
    }


def _document(host: Host) -> Document:
    return {
        "id": host.host_id or None,
        "name": host.name,
        "addresses": list(host.addresses),
        "note": host.note or None,
        "this_machine": host.this_machine,
    }
