"""A notification server for tests: it shows nothing, remembers everything, and clicks when told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, HeaderFields, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
CAPABILITIES = ("actions", "body", "body-markup", "persistence")


@dataclass(frozen=True)
class Shown:
    """One call of Notify, by the names of the specification."""

    ident: int
    app_name: str
    replaces_id: int
    summary: str
    body: str
    actions: tuple[str, ...]
    hints: dict[str, Any]
    timeout_ms: int


class NotificationRecorder:
    """Answers on a thread of its own; `shown` and `closed` grow as calls come in."""

    def __init__(self, address: str, capabilities: tuple[str, ...] = CAPABILITIES) -> None:
        self.shown: list[Shown] = []
        self.closed: list[int] = []
        self._capabilities = list(capabilities)
        self._last = 0
        self._bus = open_dbus_connection(address)
        self._bus.send_and_get_reply(message_bus.RequestName(NAME))
        self._ends = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def texts(self) -> str:
        """Return every word that was to be shown."""
        return "\n".join(f"{s.summary}\n{s.body}\n{s.actions}\n{s.hints}" for s in self.shown)

    def click(self, ident: int, action: str = "default") -> None:
        """Press an action as a person would; the server closes the notification afterwards."""
        self._emit("ActionInvoked", "us", (ident, action))
        self._emit("NotificationClosed", "uu", (ident, 2))

    def dismiss(self, ident: int) -> None:
        self._emit("NotificationClosed", "uu", (ident, 2))

    def stop(self) -> None:
        """Leave the bus, as a desktop that ends."""
        self._ends = True
        self._thread.join(5)
        self._bus.close()

    def _emit(self, name: str, signature: str, body: tuple[Any, ...]) -> None:
        self._bus.send(new_signal(DBusAddress(PATH, interface=NAME), name, signature, body))

    def _serve(self) -> None:
        while not self._ends:
            try:
                message = self._bus.receive(timeout=0.02)
            except TimeoutError:
                continue
            except (ConnectionError, OSError):
                return
            if message.header.message_type is MessageType.method_call:
                self._answer(message)

    def _answer(self, message: Any) -> None:
        member = message.header.fields[HeaderFields.member]
        if member == "Notify":
            reply = new_method_return(message, "u", (self._note(message.body),))
        elif member == "CloseNotification":
            self.closed.append(message.body[0])
            reply = new_method_return(message)
        elif member == "GetCapabilities":
            reply = new_method_return(message, "as", (self._capabilities,))
        else:
            reply = new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")
        self._bus.send(reply)

    def _note(self, body: tuple[Any, ...]) -> int:
        app_name, replaces, _icon, summary, text, actions, hints, timeout = body
        self._last += not replaces
        ident = replaces or self._last
        plain = {name: value for name, (_signature, value) in hints.items()}
        self.shown.append(Shown(ident, app_name, replaces, summary, text, tuple(actions), plain, timeout))
        return int(ident)


@contextmanager
def recording(address: str, capabilities: tuple[str, ...] = CAPABILITIES) -> Iterator[NotificationRecorder]:
    recorder = NotificationRecorder(address, capabilities)
    try:
        yield recorder
    finally:
        recorder.stop()
