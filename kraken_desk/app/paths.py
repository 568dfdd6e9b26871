"""Where a profile lives, and where the program's own resources are."""

from __future__ import annotations

import os
from pathlib import Path

from kraken_desk.domain.errors import InputError


def profile_home(asked: Path | None) -> Path:
    """Return the directory of a profile: as asked, by KRAKEN_DESK_HOME, or the user's data directory."""
    from_environment = os.environ.get("KRAKEN_DESK_HOME")
    if asked is None and from_environment:
        asked = Path(from_environment)
    if asked is None:
        return usual_home()
    try:
        return asked.expanduser().absolute()
    except RuntimeError:
        raise InputError(
            "No such home directory",
            f"{asked} names a user that this machine does not know.",
            "Write it out.",
        ) from None


def usual_home() -> Path:
    """Return the profile's directory when nobody asks for another."""
    import platformdirs  # not needed by whoever names a home

    return platformdirs.user_data_path("KrakenDesk", appauthor=False)


def database_path(home: Path) -> Path:
    """Return where a profile keeps its database."""
    return home / "kraken-desk.sqlite3"


def settings_path(home: Path) -> Path:
    """Return where a profile keeps its preferences."""
    return home / "settings.toml"


def resource_root() -> Path:
    """Return the directory of icons: packaged beside the code, or in the checkout."""
    package = Path(__file__).resolve().parent.parent
    packaged = package / "resources"
    return packaged if packaged.is_dir() else package.parent / "resources"
