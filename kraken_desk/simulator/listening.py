"""Where the local exchange listens.

The socket is taken first, so that its addresses are known before the server behind it is loaded,
which takes longer than everything else. Imports the standard library only.
"""

import ipaddress
import socket
import sys

from kraken_desk.simulator.control import ROOT


def require_loopback(host: str) -> None:
    """Raise ValueError unless `host` is an address of this machine alone."""
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"the simulator listens on loopback only, not on {host}")


def take_socket(host: str, port: int) -> socket.socket:
    """Bind without listening; port 0 takes a free one.

    Raises ValueError for a foreign host, OSError for a taken port.
    """
    require_loopback(host)
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    taken = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":  # there the option would let two servers share the port
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
    except OSError:
        taken.close()
        raise
    taken.setblocking(False)
    return taken


def urls_of(taken: socket.socket) -> dict[str, str]:
    """Return the five base URLs that a bound socket serves."""
    address = taken.getsockname()
    shown = f"[{address[0]}]" if ":" in address[0] else address[0]
    base = f"{shown}:{address[1]}"
    return {
        "spot_url": f"http://{base}",
        "spot_ws_url": f"ws://{base}",
        "futures_url": f"http://{base}",
        "futures_ws_url": f"ws://{base}",
        "control_url": f"http://{base}{ROOT}",
    }
