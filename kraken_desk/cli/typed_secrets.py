"""Secrets and passphrases on their way in: standard input, a descriptor or a prompt, never an argument."""

from __future__ import annotations

import os
import sys

import click

from kraken_desk.cli.output import can_ask
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.secrets import ApiSecret, Passphrase

_LONGEST = 10_000


def read_secret(what: str, *, stdin: bool, fd: int | None) -> str:
    """Return a secret as it was given; `what` names it to the operator, for instance `API secret`."""
    if stdin and fd is not None:
        raise InputError(
            "Two sources", "--secret-stdin and --secret-fd exclude each other.", "Give one of them."
        )
    if stdin or fd is not None:
        return _piped(0 if fd is None else fd)
    if not can_ask():
        raise InputError("No secret", "Nothing can be typed here.", "Pipe the secret in with --secret-stdin.")
    return str(click.prompt(what, hide_input=True, err=True))


def read_otp() -> str:
    """Read a one-time password from standard input; raises InputError through click's usage error."""
    otp = sys.stdin.readline().strip() if sys.stdin is not None else ""
    if not otp:
        raise click.UsageError("--otp-stdin: standard input holds no one-time password")
    return otp


def read_secret_and_code(*, stdin: bool, fd: int | None, code: bool) -> tuple[str, str]:
    """Return an API secret and, with `code`, the one-time password of its key, else "".

    With both on standard input the code is the last line.
    """
    secret = read_secret("API secret", stdin=stdin, fd=fd)
    if not code:
        return secret, ""
    if not stdin:
        return secret, read_otp()
    secret, _, otp = secret.strip().rpartition("\n")
    if not secret or not otp.strip():
        raise InputError(
            "The code is missing",
            "Standard input holds one line, and it was to hold the secret and the code. Nothing was sent.",
            "Give both, each on a line of its own, the code last.",
        )
    return secret, otp.strip()


def read_passphrase(what: str = "Passphrase", *, stdin: bool, again: bool = False) -> Passphrase:
    """Return a passphrase; a new one is asked for twice at a prompt, since nobody sees what is typed."""
    if stdin:
        return Passphrase(_piped(0).rstrip("\r\n"))
    if not can_ask():
        raise InputError("No passphrase", "Nothing can be typed here.", "Pipe it in with --passphrase-stdin.")
    return Passphrase(click.prompt(what, hide_input=True, err=True, confirmation_prompt=again))


def _piped(descriptor: int) -> str:
    """Read a descriptor's text; odd bytes are replaced, since an encoding error would carry the secret."""
    try:
        if descriptor == 0:
            raw = sys.stdin.buffer.read(_LONGEST) if sys.stdin is not None else b""
        else:
            with os.fdopen(descriptor, "rb") as source:
                raw = source.read(_LONGEST)
    except (OSError, ValueError, TypeError, OverflowError):  # of an impossible number, depending on its size
        raise InputError(
            "The secret cannot be read",
            f"Descriptor {descriptor} is not open for reading.",
            "Open it for this command, for instance with 3<FILE and --secret-fd 3.",
        ) from None
    return raw.decode("utf-8", "replace")


def refuse_secret_argument(api_key: str, secret: ApiSecret) -> None:
    """Swapped halves are put right, but here one of them was an argument, which others can read."""
    if secret.reveal() in api_key:
        raise InputError(
            "The secret was given as an argument",
            "Other programs can read arguments, and the shell may remember them. Nothing was sent or stored.",
            "Delete this key at Kraken and make another; give its public half as --api-key.",
        )
