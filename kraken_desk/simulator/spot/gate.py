"""Admission of private Spot calls, in the order in which Kraken is taken to check them.

Imports the standard library only. Observed is only that authentication precedes arguments; the rest of the
order is inferred. Lockout, name, key, address, nonce form, signature, one-time code, nonce, system,
counter, rights, arguments.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from kraken_desk.simulator.credentials import SpotKey, address_allowed
from kraken_desk.simulator.messages import Request
from kraken_desk.simulator.spot import refusals
from kraken_desk.simulator.spot.calls import Endpoint, SpotCall
from kraken_desk.simulator.spot.parameters import Parameters, nonce_text, read_body
from kraken_desk.simulator.spot.refusals import SpotRefusal, invalid_arguments
from kraken_desk.simulator.spot.signing import matches
from kraken_desk.simulator.world import World


@dataclass(slots=True)
class Trace:
    """What was learned about a request on the way, for the request log."""

    api_key: str = ""
    nonce: str = ""
    note: str = ""


def admit(world: World, request: Request, endpoint: Endpoint | None, trace: Trace) -> SpotCall:
    """Check one private request; raise SpotRefusal with the string that Kraken would answer."""
    now = world.now()
    if world.limits.lockout.blocks(request.caller, now, world.switches):
        raise SpotRefusal(refusals.LOCKED_OUT)
    if endpoint is None or request.method != "POST":
        raise SpotRefusal(refusals.UNKNOWN_METHOD)
    key = _identify(world, request, now)
    parameters = read_body(request.body, request.header("content-type"))
    trace.nonce = nonce_text(parameters) if parameters else ""
    if parameters is None or not trace.nonce:
        raise SpotRefusal(refusals.INVALID_NONCE)
    _check_signature(world, request, key, trace, now)
    _check_one_time_code(world, request, key, parameters, now)
    if not key.take_nonce(int(trace.nonce)):
        _count_failure(world, request, now)
        raise SpotRefusal(refusals.INVALID_NONCE)
    key.used_before, key.last_used = key.last_used, int(now)
    _check_service(world, endpoint, key, parameters, now)
    return SpotCall(world, key, parameters.joined(dict(parse_qsl(request.query))), now)


def _identify(world: World, request: Request, now: float) -> SpotKey:
    key = world.keys.spot.get(request.header("api-key"))
    if key is None or not key.usable(now):
        _count_failure(world, request, now)
        raise SpotRefusal(refusals.INVALID_KEY)
    if not address_allowed(request.caller, key.ip_allowlist):
        raise SpotRefusal(world.switches.ip_reject_error)
    return key


def _check_signature(world: World, request: Request, key: SpotKey, trace: Trace, now: float) -> None:
    for path, note in _signed_paths(world, request):
        if matches(key.secret, path, trace.nonce, request.body, request.header("api-sign")):
            trace.note = note
            return
    _count_failure(world, request, now)
    raise SpotRefusal(refusals.INVALID_SIGNATURE)


def _signed_paths(world: World, request: Request) -> list[tuple[str, str]]:
    """List the paths that a signature may cover; with a query string the sources conflict."""
    bare = (request.path, "path signed without query string" if request.query else "")
    if not request.query:
        return [bare]
    full = (f"{request.path}?{request.query}", "path signed with query string")
    return {"either": [full, bare], "signed": [full], "bare": [bare]}[world.switches.query_string_signature]


def _check_one_time_code(
    world: World, request: Request, key: SpotKey, parameters: Parameters, now: float
) -> None:
    code = parameters.values.get("otp")
    if key.otp is None:
        if code is not None and world.switches.needless_otp_rejected:
            raise SpotRefusal(refusals.INVALID_KEY)
        return
    if not isinstance(code, str) or not key.otp.accepts(code, now):
        _count_failure(world, request, now)
        raise SpotRefusal(refusals.INVALID_SIGNATURE)


def _check_service(
    world: World, endpoint: Endpoint, key: SpotKey, parameters: Parameters, now: float
) -> None:
    if world.system.spot == "maintenance":
        raise SpotRefusal(refusals.UNAVAILABLE)
    if world.switches.rate_limits and not world.limits.spot(key.api_key).charge(
        endpoint.cost, key.account.domain.tier, now
    ):
        raise SpotRefusal(refusals.RATE_LIMIT)
    if not endpoint.permitted(key, world.switches):
        raise SpotRefusal(world.switches.permission_error)
    if world.switches.unknown_parameters == "refused":
        for name in sorted(endpoint.unknown(parameters)):
            raise invalid_arguments(name)


def _count_failure(world: World, request: Request, now: float) -> None:
    world.limits.lockout.count_failure(request.caller, now, world.switches)
