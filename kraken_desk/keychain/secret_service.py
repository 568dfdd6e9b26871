"""A look at the Secret Service over D-Bus, with time limits and without provoking a prompt.

keyring itself unlocks (and so prompts) at every call and waits for ever, so before a call this asks
who serves and whether the default collection is open. Runs on the keychain's thread.
"""

from __future__ import annotations

import os
from contextlib import closing
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kraken_desk.domain.errors import KeychainUnavailableError
from kraken_desk.domain.values import dataclass
from kraken_desk.keychain.errors import calling, silent

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

BUS_NAME = "org.freedesktop.secrets"
LOOK_LIMIT_S = 5.0
ANSWER_LIMIT_S = 20.0
"""A keychain may ask a person whether it should give out a secret."""

_SERVICE = "/org/freedesktop/secrets"
_INTERFACES = "org.freedesktop.Secret"
_PROPERTIES = "org.freedesktop.DBus.Properties"

_PROGRAMS = {
    "gnome-keyring": "GNOME Keyring",
    "keepassxc": "KeePassXC",
    "kwalletd": "KWallet",
    "ksecretd": "KWallet",
}
"""How the processes are called, as far as Linux keeps their names (15 characters)."""


class Collection(Enum):
    """The default collection, where secrets go."""

    OPEN = "open"
    LOCKED = "locked"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class ServiceLook:
    """Who serves, and whether it can at this moment."""

    name: str
    collection: Collection


def look_blocking() -> ServiceLook:
    """Ask the service; raises KeychainUnavailableError when it is silent or gone."""
    try:
        return calling(_look)
    except KeychainUnavailableError as error:
        if isinstance(error.__cause__, TimeoutError):
            raise silent(LOOK_LIMIT_S) from None
        raise


def services_blocking(username: str) -> tuple[str, ...]:
    """Return the services of all items of a user name in the open default collection; reads no secret."""
    from jeepney import DBusAddress, Properties, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    with closing(open_dbus_connection()) as bus:
        service = DBusAddress(_SERVICE, BUS_NAME, f"{_INTERFACES}.Service")
        [path] = _ask(bus, new_method_call(service, "ReadAlias", "s", ("default",)))
        collection = DBusAddress(path, BUS_NAME, f"{_INTERFACES}.Collection")
        wanted = ({"username": username},)
        [items] = _ask(bus, new_method_call(collection, "SearchItems", "a{ss}", wanted))
        found = []
        for item in items:
            address = DBusAddress(item, BUS_NAME, f"{_INTERFACES}.Item")
            [(_, attributes)] = _ask(bus, Properties(address).get("Attributes"))
            found.append(str(attributes.get("service", "")))
        return tuple(found)


def read_blocking(service: str, username: str) -> str | None:
    """Return a secret of the open default collection, stored as keyring's Secret Service backend stores it.

    For whoever needs one secret at once: importing keyring takes longer than starting Python. None
    when anything is in the way, which the way through keyring then explains; raises
    KeychainUnavailableError only when the service is silent. Never prompts.
    """
    try:
        return _read_open(service, username)
    except TimeoutError:
        limit_s = LOOK_LIMIT_S
    except _NoAnswerError:
        limit_s = ANSWER_LIMIT_S
    except Exception:  # noqa: BLE001  # whatever it is, the way through keyring has words for it
        return None
    raise silent(limit_s)


class _NoAnswerError(Exception):
    """The service was asked for a secret, and neither gave nor refused it."""


def _read_open(service: str, username: str) -> str | None:
    """Ask for the secret in four exchanges on one connection; the library in use elsewhere makes sixteen."""
    from kraken_desk.keychain.bus import Bus, Call
    from kraken_desk.keychain.session_key import ALGORITHM, SessionKey

    key = SessionKey()
    with closing(Bus(os.environ["DBUS_SESSION_BUS_ADDRESS"], LOOK_LIMIT_S)) as bus:
        opening = ("sv", (ALGORITHM, ("ay", key.public)))
        _, (theirs, session), (path,) = bus.ask(
            Call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello"),
            Call(BUS_NAME, _SERVICE, f"{_INTERFACES}.Service", "OpenSession", *opening),
            Call(BUS_NAME, _SERVICE, f"{_INTERFACES}.Service", "ReadAlias", "s", ("default",)),
        )
        collection = f"{_INTERFACES}.Collection"
        asked = (collection, "Locked")
        if path == "/" or bus.ask(Call(BUS_NAME, path, _PROPERTIES, "Get", "ss", asked)) != [(0,)]:
            return None  # absent or locked; a search in a locked one may prompt
        attributes = {"service": service, "username": username}
        [(items,)] = bus.ask(Call(BUS_NAME, path, collection, "SearchItems", "a{ss}", (attributes,)))
        if not items:
            return None
        getting = Call(BUS_NAME, items[0], f"{_INTERFACES}.Item", "GetSecret", "o", (session,))
        try:
            [((_, iv, text, _),)] = bus.ask(getting, limit_s=ANSWER_LIMIT_S)
        except TimeoutError:
            raise _NoAnswerError from None
    return key.decrypted(theirs, iv, text).decode("utf-8")


def _look() -> ServiceLook:
    from jeepney.io.blocking import open_dbus_connection

    with closing(open_dbus_connection()) as bus:
        return ServiceLook(_program(bus), _default_collection(bus))


def _default_collection(bus: DBusConnection) -> Collection:
    from jeepney import DBusAddress, Properties, new_method_call

    service = DBusAddress("/org/freedesktop/secrets", BUS_NAME, "org.freedesktop.Secret.Service")
    [path] = _ask(bus, new_method_call(service, "ReadAlias", "s", ("default",)))
    if path == "/":
        return Collection.ABSENT
    collection = DBusAddress(path, BUS_NAME, "org.freedesktop.Secret.Collection")
    [(_, locked)] = _ask(bus, Properties(collection).get("Locked"))
    return Collection.LOCKED if locked else Collection.OPEN


def _program(bus: DBusConnection) -> str:
    """Name the program behind the service, where the system tells."""
    from jeepney import DBusErrorResponse, message_bus

    try:
        [pid] = _ask(bus, message_bus.GetConnectionUnixProcessID(BUS_NAME))
        program = Path(f"/proc/{pid}/comm").read_text("utf-8").strip()
    except (DBusErrorResponse, OSError):
        return "Secret Service"  # not started yet, or in another process namespace
    known = next((name for start, name in _PROGRAMS.items() if program.startswith(start)), "")
    return f"{known} (Secret Service)" if known else "Secret Service"


def _ask(bus: DBusConnection, message: Message) -> Any:  # the body's types are the message's
    from jeepney import DBusErrorResponse, MessageType

    reply = bus.send_and_get_reply(message, timeout=LOOK_LIMIT_S)
    if reply.header.message_type is MessageType.error:
        raise DBusErrorResponse(reply)
    return reply.body
