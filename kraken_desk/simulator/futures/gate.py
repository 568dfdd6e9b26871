"""Admission of signed Futures calls. Imports the standard library only.

Order (inferred): key, address, signature, nonce, cost, rights. Nonce is optional and checked only when sent.
"""

from dataclasses import dataclass

from kraken_desk.simulator.credentials import FuturesKey, NonceVerdict, address_allowed
from kraken_desk.simulator.futures import refusals
from kraken_desk.simulator.futures.refusals import FuturesRefusal
from kraken_desk.simulator.futures.signing import matches
from kraken_desk.simulator.messages import Request
from kraken_desk.simulator.world import World


@dataclass(slots=True)
class Trace:
    """What was learned about a request on the way, for the request log."""

    api_key: str = ""
    nonce: str = ""


def authenticate(world: World, request: Request) -> FuturesKey:
    """Find the key that signed `request`; raise FuturesRefusal if there is none."""
    key = world.keys.futures.get(request.header("apikey"))
    if key is None or key.disabled:
        raise FuturesRefusal(refusals.AUTHENTICATION)
    if not address_allowed(request.caller, key.allowed_cidr_blocks):
        raise FuturesRefusal(world.switches.futures_ip_error)
    nonce = request.header("nonce")
    post_data = request.query + request.body.decode("utf-8", "replace")
    signed = matches(
        key.secret,
        post_data,
        nonce,
        request.path,
        request.header("authent"),
        decoded_too=world.switches.futures_decoded_signature,
    )
    if not signed:
        raise FuturesRefusal(refusals.AUTHENTICATION)
    if nonce:
        _take_nonce(world, key, nonce)
    return key


def charge_derivatives(world: World, request: Request, key: FuturesKey, cost: int) -> None:
    if not world.switches.rate_limits:
        return
    if not world.limits.derivatives(_payer(world, request, key)).charge(cost, world.now()):
        raise FuturesRefusal(refusals.API_LIMIT)


def charge_history(world: World, request: Request, key: FuturesKey, cost: int) -> None:
    if not world.switches.rate_limits:
        return
    wait_s = world.limits.history(_payer(world, request, key)).charge(cost, world.now())
    if wait_s:
        raise FuturesRefusal(refusals.API_LIMIT, status=429, retry_after_s=wait_s)


def _payer(world: World, request: Request, key: FuturesKey) -> str:
    payers = {"account": key.account.futures_uid, "address": request.caller, "key": key.api_key}
    return payers[world.switches.futures_limits_per]


def _take_nonce(world: World, key: FuturesKey, text: str) -> None:
    if not text.isascii() or not text.isdigit():
        raise FuturesRefusal(refusals.AUTHENTICATION)
    verdict = key.take_nonce(int(text[:32]), world.switches.futures_nonce_window_s)
    if verdict is not NonceVerdict.FRESH:
        raise FuturesRefusal(verdict.value)
