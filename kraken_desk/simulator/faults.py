"""Faults by name: everything the real exchange is known to do to a client, on demand.

Imports the standard library only. A rule names a fault and where it strikes (path, key), how often (count,
probability with its own seed) and how long it delays. The first matching rule strikes. Faults of the reply
strike after the call was executed; faults of the edge before it, unless the rule says `executed`.
"""

import itertools
import random
from dataclasses import dataclass, field
from enum import Enum


class FaultName(Enum):
    """Every fault, by the name that the control API uses."""

    # the connection
    REPLY_LOST_BEFORE_EXECUTION = "reply_lost_before_execution"  # closed without an answer, nothing executed
    REPLY_LOST_AFTER_EXECUTION = "reply_lost_after_execution"  # closed without an answer, executed
    CONNECTION_RESET = "connection_reset"  # TCP reset, nothing executed (with `executed`: executed)
    SILENCE = "silence"  # no answer for delay_s (30 by default), nothing executed; then closed
    DRIPPING_REPLY = "dripping_reply"  # executed, answered byte by byte, delay_s (1 by default) apart
    LATE_REPLY = "late_reply"  # executed, answered after delay_s (5 by default)

    # the edge
    HTML_403 = "html_403"
    HTML_502 = "html_502"
    HTML_503 = "html_503"
    HTML_504 = "html_504"
    HTML_520 = "html_520"
    HTML_525 = "html_525"
    HTML_1015 = "html_1015"  # 429 with an error 1015 page
    HTML_1020 = "html_1020"  # 403 with an error 1020 page
    REDIRECT = "redirect"  # 301 to another host, as a retired host does
    PROBLEM_STATUS = "error_with_503"  # a proper error array under status 503

    # the reply, after execution
    TRUNCATED_JSON = "truncated_json"
    EMPTY_BODY = "empty_body"
    NOT_AN_OBJECT = "not_an_object"  # valid JSON of another shape
    RESULT_MISSING = "result_missing"
    SERVER_ERROR_AFTER_EXECUTION = "server_error_after_execution"  # executed, answered with an internal error

    # refusals by the exchange, nothing executed
    ERROR_BARE_STRING = "error_bare_string"  # Spot: `error` is a string and not a list
    ERROR_SPACE_AFTER_COLON = "error_space_after_colon"
    THROTTLED = "throttled"  # Spot: with the Unix time at which calls pass again, delay_s ahead
    RATE_LIMITED = "rate_limited"
    TOO_MANY_REQUESTS = "too_many_requests"
    INTERNAL_ERROR = "internal_error"
    UNAVAILABLE = "unavailable"
    BUSY = "busy"
    DEADLINE_ELAPSED = "deadline_elapsed"
    INVALID_NONCE = "invalid_nonce"
    INVALID_KEY = "invalid_key"  # false alarm on a good key, as reported in ccxt 6002
    LOCKOUT = "lockout"
    WARNING = "warning"  # Spot: executed, the result comes with a W… entry
    UNKNOWN_ERROR = "unknown_error"  # an error string that no document names

    # feeds
    WS_SEQUENCE_GAP = "ws_sequence_gap"
    WS_SILENCE = "ws_silence"  # nothing more is sent, not even heartbeats
    WS_CLOSE_1008 = "ws_close_1008"
    WS_CLOSE_1012 = "ws_close_1012"
    WS_TOKEN_EXPIRED = "ws_token_expired"  # noqa: S105 - a fault's name, not a token
    WS_GARBAGE = "ws_garbage"  # a frame that is not JSON


REST_FAULTS = frozenset(name for name in FaultName if not name.value.startswith("ws_"))


@dataclass(slots=True)
class FaultRule:
    """One rule. `count` limits how often it strikes; None means until cleared."""

    id: int
    name: FaultName
    path: str | None = None
    api_key: str | None = None
    count: int | None = 1
    probability: float = 1.0
    seed: int = 0
    delay_s: float | None = None
    executed: bool = False
    struck: int = 0
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def strikes(self, path: str, api_key: str) -> bool:
        """Decide whether this request is struck, and count it if so."""
        if self.count is not None and self.struck >= self.count:
            return False
        if self.path is not None and self.path != path:
            return False
        if self.api_key is not None and self.api_key != api_key:
            return False
        if self.probability < 1.0 and self._random.random() >= self.probability:
            return False
        self.struck += 1
        return True

    def as_dict(self) -> dict[str, str | int | float | bool | None]:
        return {
            "id": self.id,
            "name": self.name.value,
            "path": self.path,
            "api_key": self.api_key,
            "count": self.count,
            "probability": self.probability,
            "seed": self.seed,
            "delay_s": self.delay_s,
            "executed": self.executed,
            "struck": self.struck,
        }


class FaultBook:
    """The rules in force, in the order in which they were set."""

    def __init__(self) -> None:
        self._rules: list[FaultRule] = []
        self._ids = itertools.count(1)

    def __iter__(self) -> "itertools.chain[FaultRule]":
        return itertools.chain(self._rules)

    def add(
        self,
        name: FaultName | str,
        *,
        path: str | None = None,
        api_key: str | None = None,
        count: int | None = 1,
        probability: float = 1.0,
        seed: int = 0,
        delay_s: float | None = None,
        executed: bool = False,
    ) -> FaultRule:
        """Set a fault; raise ValueError for a name that is none."""
        rule = FaultRule(
            next(self._ids), FaultName(name), path, api_key, count, probability, seed, delay_s, executed
        )
        self._rules.append(rule)
        return rule

    def clear(self, rule_id: int | None = None) -> int:
        """Remove one rule, or all; give how many were removed."""
        kept = [rule for rule in self._rules if rule_id is not None and rule.id != rule_id]
        removed = len(self._rules) - len(kept)
        self._rules = kept
        return removed

    def strike(self, path: str, api_key: str) -> FaultRule | None:
        """Find the rule that strikes a REST request, if any."""
        return self._first(path, api_key, REST_FAULTS)

    def strike_feed(self, path: str, api_key: str, names: frozenset[FaultName]) -> FaultRule | None:
        """Find a rule of one of `names` that strikes a feed now, if any."""
        return self._first(path, api_key, names)

    def _first(self, path: str, api_key: str, names: frozenset[FaultName]) -> FaultRule | None:
        for rule in self._rules:
            if rule.name in names and rule.strikes(path, api_key):
                return rule
        return None
