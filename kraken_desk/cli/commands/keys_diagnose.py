"""`keys diagnose`: why a key was refused, and what to do next."""

from __future__ import annotations

import ipaddress

import click

from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.finding import find_slot
from kraken_desk.cli.output import Document, problem_document
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.diagnosis import Diagnosis, Known, diagnose
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.fleet import KeyNode


@click.command("diagnose")
@click.argument("name")
@click.option("--address", default="", metavar="IP", help="The address that Kraken sees of this machine.")
@shared_options
def command(session: Session, name: str, address: str) -> None:
    """Say why Kraken refused a key, the likeliest cause first; nothing is sent."""
    if address and not _is_address(address):
        raise InputError("Not an address", f"“{address}” is no IP address.", "Write it like 203.0.113.7.")

    async def work(profile: Profile) -> int:
        desk, slot = await find_slot(session, profile, name)
        node = desk.fleet.snapshot.value.key(slot.key_id)
        assert node is not None
        found = diagnose(Known(node, desk.clock.now(), address))
        session.answer(_document(node, found), _text(node, found))
        return ExitCode.FINDINGS if found.causes else ExitCode.DONE

    session.run(work)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _document(node: KeyNode, found: Diagnosis) -> Document:
    problem = node.check.problem if node.check is not None and found.causes else None
    return {
        "key": node.slot.name,
        "outcome": node.check.outcome.value if node.check else None,
        "problem": problem_document(problem) if problem else None,
        "enough_is_known": found.enough,
        "causes": [
            {"title": c.title, "why": c.why, "next_step": c.next_step, "weight": c.weight}
            for c in found.causes
        ],
    }


def _text(node: KeyNode, found: Diagnosis) -> str:
    if node.check is None:
        return f"{node.slot.name} was never checked, so nothing has failed."
    if not found.causes:
        return f"Kraken accepted {node.slot.name} at its last check."
    lines = [] if found.enough else ["What is known does not single out one cause. In order of likelihood:"]
    for number, cause in enumerate(found.causes, 1):
        lines += [f"{number}. {cause.title}", f"   {cause.why}", f"   → {cause.next_step}"]
    return "\n".join(lines)
