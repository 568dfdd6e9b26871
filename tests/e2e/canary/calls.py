"""Whom the program calls: told by Python in each of its processes and, where strace is, by the system.

Qt and D-Bus call without Python, so both are listened to.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

HOOKS = Path(__file__).parent / "listening"
_INET = re.compile(r'sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]*)"\)')
_INET6 = re.compile(r'sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]*)"')
_HERE = ("AF_UNIX", "AF_NETLINK", "AF_UNSPEC")
"""Families of addresses that lead to nobody else's machine."""


class Calls:
    """Hears processes that have its variables and, the long ones, that stand behind its command."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._told, self._folder = folder / "calls", folder
        self.variables = {
            "CALLS_FILE": str(self._told),
            "PYTHONPATH": os.pathsep.join((str(HOOKS), str(root))),
        }

    def command(self, name: str) -> list[str]:
        """Return what to put before a command to trace the calls of its process; nothing without strace."""
        if not shutil.which("strace"):
            return []
        told = self._folder / f"{name}.strace"
        return ["strace", "-f", "-qqq", "--seccomp-bpf", "-etrace=connect", "-esignal=none", "-o", str(told)]

    def told(self) -> set[str]:
        """Return the hosts and ports that Python was asked to call or to look up."""
        return set(self._told.read_text().splitlines())

    def traced(self) -> set[str]:
        """Return the hosts and ports that the system was asked to connect to."""
        found = set()
        for file in self._folder.glob("*.strace"):
            for line in file.read_text(errors="replace").splitlines():
                if "connect(" in line and not any(f"sa_family={family}" in line for family in _HERE):
                    match = _INET.search(line) or _INET6.search(line)
                    found.add(f"{match[2]} {match[1]}" if match else line)
        return found
