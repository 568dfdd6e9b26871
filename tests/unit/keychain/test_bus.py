"""The few words of D-Bus: read and written as a library for all of D-Bus does it, and never for ever."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, MessageType, new_method_call, new_method_return
from jeepney.low_level import Parser

from kraken_desk.keychain import bus
from kraken_desk.keychain.bus import Bus, BusError, Call

PLACE = DBusAddress("/a/b", "org.example.service", "org.example.Face")

ARGUMENTS = [
    ("", ()),
    ("s", ("default",)),
    ("ss", ("Größe", "")),
    ("o", ("/x/y",)),
    ("sv", ("plain", ("ay", b"\x00\xff\x07"))),
    ("a{ss}", ({"service": "s/1", "username": "u"},)),
    ("yu", (7, 4_000_000_000)),
]


@pytest.mark.parametrize(("signature", "arguments"), ARGUMENTS)
def test_a_call_is_read_as_it_was_meant(signature: str, arguments: tuple[Any, ...]) -> None:
    """Jeepney finds the address, the member and the arguments in what is sent."""
    call = Call("org.example.service", "/a/b", "org.example.Face", "Act", signature, arguments)

    [message] = Parser().feed(bus._call(call, 9))

    expected = new_method_call(PLACE, "Act", signature or None, arguments)
    assert message.header.message_type is MessageType.method_call
    assert message.header.serial == 9
    assert message.header.fields == expected.header.fields
    assert message.body == arguments


ANSWERS = [
    ("", ()),
    ("vo", (("ay", b"\x01\x02\x03"), "/session/1")),
    ("ao", (["/item/1", "/item/2"],)),
    ("ao", ([],)),
    ("v", (("b", True),)),
    ("(oayays)", (("/session/1", b"i" * 16, b"c" * 32, "text/plain"),)),
    ("a{sv}", ({"A": ("u", 5)},)),
]


@contextlib.contextmanager
def serving(folder: Path, answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Listen as a bus would, let one client in, and do with it as told."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(folder / "bus"))
    listening.listen()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            answer(connection)

    thread = threading.Thread(target=serve, name="bus")
    thread.start()
    try:
        yield f"unix:path={folder / 'bus'},guid=0"
    finally:
        thread.join(10)
        listening.close()


def _welcome(connection: socket.socket) -> None:
    assert connection.recv(100).startswith(b"\0AUTH EXTERNAL ")
    connection.sendall(b"OK 0\r\n")
    assert connection.recv(7, socket.MSG_WAITALL) == b"BEGIN\r\n"


@pytest.mark.parametrize(("signature", "body"), ANSWERS)
def test_an_answer_is_read(signature: str, body: tuple[Any, ...], tmp_path: Path) -> None:
    """What jeepney writes comes back as plain values, also in small pieces and after a signal."""

    def answer(connection: socket.socket) -> None:
        _welcome(connection)
        [call] = Parser().feed(connection.recv(4096))
        reply = new_method_return(call, signature or None, body)
        data = new_method_return(call, "s", ("of another",))
        data.header.fields[next(f for f in data.header.fields if f.name == "reply_serial")] = 77
        for byte in data.serialise(4) + reply.serialise(5):
            connection.sendall(bytes([byte]))

    with serving(tmp_path, answer) as address:
        connection = Bus(address, 5.0)
        told = connection.ask(Call("d.e", "/", "a.b", "C"))
        connection.close()

    assert told == [_plain(signature, body)]


def _plain(signature: str, body: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a body as it is read: variants by their values, dictionaries by their pairs."""
    if signature == "vo":
        return (body[0][1], body[1])
    if signature == "v":
        return (1,)
    if signature == "a{sv}":
        return ([("A", 5)],)
    return body


@pytest.mark.parametrize(
    "said",
    [
        b"REJECTED KERBEROS\r\n",
        b"",
        b"OK 0\r\n" + b"B" * 16,
        b"OK 0\r\nl" + b"\xff" * 15,
        b"OK 0\r\nl\2\0\1" + b"\xff\xff\xff\x7f" * 3,
    ],
)
def test_nonsense_ends_it(said: bytes, tmp_path: Path) -> None:
    """A refusal, a hang-up, another byte order and impossible lengths are errors, at once."""

    def answer(connection: socket.socket) -> None:
        connection.recv(100)
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(100):
            pass

    with serving(tmp_path, answer) as address, pytest.raises((BusError, OSError)):
        _ask_once(address)


def _ask_once(address: str) -> None:
    connection = Bus(address, 5.0)
    try:
        connection.ask(Call("d.e", "/", "a.b", "C"))
    finally:
        connection.close()


def test_silence_has_an_end(tmp_path: Path) -> None:
    """A bus that says nothing is waited for as long as was said."""

    def answer(connection: socket.socket) -> None:
        while connection.recv(100):
            pass

    with serving(tmp_path, answer) as address, pytest.raises(TimeoutError):
        Bus(address, 0.05)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("unix:path=/run/bus", b"/run/bus"),
        ("unix:guid=1,path=/run/a%20bus;tcp:host=x", b"/run/a bus"),
        ("unix:abstract=/tmp/x,guid=1", b"\0/tmp/x"),
    ],
)
def test_a_local_bus_is_found(address: str, name: bytes) -> None:
    """By its path or its abstract name, which may be escaped."""
    assert bus._socket_name(address) == name


@pytest.mark.parametrize("address", ["", "tcp:host=localhost,port=1", "unix:runtime=yes", "nonsense"])
def test_another_bus_is_left_to_the_library(address: str) -> None:
    """Anything but a local socket is an error here; the way through the library may know it."""
    with pytest.raises(BusError):
        bus._socket_name(address)
