"""A keyring backend in memory that a test can make misbehave."""

from __future__ import annotations

import threading
from typing import Any

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import PasswordDeleteError


class ScriptedBackend(KeyringBackend):
    """Keeps passwords in a dictionary; `gate` blocks, `failure` raises, `garbles` changes what is written."""

    @properties.classproperty
    def priority(self) -> float:
        raise RuntimeError("chosen by name only")  # so that keyring never finds it by itself

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring leaves it without types
        self.items: dict[tuple[str, str], str] = {}
        self.failure: Exception | None = None
        self.garbles = False
        self.gate = threading.Event()
        self.gate.set()
        self.threads: set[str] = set()
        self.calls: list[str] = []

    def get_password(self, service: str, username: str) -> str | None:
        self._happen("get")
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._happen("set")
        self.items[service, username] = password[:-1] if self.garbles else password

    def delete_password(self, service: str, username: str) -> None:
        self._happen("delete")
        if self.items.pop((service, username), None) is None:
            raise PasswordDeleteError("No such password!")

    def _happen(self, call: str) -> Any:
        self.threads.add(threading.current_thread().name)
        self.calls.append(call)
        self.gate.wait(30)
        if self.failure is not None:
            raise self.failure
