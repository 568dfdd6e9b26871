"""Logging: to standard error, with everything that looks like a key or secret masked."""

from __future__ import annotations

import logging
import re
import sys

_LONG_BASE64 = re.compile(r"[A-Za-z0-9+/]{54,}={0,2}")


class RedactingFormatter(logging.Formatter):
    """Masks long base64 runs (keys, secrets, signatures) in the finished text, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return _LONG_BASE64.sub("[masked]", super().format(record))


def set_up_logging(*, verbose: bool = False) -> None:
    """Send warnings (or more) to standard error; libraries never speak below INFO."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "aiohttp", "asyncio", "qasync", "keyring"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
