"""The file of preferences, `settings.toml` in the profile: read as a whole, replaced as a whole."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path

from kraken_desk.app.paths import settings_path
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.preferences import LARGEST_FILE

_ABANDONED_S = 60.0
"""Writing takes milliseconds; what is older was left by a program that was killed meanwhile."""


class SettingsFile:
    """One profile's file; what cannot be used is kept as `settings.toml.unusable` before it is replaced."""

    def __init__(self, home: Path) -> None:
        self.path = settings_path(home)

    def read(self) -> str | None:
        """Return the text; raises InputError for one that is no text or cannot be read."""
        self._remove_unfinished()
        try:
            if self.path.exists() and not self.path.is_file():  # a pipe would keep the start waiting
                raise self._refused("It is no plain file")
            with self.path.open("rb") as file:
                data = file.read(4 * LARGEST_FILE + 1)
            return data.decode()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            raise self._refused("It is not a text in UTF-8") from None
        except OSError as error:
            raise self._refused(error.strerror or "It cannot be read") from None

    def write(self, text: str, *, keep_old: bool) -> None:
        """Replace the file, so that a crash leaves the old or the new one whole; raises InputError."""
        fresh = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if keep_old and self.path.exists():
                self.path.replace(self.path.with_name(f"{self.path.name}.unusable"))
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise InputError(
                "The settings were not written",
                f"{self.path}: {error.strerror}. They count until the window closes.",
                "Make room, or give the file back to your user.",
            ) from error

    def _remove_unfinished(self) -> None:
        for path in self.path.parent.glob(f"{self.path.name}.{'[0-9a-f]' * 8}"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _ABANDONED_S:
                    path.unlink()

    def _refused(self, why: str) -> InputError:
        return InputError(
            "The settings file cannot be used",
            f"{self.path}: {why}.",
            "The usual settings apply until it is mended. Nothing in it was changed.",
        )
