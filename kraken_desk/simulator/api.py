"""Starting and stopping the local exchange: inside a running loop, or as a process of its own.

Imports asyncio and the simulator's own modules.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from kraken_desk.simulator.exchange import Exchange
from kraken_desk.simulator.jsontext import JsonValue, render
from kraken_desk.simulator.server import Server, require_loopback
from kraken_desk.simulator.world import World

WRONG_INPUT = 2


class Simulator:
    """A running local exchange. `world` gives tests in-process access to its state."""

    def __init__(self, exchange: Exchange, server: Server) -> None:
        self._exchange = exchange
        self._server = server

    @classmethod
    async def start(
        cls,
        *,
        population: str = "demo",
        seed: int = 1,
        port: int = 0,
        host: str = "127.0.0.1",
        latency_s: float = 0.0,
    ) -> "Simulator":
        """Build the population and listen. Raises ValueError for an unknown population or a foreign host."""
        require_loopback(host)
        exchange = Exchange(population, seed)
        exchange.world.latency_s = latency_s
        server = Server(exchange)
        await server.start(host, port)
        return cls(exchange, server)

    @property
    def description(self) -> dict[str, JsonValue]:
        """Where everything listens, and the accounts with their keys: the ready line as a dict."""
        return self._server.control.describe()

    @property
    def world(self) -> World:
        """The present state; a reset replaces it."""
        return self._exchange.world

    async def stop(self) -> None:
        await self._server.stop()


def serve(population: str, seed: int, port: int, ready_file: Path | None) -> int:
    """Run until SIGINT or SIGTERM: print the ready line, also into `ready_file`; give the exit code.

    A population that does not exist or a port that is taken is said on standard error, with exit code 2.
    """
    try:
        return asyncio.run(_serve(population, seed, port, ready_file))
    except (ValueError, OSError) as error:
        sys.stderr.write(f"the local exchange cannot start: {error}\n")
        return WRONG_INPUT


async def _serve(population: str, seed: int, port: int, ready_file: Path | None) -> int:
    stop = asyncio.Event()
    _on_signals(stop)
    simulator = await Simulator.start(population=population, seed=seed, port=port)
    try:
        line = render(simulator.description)
        if ready_file is not None:
            _write_whole(ready_file, line + "\n")
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        await simulator.stop()
    return 0


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows: only the plain handler exists
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


def _write_whole(path: Path, text: str) -> None:
    """Write so that a reader never sees half a line."""
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
