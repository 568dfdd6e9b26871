"""Logging: to standard error, and by lines of JSON to the profile, with what looks like a secret masked."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

FOLDER = "logs"
NAME = "kraken-desk.log"
LARGEST_BYTES = 1_000_000
OLD_FILES = 4

MASK = "[masked]"

_BASE64 = (
    r"[A-Za-z0-9+/_-]{40,}={0,2}"  # compiled by the first line there is: a start that goes well has none
)
_SURELY = 54
"""So many characters are a key, a secret or a signature; a token for live connections has 43 or 44."""

_BYTES = r"""b(['"])(?:\\.|(?!\1).)*\1"""

_OBEYED = "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]"
"""What a terminal would obey, or would turn the direction of writing by."""


def masked(text: str) -> str:
    """Return a text without long base64 runs and binary bytes: keys, secrets, signatures, tokens."""
    return re.sub(_BYTES, _bytes_masked, re.sub(_BASE64, _run_masked, text))


def _run_masked(found: re.Match[str]) -> str:
    """Mask a shorter run only if it mixes capitals and small letters as chance does, unlike most paths."""
    run = found[0]
    mixed = min(sum(map(str.isupper, run)), sum(map(str.islower, run))) >= 6
    return MASK if len(run) >= _SURELY or mixed else run


def _shown(found: re.Match[str]) -> str:
    return f"<{ord(found[0]):04x}>"


def _bytes_masked(found: re.Match[str]) -> str:
    return MASK if found[0].count("\\x") >= 4 else found[0]


class RedactingFormatter(logging.Formatter):
    """Masks long base64 runs (keys, secrets, signatures) in the finished text, tracebacks included.

    A message stays on its line, and a terminal obeys nothing in it: parts of it come from elsewhere.
    """

    def format(self, record: logging.LogRecord) -> str:
        return re.sub(_OBEYED, _shown, masked(super().format(record)))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's own name
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)


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


def tell_defects_by_log() -> None:
    """Let the log tell of what nobody caught, so that it is masked; Python would print it as it is.

    Qt's slots, other threads and finalizers end there.
    """

    def told(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        caught = (kind, error, trace) if error is not None else None
        logging.getLogger("kraken_desk").error("a defect: %s", kind.__name__, exc_info=caught)

    sys.excepthook = told
    threading.excepthook = lambda args: told(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: told(args.exc_type, args.exc_value, args.exc_traceback)


def set_up_usual_logging() -> None:
    """Speak as much as KRAKEN_DESK_VERBOSE asks for."""
    set_up_logging(verbose=bool(os.environ.get("KRAKEN_DESK_VERBOSE")))


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
