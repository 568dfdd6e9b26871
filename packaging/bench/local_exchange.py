"""The local exchange as a process of its own, so that its CPU time is not counted as ours."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

_WAIT_S = 60.0


class LocalExchange:
    """A running simulator: what it told when it was ready, and its control API."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.description = description
        parts = urlsplit(description["control_url"])
        self._root = parts.path
        self._control = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_WAIT_S)

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Make one control call, while nothing else happens in this process."""
        text = json.dumps(body) if body is not None else None
        self._control.request(method, self._root + path, text, {"Content-Type": "application/json"})
        reply = self._control.getresponse()
        content = json.loads(reply.read())
        if reply.status != 200 or not isinstance(content, dict):
            raise RuntimeError(f"{method} {path} answered {reply.status}: {content}")
        return content

    def switch(self, **positions: object) -> None:
        self.control("PATCH", "/switches", dict(positions))

    def keys(self, venue: str, role: str) -> list[dict[str, Any]]:
        """Return the keys of a venue with a role, in the order of their accounts."""
        accounts = self.description["accounts"]
        return [k for a in accounts for k in a["keys"] if k["venue"] == venue and k.get("role") == role]

    def requests(self) -> list[dict[str, Any]]:
        """Return the request log as far as it is kept, oldest first."""
        found: list[dict[str, Any]] = []
        while page := self.control("GET", f"/requests?since={found[-1]['sequence'] if found else 0}")[
            "requests"
        ]:
            found += page
        return found

    def close(self) -> None:
        self._control.close()


@contextmanager
def local_exchange(population: str, seed: int = 7) -> Iterator[LocalExchange]:
    """Run `kraken-desk simulate` for as long as the block lasts."""
    command = [sys.executable, "-m", "kraken_desk", "simulate", "--population", population]
    with subprocess.Popen(
        [*command, "--seed", str(seed)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"the local exchange did not start: exit code {process.wait(_WAIT_S)}")
            exchange = LocalExchange(json.loads(line))
            yield exchange
            exchange.close()
        finally:
            process.terminate()
