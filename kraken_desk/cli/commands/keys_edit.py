"""`keys assign | rename | only-here | …`: what the operator says about keys; nothing is sent."""

from __future__ import annotations

from dataclasses import replace

import click

from kraken_desk.cli import documents
from kraken_desk.cli.finding import find_slot
from kraken_desk.cli.output import Document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.wording import moment
from kraken_desk.domain.check_times import due_at
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import KeySlot
from kraken_desk.domain.roles import role_named, role_of
from kraken_desk.services.desk import Desk


@click.command("rename")
@click.argument("name")
@click.argument("new_name")
@shared_options
def rename(session: Session, name: str, new_name: str) -> None:
    """Give a key another name here; its name at Kraken stays."""

    async def work(profile: Profile) -> None:
        desk, slot = await find_slot(session, profile, name)
        renamed = await desk.keys.rename(slot.slot_id, new_name)
        session.answer(
            {"key": documents.key(desk.fleet.node_of(renamed)), "was": slot.name},
            f"{slot.name} is now {renamed.name}.",
        )

    session.run(work)


@click.command("assign")
@click.argument("name")
@click.option("--process", help="The one process that uses the key; “Kraken Desk” for the desk, “” for none.")
@click.option("--client", help="The process's client library; it decides the scale of the nonces.")
@click.option("--role", help="What the key is for: a role's id or name (see roles list), “” for none.")
@shared_options
def assign(session: Session, name: str, process: str | None, client: str | None, role: str | None) -> None:
    """Say which process uses a key, with which client library, and in which role."""
    if process is client is role is None:
        raise InputError("Nothing to say", "", "Give --process, --client or --role.")

    async def work(profile: Profile) -> None:
        desk, slot = await find_slot(session, profile, name)
        if process is not None or client is not None:
            using = slot.process if process is None else process
            slot = await desk.keys.assign(slot.slot_id, using, slot.client if client is None else client)
        if role is not None:
            slot = await desk.keys.set_role(slot.slot_id, await _role_id(desk, slot, role))
        client_said, role_said = slot.client or "not listed", slot.role or "none"
        said = f"process {slot.process or 'none'}, client {client_said}, role {role_said}"
        session.answer({"key": documents.key(desk.fleet.node_of(slot))}, f"{slot.name}: {said}.")

    session.run(work)


async def _role_id(desk: Desk, slot: KeySlot, name: str) -> str:
    """Return the id of a role as a key of its process means it, "" for none; raises UnknownNameError."""
    if not name.strip():
        return ""
    roles = await desk.roles.load()
    meant = role_of(replace(slot, role=name), roles)
    return (meant or role_named(name, roles)).role_id


@click.command("only-here")
@click.argument("name")
@click.argument("answer", type=click.Choice(["yes", "no"]))
@shared_options
def only_here(session: Session, name: str, answer: str) -> None:
    """Say that a key's process runs on this machine only, always by `kraken-desk run`.

    Use of the key at another time is then somebody else's.
    """

    async def work(profile: Profile) -> None:
        desk, slot = await find_slot(session, profile, name)
        said = await desk.keys.say_only_here(slot.slot_id, answer == "yes")
        where = "on this machine only" if said.only_here else "here or elsewhere"
        session.answer(
            {"key": documents.key(desk.fleet.node_of(said))}, f"The process of {said.name} runs {where}."
        )

    session.run(work)


@click.command("two-factor")
@click.argument("name")
@click.argument("answer", type=click.Choice(["on", "off"]))
@shared_options
def two_factor(session: Session, name: str, answer: str) -> None:
    """Say whether a Spot key asks for a one-time password on every call.

    Kraken does not tell. Such a key is checked and used only when you give a code (--otp-stdin).
    """

    async def work(profile: Profile) -> None:
        desk, slot = await find_slot(session, profile, name)
        said = await desk.keys.say_two_factor(slot.slot_id, answer == "on")
        asks = "asks for a one-time password" if said.two_factor else "asks for no one-time password"
        session.answer({"key": documents.key(desk.fleet.node_of(said))}, f"{said.name} {asks}.")

    session.run(work)


@click.command("schedule")
@click.option(
    "--process-keys",
    type=click.Choice(["daily", "asked"]),
    help="Whether an open window checks the keys of processes once a day, or only when asked.",
)
@shared_options
def schedule(session: Session, process_keys: str | None) -> None:
    """Show when an open window checks each key by itself, and choose whether it checks process keys."""

    async def work(profile: Profile) -> None:
        desks = await session.desks(profile)
        if process_keys is not None:
            await desks[0].schedule.check_process_keys(process_keys == "daily")
        daily = await desks[0].schedule.load()
        snapshots = [(desk, desk.fleet.snapshot.value) for desk in desks]
        keys = [
            (desk, node) for desk, fleet in snapshots for account in fleet.accounts() for node in account.keys
        ]
        documented = [_document(desk, node, processes=daily) for desk, node in keys]
        rows = [
            (node.slot.name, node.slot.process or "none", _due(desk, node, processes=daily))
            for desk, node in keys
        ]
        said = "once a day at most" if daily else "only when asked"
        text = f"Keys of processes are checked {said}.\n{table(('Key', 'Process', 'Next check'), rows)}"
        session.answer({"process_keys": "daily" if daily else "asked", "keys": documented}, text)

    session.run(work)


def _document(desk: Desk, node: KeyNode, *, processes: bool) -> Document:
    due = due_at(node, desk.clock.now(), processes=processes)
    return {"name": node.slot.name, "next_check": documents.value(due)}


def _due(desk: Desk, node: KeyNode, *, processes: bool) -> str:
    return moment(due_at(node, desk.clock.now(), processes=processes), "only when asked")
