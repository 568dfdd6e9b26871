"""`backup make | drill | restore`: the profile in one sealed file, and the proof that it comes back."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click

from kraken_desk.cli.output import Document
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.typed_secrets import read_passphrase
from kraken_desk.cli.wording import moment
from kraken_desk.domain.errors import InputError
from kraken_desk.services.backup import BackupReport
from kraken_desk.services.backup_file import read_blocking

_WORDS = {
    "accounts": "accounts",
    "slots": "keys",
    "transfers": "transfers",
    "transfer_moves": "journal lines",
}

_FILE = click.Path(path_type=Path, dir_okay=False)
_passphrase_stdin = click.option(
    "--passphrase-stdin", is_flag=True, help="Read the passphrase from standard input."
)


@click.group("backup")
@shared_options
def command(session: Session) -> None:
    """Keep the whole profile in one encrypted file, and bring it back."""


@command.command("make")
@click.argument("file", type=_FILE)
@click.option("--with-secrets", is_flag=True, help="Put the keys' secrets into the sealed file too.")
@_passphrase_stdin
@shared_options
def make(session: Session, file: Path, with_secrets: bool, passphrase_stdin: bool) -> None:
    """Write a backup under a passphrase, and try at once whether it restores."""
    if file.exists():
        raise InputError("The file is there already", f"{file} is not overwritten.", "Choose another name.")
    passphrase = read_passphrase(stdin=passphrase_stdin, again=True)

    async def work(profile: Profile) -> None:
        sealed = await profile.backups.make(passphrase, with_secrets=with_secrets)
        await asyncio.to_thread(_write, file, sealed)
        report = await profile.backups.drill(await asyncio.to_thread(read_blocking, file), passphrase)
        kept = "with secrets" if with_secrets else "without secrets"
        text = f"Wrote {file} ({len(sealed) / 1e6:.1f} MB, {kept}) and restored it on trial.\n{_text(report)}"
        session.answer({"file": str(file), "bytes": len(sealed), **_document(report)}, text)

    session.run(work)


@command.command("drill")
@click.argument("file", type=_FILE)
@_passphrase_stdin
@shared_options
def drill(session: Session, file: Path, passphrase_stdin: bool) -> None:
    """Prove that a backup restores: unpack it in a place of its own and check it. Changes nothing."""
    sealed = read_blocking(file)
    passphrase = read_passphrase(stdin=passphrase_stdin)

    async def work(profile: Profile) -> None:
        report = await profile.backups.drill(sealed, passphrase)
        session.answer(_document(report), f"{file} restores.\n{_text(report)}")

    session.run(work)


@command.command("restore")
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Put it in place of the present profile, which is kept beside.")
@_passphrase_stdin
@shared_options
def restore(session: Session, file: Path, replace: bool, passphrase_stdin: bool) -> None:
    """Bring a profile back from a backup; Kraken Desk must not be running on it."""
    sealed = read_blocking(file)
    passphrase = read_passphrase(stdin=passphrase_stdin)
    report = session.runtime.restore(session.home, sealed, passphrase, replace=replace)
    text = f"Restored the profile of {moment(report.made_at, '')}.\n{_text(report)}"
    if report.former:
        text += f"\nThe former profile is kept as {report.former}."
    text += "\nTransfers made after the backup are missing in its journal: compare with Kraken's ledgers."
    session.answer(_document(report) | {"former": report.former or None}, text)


def _write(file: Path, content: bytes) -> None:
    """Write a new file that only its owner may read."""
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise InputError(
            "The backup cannot be written", f"{file}: {error.strerror}.", "Name another file."
        ) from error


def _text(report: BackupReport) -> str:
    holds = ", ".join(f"{number} {_WORDS.get(name, name)}" for name, number in report.holds)
    secrets = f"{report.secrets} secrets" if report.secrets or report.missing else "no secrets"
    lacking = f"; {report.missing} keys had none in the keychain" if report.missing else ""
    return f"It holds {holds}, {secrets}{lacking}; made {moment(report.made_at, '')}."


def _document(report: BackupReport) -> Document:
    return {
        "made_at": report.made_at.isoformat(),
        "holds": {_WORDS.get(name, name).replace(" ", "_"): number for name, number in report.holds},
        "secrets": report.secrets,
        "secrets_missing": report.missing,
    }
