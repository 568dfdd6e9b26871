"""Notifications by the desktop's own service (the Desktop Notifications Specification, over D-Bus).

Spoken to directly, because only so a notification can be clicked to open what it speaks of, wait until it
is seen, replace its predecessor and be taken back when the window locks. jeepney and the bus are touched
when the first question is asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import sys
import time
import unicodedata
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from kraken_desk.domain.notices import Notice
from kraken_desk.domain.places import Place
from kraken_desk.services.tasks import TaskScope

if TYPE_CHECKING:
    from jeepney.io.asyncio import DBusRouter

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
PROGRAM = "Kraken Desk"
PATIENCE_S = 5.0
ASK_AGAIN_S = 60.0
MOST_SIGNALS = 100
LONGEST_TITLE = 160
LONGEST_BODY = 600

_NORMAL, _CRITICAL = 1, 2
_UNSEEN = ("Cc", "Cf", "Co", "Cs")
_FAILURES = (OSError, EOFError, TimeoutError, ValueError, LookupError, RuntimeError)
"""What jeepney raises for a bus that is not there, is spoken to wrongly, or goes away meanwhile."""

_log = logging.getLogger(__name__)


class DesktopNotices:
    """The NoticeBoard of a Linux desktop; `clicked` hears the place of a notice that was clicked."""

    def __init__(
        self, clicked: Callable[[Place], None], steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._clicked, self._steady = clicked, steady
        self._ask_again_at = 0.0
        self._turn = asyncio.Lock()
        self._router: DBusRouter | None = None
        self._capabilities: frozenset[str] = frozenset()
        self._places: dict[int, Place] = {}
        self._idents: dict[str, int] = {}
        self._scope = TaskScope("notices")
        self._leaving = contextlib.AsyncExitStack()

    async def is_there(self) -> bool:
        """Say whether the desktop has such a service; without one it is asked again after a while."""
        if not sys.platform.startswith("linux") or self._steady() < self._ask_again_at:
            return False
        try:
            (found,) = await self._call("GetCapabilities")
        except _FAILURES as error:
            _log.debug("no notifications: %s", type(error).__name__)
            self._ask_again_at = self._steady() + ASK_AGAIN_S
            await self._hang_up()
            return False
        self._capabilities = frozenset(found)
        return True

    async def show(self, notice: Notice) -> None:
        """Show it in place of an earlier one of its subject; a desktop that refuses costs no more."""
        body = clean(notice.body, LONGEST_BODY, lines=True)
        if "body-markup" in self._capabilities:
            body = escape(body, quote=False)
        actions = ["default", "Open"] if "actions" in self._capabilities else []
        old = self._idents.get(notice.subject, 0)
        title = clean(notice.title, LONGEST_TITLE)
        arguments = (PROGRAM, old, "kraken-desk", title, body, actions, _hints(notice), -1)
        async with self._turn:  # what is on its way when the window locks is taken back too
            try:
                (ident,) = await self._call("Notify", "susssasa{sv}i", arguments)
            except _FAILURES as error:
                _log.warning("a notification was not shown: %s", type(error).__name__)
                return
            self._places[ident] = notice.place
            self._idents[notice.subject] = ident

    async def withdraw(self) -> None:
        """Take back what is still shown."""
        async with self._turn:
            idents, self._idents = list(self._idents.values()), {}
            self._places.clear()
            for ident in idents:
                with contextlib.suppress(*_FAILURES):
                    await self._call("CloseNotification", "u", (ident,))

    async def close(self) -> None:
        """Take everything back, since nobody would hear a click, and leave the bus."""
        if self._router is not None:
            await self.withdraw()
        await self._hang_up()

    async def _call(self, member: str, signature: str | None = None, body: tuple[Any, ...] = ()) -> Any:
        """Call the service and return what it answers; raises one of _FAILURES."""
        await asyncio.to_thread(importlib.import_module, "jeepney.io.asyncio")
        from jeepney import DBusAddress, DBusErrorResponse, new_method_call
        from jeepney.io.common import RouterClosed
        from jeepney.wrappers import unwrap_msg

        address = DBusAddress(PATH, bus_name=NAME, interface=NAME)
        try:
            async with asyncio.timeout(PATIENCE_S):
                router = await self._connected()
                return unwrap_msg(
                    await router.send_and_get_reply(new_method_call(address, member, signature, body))
                )
        except (DBusErrorResponse, RouterClosed) as error:
            raise ConnectionError(getattr(error, "name", "closed")) from None

    async def _connected(self) -> DBusRouter:
        if self._router is None:
            from jeepney import MatchRule, message_bus
            from jeepney.io.asyncio import DBusRouter, Proxy, open_dbus_connection

            connection = await open_dbus_connection()
            self._leaving.push_async_callback(connection.close)
            router = await self._leaving.enter_async_context(DBusRouter(connection))
            await Proxy(message_bus, router).AddMatch(MatchRule(type="signal", sender=NAME, path=PATH))
            rule = MatchRule(type="signal", interface=NAME, path=PATH)
            heard = self._leaving.enter_context(router.filter(rule, bufsize=MOST_SIGNALS))
            self._router = router
            self._scope.start("listen", self._listen(heard))
        return self._router

    async def _listen(self, heard: asyncio.Queue[Any]) -> None:
        from jeepney import HeaderFields

        while True:
            message = await heard.get()
            self._on_signal(message.header.fields.get(HeaderFields.member), message.body)

    def _on_signal(self, member: str | None, body: tuple[Any, ...]) -> None:
        if not body:
            return
        ident = body[0]
        if member == "ActionInvoked" and ident in self._places:
            self._clicked(self._places[ident])
        elif member == "NotificationClosed":
            self._places.pop(ident, None)
            self._idents = {subject: each for subject, each in self._idents.items() if each != ident}

    async def _hang_up(self) -> None:
        self._router = None
        self._places.clear()
        self._idents.clear()
        await self._scope.close()
        self._scope = TaskScope("notices")
        leaving, self._leaving = self._leaving, contextlib.AsyncExitStack()
        with contextlib.suppress(*_FAILURES):
            await leaving.aclose()


def clean(text: str, longest: int, *, lines: bool = False) -> str:
    """Return a text of bearable length without what a desktop may trip over or a reader cannot see."""
    kept = "".join(
        c if (lines and c == "\n") or unicodedata.category(c) not in _UNSEEN else " " for c in text
    )
    return kept if len(kept) <= longest else f"{kept[: longest - 1]}…"


def _hints(notice: Notice) -> dict[str, tuple[str, Any]]:
    hints: dict[str, tuple[str, Any]] = {
        "urgency": ("y", _CRITICAL if notice.urgent else _NORMAL),
        "desktop-entry": ("s", "kraken-desk"),
    }
    if notice.urgent:
        hints["resident"] = ("b", True)
    return hints
