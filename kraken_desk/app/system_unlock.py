"""Unlocking by the system's own question: polkit asks for the login password, as its desktop always does.

This program sees no password and learns only yes or no, from a service on the system's bus that no program
of this user can stand in for. It needs an action that an administrator has installed, as the Debian
package does: without one polkit would know nothing to ask about.

Others: the Secret Service can ask for a password too, but only after the whole keyring was locked, for every
program of the user. Windows Hello and Touch ID have no maintained library for Python.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import sys
from contextlib import AsyncExitStack
from typing import Any

from kraken_desk.domain.errors import RuleError, SealError

ACTION = "io.github.krakendesk.unlock"
NAME = "org.freedesktop.PolicyKit1"
PATH = "/org/freedesktop/PolicyKit1/Authority"
INTERFACE = "org.freedesktop.PolicyKit1.Authority"
ASK_WITHIN_S = 180.0
"""A person types a password meanwhile."""

LOOK_WITHIN_S = 5.0
_MAY_ASK = 1
_FAILURES = (OSError, EOFError, TimeoutError, ValueError, LookupError, RuntimeError)

_log = logging.getLogger(__name__)


class SystemUnlock:
    """The SystemQuestion of Linux."""

    async def why_not(self) -> str:
        """Say why the system cannot be asked here, or nothing."""
        if not sys.platform.startswith("linux"):
            return "Not possible on this system: no maintained library of Python's speaks to its question."
        try:
            (actions,) = await self._call("EnumerateActions", "s", ("",), LOOK_WITHIN_S)
        except _FAILURES as error:
            _log.debug("no polkit: %s", type(error).__name__)
            return "Not possible here: this system has no polkit."
        if all(action[0] != ACTION for action in actions):
            return "Not possible here: polkit does not know Kraken Desk. The Debian package tells it."
        return ""

    async def ask(self) -> None:
        """Let polkit ask; raises SealError when the answer was no, RuleError when nobody could be asked."""
        try:
            ((yes, _challenge, details),) = await self._ask()
        except _FAILURES as error:
            raise RuleError(
                "The system could not be asked",
                f"polkit did not answer ({type(error).__name__}).",
                "Use the passphrase. Without one, kraken-desk passphrase reset opens the window again.",
            ) from None
        if not yes:
            given_up = "polkit.dismissed" in details
            raise SealError(
                "The system has not confirmed you",
                "The question was given up." if given_up else "polkit said no.",
                "Try again, or use the passphrase.",
            )

    async def _ask(self) -> Any:
        """Ask about this connection's own process, so that nobody can be confirmed for another."""
        return await self._call("CheckAuthorization", "(sa{sv})sa{ss}us", None, ASK_WITHIN_S)

    async def _call(self, member: str, signature: str, body: Any, within_s: float) -> Any:
        await asyncio.to_thread(importlib.import_module, "jeepney.io.asyncio")
        from jeepney import DBusAddress, DBusErrorResponse, new_method_call
        from jeepney.io.asyncio import DBusRouter, open_dbus_connection
        from jeepney.io.common import RouterClosed
        from jeepney.wrappers import unwrap_msg

        async with AsyncExitStack() as leaving:
            try:
                async with asyncio.timeout(within_s):
                    connection = await open_dbus_connection("SYSTEM")
                    leaving.push_async_callback(connection.close)
                    router = await leaving.enter_async_context(DBusRouter(connection))
                    if body is None:
                        subject = ("system-bus-name", {"name": ("s", router.unique_name)})
                        body = (subject, ACTION, {}, _MAY_ASK, "")
                    address = DBusAddress(PATH, bus_name=NAME, interface=INTERFACE)
                    asked = new_method_call(address, member, signature, body)
                    return unwrap_msg(await router.send_and_get_reply(asked))
            except (DBusErrorResponse, RouterClosed) as error:
                raise ConnectionError(getattr(error, "name", "closed")) from None
