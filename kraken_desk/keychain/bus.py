"""The few words of D-Bus that the reading of one secret takes, over a socket and with a time limit.

A library for all of D-Bus takes longer to import than the secret takes to come; whoever wants more than
a handful of calls uses one. Method calls and their replies only (D-Bus specification: type system,
message protocol, authentication); little-endian, since the writer of a message chooses.
"""

from __future__ import annotations

import _socket  # the half of `socket` in C: the other half makes enumerations of some hundred constants
import os
import struct
import time
from typing import Any

from kraken_desk.domain.values import dataclass

_CALL, _REPLY, _ERROR = 1, 2, 3
_PATH, _INTERFACE, _MEMBER, _REPLY_SERIAL, _DESTINATION, _SIGNATURE = 1, 2, 3, 5, 6, 8
_LARGEST = 1 << 20
"""No answer to us is nearly that long."""


class BusError(Exception):
    """The bus cannot be reached, speaks otherwise than expected, or answers with an error."""


@dataclass(frozen=True, slots=True)
class Call:
    """A method call: to whom, which method, and its arguments with their D-Bus signature."""

    destination: str
    path: str
    interface: str
    member: str
    signature: str = ""
    arguments: tuple[Any, ...] = ()


class Bus:
    """A connection to the session's bus, with one time limit for each exchange."""

    def __init__(self, address: str, limit_s: float) -> None:
        self._limit_s = limit_s
        self._serial = 0
        self._received = b""
        self._socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC)
        try:
            self._deadline = time.monotonic() + limit_s
            self._socket.settimeout(limit_s)
            self._socket.connect(_socket_name(address))
            self._authenticate()
        except BaseException:
            self._socket.close()
            raise

    def close(self) -> None:
        self._socket.close()

    def ask(self, *calls: Call, limit_s: float | None = None) -> list[tuple[Any, ...]]:
        """Send calls at once and return the bodies of their replies; raises BusError for an error."""
        self._deadline = time.monotonic() + (limit_s or self._limit_s)
        first = self._serial + 1
        message = b""
        for call in calls:
            self._serial += 1
            message += _call(call, self._serial)
        self._send(message)
        bodies: dict[int, tuple[Any, ...]] = {}
        while len(bodies) < len(calls):
            serial, body = self._message()
            if first <= serial <= self._serial:
                bodies[serial] = body
        return [bodies[serial] for serial in sorted(bodies)]

    def _authenticate(self) -> None:
        """Say who we are, which the socket proves, and begin (D-Bus specification: EXTERNAL)."""
        self._send(b"\0AUTH EXTERNAL %s\r\n" % str(os.getuid()).encode().hex().encode())
        while b"\r\n" not in self._received:
            self._receive()
        line, _, self._received = self._received.partition(b"\r\n")
        if not line.startswith(b"OK "):
            raise BusError("the bus does not know us")
        self._send(b"BEGIN\r\n")

    def _message(self) -> tuple[int, tuple[Any, ...]]:
        """Return the next message's reply serial (0 for a signal) and body."""
        while len(self._received) < 16:
            self._receive()
        if self._received[:1] != b"l":
            raise BusError("the bus writes in another byte order")
        [length] = struct.unpack_from("<I", self._received, 4)
        [fields_length] = struct.unpack_from("<I", self._received, 12)
        start = (16 + fields_length + 7) & ~7
        if max(length, fields_length) > _LARGEST:
            raise BusError("a message is too long")
        while len(self._received) < start + length:
            self._receive()
        whole, self._received = self._received[: start + length], self._received[start + length :]
        [fields] = Reader(whole, 12).values("a(yv)")
        header = dict(fields)
        body = Reader(whole[start:]).values(header.get(_SIGNATURE, ""))
        if whole[1] == _ERROR:
            raise BusError("the bus answered with an error")
        return (header[_REPLY_SERIAL] if whole[1] == _REPLY else 0), body

    def _send(self, data: bytes) -> None:
        self._socket.settimeout(self._left_s())
        self._socket.sendall(data)

    def _receive(self) -> None:
        self._socket.settimeout(self._left_s())
        data = self._socket.recv(4096)
        if not data:
            raise BusError("the bus hung up")
        self._received += data

    def _left_s(self) -> float:
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        return left_s


def _socket_name(address: str) -> bytes:
    """Return the socket's path from a bus address; raises BusError for any other kind of bus."""
    kind, _, rest = address.partition(";")[0].partition(":")
    options = dict(pair.split("=", 1) for pair in rest.split(",") if "=" in pair)
    if kind != "unix" or not options.keys() & {"path", "abstract"}:
        raise BusError("the bus is not on a local socket")
    if "abstract" in options:
        return b"\0" + _unescaped(options["abstract"])
    return _unescaped(options["path"])


def _unescaped(text: str) -> bytes:
    if "%" not in text:
        return text.encode()
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(text)


def _call(call: Call, serial: int) -> bytes:
    body = bytearray()
    for kind, argument in zip(_types(call.signature), call.arguments, strict=True):
        write(body, kind, argument)
    fields = [(_PATH, ("o", call.path)), (_MEMBER, ("s", call.member)), (_INTERFACE, ("s", call.interface))]
    fields.append((_DESTINATION, ("s", call.destination)))
    if call.signature:
        fields.append((_SIGNATURE, ("g", call.signature)))
    message = bytearray(struct.pack("<cBBBII", b"l", _CALL, 0, 1, len(body), serial))
    write(message, "a(yv)", fields)
    _pad(message, 8)
    return bytes(message + body)


def write(out: bytearray, kind: str, value: Any) -> None:
    """Append one value of a D-Bus type: y u s o g v, arrays, structures and dictionaries of them."""
    if kind == "y":
        out.append(value)
    elif kind == "ay":
        write(out, "u", len(value))
        out += value
    elif kind == "u":
        _pad(out, 4)
        out += struct.pack("<I", value)
    elif kind in "so":
        data = value.encode()
        write(out, "u", len(data))
        out += data + b"\0"
    elif kind == "g":
        out += bytes([len(value)]) + value.encode() + b"\0"
    elif kind == "v":
        write(out, "g", value[0])
        write(out, value[0], value[1])
    elif kind[0] == "a":
        _write_array(out, kind[1:], value.items() if isinstance(value, dict) else value)
    else:
        _pad(out, 8)
        for its, part in zip(_types(kind[1:-1]), value, strict=True):
            write(out, its, part)


def _write_array(out: bytearray, element: str, values: Any) -> None:
    write(out, "u", 0)
    at = len(out)
    _pad(out, _alignment(element))
    start = len(out)
    for value in values:
        write(out, element, value)
    out[at - 4 : at] = struct.pack("<I", len(out) - start)


class Reader:
    """Reads values of a message one after the other."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data = data
        self._at = at

    def values(self, signature: str) -> tuple[Any, ...]:
        return tuple([self._value(kind) for kind in _types(signature)])

    def _value(self, kind: str) -> Any:
        if kind in "so":
            return self._text(self._number())
        if kind in "yg":
            number = self._data[self._at]
            self._at += 1
            return number if kind == "y" else self._text(number)
        if kind in "ub":
            return self._number()
        if kind == "v":
            [inner] = self.values(self._value("g"))
            return inner
        if kind[0] == "a":
            return self._array(kind[1:])
        if kind[0] in "({":
            self._align(8)
            return self.values(kind[1:-1])
        raise BusError("a value of a kind that is not read here")

    def _array(self, element: str) -> Any:
        length = self._number()
        self._align(_alignment(element))
        end = self._at + length
        if element == "y":
            found, self._at = self._data[self._at : end], end
            return found
        values = []
        while self._at < end:
            values.append(self._value(element))
        return values

    def _text(self, length: int) -> str:
        start, self._at = self._at, self._at + length + 1
        return self._data[start : start + length].decode()

    def _number(self) -> int:
        self._align(4)
        self._at += 4
        number: int = struct.unpack_from("<I", self._data, self._at - 4)[0]
        return number

    def _align(self, to: int) -> None:
        self._at += -self._at % to


def _types(signature: str) -> list[str]:
    """Cut a signature into its complete types."""
    found, start, depth = [], 0, 0
    for at, letter in enumerate(signature):
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(letter, 0)
        if depth == 0 and letter != "a":
            found.append(signature[start : at + 1])
            start = at + 1
    return found


def _alignment(kind: str) -> int:
    return 8 if kind[0] in "({" else 1 if kind[0] in "ygv" else 4


def _pad(out: bytearray, to: int) -> None:
    out += bytes(-len(out) % to)
