"""Starting and stopping the local exchange: inside a running loop, or as a process of its own.

Imports asyncio and the simulator's own modules.
"""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kraken_desk.simulator.control import Control
from kraken_desk.simulator.exchange import Exchange
from kraken_desk.simulator.jsontext import JsonValue, render
from kraken_desk.simulator.listening import take_socket, urls_of
from kraken_desk.simulator.world import World

if TYPE_CHECKING:
    from kraken_desk.simulator.server import Server

WRONG_INPUT = 2


class Simulator:
    """A local exchange. `world` gives tests in-process access to its state.

    Made by `start`, or by `prepare` and a later `listen`: addresses and keys are known at once, and
    the server is loaded when it is wanted.
    """

    def __init__(self, exchange: Exchange, taken: socket.socket) -> None:
        self._exchange = exchange
        self._socket = taken
        self._control = Control(exchange, urls_of(taken))
        self._server: Server | None = None

    @classmethod
    def prepare(
        cls,
        *,
        population: str = "demo",
        seed: int = 1,
        port: int = 0,
        host: str = "127.0.0.1",
        latency_s: float = 0.0,
    ) -> "Simulator":
        """Build the population and take the port, without listening yet.

        Raises ValueError for an unknown population or a foreign host, OSError for a taken port.
        """
        exchange = Exchange(population, seed)
        exchange.world.latency_s = latency_s
        return cls(exchange, take_socket(host, port))

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
        """Build the population and listen; raises what `prepare` raises."""
        simulator = cls.prepare(population=population, seed=seed, port=port, host=host, latency_s=latency_s)
        await simulator.listen()
        return simulator

    @property
    def description(self) -> dict[str, JsonValue]:
        """Where everything listens, and the accounts with their keys: the ready line as a dict."""
        return self._control.describe()

    @property
    def world(self) -> World:
        """The present state; a reset replaces it."""
        return self._exchange.world

    async def listen(self) -> None:
        """Serve from now on; a second call changes nothing."""
        if self._server is None:
            from kraken_desk.simulator.server import Server

            self._server = Server(self._exchange, self._control)
            await self._server.start(self._socket)

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop()
        self._socket.close()


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
