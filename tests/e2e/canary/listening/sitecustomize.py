"""Started by Python itself in every process of the program: notes whom it calls on the network.

An audit hook sees every call that Python makes, whichever library asks for it, and cannot be removed.
"""

from __future__ import annotations

import os
import sys

_SENDING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_ASKING = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
_FILE = os.open(os.environ["CALLS_FILE"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event in _SENDING:
        address = arguments[1]
    elif event in _ASKING:
        address = arguments[:2]
    else:
        return
    if isinstance(address, tuple):  # all others are paths of sockets on this machine
        os.write(_FILE, " ".join(map(str, address[:2])).encode() + b"\n")


sys.addaudithook(_note)
