"""Defects: what nobody expected is written to a report in the profile, without secrets and figures.

A report holds where it happened and the kind of error; values of variables are not in it, and figures and
long texts in messages are masked. It leaves this machine only if the operator sends it.
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import secrets
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from kraken_desk import __version__
from kraken_desk.app.logs import masked

FOLDER = "reports"
MOST_KEPT = 20
MOST_PER_RUN = 5
"""A defect that repeats itself fills no disk."""

_FIGURE = re.compile(r"\d[\d  ,.]*\d|\d")
_LONGEST = 600
_LOOKED_AT = 20_000


def report_text(error: BaseException, doing: str, at: datetime) -> str:
    """Return the report of a defect: circumstances, kind of error, and the places in the code."""
    lines = [
        f"Kraken Desk {__version__}, a defect at {at:%Y-%m-%d %H:%M:%S} UTC",
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        f"While: {_without_figures(doing)}",
        "",
    ]
    chain: BaseException | None = error
    while chain is not None and len(lines) < 400:
        lines.append(f"{type(chain).__module__}.{type(chain).__qualname__}: {_without_figures(str(chain))}")
        lines += [f"  {_place(f.filename)}:{f.lineno} in {f.name}" for f in _frames(chain.__traceback__)]
        chain = chain.__cause__ or chain.__context__
    return "\n".join(lines) + "\n"


class DefectReports:
    """Writes reports and tells where; `tell` hears the path of each, on the thread of the defect."""

    def __init__(self, home: Path, tell: Callable[[Path], None]) -> None:
        self._folder = home / FOLDER
        self._tell = tell
        self._written = 0

    def install(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        """Hear of defects in Qt's slots and in tasks from now on; returns how to stop."""
        hook, handler = sys.excepthook, loop.get_exception_handler()

        def on_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            hook(kind, error, trace)
            if isinstance(error, Exception):
                self.note(error, "Qt")

        def on_task(this: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            if handler is not None:
                handler(this, context)
            else:
                this.default_exception_handler(context)
            error = context.get("exception")
            if isinstance(error, Exception):
                self.note(error, str(context.get("message", "a task")))

        sys.excepthook = on_defect
        loop.set_exception_handler(on_task)

        def uninstall() -> None:
            sys.excepthook = hook
            loop.set_exception_handler(handler)

        return uninstall

    def note(self, error: Exception, doing: str) -> Path | None:
        """Write a report; None when there were enough, or the disk refuses."""
        if self._written >= MOST_PER_RUN:
            return None
        self._written += 1
        now = datetime.now(UTC)
        path = self._folder / f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}.txt"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.write(report_text(error, doing, now))
            for old in sorted(self._folder.glob("*.txt"))[:-MOST_KEPT]:
                old.unlink(missing_ok=True)
        except OSError:
            return None
        self._tell(path)
        return path


def _frames(trace: TracebackType | None) -> traceback.StackSummary:
    return traceback.extract_tb(trace, limit=-40)


def _place(name: str) -> str:
    """Return a file's path from the package on: what stands before it names the user."""
    parts = Path(name).parts
    return "/".join(parts[-4:]) if len(parts) > 4 else name


def _without_figures(text: str) -> str:
    """Mask first and cut then: what a cut leaves of a secret would not be known as one."""
    return _FIGURE.sub("#", masked(text[:_LOOKED_AT])[:_LONGEST])
