"""Where a profile lives, and where the program's own resources are."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def profile_home(asked: Path | None) -> Path:
    """Return the directory of a profile: as asked, by KRAKEN_DESK_HOME, or the user's data directory."""
    if asked is not None:
        return asked.expanduser().absolute()
    from_environment = os.environ.get("KRAKEN_DESK_HOME")
    if from_environment:
        return Path(from_environment).expanduser().absolute()
    return platformdirs.user_data_path("KrakenDesk", appauthor=False)


def resource_root() -> Path:
    """Return the directory of icons: packaged beside the code, or in the checkout."""
    package = Path(__file__).resolve().parent.parent
    packaged = package / "resources"
    return packaged if packaged.is_dir() else package.parent / "resources"
