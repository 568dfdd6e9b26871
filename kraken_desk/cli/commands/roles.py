"""`roles list | show | rights | export | import | reset`."""

from __future__ import annotations

from pathlib import Path

import click

from kraken_desk.cli.output import Document, can_ask, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.abilities import what_it_can_do
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.nonces import span_text
from kraken_desk.domain.rights import (
    GENERAL_FULL,
    RIGHTS,
    TRANSFER_FULL,
    Right,
    RightId,
    in_order,
    label_of,
    permissions_of,
)
from kraken_desk.domain.role_file import LARGEST_FILE, FileForm, role_document
from kraken_desk.domain.roles import STARTING_ROLES, Role
from kraken_desk.services.roles import RolesService


@click.group("roles")
@shared_options
def command(session: Session) -> None:
    """What each kind of process needs of its key: rights, allowlist, nonce window, ages."""


@command.command("list")
@shared_options
def list_(session: Session) -> None:
    """List the roles."""

    async def work(profile: Profile) -> None:
        roles = await (await _service(session, profile)).load()
        heads = ("Role", "Name", "Spot rights", "Futures", "Allowlist", "Rotate", "Changed")
        rows = [
            (
                role.role_id,
                role.name,
                str(len(role.needed(Venue.SPOT))),
                _futures(role),
                role.width.word,
                _days(role.rotation_days),
                "" if role in STARTING_ROLES else "yes",
            )
            for role in roles
        ]
        session.answer({"roles": [_document(role) for role in roles]}, table(heads, rows))

    session.run(work)


@command.command("show")
@click.argument("name")
@shared_options
def show(session: Session, name: str) -> None:
    """Show what a role (by id, name or alias) needs."""

    async def work(profile: Profile) -> None:
        role = await (await _service(session, profile)).named(name)
        rows = [
            ("Role", f"{role.name} ({role.role_id})"),
            ("For", role.about),
            ("Spot rights", _labels(role.spot)),
            ("Futures rights", _labels(role.futures)),
            ("Also allowed", _labels(role.optional)),
            ("WebSocket feeds", role.streaming.value),
            ("Widest allowlist", role.width.word),
            ("Longest nonce window", span_text(role.window_s)),
            ("Replace after", _days(role.rotation_days)),
            ("Must expire within", _days(role.expiry_days)),
            ("Also called", ", ".join(role.aliases) or "nothing else"),
            ("Such a Spot key", _sentence(role, Venue.SPOT)),
            ("Such a Futures key", _sentence(role, Venue.FUTURES)),
        ]
        session.answer({"role": _document(role)}, "\n".join(f"{head:<22}{text}" for head, text in rows))

    session.run(work)


@command.command("rights")
@shared_options
def rights(session: Session) -> None:
    """List all rights with Kraken's three names, what each opens, and what surprises about it."""
    heads = ("Right", "Label", "OAuth scope", "Risk", "Opens")
    rows = [(r.right_id, r.label, r.scope or "none", r.risk.word, ", ".join(r.opens)) for r in RIGHTS]
    notes = [f"{r.label}: {r.surprise}" for r in RIGHTS if r.surprise]
    text = "\n".join([table(heads, rows), "", *notes])
    session.answer({"rights": [_right_document(right) for right in RIGHTS]}, text)


@command.command("export")
@click.option("--format", "form", type=click.Choice([f.value for f in FileForm]), default=FileForm.TOML.value)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@shared_options
def export(session: Session, form: str, output: Path | None) -> None:
    """Write all roles as one file; without --output, to standard output."""

    async def work(profile: Profile) -> None:
        text = await (await _service(session, profile)).export(FileForm(form))
        if output is None:
            session.answer({"format": form, "text": text}, text.rstrip("\n"))
            return
        _write(output, text)
        session.answer({"format": form, "file": str(output)}, f"Wrote the roles to {output}.")

    session.run(work)


@command.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@shared_options
def import_(session: Session, file: Path) -> None:
    """Take the roles of a TOML or JSON file; those it does not name stay as they are."""

    async def work(profile: Profile) -> None:
        form = FileForm.JSON if file.suffix.casefold() == ".json" else FileForm.TOML
        taken = await (await _service(session, profile)).import_(_read(file), form)
        names = ", ".join(role.role_id for role in taken) or "no role"
        session.answer({"imported": [_document(role) for role in taken]}, f"Imported {names}.")

    session.run(work)


@command.command("reset")
@click.argument("name", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared_options
def reset(session: Session, name: str | None, yes: bool) -> None:
    """Give one role, or all of them, back the form they started with."""

    async def work(profile: Profile) -> None:
        if not yes:
            _confirm(f"Reset {name or 'all roles'}? Own roles are removed.")
        roles = await (await _service(session, profile)).reset(name)
        document = {"roles": [_document(role) for role in roles]}
        session.answer(document, f"Reset {name or 'all roles'}.")

    session.run(work)


async def _service(session: Session, profile: Profile) -> RolesService:
    """Roles are of the profile, so any environment's desk has them."""
    return (await session.desks(profile))[0].roles


def _confirm(question: str) -> None:
    if not can_ask():
        raise InputError("Not confirmed", question, "Repeat the command with --yes.")
    if not click.confirm(question, err=True):
        raise InputError("Not confirmed", "Nothing was changed.", "")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise _file_problem("written", file, error) from None


def _read(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as source:
            return source.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise _file_problem("read", file, error) from None


def _file_problem(what: str, file: Path, error: Exception) -> InputError:
    why = error.strerror if isinstance(error, OSError) and error.strerror else "it is no text in UTF-8"
    return InputError(f"The file cannot be {what}", f"{file}: {why}.", "Nothing was changed.")


def _document(role: Role) -> Document:
    return {
        **role_document(role),
        "changed": role not in STARTING_ROLES,
        "can": {venue.value: _sentence(role, venue) for venue in Venue},
    }


def _right_document(right: Right) -> Document:
    return {
        "id": right.right_id,
        "venue": right.venue.value,
        "group": right.group,
        "label": right.label,
        "wire": right.wire,
        "oauth_scope": right.scope,
        "fast_api_name": right.fast_api_name,
        "risk": right.risk.word,
        "opens": list(right.opens),
        "surprise": right.surprise or None,
    }


def _sentence(role: Role, venue: Venue) -> str:
    return what_it_can_do(permissions_of(venue, role.needed(venue)))


def _labels(rights: frozenset[RightId]) -> str:
    return ", ".join(label_of(right) for right in in_order(rights)) or "none"


def _futures(role: Role) -> str:
    if not role.futures:
        return "none"
    general = "Full Access" if GENERAL_FULL in role.futures else "Read Only"
    return f"{general} with withdrawal" if TRANSFER_FULL in role.futures else general


def _days(days: int | None) -> str:
    return "not asked" if days is None else f"{days} days"
