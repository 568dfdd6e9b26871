"""What a feed wants sent, and the faults that can befall it. Imports the standard library only."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kraken_desk.simulator.faults import FaultName, FaultRule
from kraken_desk.simulator.jsontext import JsonValue, render
from kraken_desk.simulator.world import World

NORMAL = 1000
POLICY = 1008
TOO_SLOW = 1009
RESTART = 1012
MOST_WAITING = 10_000


@dataclass(frozen=True, slots=True)
class Close:
    """End the connection with this code."""

    code: int


class Feed(Protocol):
    """One connection's protocol state. Times are seconds of any steady clock, the same one throughout."""

    outbox: "Outbox"

    def open(self, at: float) -> None: ...
    def receive(self, text: str, at: float) -> None: ...
    def pinged(self, at: float) -> None: ...
    def tick(self, at: float) -> None: ...
    def closed(self) -> None: ...


class Outbox:
    """Frames waiting to be sent, in order. `on_output` wakes whoever sends them."""

    def __init__(self, world: World, path: str) -> None:
        self._world = world
        self._path = path
        self._frames: deque[str | Close] = deque()
        self._silent = False
        self.on_output: Callable[[], None] = lambda: None

    def send(self, message: JsonValue) -> None:
        if not self._silent:
            self._put(render(message))

    def close(self, code: int) -> None:
        self._put(Close(code))

    def take(self) -> list[str | Close]:
        frames = list(self._frames)
        self._frames.clear()
        return frames

    def strike(self, api_key: str, *names: FaultName) -> FaultRule | None:
        """Let a fault of one of these names happen, if a rule says so."""
        rule = self._world.faults.strike_feed(self._path, api_key, frozenset(names))
        if rule is None:
            return None
        if rule.name is FaultName.WS_SILENCE:
            self._silent = True
        elif rule.name is FaultName.WS_CLOSE_1008:
            self.close(POLICY)
        elif rule.name is FaultName.WS_CLOSE_1012:
            self.close(RESTART)
        elif rule.name is FaultName.WS_GARBAGE:
            self._put("{not json")
        return rule

    def _put(self, frame: str | Close) -> None:
        """Queue a frame; a peer that reads nothing for too long is cut off, so that memory stays bounded."""
        if len(self._frames) >= MOST_WAITING:
            self._frames.clear()
            frame = Close(TOO_SLOW)
        self._frames.append(frame)
        self.on_output()


CONNECTION_FAULTS = (
    FaultName.WS_SILENCE,
    FaultName.WS_CLOSE_1008,
    FaultName.WS_CLOSE_1012,
    FaultName.WS_GARBAGE,
)
