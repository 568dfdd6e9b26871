"""The Futures venue: from a request to a reply. Imports the standard library only."""

from datetime import UTC, datetime

from kraken_desk.simulator.futures import (
    answers,
    history,
    instruments,
    keys,
    positions,
    refusals,
    transfers,
    wallets,
)
from kraken_desk.simulator.futures.calls import (
    Endpoint,
    FuturesCall,
    Need,
    Parameters,
    PublicCall,
    PublicEndpoint,
    Route,
)
from kraken_desk.simulator.futures.gate import authenticate, charge_derivatives, charge_history
from kraken_desk.simulator.futures.refusals import FuturesRefusal
from kraken_desk.simulator.jsontext import render
from kraken_desk.simulator.messages import HTML_TYPE, Handled, Reply, Request
from kraken_desk.simulator.world import World

DERIVATIVES = "/derivatives/api/v3/"
KEY_CHECK = "/api/auth/v1/api-keys/v3/check"
ACCOUNT_LOG = frozenset({"/api/history/v3/account-log", "/api/history/v2/account-log"})
SUNSET = datetime(2027, 3, 1, tzinfo=UTC)
ROUTES: tuple[Route, ...] = (
    *wallets.ROUTES,
    *transfers.ROUTES,
    *positions.ROUTES,
    *instruments.ROUTES,
)


def handle(world: World, request: Request) -> Handled:
    """Answer one Futures request; each of the three services has its own way to say no."""
    try:
        reply, verdict = _answer(world, request), "ok"
    except FuturesRefusal as refusal:
        reply, verdict = _refuse(world, request, refusal), refusal.error
    return Handled(reply, verdict, request.header("apikey"), request.header("nonce"))


def _answer(world: World, request: Request) -> Reply:
    if _gone(world):
        raise FuturesRefusal("gone", status=world.switches.futures_sunset_status)
    if world.switches.futures_user_agent_required and not request.header("user-agent"):
        raise FuturesRefusal("forbidden", status=403)
    if request.path == KEY_CHECK and request.method == "GET":
        return Reply(render(keys.describe(authenticate(world, request))))
    if request.path in ACCOUNT_LOG and request.method == "GET":
        return _account_log(world, request)
    if request.path.startswith("/api/"):
        raise FuturesRefusal(refusals.NOT_FOUND, status=404)
    return _derivatives(world, request)


def _account_log(world: World, request: Request) -> Reply:
    key = authenticate(world, request)
    call = FuturesCall(world, key, Parameters.of(request), world.now())
    if not Need.READ.met_by(key, world):
        raise FuturesRefusal(world.switches.futures_permission_error)
    charge_history(world, request, key, history.log_cost(call.parameters))
    return Reply(render(history.account_log(call)))


def _derivatives(world: World, request: Request) -> Reply:
    endpoint, segments = _route(request)
    if request.body and "json" in request.header("content-type").lower():
        raise FuturesRefusal(refusals.MALFORMED, status=400)
    parameters = Parameters.of(request)
    if isinstance(endpoint, PublicEndpoint):
        public = PublicCall(world, parameters, world.now(), segments)
        return answers.success(world, endpoint.answer(public))
    key = authenticate(world, request)
    charge_derivatives(world, request, key, endpoint.cost)
    if world.system.futures != "online":
        raise FuturesRefusal(refusals.UNAVAILABLE)
    if not endpoint.need.met_by(key, world):
        raise FuturesRefusal(world.switches.futures_permission_error)
    payload = endpoint.answer(FuturesCall(world, key, parameters, world.now(), segments))
    return answers.success(world, payload) if endpoint.enveloped else Reply(render(payload))


def _route(request: Request) -> tuple[Endpoint | PublicEndpoint, tuple[str, ...]]:
    parts = request.path.removeprefix(DERIVATIVES).split("/")
    for method, pattern, endpoint in ROUTES:
        wanted = pattern.split("/")
        fits = len(wanted) == len(parts) and all(w in {"*", p} for w, p in zip(wanted, parts, strict=True))
        if method == request.method and fits:
            return endpoint, tuple(p for w, p in zip(wanted, parts, strict=True) if w == "*")
    raise FuturesRefusal(refusals.NOT_FOUND, status=404)


def _refuse(world: World, request: Request, refusal: FuturesRefusal) -> Reply:
    if refusal.status in {301, 403, 410}:
        location = {"location": "https://futures.kraken.invalid/"} if refusal.status == 301 else {}
        return Reply(f"<html><h1>{refusal.status}</h1></html>", refusal.status, HTML_TYPE, location)
    if request.path == KEY_CHECK:
        return answers.key_check_failure()
    if request.path.startswith("/api/history/") and refusal.status != 404:
        return answers.history_failure(refusal)
    if refusal.status == 400:
        return answers.malformed(world)
    return answers.failure(world, refusal)


def _gone(world: World) -> bool:
    sunset = world.switches.futures_sunset
    return sunset == "gone" or (sunset == "scheduled" and world.now() >= SUNSET.timestamp())
