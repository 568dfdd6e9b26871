"""The file of a sealed backup: read whole, once its size says that it can be one."""

from __future__ import annotations

from pathlib import Path

from kraken_desk.domain.errors import InputError

LARGEST_FILE = 1024 * 1024 * 1024


def read_blocking(file: Path) -> bytes:
    """Return what the file holds; raises InputError for one that cannot be read or is too large."""
    try:
        if file.exists() and not file.is_file():  # a device has no size and no end
            raise InputError("The backup cannot be read", f"{file} is no plain file.", "Check its name.")
        if file.stat().st_size > LARGEST_FILE:
            raise InputError("This is no backup of Kraken Desk", f"{file} is too large to be one.")
        return file.read_bytes()
    except (OSError, ValueError) as error:  # a name with a null byte is a ValueError
        reason = getattr(error, "strerror", None) or "not a usable name"
        raise InputError("The backup cannot be read", f"{file}: {reason}.", "Check its name.") from error
