"""One exchange: every request passes here, is struck by faults, answered by its venue, and logged.

Imports the standard library only; the server adds the sockets. The world can be replaced by a fresh one of
the same population and seed.
"""

from kraken_desk.simulator import striking
from kraken_desk.simulator.futures import venue as futures_venue
from kraken_desk.simulator.messages import HTML_TYPE, Handled, Reply, Request, Venue
from kraken_desk.simulator.populations import populate
from kraken_desk.simulator.spot import venue as spot_venue
from kraken_desk.simulator.world import World


class Exchange:
    """A world and the way into it."""

    def __init__(self, population: str, seed: int) -> None:
        self.world = populate(population, seed)

    def reset(self) -> None:
        """Begin anew: same population and seed, hence the same accounts and keys; latency is kept."""
        latency_s = self.world.latency_s
        self.world = populate(self.world.population, self.world.seed)
        self.world.latency_s = latency_s

    def handle(self, request: Request) -> Reply:
        """Answer one request to the exchange and write it into the request log."""
        world = self.world
        venue = venue_of(request.path)
        if venue is None:
            return Reply("<html><h1>404 Not Found</h1></html>", 404, HTML_TYPE)
        api_key = request.header("api-key" if venue is Venue.SPOT else "apikey")
        rule = world.faults.strike(request.path, api_key)
        if rule is None:
            handled = self._execute(venue, request)
        else:
            handled = striking.strike(
                rule, venue, request, world.now(), lambda: self._execute(venue, request)
            )
        world.requests.add(
            at=world.now(),
            method=request.method,
            path=request.path,
            api_key=_loggable(world, api_key),
            nonce=handled.nonce,
            caller=request.caller,
            verdict=handled.verdict,
            status=handled.reply.status,
            fault=rule.name.value if rule else "",
            note=handled.note,
        )
        return handled.reply

    def _execute(self, venue: Venue, request: Request) -> Handled:
        handle = spot_venue.handle if venue is Venue.SPOT else futures_venue.handle
        return handle(self.world, request)


def _loggable(world: World, api_key: str) -> str:
    """Shorten a key that is none of ours: it may be a secret pasted into the wrong field."""
    return api_key if not api_key or world.keys.find(api_key) else f"{api_key[:4]}…"


def venue_of(path: str) -> Venue | None:
    """Tell the venue by the path; Kraken's two hosts share none."""
    if path.startswith("/0/"):
        return Venue.SPOT
    if path.startswith(("/derivatives/", "/api/")):
        return Venue.FUTURES
    return None
