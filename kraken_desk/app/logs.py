"""Logging: to standard error, and by lines of JSON to the profile, with what looks like a secret masked."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

FOLDER = "logs"
NAME = "kraken-desk.log"
LARGEST_BYTES = 1_000_000
OLD_FILES = 4

_LONG_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{54,}={0,2}")


def masked(text: str) -> str:
    """Return a text without long base64 runs: keys, secrets, signatures, tokens."""
    return _LONG_BASE64.sub("[masked]", text)


class RedactingFormatter(logging.Formatter):
    """Masks long base64 runs (keys, secrets, signatures) in the finished text, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


class LineFormatter(logging.Formatter):
    """Writes a record as one line of JSON: when, how bad, where, what."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "logger": record.name,
            "text": masked(record.getMessage()),
        }
        if record.exc_info:
            line["error"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def set_up_logging(*, verbose: bool = False) -> None:
    """Send warnings (or more) to standard error; libraries never speak below INFO."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "aiohttp", "asyncio", "qasync", "keyring"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def keep_logs(home: Path) -> Callable[[], None]:
    """Keep the log in the profile too, in files that replace each other; returns how to end that.

    A disk that refuses costs the file, not the program.
    """
    from logging.handlers import RotatingFileHandler  # brings sockets; the window is painted by then

    class _KeptFile(RotatingFileHandler):
        def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's own name
            """Say nothing: a full disk would be told of on every line."""

    folder = home / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = _KeptFile(
            folder / NAME, maxBytes=LARGEST_BYTES, backupCount=OLD_FILES, encoding="utf-8", delay=True
        )
    except OSError:
        return lambda: None
    kept.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.addHandler(kept)

    def end() -> None:
        root.removeHandler(kept)
        kept.close()

    return end
