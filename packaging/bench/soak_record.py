"""Every request that leaves our stack, written down where it leaves."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from kraken_desk.domain.errors import UnreachableError
from kraken_desk.exchange.seams import Clock, Confirm, Reply, Transport


@dataclass(slots=True)
class Sent:
    """One request; `left` is false when provably no byte of it left this machine."""

    path: str
    api_key: str
    nonce: str
    sent_at: datetime
    ended_at: datetime | None = None
    left: bool = True


class RecordingTransport:
    """Passes everything on to the real transport and keeps the order of each key's requests."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        self._transport = transport
        self._clock = clock
        self.sent: list[Sent] = []
        self.signed_count = 0

    def slot(self) -> AbstractAsyncContextManager[None]:
        return self._transport.slot()

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes = b"",
        fresh: bool = False,
        leaving: Confirm | None = None,
    ) -> Reply:
        entry = self._entry(url, headers or {}, content)
        self.sent.append(entry)
        self.signed_count += bool(entry.api_key)
        try:
            return await self._transport.send(
                method, url, headers=headers, content=content, fresh=fresh, leaving=leaving
            )
        except UnreachableError:
            entry.left = False
            self.signed_count -= bool(entry.api_key)
            raise
        finally:
            entry.ended_at = self._clock.now()

    def _entry(self, url: str, headers: dict[str, str], content: bytes) -> Sent:
        found = {name.lower(): value for name, value in headers.items()}
        in_body = parse_qs(content.decode()).get("nonce", [""])[0]
        return Sent(
            urlsplit(url).path,
            found.get("api-key") or found.get("apikey") or "",
            found.get("nonce") or in_body,
            self._clock.now(),
        )
