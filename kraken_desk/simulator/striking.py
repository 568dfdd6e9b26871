"""What each fault does to a reply. Imports the standard library only.

A fault either replaces the call (nothing is executed) or spoils the reply of an executed one. Pages stand
for those of the edge in front of Kraken; their text is ours.
"""

from collections.abc import Callable
from dataclasses import replace

from kraken_desk.simulator.faults import FaultName, FaultRule
from kraken_desk.simulator.futures.answers import iso_time
from kraken_desk.simulator.jsontext import JsonValue, parse, render
from kraken_desk.simulator.messages import HTML_TYPE, Ending, Handled, Reply, Request, Venue

SILENCE_S = 30.0
LATE_S = 5.0
DRIP_S = 1.0
THROTTLE_S = 5.0

_PAGES = {
    FaultName.HTML_403: (403, "Forbidden"),
    FaultName.HTML_502: (502, "Bad gateway"),
    FaultName.HTML_503: (503, "Service unavailable"),
    FaultName.HTML_504: (504, "Gateway time-out"),
    FaultName.HTML_520: (520, "Web server is returning an unknown error"),
    FaultName.HTML_525: (525, "SSL handshake failed"),
    FaultName.HTML_1015: (429, "Error 1015: You are being rate limited"),
    FaultName.HTML_1020: (403, "Error 1020: Access denied"),
}
_ERRORS = {
    FaultName.RATE_LIMITED: ("EAPI:Rate limit exceeded", "apiLimitExceeded"),
    FaultName.TOO_MANY_REQUESTS: ("EGeneral:Too many requests", "apiLimitExceeded"),
    FaultName.INTERNAL_ERROR: ("EGeneral:Internal error", "Server Error"),
    FaultName.UNAVAILABLE: ("EService:Unavailable", "Unavailable"),
    FaultName.BUSY: ("EService:Busy", "Unavailable"),
    FaultName.DEADLINE_ELAPSED: ("EService:Deadline elapsed", "unknownError"),
    FaultName.INVALID_NONCE: ("EAPI:Invalid nonce", "nonceBelowThreshold"),
    FaultName.INVALID_KEY: ("EAPI:Invalid key", "authenticationError"),
    FaultName.LOCKOUT: ("EGeneral:Temporary lockout", "apiLimitExceeded"),
    FaultName.ERROR_SPACE_AFTER_COLON: ("EGeneral: Invalid arguments", "invalidArgument: amount"),
    FaultName.UNKNOWN_ERROR: ("EMoon:Eclipse", "moonEclipse"),
}
_UNEXECUTED = {
    FaultName.REPLY_LOST_BEFORE_EXECUTION: Ending.CLOSE,
    FaultName.CONNECTION_RESET: Ending.RESET,
    FaultName.SILENCE: Ending.CLOSE,
}

Execute = Callable[[], Handled]


def strike(rule: FaultRule, venue: Venue, request: Request, now: float, execute: Execute) -> Handled:
    """Let `rule` happen to one request; `execute` runs the real rules, if the fault lets it come to that."""
    if _executes(rule):
        done = execute()
        return replace(done, reply=_spoil(rule, venue, done.reply, now))
    name = rule.name
    if name in _UNEXECUTED:
        delay_s = _delay(rule, SILENCE_S) if name is FaultName.SILENCE else rule.delay_s or 0.0
        reply = Reply("", ending=_UNEXECUTED[name], delay_s=delay_s)
    else:
        reply = _refusal(rule, venue, now).after(
            rule.delay_s or 0.0 if name is not FaultName.THROTTLED else 0.0
        )
    header = "api-key" if venue is Venue.SPOT else "apikey"
    return Handled(reply, f"fault {name.value}", request.header(header))


def _executes(rule: FaultRule) -> bool:
    return rule.executed or rule.name in {
        FaultName.REPLY_LOST_AFTER_EXECUTION,
        FaultName.DRIPPING_REPLY,
        FaultName.LATE_REPLY,
        FaultName.TRUNCATED_JSON,
        FaultName.EMPTY_BODY,
        FaultName.NOT_AN_OBJECT,
        FaultName.RESULT_MISSING,
        FaultName.SERVER_ERROR_AFTER_EXECUTION,
        FaultName.WARNING,
    }


def _spoil(rule: FaultRule, venue: Venue, reply: Reply, now: float) -> Reply:
    """Turn the reply of an executed call into what the client gets to see."""
    name, delay_s = rule.name, rule.delay_s or 0.0
    if name in {FaultName.LATE_REPLY, FaultName.DRIPPING_REPLY}:
        dripping = name is FaultName.DRIPPING_REPLY
        return replace(reply, drip_s=_delay(rule, DRIP_S)) if dripping else reply.after(_delay(rule, LATE_S))
    if name is FaultName.TRUNCATED_JSON:
        return replace(reply, body=reply.body[: max(1, len(reply.body) // 2)], delay_s=delay_s)
    if name is FaultName.EMPTY_BODY:
        return replace(reply, body="", delay_s=delay_s)
    if name is FaultName.NOT_AN_OBJECT:
        return replace(reply, body="[1,2,3]", delay_s=delay_s)
    if name in {FaultName.RESULT_MISSING, FaultName.WARNING}:
        return replace(reply, body=_edited(name, reply.body), delay_s=delay_s)
    if name is FaultName.REPLY_LOST_AFTER_EXECUTION:
        return Reply("", ending=Ending.CLOSE, delay_s=delay_s)
    if name in _UNEXECUTED:
        return Reply("", ending=_UNEXECUTED[name], delay_s=delay_s)
    return _refusal(rule, venue, now).after(delay_s)


def _edited(name: FaultName, body: str) -> str:
    content = parse(body)
    if not isinstance(content, dict):
        return body
    if name is FaultName.RESULT_MISSING:
        content.pop("result", None)
    elif "result" in content and "error" in content:
        content["error"] = ["WDatabase:No change"]
    return render(content)


def _refusal(rule: FaultRule, venue: Venue, now: float) -> Reply:
    name = rule.name
    if name in _PAGES:
        status, title = _PAGES[name]
        page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
        return Reply(page, status, HTML_TYPE)
    if name is FaultName.REDIRECT:
        return Reply("", 301, HTML_TYPE, {"location": "https://exchange.invalid/moved"})
    if name is FaultName.THROTTLED:
        return _error(
            venue, f"EService:Throttled: {int(now + _delay(rule, THROTTLE_S))}", "apiLimitExceeded", now
        )
    if name is FaultName.ERROR_BARE_STRING:
        bare: JsonValue = {"error": "EAPI Rate limit exceeded"}
        return Reply(render(bare))
    if name is FaultName.PROBLEM_STATUS:
        return replace(_error(venue, "EService:Unavailable", "Unavailable", now), status=503)
    if name is FaultName.SERVER_ERROR_AFTER_EXECUTION:
        return _error(venue, "EGeneral:Internal error", "Server Error", now)
    spot, futures = _ERRORS[name]
    return _error(venue, spot, futures, now)


def _error(venue: Venue, spot: str, futures: str, now: float) -> Reply:
    if venue is Venue.SPOT:
        return Reply(render({"error": [spot]}))
    return Reply(render({"result": "error", "serverTime": iso_time(now), "error": futures}))


def _delay(rule: FaultRule, default: float) -> float:
    return default if rule.delay_s is None else rule.delay_s
