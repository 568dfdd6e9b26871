"""Futures envelopes, times and numbers. Imports the standard library only."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from kraken_desk.simulator.futures import refusals
from kraken_desk.simulator.futures.refusals import FuturesRefusal
from kraken_desk.simulator.jsontext import JsonValue, as_double, render
from kraken_desk.simulator.messages import TEXT_TYPE, Reply
from kraken_desk.simulator.switches import Switches
from kraken_desk.simulator.world import World

_MICROSECOND_DIGITS = 6


def iso_time(unix_s: float, digits: int = 3) -> str:
    """Write a UTC time with `digits` fraction digits, none for 0."""
    moment = datetime.fromtimestamp(unix_s, UTC)
    fraction = f".{moment:%f}"[: digits + 1] if 0 < digits <= _MICROSECOND_DIGITS else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def server_time(world: World) -> str:
    return iso_time(world.now() + world.switches.futures_clock_skew_s, world.switches.futures_time_digits)


def success(world: World, payload: Mapping[str, JsonValue]) -> Reply:
    return Reply(render({"result": "success", "serverTime": server_time(world), **payload}))


def failure(world: World, refusal: FuturesRefusal) -> Reply:
    """Envelope of `/derivatives`: status 200 even for a failed log-in."""
    body: dict[str, JsonValue] = {"result": "error", "serverTime": server_time(world)}
    if world.switches.futures_errors_as == "error":
        body["error"] = refusal.error
    elif world.switches.futures_errors_as == "strings":
        body["errors"] = [refusal.error]
    else:
        body["errors"] = [{"code": 0, "message": refusal.error}]
    return Reply(render(body), refusal.status)


def history_failure(refusal: FuturesRefusal) -> Reply:
    """Answer of the history service: 401 for any log-in trouble, plain text for the limit."""
    if refusal.retry_after_s:
        seconds = str(int(refusal.retry_after_s) + 1)
        return Reply("Too many requests", 429, TEXT_TYPE, {"rate-limit-reset": seconds})
    if refusal.error.startswith(refusals.INVALID_ARGUMENT):
        return Reply(render({"status": "bad request", "reason": refusal.error}), 400)
    reason = "You are not authorized to access this endpoint."
    return Reply(render({"status": "unauthorized", "reason": reason}), 401)


def key_check_failure() -> Reply:
    body: JsonValue = {
        "error": "unauthorized",
        "message": "The key could not be authenticated",
        "suberror": None,
    }
    return Reply(render(body), 401)


def malformed(world: World) -> Reply:
    """Answer what `/derivatives` cannot read, such as a JSON body."""
    body: JsonValue = {
        "status": "BAD_REQUEST",
        "result": "error",
        "errors": [{"code": 0, "message": "400 BAD_REQUEST"}],
        "serverTime": server_time(world),
    }
    return Reply(render(body), 400)


def balance_figure(switches: Switches, amount: Decimal) -> JsonValue:
    """Write a balance as captures show it, or as the documentation does."""
    number = as_double(amount)
    return number if switches.futures_balances_as == "number" else render(number)
