"""The Spot venue: from a request to a reply. Imports the standard library only."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from kraken_desk.simulator.jsontext import JsonValue, render
from kraken_desk.simulator.messages import Handled, Reply, Request
from kraken_desk.simulator.spot import (
    account,
    credit,
    fees,
    ledgers,
    markets,
    public,
    refusals,
    subaccounts,
    tokens,
    trading,
    transfers,
    wallets,
    withdrawals,
)
from kraken_desk.simulator.spot.calls import Endpoint
from kraken_desk.simulator.spot.gate import Trace, admit
from kraken_desk.simulator.spot.refusals import SpotRefusal
from kraken_desk.simulator.world import World

PRIVATE = "/0/private/"
PUBLIC = "/0/public/"
ENDPOINTS: Mapping[str, Endpoint] = {
    **account.ENDPOINTS,
    **ledgers.ENDPOINTS,
    **transfers.ENDPOINTS,
    **subaccounts.ENDPOINTS,
    **wallets.ENDPOINTS,
    **trading.ENDPOINTS,
    **fees.ENDPOINTS,
    **credit.ENDPOINTS,
    **withdrawals.ENDPOINTS,
    **tokens.ENDPOINTS,
}
PUBLIC_ENDPOINTS = {**public.ENDPOINTS, **markets.ENDPOINTS}


def handle(world: World, request: Request) -> Handled:
    """Answer one Spot request; errors are status 200 with an `error` array, as at Kraken."""
    trace = Trace(api_key=request.header("api-key"))
    try:
        reply = success(_answer(world, request, trace))
        verdict = "ok"
    except SpotRefusal as refusal:
        reply = failure(refusal.error)
        verdict = refusal.error
    return Handled(reply, verdict, trace.api_key, trace.nonce, trace.note)


def success(result: JsonValue) -> Reply:
    if result is account.NOTHING:
        return Reply(render({"error": []}))
    return Reply(render({"error": [], "result": result}))


def failure(error: str) -> Reply:
    return Reply(render({"error": [error]}))


def _answer(world: World, request: Request, trace: Trace) -> JsonValue:
    if request.path.startswith(PRIVATE):
        endpoint = ENDPOINTS.get(request.path.removeprefix(PRIVATE))
        call = admit(world, request, endpoint, trace)
        assert endpoint is not None
        return endpoint.answer(call)
    answer = PUBLIC_ENDPOINTS.get(request.path.removeprefix(PUBLIC))
    if answer is None or not request.path.startswith(PUBLIC):
        raise SpotRefusal(refusals.UNKNOWN_METHOD)
    sent = request.query if request.method == "GET" else request.body.decode("ascii", "replace")
    return answer(world, dict(parse_qsl(sent, keep_blank_values=True)))
