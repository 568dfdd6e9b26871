"""Requests and replies as plain values: what the rules see of HTTP, without sockets.

Imports the standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=UTF-8"
TEXT_TYPE = "text/plain;charset=utf-8"


class Venue(Enum):
    """The part of the exchange that a request is addressed to."""

    SPOT = "spot"
    FUTURES = "futures"


class Ending(Enum):
    """What happens to the connection once a reply is due."""

    ANSWER = "answer"
    CLOSE = "close"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `path` and `query` are as sent, still encoded; header names are lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    caller: str = "127.0.0.1"

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer, or with another `ending` the way in which no answer arrives."""

    body: str
    status: int = 200
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    ending: Ending = Ending.ANSWER
    drip_s: float = 0.0

    def after(self, delay_s: float) -> "Reply":
        return replace(self, delay_s=delay_s)


@dataclass(frozen=True, slots=True)
class Handled:
    """A reply with what the request log should say about it."""

    reply: Reply
    verdict: str
    api_key: str = ""
    nonce: str = ""
    note: str = ""
