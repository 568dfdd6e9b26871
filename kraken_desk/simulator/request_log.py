"""The request log: what was asked, by which key, with which nonce, and what became of it.

Imports the standard library only. It never holds a secret, a signature or a body. Its length is bounded;
`total` goes on counting, so that a long run can be accounted for.
"""

from collections import deque
from dataclasses import dataclass

KEPT = 20_000


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request. `verdict` is `ok` or the error given; `fault` names the injected fault, if any."""

    sequence: int
    at: float
    method: str
    path: str
    api_key: str
    nonce: str
    caller: str
    verdict: str
    status: int
    fault: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, str | int | float]:
        return {name: getattr(self, name) for name in self.__slots__}


class RequestLog:
    """The latest requests, oldest first."""

    def __init__(self, kept: int = KEPT) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=kept)
        self.total = 0

    def __len__(self) -> int:
        return len(self._entries)

    def add(
        self,
        *,
        at: float,
        method: str,
        path: str,
        api_key: str,
        nonce: str,
        caller: str,
        verdict: str,
        status: int,
        fault: str = "",
        note: str = "",
    ) -> LoggedRequest:
        self.total += 1
        entry = LoggedRequest(
            self.total, at, method, path, api_key, nonce, caller, verdict, status, fault, note
        )
        self._entries.append(entry)
        return entry

    def since(self, sequence: int = 0) -> list[LoggedRequest]:
        """Give the requests after number `sequence` that are still kept."""
        return [entry for entry in self._entries if entry.sequence > sequence]

    def clear(self) -> None:
        """Forget the entries; numbering goes on."""
        self._entries.clear()
