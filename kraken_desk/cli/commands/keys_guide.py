"""`keys guide | promote`: what to type into Kraken's form for a new key; nothing is made or sent."""

from __future__ import annotations

import shlex

import click

from kraken_desk.cli import documents
from kraken_desk.cli.finding import find_slot
from kraken_desk.cli.output import Document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.clients import CLIENTS
from kraken_desk.domain.key_form import FormValue, KeyWish
from kraken_desk.domain.key_guide import KeyGuide
from kraken_desk.domain.keys import Venue
from kraken_desk.services.promotion import Promotion


@click.command("guide")
@click.option("--role", required=True, help="What the key is for; see roles list.")
@click.option("--process", required=True, help="The one process that is to use it.")
@click.option("--account", required=True, help="The account, by label, IIBAN or Futures uid.")
@click.option("--venue", type=click.Choice([v.value for v in Venue]), required=True, help="Where it trades.")
@click.option("--client", default="", help=f"The process's client library: {', '.join(sorted(CLIENTS))}.")
@click.option("--host", "hosts", multiple=True, help="A named host that it runs on; see hosts list.")
@shared_options
def guide(session: Session, *, venue: str, hosts: tuple[str, ...], **words: str) -> None:
    """Say what to type into Kraken's form for a process and role, step by step."""

    async def work(profile: Profile) -> None:
        desk = await session.one_desk(profile)
        found = await desk.guides.guide(venue=Venue(venue), hosts=hosts, **words)
        line = _adding(found.wish, words)
        session.answer({"guide": _guide_document(found) | {"command": line}}, _guide_text(found, line))

    session.run(work)


@click.command("promote")
@click.argument("name")
@click.option("--to", required=True, metavar="ENVIRONMENT", help="The environment to promote to.")
@click.option("--host", "hosts", multiple=True, help="A named host of the target; see hosts list.")
@shared_options
def promote(session: Session, name: str, to: str, hosts: tuple[str, ...]) -> None:
    """Show what of a key's configuration was rehearsed, and the form values for a higher environment.

    Nothing crosses: no key and no secret. The new key is made at the target by hand.
    """

    async def work(profile: Profile) -> None:
        desk, slot = await find_slot(session, profile, name)
        found = await desk.promotions.propose(slot.name, to, hosts)
        session.answer({"promotion": _promotion_document(found)}, _promotion_text(found))

    session.run(work)


def _guide_document(found: KeyGuide) -> Document:
    return {
        "wish": _wish_document(found.wish),
        "steps": [
            {
                "title": step.title,
                "text": step.text,
                "link": step.link or None,
                "values": _values(step.values),
            }
            for step in found.steps
        ],
        "notes": list(found.notes),
    }


def _adding(wish: KeyWish, words: dict[str, str]) -> str:
    """Return the command that adds the key which was made, without its two halves."""
    said = {"venue": wish.venue.value, "name": wish.name, "process": words["process"], "role": words["role"]}
    if wish.client:
        said["client"] = wish.client
    told = " ".join(f"--{name} {shlex.quote(text)}" for name, text in said.items())
    return f"kraken-desk keys add {told} --api-key KEY --secret-stdin"


def _guide_text(found: KeyGuide, adding: str) -> str:
    lines = []
    for number, step in enumerate(found.steps, 1):
        lines += [f"{number}. {step.title}", f"   {step.text}"]
        lines += [f"   {step.link}"] if step.link else []
        lines += [f"   {line}" for line in _values_table(step.values)]
    lines.append(f"   {adding}")
    return "\n".join([*lines, *(f"Note: {note}" for note in found.notes)])


def _promotion_document(found: Promotion) -> Document:
    return {
        "key": found.slot.name,
        "from": found.source.name,
        "to": found.target.name,
        "points": [
            {"what": point.what, "rehearsed": point.rehearsed, "text": point.text} for point in found.points
        ],
        "evidence": [
            {
                "key": r.name,
                "call": r.call.value,
                "count": r.count,
                "first_at": documents.value(r.first_at),
                "last_at": documents.value(r.last_at),
            }
            for r in found.evidence
        ],
        "wish": _wish_document(found.wish),
        "values": _values(found.values),
        "link": found.page or None,
    }


def _promotion_text(found: Promotion) -> str:
    rows = [("yes" if point.rehearsed else "NO", point.what, point.text) for point in found.points]
    lines = [
        f"{found.slot.name}: from {found.source.name} to {found.target.name}. Nothing is made or sent.",
        "",
        table(("Rehearsed", "What", "How far"), rows),
        "",
        f"Values for the form in {found.target.name}:",
        *_values_table(found.values),
    ]
    return "\n".join([*lines, *([found.page] if found.page else [])])


def _wish_document(wish: KeyWish) -> Document:
    return {
        "name": wish.name,
        "venue": wish.venue.value,
        "client": wish.client or None,
        "ip_allowlist": list(wish.ip_allowlist),
        "nonce_window": wish.nonce_window,
        "valid_until": documents.value(wish.valid_until),
    }


def _values(values: tuple[FormValue, ...]) -> list[Document]:
    return [
        {"label": value.label, "value": value.value, "hint": value.hint or None, "box": value.is_box}
        for value in values
    ]


def _values_table(values: tuple[FormValue, ...]) -> list[str]:
    if not values:
        return []
    rows = [(value.label, value.value or "(empty)", "" if value.is_box else value.hint) for value in values]
    return table(("Field", "Value", "Why"), rows).splitlines()
