"""Text files that commands read and write: bounded when read, whole when written."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kraken_desk.domain.errors import InputError


def read_text(file: Path, most: int) -> str:
    """Read a UTF-8 file of at most `most` bytes; raises InputError, also for what is no plain file."""
    try:
        if file.exists() and not file.is_file():
            raise InputError("The file cannot be read", f"{file} is no plain file.", "Name another.")
        with file.open("rb") as source:
            raw = source.read(most + 1)
    except OSError as error:
        raise InputError("The file cannot be read", f"{file}: {error.strerror}.", "Name another.") from error
    if len(raw) > most:
        raise InputError("The file is too large", f"{file} has more than {most:,} bytes.", "Name another.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The file cannot be read", f"{file} is no text in UTF-8.", "Name another.") from None


def write_text(file: Path, text: str) -> None:
    """Write a file for this user's eyes, whole or not at all; an older one is replaced."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as out:
            out.write(text)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(
            "The file cannot be written", f"{file}: {error.strerror}.", "Name another place."
        ) from error
